"""The command that compares two versions of articles: ``compare``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from onrecord.cli.options import Device, Model, Precision
from onrecord.files.console import one_line_errors, say, standard_output

if TYPE_CHECKING:
    from onrecord.pipeline import Pipeline
    from onrecord.verify.verifier import FindStatements

_WHAT = "article or folder of articles in any format, or a statements file"


def compare(
    old: Annotated[Path, typer.Argument(metavar="OLD", show_default=False, help=f"The earlier version: an {_WHAT}.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", show_default=False, help=f"The later version: an {_WHAT}.")],
    target: Annotated[
        list[str] | None,
        typer.Option(metavar="TEXT", help="Say where stances towards TEXT changed; may be repeated."),
    ] = None,
    model: Model = "small",
    device: Device = "auto",
    precision: Precision = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON lines, one for each change.")] = False,
) -> None:
    """Show what a later version changed: sources and statements added, dropped, cut, reworded, anonymised."""
    with one_line_errors():
        from onrecord.tables.versions import json_lines, version_lines
        from onrecord.tables.wording import shown_width, write_lines
        from onrecord.versions.reading import compare_editions, open_edition

        faults: list[str] = []

        def on_fault(fault: str) -> None:
            faults.append(fault)
            say(f"skipped {fault}")

        find = _finder(model, device, precision, target or ())
        changes = compare_editions(open_edition(old, find), open_edition(new, find), on_fault)
        stream = standard_output()
        if as_json:
            stream.writelines(f"{line}\n" for line in json_lines(changes))
        else:
            write_lines(version_lines(changes, shown_width(stream)), stream)
        if faults:
            raise typer.Exit(1)


def _finder(model: str, device: str, precision: str, targets: Sequence[str]) -> FindStatements:
    """Finds statements with a pipeline that is loaded when the first article is read."""
    from functools import cache

    @cache
    def pipeline() -> Pipeline:
        from onrecord.pipeline import Pipeline, PipelineSettings

        say(f"finding statements with model {model!r} …")
        return Pipeline.build(PipelineSettings(model, device, precision, tuple(dict.fromkeys(targets))))

    return lambda articles: pipeline().extract_articles(articles)
