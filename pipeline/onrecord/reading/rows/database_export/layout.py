"""What exports of databases have in common: paragraphs, lines with labels, and where a body ends."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from onrecord.reading.dates import iso_day
from onrecord.text.word_lists import read_lists

Paragraph = list[str]
"""Lines without blank ones among them, each stripped."""

_LABEL: Final = re.compile(r"([A-Za-z][A-Za-z /()-]{1,30}):(?:\s+(.*)|)$")
_DAY: Final = r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_MONTH: Final = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|"
    r"Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_ZONE: Final = r"(?:[A-Z]{2,5}(?:[+-][0-9:]+)?|(?:[A-Z][a-z]+ ){1,3}Time)"
_TIME: Final = rf"[0-9]{{1,2}}[:.][0-9]{{2}}(?:[:.][0-9]{{2}})?\s*(?:[AP]\.?M\.?)?(?:\s+{_ZONE})?"
_DAY_OF_MONTH: Final = r"[0-9]{1,2}(?:st|nd|rd|th)?"
_DATE_LINE: Final = re.compile(
    rf"(?:{_DAY},?\s+)?(?:{_MONTH}\s+{_DAY_OF_MONTH},?\s*[0-9]{{4}}|{_DAY_OF_MONTH}\s+{_MONTH},?\s+[0-9]{{4}}"
    rf"|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})(?:,?\s+{_DAY})?(?:,?\s+(?:at\s+)?{_TIME})?",
    re.I,
)
_COPYRIGHT: Final = re.compile(
    r"(?:copyright|©|\(c\))\s.{0,300}|all rights reserved\.?|(?:provided by|distributed by) .{0,80}", re.I
)
_FEW: Final = 6
"""Paragraphs under one label: descriptions of pictures, corrections."""
_SHOWN: Final = 400
"""Lines that show what stands at a place."""
_LENGTH: Final = re.compile(r"([0-9][0-9,.]*)\s+words?\b", re.I)


class Labelled(NamedTuple):
    """A line that begins with a label, as its name in the word lists, and what follows the colon."""

    label: str
    value: str


def label_of(line: str) -> Labelled | None:
    """The label that a line begins with, known or not; None if it has none."""
    match = _LABEL.match(line)
    if match is None:
        return None
    return Labelled("_".join(match[1].lower().split()), (match[2] or "").strip())


def label_name(line: str) -> str | None:
    """The name alone of the label that a line begins with; None if it has none."""
    label = label_of(line)
    return None if label is None else label.label


def labels(name: str) -> frozenset[str]:
    """A list of ``data/database_exports.txt``."""
    return read_lists("onrecord.reading", "database_exports")[name]


def paragraphs_of(lines: Sequence[str]) -> list[Paragraph]:
    """The lines in groups that blank lines separate."""
    found: list[Paragraph] = [[]]
    for line in lines:
        if stripped := line.strip():
            found[-1].append(stripped)
        elif found[-1]:
            found.append([])
    return found if found[-1] else found[:-1]


def joined(paragraphs: Sequence[Paragraph]) -> str | None:
    """The text of the paragraphs: their lines as they are, a blank line between two; None if there is none."""
    return "\n\n".join("\n".join(paragraph) for paragraph in paragraphs) or None


def one_line(lines: Sequence[str]) -> str | None:
    """The lines as one; None if there is nothing in them."""
    return " ".join(" ".join(lines).split()) or None


def is_date_line(line: str) -> bool:
    """Whether the line is a date and nothing else, with its weekday or time."""
    return _DATE_LINE.fullmatch(line) is not None and iso_day(line) is not None


def is_copyright(line: str) -> bool:
    """Whether the line says whose the article is."""
    return _COPYRIGHT.fullmatch(line) is not None


def words_in(line: str | None) -> int | None:
    """The number of words that a line such as ``812 words`` states."""
    match = _LENGTH.search(line or "")
    digits = re.sub("[,.]", "", match[1]) if match else ""
    return int(digits) if 0 < len(digits) < 9 else None


def body_end(
    lines: Sequence[str], sure: frozenset[str], likely: frozenset[str], long: frozenset[str] = frozenset()
) -> int:
    """The index of the line at which what follows the body begins; ``len(lines)`` if nothing follows it.

    Args:
        lines: stripped, blank ones included.
        sure: labels that articles do not have. The first of them decides, if labels prevail from there on.
        likely: labels that belong to what follows, too, if they stand right before it.
        long: those under which several paragraphs may stand.
    """
    known = sure | likely
    end = next(
        (at for at, line in enumerate(lines) if _is(line, sure) and _labels_prevail(lines[at : at + _SHOWN], known)),
        None,
    )
    if end is None:
        end = len(lines)
        while end and (not lines[end - 1] or is_copyright(lines[end - 1])):
            end -= 1
        return end
    while (earlier := _labelled_before(lines, end, known, long)) is not None:
        end = earlier
    return end


def _labels_prevail(lines: Sequence[str], known: frozenset[str]) -> bool:
    paragraphs = paragraphs_of(lines)
    plain = sum(not any(_is(line, known) or is_copyright(line) for line in paragraph) for paragraph in paragraphs)
    return plain <= max(_FEW, len(paragraphs) - plain)


def _labelled_before(lines: Sequence[str], end: int, known: frozenset[str], long: frozenset[str]) -> int | None:
    """Where the labelled line or paragraph begins that stands right before ``end``; None if there is none."""
    at = end
    while at and not lines[at - 1]:
        at -= 1
    if at and _is(lines[at - 1], known):
        return at - 1
    wanted = known if at < end else long
    for _ in range(_FEW):
        start = at
        while start and lines[start - 1]:
            start -= 1
        if start < at and _is(lines[start], wanted):
            return start
        at, wanted = start, long
        while at and not lines[at - 1]:
            at -= 1
    return None


def _is(line: str, known: frozenset[str]) -> bool:
    return label_name(line) in known
