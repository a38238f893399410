"""The command that shows a statements file: ``show``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from onrecord.cli.options import Statements
from onrecord.files.console import counted, one_line_errors, say, standard_output

if TYPE_CHECKING:
    from onrecord.document import Statement

_filter = partial(typer.Option, rich_help_panel="Which statements (options may be repeated; one of each must fit)")
_shape = partial(typer.Option, rich_help_panel="How they are shown")


def show(
    statements: Statements,
    speaker: Annotated[
        list[str] | None,
        _filter(metavar="TEXT", help="Only of speakers with TEXT in their name, role or description, or as id."),
    ] = None,
    stance: Annotated[
        list[str] | None,
        _filter(
            metavar="LABEL",
            help="Only with this stance: support, oppose, neutral or unclear; without doubtful sides (less than 0.6).",
        ),
    ] = None,
    doubtful: Annotated[bool, _filter("--doubtful", help="With --stance: doubtful sides, too.")] = False,
    target: Annotated[
        list[str] | None, _filter(metavar="TEXT", help="Only stances towards targets with TEXT in their name.")
    ] = None,
    form: Annotated[list[str] | None, _filter(metavar="FORM", help="Only direct, indirect or mixed.")] = None,
    doc: Annotated[
        list[str] | None,
        _filter(metavar="NAME", help="Only of articles with NAME in their name, or matching it: '*/2026-03-*'."),
    ] = None,
    only: Annotated[
        list[str] | None, _filter(metavar="ACT", help="Only this act: expressed, attitude or decision.")
    ] = None,
    min_confidence: Annotated[
        float | None, _filter(metavar="P", help="Only statements whose confidence is at least P.")
    ] = None,
    grep: Annotated[
        str | None,
        _filter(metavar="WORDS", help="Only texts with WORDS, a regular expression; case makes no difference."),
    ] = None,
    limit: Annotated[int | None, _shape(min=1, metavar="N", help="Show only the first N statements.")] = None,
    full: Annotated[bool, _shape("--full", help="Print statements in full, however long they are.")] = False,
    no_pager: Annotated[
        bool, _shape("--no-pager", help="Don't use a pager (PAGER, or less) for what is longer than the screen.")
    ] = False,
) -> None:
    """Show a statements file as a table: who said what, and with which stance."""
    with one_line_errors():
        from onrecord.files.records import read_statements
        from onrecord.queries.filtering import StatementFilter
        from onrecord.tables.pager import write_paged
        from onrecord.tables.statements import statement_lines

        asked = StatementFilter(
            speakers=tuple(speaker or ()),
            stances=tuple(stance or ()),
            sure=bool(stance) and not doubtful,
            targets=tuple(target or ()),
            forms=tuple(form or ()),
            docs=tuple(doc or ()),
            only=tuple(only or ()),
            min_confidence=min_confidence,
            words=grep,
        )
        with_doubtful = replace(asked, sure=False)
        read = kept = left_out = 0

        def chosen() -> Iterator[Statement]:
            nonlocal read, kept, left_out
            for each in read_statements(statements):
                read += 1
                if (found := asked.of(each)) is not None:
                    kept += 1
                    yield found
                elif asked.sure and with_doubtful.of(each) is not None:
                    left_out += 1

        stream = standard_output()
        write_paged(statement_lines(chosen(), limit, full, wrap=stream.isatty()), stream, page=not no_pager)
        if left_out:
            say(f"left out: {counted(left_out, 'statement')} that may take this side, but doubtfully; add --doubtful")
        elif not kept:
            say(
                f"none of {counted(read, 'statement')} is what you asked for"
                if read
                else f"{statements} has no statements"
            )
