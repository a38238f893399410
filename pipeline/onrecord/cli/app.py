"""The command line: parses, checks options against each other, calls, prints. Nothing else happens here.

Exit status: 0 all went well, 1 something could not be read or written or a floor was missed, 2 wrong usage.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from onrecord.cli import bench, evaluate, extract, labels, views
from onrecord.cli.options import Command, CommandGroup, Verbose, with_verbosity
from onrecord.cli.train import train
from onrecord.errors import SettingsError, expected
from onrecord.files.console import log_to_stderr, one_line_errors, say, standard_output

app = typer.Typer(
    cls=CommandGroup,
    help="Who said what in news articles, and where they stand.",
    epilog="Start with: onrecord extract my-articles/ -o statements.jsonl, then: onrecord show statements.jsonl",
    no_args_is_help=True,
    add_completion=False,
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


_COMMANDS = (
    ("extract", extract.extract, "onrecord extract my-articles/ -o statements.jsonl --target 'the port expansion'"),
    ("show", views.show, "onrecord show statements.jsonl --limit 20"),
    ("speakers", views.speakers, "onrecord speakers statements.jsonl --sort articles"),
    ("positions", views.positions, "onrecord positions statements.jsonl --target 'the port expansion'"),
    ("clusters", views.clusters, "onrecord clusters statements.jsonl --conflicts"),
    ("targets", views.targets, "onrecord targets statements.jsonl --toml > targets.toml"),
    ("report", views.report, "onrecord report statements.jsonl --articles my-articles/ -o report/"),
    ("export", labels.export, "onrecord export statements.jsonl --to csv -o statements.csv"),
    ("import", labels.import_labels, "onrecord import --from brat my-labels/ -o gold.jsonl"),
    ("evaluate", evaluate.evaluate, "onrecord evaluate --gold gold.jsonl --articles my-articles/"),
    ("agreement", evaluate.agreement, "onrecord agreement first.jsonl second.jsonl"),
    ("bench", bench.bench, "onrecord bench my-articles/ --threads 4"),
    ("schema", schema, "onrecord schema > statement.schema.json"),
    ("fetch", fetch, "onrecord fetch base"),
)
for _name, _function, _example in _COMMANDS:
    app.command(_name, epilog=f"Example: {_example}")(_function)
app.add_typer(train, name="train", cls=CommandGroup)
for _command in (*app.registered_commands, *train.registered_commands):
    assert _command.callback is not None
    _command.cls, _command.callback = Command, with_verbosity(_command.callback)
