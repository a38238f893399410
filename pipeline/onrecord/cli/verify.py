"""The command that looks a draft's quotations up in what was said: ``verify``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from onrecord.cli.options import Device, Model, Precision
from onrecord.errors import SettingsError
from onrecord.files.console import counted, one_line_errors, say, standard_output

if TYPE_CHECKING:
    from onrecord.document import Statement
    from onrecord.verify.verifier import FindStatements

NOT_FIT: Final = 3
"""Exit status if a quotation is altered, spliced, somebody else's, or not there at all."""


def verify(
    draft: Annotated[
        Path,
        typer.Argument(metavar="DRAFT", show_default=False, help="The draft, or a folder of drafts, in any format."),
    ],
    against: Annotated[
        list[Path],
        typer.Option(
            metavar="PATH",
            show_default=False,
            help="Transcripts, releases or articles to look in: files, folders or archives; may be repeated.",
        ),
    ],
    statements: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="The draft's statements, as `extract` wrote them; without it, the model finds them."
        ),
    ] = None,
    model: Model = "small",
    device: Device = "auto",
    precision: Precision = "auto",
    full: Annotated[bool, typer.Option("--full", help="Show where each quotation is, faulty or not.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON lines with every field.")] = False,
) -> None:
    """Look a draft's quotations up in what was said; the exit status is 3 if one is not as it was said."""
    with one_line_errors():
        from onrecord.tables.verification import is_fit_to_print, json_lines, verification_lines
        from onrecord.tables.wording import shown_width, write_lines
        from onrecord.verify.draft import verify as verify_drafts
        from onrecord.verify.inputs import matched, read_articles, statements_of

        faults: list[str] = []

        def on_fault(fault: str) -> None:
            faults.append(fault)
            say(f"skipped {fault}")

        if "-" in map(str, against):
            raise SettingsError("--against takes files and folders; only the draft may be standard input (-)")
        known = None if statements is None else statements_of(statements)
        drafts = list(read_articles([draft], on_fault))
        find: FindStatements | None = None
        own: Sequence[Sequence[Statement]]
        if known is not None:
            own = matched(drafts, known)
        else:
            say(f"finding the quotations of {counted(len(drafts), 'article')} with model {model!r} …")
            find = _finder(model, device, precision)
            own = find(drafts)
        sources = read_articles(against, on_fault, but=[draft], detect_language=False)
        findings = verify_drafts(zip(drafts, own, strict=True), sources, find)
        stream = standard_output()
        if as_json:
            stream.writelines(f"{line}\n" for line in json_lines(findings))
        else:
            write_lines(verification_lines(findings, shown_width(stream), full), stream)
        if not is_fit_to_print(findings):
            raise typer.Exit(NOT_FIT)
        if faults:
            raise typer.Exit(1)


def _finder(model: str, device: str, precision: str) -> FindStatements:
    from onrecord.pipeline import Pipeline, PipelineSettings

    return Pipeline.build(PipelineSettings(model, device, precision)).extract_articles
