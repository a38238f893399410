"""What became of a draft's quotations, for the terminal: a line for each, and below it what is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, get_args

from rich.cells import cell_len
from rich.text import Text

from onrecord.files.records import json_line
from onrecord.tables.text import fit, plain, several
from onrecord.tables.wording import LEGEND, indented, marked
from onrecord.verify.people import Relation
from onrecord.verify.result import Difference, Finding, Passage, Status

_COLOURS: Final = {"verbatim": "green", "shortened": "green", "too_short": "yellow"}
_STATUS: Final = 14
_INDENT: Final = 4
_KINDS: Final = {"same": "same", "added": "new", "left_out": "old", "marked": "skipped"}


def verification_lines(findings: Sequence[Finding], width: int | None, full: bool = False) -> Iterator[Text]:
    """A line for each quotation, draft by draft; ``full`` shows the passages of those without fault, too.

    Quotations are cut and other lines broken at ``width``; if it is None, neither is.
    """
    doc = None
    for finding in findings:
        if finding.doc != doc:
            if doc is not None:
                yield Text()
            doc = finding.doc
            yield Text(plain(doc), "bold")
        yield _head(finding, width)
        if not finding.is_fine or full:
            yield from _details(finding, width)
    yield Text()
    if any(_is_compared(finding) for finding in findings):
        yield Text(LEGEND.format(old="source", new="draft"), "dim")
    counts = Counter(finding.status for finding in findings)
    named = [f"{counts[status]} {_name(status)}" for status in get_args(Status) if counts[status]]
    total = f"{several(len(findings), 'quotation')}: {', '.join(named)}" if findings else "no quotations"
    yield from indented(Text(total), width, 0)


def json_lines(findings: Sequence[Finding]) -> Iterator[str]:
    """A JSON object for each quotation."""
    return (json_line(finding.to_dict()) for finding in findings)


def _name(status: Status) -> str:
    return status.replace("_", " ")


def _head(finding: Finding, width: int | None) -> Text:
    line = Text("  ")
    line.append(_name(finding.status).ljust(_STATUS), f"bold {_COLOURS.get(finding.status, 'red')}")
    who = plain(" and ".join(finding.speakers))
    text = plain(finding.text)
    if width is not None:
        who = fit(who, min(24, cell_len(who))).rstrip()
        room = max(20, width - line.cell_len - cell_len(who) - (4 if who else 2))
        text = fit(text, room).rstrip()
    line.append(f"“{text}”")
    return line.append(f"  {who}" if who else "", "dim")


def _details(finding: Finding, width: int | None) -> Iterator[Text]:
    indent = _INDENT + _STATUS - 2
    if _is_compared(finding):
        if finding.status == "not_found":
            yield from indented(Text("nearest:", "dim"), width, indent)
        yield from indented(marked(_parts(finding.differences)), width, indent)
    elif finding.status == "spliced":
        for number, passage in enumerate(finding.passages, 1):
            yield from indented(Text(f"{number}. {plain(passage.text)}"), width, indent)
            yield from indented(_place(passage, finding), width, indent)
        return
    for passage in finding.passages[:1]:
        yield from indented(_place(passage, finding), width, indent)


def _is_compared(finding: Finding) -> bool:
    return finding.status in ("altered", "not_found") and bool(finding.differences)


def _place(passage: Passage, finding: Finding) -> Text:
    """Where a passage is, and who says it there if that is another than in the draft."""
    who = plain(passage.speaker or "")
    line = Text(f"{who}, " if who else "")
    line.append(f"{plain(passage.doc)}, characters {passage.span.start}–{passage.span.end}", "dim")
    if passage.relation is Relation.OTHER and finding.speakers:
        line.append(f"; the draft says {plain(' and '.join(finding.speakers))}", "red")
    return line


def _parts(differences: Sequence[Difference]) -> Iterator[tuple[str, str]]:
    for each in differences:
        if each.kind == "changed":
            yield "old", each.source_text
            yield "new", each.draft_text
        elif each.kind in ("left_out", "marked"):
            yield _KINDS[each.kind], each.source_text
        else:
            yield _KINDS[each.kind], each.draft_text


def is_fit_to_print(findings: Sequence[Finding]) -> bool:
    """Whether nothing speaks against any of the quotations."""
    return all(finding.is_fine for finding in findings)
