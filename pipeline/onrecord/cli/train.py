"""The commands under ``onrecord train``.

The options of a command are the fields of its settings, whose defaults and help are therefore stated once, there. A
command whose value is not given passes nothing on, so that the settings' default holds.
"""

from __future__ import annotations

import inspect
import shlex
import sys
import types
import typing
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from onrecord.errors import SettingsError
from onrecord.files.console import one_line_errors, say
from onrecord_training.coreference.settings import CoreferenceTraining
from onrecord_training.distillation.settings import Distillation
from onrecord_training.fine_tuning.settings import FineTuning
from onrecord_training.packing.settings import Averaging, Packing, PartPacking
from onrecord_training.quotes.settings import NameTraining, QuoteTraining, QuoteTuning, RoleTraining
from onrecord_training.settings import Option, build, options_of
from onrecord_training.stance.position_settings import PositionFitting
from onrecord_training.stance.settings import StanceTraining, StanceTuning

train = typer.Typer(help="Train models, on your own labels or on public corpora.", no_args_is_help=True)

_Given = Mapping[str, Any]
"""The values given on the command line, by name of the setting."""

_METAVARS = {Path: "PATH", int: "N", float: "X", tuple[float, ...]: "X"}


def _command(
    *kinds: type[Any], name: str | None = None, example: str
) -> Callable[[Callable[[_Given], None]], Callable[[_Given], None]]:
    """Makes a command of a function that is called with the values given for the settings of ``kinds``.

    Where two kinds of settings have an option in common, the help is that of the first one.
    """

    def decorate(function: Callable[[_Given], None]) -> Callable[[_Given], None]:
        def command(**values: Any) -> None:
            with one_line_errors():
                function({name: value for name, value in values.items() if value is not None and value != []})

        command.__signature__ = inspect.Signature(_parameters(kinds))  # type: ignore[attr-defined]
        command.__annotations__ = {}
        train.command(
            name or function.__name__.replace("_", "-"),
            help=inspect.getdoc(function),
            epilog=f"Example: {example}",
            no_args_is_help=True,
        )(command)
        return function

    return decorate


def _parameters(kinds: tuple[type[Any], ...]) -> list[inspect.Parameter]:
    """The parameters of a command: arguments first, then what at least one kind of settings requires."""
    found: dict[str, list[Option]] = {}
    for kind in kinds:
        for option in options_of(kind):
            found.setdefault(option.name, []).append(option)
    ordered = sorted(
        found.values(), key=lambda same: (not same[0].is_argument, not any(option.required for option in same))
    )
    return [_parameter(same, kinds) for same in ordered]


def _parameter(same: list[Option], kinds: tuple[type[Any], ...]) -> inspect.Parameter:
    """A parameter from which typer makes an option or an argument; ``same`` is it in each kind of settings."""
    option = same[0]
    required = len(same) == len(kinds) and all(each.required for each in same)
    default = inspect.Parameter.empty if required else option.default if len(kinds) == 1 else None
    kind = option.type
    if typing.get_origin(kind) is tuple:
        kind, default = types.GenericAlias(list, typing.get_args(kind)[:1]), default or None
    if option.is_argument:
        info = typer.Argument(help=option.help, metavar=option.name.upper())
    else:
        names = [option.flag, *([option.short] if option.short else [])]
        metavar = None if option.type is bool else _METAVARS.get(option.type, option.name.rpartition("_")[2].upper())
        shown = "" if len(kinds) == 1 else _defaults(same)
        info = typer.Option(*names, help=option.help + shown, metavar=metavar, show_default=len(kinds) == 1)
    wanted: Any = kind if required else kind | None
    return inspect.Parameter(
        option.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[wanted, info]
    )


def _defaults(same: list[Option]) -> str:
    """The default as the help shows it, if any; those of general settings and of own labels may differ."""
    shown = ["" if each.default in (None, False) else str(each.default) for each in same]
    if len(set(shown)) > 1:
        shown[-1] = f"with --gold {shown[-1]}"
        shown = ["; ".join(filter(None, shown))]
    return rf" \[default: {shown[0]}]" if shown[0] else ""  # Typer would put a text of our own in brackets


def _own_or_general(given: _Given, general: type[Any]) -> Any:
    """The settings of training on one's own labels where ``--gold`` is given, else those of training on corpora."""
    own = {option.name for option in options_of(FineTuning)}
    if "gold" in given:
        if "articles" not in given:
            raise SettingsError("--gold needs --articles, the folder of the articles that it labels")
        if others := [option.flag for option in options_of(general) if option.name in given and option.name not in own]:
            raise SettingsError(f"--gold trains on your own labels alone; leave out {' and '.join(others)}")
        return build(FineTuning, {**given, **({"initial": str(given["initial"])} if "initial" in given else {})})
    if "articles" in given:
        raise SettingsError("--articles needs --gold, your labels of these articles")
    needed = [option for option in options_of(general) if option.required and option.name not in own]
    if any(option.name not in given for option in needed):
        flags = " and ".join(option.flag for option in needed)
        raise SettingsError(
            f"give --gold and --articles to train on your own labels, or {flags} to train on public corpora"
        )
    return build(general, given)


def _command_line() -> str:
    """The command as a manifest notes it: of absolute paths only the last part, as models are given away."""
    noted = (Path(word).name if Path(word).is_absolute() else word for word in sys.argv[1:])
    return shlex.join(["onrecord", *noted])


@_command(
    QuoteTraining,
    FineTuning,
    example="onrecord train quotes --gold gold.jsonl --articles articles/ --init small -o my-model",
)
def quotes(given: _Given) -> None:
    """Train the quote model, on your own labels (--gold) or on public corpora (--encoder, --corpora).

    After an interruption, run the same command again: it continues from the last checkpoint.
    """
    settings = _own_or_general(given, QuoteTraining)
    if isinstance(settings, FineTuning):
        from onrecord_training.fine_tuning.quotes import fine_tune_quote_model

        say(f"trained: onrecord extract --model {fine_tune_quote_model(settings, say, _command_line())}")
        return
    from onrecord_training.quotes.training import train_quote_model

    say(f"trained: {train_quote_model(settings, say, _command_line())}")


@_command(
    StanceTraining,
    FineTuning,
    example="onrecord train stance --gold gold.jsonl --articles articles/ --init my-model -o my-model-2",
)
def stance(given: _Given) -> None:
    """Train the stance model, on your own labels (--gold) or on public corpora (--model, --corpora).

    It goes on top of a model's quote model, which stays as it is.

    After an interruption, run the same command again: it continues from the last checkpoint.
    """
    settings = _own_or_general(given, StanceTraining)
    if isinstance(settings, FineTuning):
        from onrecord_training.fine_tuning.stance import fine_tune_stance_model

        say(f"trained: onrecord extract --model {fine_tune_stance_model(settings, say, _command_line())}")
        return
    from onrecord_training.stance.training import train_stance_model

    say(f"trained: {train_stance_model(settings, say, _command_line())}")


@_command(
    CoreferenceTraining,
    example="onrecord train coreference small --corpora corpora/ -o runs/coreference",
)
def coreference(given: _Given) -> None:
    """Train a coreference model, which resolves pronouns and descriptions, on top of a model's quote model.

    After an interruption, run the same command again: it continues from the last checkpoint.
    """
    settings = build(CoreferenceTraining, given)
    from onrecord_training.coreference.training import train_coreference_model

    say(f"trained: {train_coreference_model(settings, say, _command_line())}")


@_command(
    Distillation,
    example="onrecord train soft-labels base --encoder all-MiniLM-L6-v2 --corpora corpora/ -o runs/soft-labels",
)
def soft_labels(given: _Given) -> None:
    """Have a larger quote model label text; `train quotes --soft-labels` trains a smaller one on it (distillation).

    After an interruption, run the same command again: it continues where it stopped.
    """
    settings = build(Distillation, given)
    from onrecord_training.distillation.soft_labels import write_soft_labels

    say(f"soft labels: {write_soft_labels(settings, say, _command_line())}")


@_command(
    Averaging, example="onrecord train average runs/quotes-1 runs/quotes-2 --weight 0.6 --weight 0.4 -o runs/mean"
)
def average(given: _Given) -> None:
    """Average the weights of several trained models; the average is usually better than each of them."""
    settings = build(Averaging, {name: _tuple(value) for name, value in given.items()})
    from onrecord_training.packing.averaging import average_runs

    say(f"averaged: {average_runs(settings, say, _command_line())}")


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


@_command(QuoteTuning, example="onrecord train tune runs/model --corpora corpora/")
def tune(given: _Given) -> None:
    """Choose a model's settings for decoding, on the tenth of PolNeAR's training articles that training leaves out."""
    settings = build(QuoteTuning, given)
    from onrecord_training.quotes.tuning import tune_quote_model

    tuned = tune_quote_model(settings, say, _command_line())
    say(
        f"{settings.model}: cue threshold {tuned.cue_threshold}, switch weight {tuned.switch_weight}, "
        f"confidence {tuned.confidence}"
    )


@_command(
    StanceTuning,
    example="onrecord train tune-stance my-model --corpora corpora/ --stance-labels data/stance/dev.jsonl",
)
def tune_stance(given: _Given) -> None:
    """Choose how sure a model's stance model is of its answers (its temperature), on labelled stances."""
    settings = build(StanceTuning, {name: _tuple(value) for name, value in given.items()})
    from onrecord_training.stance.tuning import tune_stance_model

    say(f"{settings.model}: the temperature of its stance model is {tune_stance_model(settings, say)}")


@_command(NameTraining, example="onrecord train names my-model --corpora corpora/")
def names(given: _Given) -> None:
    """Train a quote model's head for names anew, in its model folder; statements are found as before."""
    settings = build(NameTraining, {name: _tuple(value) for name, value in given.items()})
    from onrecord_training.packing.model_folder import replace_head
    from onrecord_training.quotes.name_head import train_names

    head = train_names(settings, say, _command_line())
    say(f"{settings.model}: quote model {replace_head(head.folder, 'name', head.weights, settings.size, head.record)}")


@_command(RoleTraining, example="onrecord train roles my-model --corpora corpora/ --role-labels roles.jsonl")
def roles(given: _Given) -> None:
    """Train a quote model's head that finds what articles say people are; statements and names are found as before."""
    settings = build(RoleTraining, {name: _tuple(value) for name, value in given.items()})
    from onrecord_training.packing.model_folder import replace_head
    from onrecord_training.quotes.role_head import train_roles

    head = train_roles(settings, say, _command_line())
    say(f"{settings.model}: quote model {replace_head(head.folder, 'role', head.weights, settings.size, head.record)}")


@_command(Packing, example="onrecord train pack runs/quotes -o my-model")
def pack(given: _Given) -> None:
    """Put a trained quote model into a model folder, for --model.

    A stance or coreference model of another quote model is removed from that folder.
    """
    settings = build(Packing, given)
    from onrecord_training.packing.model_folder import pack as pack_model

    for name, digest in pack_model(settings).items():
        typer.echo(f"{digest}  {settings.output / name}")


@_command(PartPacking, example="onrecord train add-stance runs/stance my-model")
def add_stance(given: _Given) -> None:
    """Add a trained stance model to a model folder."""
    _add_part(given, "stance")


@_command(PartPacking, example="onrecord train add-coreference runs/coreference my-model")
def add_coreference(given: _Given) -> None:
    """Add a trained coreference model to a model folder."""
    _add_part(given, "coreference")


def _add_part(given: _Given, part: str) -> None:
    settings = build(PartPacking, given)
    from onrecord_training.packing.model_folder import add_part

    typer.echo(f"{add_part(settings, part)}  {settings.model / part / 'model.safetensors'}")


@_command(
    PositionFitting,
    example="onrecord train positions my-model --corpora corpora/ --stance-labels data/stance/dev.jsonl",
)
def positions(given: _Given) -> None:
    """Fit which side a speaker takes to the stances that a model gives their statements, on labelled stances."""
    settings = build(PositionFitting, {name: _tuple(value) for name, value in given.items()})
    from onrecord_training.stance.positions import fit_positions

    fitted = fit_positions(
        settings.model, settings.stance_labels, settings.corpora, say, change_installed=settings.change_installed
    )
    say(f"fitted: {fitted}")
