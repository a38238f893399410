"""The command that counts who gets to speak: ``audit``."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from onrecord.cli.options import SkipDuplicates, Statements
from onrecord.errors import InputError, SettingsError
from onrecord.files.console import counted, one_line_errors, printable, say, standard_output

if TYPE_CHECKING:
    from onrecord.document import Statement


def audit(
    statements: Statements,
    outlet: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Count only articles of this outlet; may be repeated.")
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="Count only articles from this day, month or year on.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="Count only articles up to this day, month or year.")
    ] = None,
    skip_duplicates: SkipDuplicates = False,
    speakers: Annotated[
        int, typer.Option(min=1, metavar="N", help="Show the N speakers and outlets with the most statements.")
    ] = 20,
    errors: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Take the model's mistakes from tables that you measured.")
    ] = None,
    draws: Annotated[int, typer.Option(min=10, metavar="N", help="Draw articles N times for the intervals.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, metavar="N", help="Seed of the draws.")] = 13,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object with every figure.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV with every figure.")] = False,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write the tables as a page to read in the browser.")
    ] = None,
) -> None:
    """Count who gets to speak: by type, gender, role group, place and outlet, with intervals."""
    with one_line_errors():
        if as_json and as_csv:
            raise SettingsError("--json and --csv cannot be combined; use one of them")
        if html is not None and html.exists():
            read = (given for given in (statements, errors) if given is not None and given.exists())
            if any(html.samefile(given) for given in read):
                raise SettingsError(f"{html} is read; choose another file with --html")
        from onrecord.audit.collection import count_statements
        from onrecord.audit.model_error import measured_errors, read_errors
        from onrecord.audit.shares import AuditSettings
        from onrecord.audit.shares import audit as take_shares
        from onrecord.tables.audit import audit_lines, audit_record, write_audit_csv

        known = measured_errors() if errors is None else read_errors(_text_of(errors), str(errors))
        settings = AuditSettings(draws=draws, seed=seed, speakers=speakers)
        counts = count_statements(_reader(statements, skip_duplicates), outlet or (), since, until)
        if counts.undated:
            left = counted(len(counts.undated), "article")
            say(f"left out {left} whose date does not tell whether it is in the period")
        if not counts.articles:
            raise InputError(f"{statements}: no statements to count; check the file and the filters")
        found = take_shares(counts, known, settings)
        if html is not None:
            from onrecord.report.audit_page import write_audit_page

            write_audit_page(found, html, statements.name)
            say(f"wrote {html}")
        stream = standard_output()
        if as_json:
            stream.write(json.dumps(audit_record(found), indent=2) + "\n")
        elif as_csv:
            write_audit_csv(found, stream)
        else:
            stream.writelines(f"{printable(line)}\n" for line in audit_lines(found))


def _reader(path: Path, skip_duplicates: bool) -> Callable[[], Iterator[Statement]]:
    from onrecord.files.records import read_statements, without_duplicates

    return lambda: without_duplicates(read_statements(path)) if skip_duplicates else read_statements(path)


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise InputError(f"{path}: cannot be read ({reason}); check the path") from error
