"""The command line: parses, checks options against each other, calls, prints. Nothing else happens here.

Exit status: 0 all went well, 1 something could not be read or written or a floor was missed, 2 wrong usage.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from onrecord.cli import bench, evaluate, extract, labels, views
from onrecord.cli.audit import audit
from onrecord.cli.compare import compare
from onrecord.cli.options import Command, CommandGroup, Verbose, with_verbosity
from onrecord.cli.people import people
from onrecord.cli.project import init
from onrecord.cli.show import show
from onrecord.cli.train import train
from onrecord.cli.verify import verify
from onrecord.errors import SettingsError, expected
from onrecord.files.console import log_to_stderr, one_line_errors, say, standard_output

_COMPLETION = "_ONRECORD_COMPLETE"
"""The environment variable with which a shell asks for completions."""

app = typer.Typer(
    cls=CommandGroup,
    help="Who said what in news articles, and where they stand.",
    epilog="Start with: onrecord extract my-articles/ -o statements.jsonl, then: onrecord show statements.jsonl",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from onrecord import __version__

        typer.echo(f"onrecord {__version__}")
        raise typer.Exit


@app.callback()
def main(
    context: typer.Context,
    verbose: Verbose = 0,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    context.obj = verbose
    log_to_stderr(verbose)


def schema() -> None:
    """Print the JSON Schema of the lines that `extract` writes."""
    with one_line_errors():
        from onrecord.files.records import json_schema

        standard_output().write(json.dumps(json_schema(), indent=2) + "\n")


def completion(
    shell: Annotated[
        str | None,
        typer.Argument(metavar="SHELL", help="bash, zsh, fish or powershell; by default, the one this runs in."),
    ] = None,
    install: Annotated[bool, typer.Option("--install", help="Add it to the shell's settings instead.")] = False,
) -> None:
    """Print what makes the Tab key complete commands and options, for the shell to read."""
    with one_line_errors():
        from typer._completion_shared import Shells, _get_shell_name, get_completion_script
        from typer._completion_shared import install as install_completion

        if (chosen := shell or _get_shell_name()) is None:
            raise SettingsError("cannot tell which shell this is; name it, as in: onrecord completion bash")
        if chosen not in set(Shells):
            raise SettingsError(f"there is no completion for {chosen!r}; {expected(chosen, tuple(Shells))}")
        if install:
            _, path = install_completion(chosen, "onrecord", _COMPLETION)
            say(f"completion is in {path}; it works in shells that you open from now on")
        else:
            script = get_completion_script(prog_name="onrecord", complete_var=_COMPLETION, shell=chosen)
            standard_output().write(f"{script}\n")


def fetch(
    model: Annotated[
        str,
        typer.Argument(metavar="MODEL", show_default=False, help="Model to fetch: base. (small comes with onrecord.)"),
    ],
    source: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help="Use this model.safetensors instead of downloading it."),
    ] = None,
) -> None:
    """Download what the model base needs, once, check it, and keep it in your cache folder."""
    with one_line_errors():
        from onrecord_models.fetching import fetch_encoder

        if model == "small":
            say("small comes with onrecord: there is nothing to fetch")
        elif model == "base":
            say(f"base is ready; its encoder is {fetch_encoder(source, say)}")
        else:
            raise SettingsError(f"there is no model {model!r} to fetch; {expected(model, ('base', 'small'))}")


_COMMANDS: tuple[tuple[str, Callable[..., Any], str], ...] = (
    ("init", init, "onrecord init"),
    ("extract", extract.extract, "onrecord extract my-articles/ -o statements.jsonl --target 'the port expansion'"),
    ("show", show, "onrecord show statements.jsonl --speaker Brandt --stance oppose"),
    ("speakers", views.speakers, "onrecord speakers statements.jsonl --sort articles"),
    ("positions", views.positions, "onrecord positions statements.jsonl --target 'the port expansion'"),
    ("clusters", views.clusters, "onrecord clusters statements.jsonl --conflicts"),
    ("targets", views.targets, "onrecord targets statements.jsonl --toml > targets.toml"),
    ("audit", audit, "onrecord audit statements.jsonl --html audit.html"),
    ("compare", compare, "onrecord compare draft-1.txt draft-2.txt"),
    ("verify", verify, "onrecord verify draft.txt --against transcripts/"),
    ("report", views.report, "onrecord report statements.jsonl --articles my-articles/ -o report/"),
    ("export", labels.export, "onrecord export statements.jsonl --to csv -o statements.csv"),
    ("import", labels.import_labels, "onrecord import --from brat my-labels/ -o gold.jsonl"),
    ("evaluate", evaluate.evaluate, "onrecord evaluate --gold gold.jsonl --articles my-articles/"),
    ("agreement", evaluate.agreement, "onrecord agreement first.jsonl second.jsonl"),
    ("bench", bench.bench, "onrecord bench my-articles/ --threads 4"),
    ("schema", schema, "onrecord schema > statement.schema.json"),
    ("fetch", fetch, "onrecord fetch base"),
    ("completion", completion, "onrecord completion --install"),
)
_MORE_EXAMPLES = {
    "extract": (
        "onrecord extract export.csv --text-field body --outlet-field source -o statements.jsonl",
        "onrecord init, then: onrecord extract",
    ),
    "show": ("onrecord show statements.jsonl --grep 'port|harbour' --min-confidence 0.8 --full",),
    "export": ("onrecord export statements.jsonl --to xlsx -o statements.xlsx",),
    "evaluate": ("onrecord evaluate --gold gold.jsonl --pred statements.jsonl",),
    "report": ("onrecord report statements.jsonl -o report/ --force",),
}
_PANELS = {
    "Find": ("init", "extract", "targets"),
    "Look": ("show", "speakers", "positions", "clusters", "report"),
    "Check": ("compare", "verify", "audit", "people"),
    "Exchange": ("export", "import", "schema"),
    "Measure and train": ("evaluate", "agreement", "bench", "train"),
    "Set up": ("fetch", "completion"),
}
_PANEL = {_name: _panel for _panel, _names in _PANELS.items() for _name in _names}
for _name, _function, _example in sorted(_COMMANDS, key=lambda command: [*_PANEL, command[0]].index(command[0])):
    _examples = (_example, *_MORE_EXAMPLES.get(_name, ()))
    app.command(
        _name, rich_help_panel=_PANEL.get(_name), epilog="\n\n".join(f"Example: {_line}" for _line in _examples)
    )(_function)
app.add_typer(people, name="people", cls=CommandGroup, rich_help_panel=_PANEL["people"])
app.add_typer(train, name="train", cls=CommandGroup, rich_help_panel=_PANEL["train"])
for _command in (*app.registered_commands, *people.registered_commands, *train.registered_commands):
    assert _command.callback is not None
    _command.cls, _command.callback = Command, with_verbosity(_command.callback)
