"""The command line: parses, checks options against each other, calls, prints. Nothing else happens here.

Exit status: 0 all went well, 1 something could not be read or written or a floor was missed, 2 wrong usage.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from onrecord.errors import OnrecordError, SettingsError

app = typer.Typer(
    help="Who said what in news articles, and where they stand.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@contextmanager
def _one_line_errors() -> Iterator[None]:
    """Turns the errors that a user can mend into one line on stderr and an exit status."""
    try:
        yield
    except SettingsError as error:
        _say(f"error: {error}")
        raise typer.Exit(2) from error
    except OnrecordError as error:
        _say(f"error: {error}")
        raise typer.Exit(1) from error
    except BrokenPipeError as error:
        raise typer.Exit(1) from error
    except KeyboardInterrupt as error:
        _say("stopped; run the same command again to go on from the last finished shard")
        raise typer.Exit(1) from error


def _say(line: str) -> None:
    typer.echo(line, err=True)


def _print_version(wanted: bool) -> None:
    if wanted:
        from onrecord import __version__

        typer.echo(f"onrecord {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


@app.command()
def extract(
    paths: Annotated[list[str], typer.Argument(metavar="PATH…", help="Articles (.txt), folders of them, or - for standard input.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Where to write; standard output if not given.")] = None,
    target: Annotated[list[str] | None, typer.Option("--target", help="What the stance is towards; may be repeated.")] = None,
    model: Annotated[str, typer.Option(help="`small`, or a model folder.")] = "small",
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    precision: Annotated[str, typer.Option(help="auto, bf16 or fp32.")] = "auto",
    limit: Annotated[int | None, typer.Option(min=1, help="Read this many articles at most.")] = None,
) -> None:
    """Write one JSON line for every statement in the articles."""
    with _one_line_errors():
        from onrecord.reading import find_inputs

        inputs = find_inputs(paths)[:limit]
        _check_output(output)
        if len(inputs) > 1 or output is not None:
            _say(f"{len(inputs)} article{'s' if len(inputs) > 1 else ''}; loading model {model!r} …")

        from onrecord.batch import RunSettings, run
        from onrecord.pipeline import PipelineSettings

        settings = PipelineSettings(model, device, precision, tuple(target or ()))
        result = run(inputs, settings, RunSettings(output), _say, sys.stdout)
        if output is not None:
            rate = result.articles / max(result.seconds, 1e-9)
            _say(f"{result.statements} statements of {result.articles} articles in {output} ({result.seconds:.1f} s, {rate:.1f} articles/s)")
        if result.failed:
            _say(f"{len(result.failed)} of {len(inputs)} articles were skipped, see above")
            raise typer.Exit(1)


def _check_output(output: Path | None) -> None:
    """Fails before the work starts, not after."""
    if output is None:
        return
    if output.is_dir():
        raise SettingsError(f"{output} is a folder; give -o the name of a file, such as {output / 'statements.jsonl'}")
    if not output.parent.is_dir():
        raise SettingsError(f"the folder {output.parent} of the output does not exist; make it, or choose another with -o")


@app.command()
def show(
    statements: Annotated[Path, typer.Argument(metavar="FILE", help="A file that `onrecord extract` wrote.")],
    limit: Annotated[int | None, typer.Option(min=1, help="Show this many statements at most.")] = None,
) -> None:
    """Show a statements file as a table: who said what, and with which stance."""
    with _one_line_errors():
        from onrecord.records import read_statements
        from onrecord.report.table import statement_table

        for line in statement_table(read_statements(statements), limit):
            typer.echo(line)


@app.command()
def schema() -> None:
    """Print the JSON Schema of the output lines."""
    from onrecord.records import json_schema

    typer.echo(json.dumps(json_schema(), indent=2))
