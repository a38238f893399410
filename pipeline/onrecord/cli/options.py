"""What the commands share: options as one typed object, ``--verbose``, and help pages without types of Python."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import MISSING, fields
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_type_hints

import typer
from typer.core import TyperCommand, TyperGroup

from onrecord.files.console import log_to_stderr, one_line_errors

Options = TypeVar("Options")

Statements = Annotated[
    Path, typer.Argument(metavar="FILE", show_default=False, help="A statements file, as `onrecord extract` writes it.")
]
Model = Annotated[str, typer.Option(metavar="MODEL", help="Model to use: small, base, auto or a model folder.")]
Device = Annotated[str, typer.Option(metavar="DEVICE", help="Where the model runs: auto, cpu or cuda.")]
Precision = Annotated[str, typer.Option(metavar="PRECISION", help="Precision of the model: auto, bf16, int8 or fp32.")]
SkipDuplicates = Annotated[
    bool, typer.Option("--skip-duplicates", help="Leave out articles that are near copies of another.")
]
Verbose = Annotated[
    int,
    typer.Option(
        "--verbose",
        "-v",
        count=True,
        metavar="",
        show_default=False,
        help="Log each step to standard error; -vv adds timings and the messages of other libraries.",
    ),
]


def takes(options: type[Options]) -> Callable[[Callable[[Options, typer.Context], None]], Callable[..., None]]:
    """Makes a command of a function that takes one object, of which every field is an option, and Typer's context.

    A field's annotation is what Typer wants of a parameter: ``Annotated[type, typer.Option(…)]``.
    """
    hints = get_type_hints(options, include_extras=True)
    parameters = [
        inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=inspect.Parameter.empty if field.default is MISSING else field.default,
            annotation=hints[field.name],
        )
        for field in fields(options)  # type: ignore[arg-type]
    ]

    parameters.append(inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context))

    def decorate(function: Callable[[Options, typer.Context], None]) -> Callable[..., None]:
        @wraps(function)
        def command(*, context: typer.Context, **given: Any) -> None:
            with one_line_errors():
                function(options(**given), context)

        return _with_parameters(command, parameters)

    return decorate


def with_verbosity(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same command with ``--verbose``, which counts on from the one before the command's name."""

    own = dict(inspect.signature(function, eval_str=True).parameters)
    takes_context = own.pop("context", None) is not None

    @wraps(function)
    def command(*, context: typer.Context, verbose: int, **given: Any) -> Any:
        log_to_stderr(verbose + (context.find_root().obj or 0))
        return function(**given, **({"context": context} if takes_context else {}))

    keyword = inspect.Parameter.KEYWORD_ONLY
    parameters = [
        *(part.replace(kind=keyword) for part in own.values()),
        inspect.Parameter("verbose", keyword, default=0, annotation=Verbose),
        inspect.Parameter("context", keyword, annotation=typer.Context),
    ]
    return _with_parameters(command, parameters)


def _with_parameters(command: Callable[..., Any], parameters: list[inspect.Parameter]) -> Callable[..., Any]:
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return command


def _hide_type(option: Any) -> Any:
    """``option`` without the ``<bool>`` that Typer shows beside flags, an argument without its ``<path>``."""
    if getattr(option, "is_flag", False) and option.metavar is None:
        option.metavar = ""
    elif option.param_type_name == "argument":
        option.display_type_rich = lambda ctx: None
    return option


class Command(TyperCommand):
    """A command whose help page shows no type beside flags and arguments."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        for option in self.params:
            _hide_type(option)

    def get_help_option(self, ctx: Any) -> Any:
        return _hide_type(super().get_help_option(ctx))


class CommandGroup(TyperGroup):
    """The same for commands that have commands of their own; Typer's options for completion are a command here."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        for option in self.params:
            _hide_type(option)

    def get_help_option(self, ctx: Any) -> Any:
        return _hide_type(super().get_help_option(ctx))

    def get_params(self, ctx: Any) -> Any:
        params: Any = super().get_params(ctx)
        for param in params:
            if param.name in {"install_completion", "show_completion"}:
                param.hidden = True
        return params
