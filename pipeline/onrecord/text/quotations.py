"""Quotation marks: which stretches of a text are inside them.

Only the outermost quotation counts; marks nested in it are part of its text. Newsrooms quote with curly,
straight and angled marks, with two apostrophes, with single marks in place of double ones, and forget to
close them. A paragraph end closes what is open: where the next paragraph reopens, that is a quotation of
its own, and ``closed`` of the earlier one is false.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from onrecord.document import Form, Span, Spans

_MARK = re.compile(r"''|``|[\"“”„‟«»″]|['‘’‚`]")
_DOUBLE_MARK = re.compile(r"''|[\"“”„‟«»″]")
_SINGLE_MARK = re.compile("['‘’‚`]")
_SINGLE = frozenset("'‘’‚`")
_STRAIGHT = frozenset(['"', "''", "″"])
_OPENING = frozenset(["“", "„", "‟", "«", "``"])
_OPENS_AFTER = frozenset("([{—–-/\u2009\u00a0")
_ENDS_CLAUSE = frozenset(".,!?…;:")
_ELISION = re.compile(r"['’](?:(?:n|em|tis|twas|til)\b|\d0s|\d\ds\b)", re.IGNORECASE)
"""Words whose first letters an apostrophe replaces: rock 'n' roll, 'tis, '90s."""


@dataclass(frozen=True, slots=True)
class Quotation:
    """A stretch in quotation marks. ``span`` includes the marks; ``inner`` is what is between them."""

    span: Span
    inner: Span
    closed: bool


def find_quotations(text: str, paragraphs: list[Span]) -> Iterator[Quotation]:
    """The outermost quotations in order; none crosses a paragraph end."""
    for paragraph in paragraphs:
        yield from _in_paragraph(text, paragraph.start, paragraph.end)


def _in_paragraph(text: str, start: int, end: int) -> Iterator[Quotation]:
    while end > start and text[end - 1].isspace():
        end -= 1
    opening: re.Match[str] | None = None
    singles: _Singles | None = None
    position = start
    while mark := _MARK.search(text, position, end):
        position = mark.end()
        if mark.group() in _SINGLE:
            if opening is None and _opens_single(text, mark.start(), start, end):
                singles = singles or _find_singles(text, start, end)
                if (closing := _close_single(singles, mark.end())) is not None:
                    yield Quotation(Span(mark.start(), closing + 1), Span(mark.end(), closing), True)
                    position = closing + 1
            continue
        if opening is not None and _is_inch(text, mark, end):
            continue
        if _opens(text, mark, opening is not None, start, end):
            if opening is not None:  # the mark that should have closed the one before was forgotten
                yield _unclosed(text, opening, mark.start())
            opening = mark
        elif opening is not None:
            yield Quotation(Span(opening.start(), mark.end()), Span(opening.end(), mark.start()), True)
            opening = None
    if opening is not None:
        yield _unclosed(text, opening, end)


def _unclosed(text: str, opening: re.Match[str], end: int) -> Quotation:
    while end > opening.end() and text[end - 1].isspace():
        end -= 1
    return Quotation(Span(opening.start(), end), Span(opening.end(), end), False)


def _opens(text: str, mark: re.Match[str], is_open: bool, start: int, end: int) -> bool:
    """Whether a double mark opens a quotation: by its neighbours if they tell, else by its shape and its turn."""
    before = text[mark.start() - 1] if mark.start() > start else " "
    after = text[mark.end()] if mark.end() < end else " "
    free_before = before.isspace() or before in _OPENS_AFTER
    free_after = after.isspace() or after in _ENDS_CLAUSE or after in ")]}"
    if free_before != free_after:
        # A dash before a mark may also follow the words quoted (`"I—" he said`).
        return free_before and not (is_open and before in "—–-" and mark.group() not in _OPENING)
    if mark.group() in _STRAIGHT or is_open:
        return not is_open
    return mark.group() in _OPENING


def _is_inch(text: str, mark: re.Match[str], end: int) -> bool:
    """Whether a straight mark inside a quotation stands for inches (`"He is 6'2" tall," she said`).

    It follows a figure, and the next mark closes a quotation, so that this one cannot have closed it.
    """
    if (
        mark.group() not in _STRAIGHT
        or not text[mark.start() - 1].isdecimal()
        or text[mark.end() : mark.end() + 1] != " "
    ):
        return False
    following = _DOUBLE_MARK.search(text, mark.end(), end)
    if following is None or following.group() in _OPENING:
        return False
    before, after = text[following.start() - 1], text[following.end()] if following.end() < end else " "
    return not before.isspace() and before not in _OPENS_AFTER and (after.isspace() or after in _ENDS_CLAUSE)


class _Singles(NamedTuple):
    """Where single marks of one paragraph can open or close a quotation; ``weak`` ones may be a plural possessive."""

    openings: list[int]
    strong: list[int]
    weak: list[int]


def _find_singles(text: str, start: int, end: int) -> _Singles:
    """Looks at every single mark once, so that a paragraph full of apostrophes stays linear."""
    singles = _Singles([], [], [])
    for mark in _SINGLE_MARK.finditer(text, start, end):
        position = mark.start()
        if _opens_single(text, position, start, end):
            singles.openings.append(position)
        if mark.group() not in "'’" or position == start:
            continue
        inside, outside = text[position - 1], text[position + 1] if position + 1 < end else " "
        if outside.isalnum() or inside.isspace():
            continue
        certain = inside in _ENDS_CLAUSE or outside in _ENDS_CLAUSE or position + 1 >= end or inside not in "sS"
        (singles.strong if certain else singles.weak).append(position)
    return singles


def _opens_single(text: str, position: int, start: int, end: int) -> bool:
    """Whether the single mark at ``position`` looks like an opening one, not an apostrophe."""
    before = text[position - 1] if position > start else " "
    after = text[position + 1] if position + 1 < end else " "
    if not (before.isspace() or before in _OPENS_AFTER) or not (after.isalnum() or after in "[…"):
        return False
    return _ELISION.match(text, position, end) is None


def _close_single(singles: _Singles, inner: int) -> int | None:
    """Where the single quotation whose text starts at ``inner`` closes, None if it never does."""
    strong, weak = _next(singles.strong, inner + 1), _next(singles.weak, inner + 1)
    if strong is None or weak is None:
        return weak if strong is None else strong
    # `the workers' rights,'` closes at its end, but `'heroes' and 'friends.'` are two quotations.
    reopened = _next(singles.openings, weak)
    return weak if weak < strong and reopened is not None and reopened < strong else strong


def _next(positions: list[int], least: int) -> int | None:
    index = bisect_left(positions, least)
    return positions[index] if index < len(positions) else None


def quotation_states(text: str, quotations: tuple[Quotation, ...]) -> bytearray:
    """One state for each code point: 0 outside, 1 in an opening mark, 2 inside, 3 in a closing mark."""
    states = bytearray(len(text))
    for quotation in quotations:
        span, inner = quotation.span, quotation.inner
        states[span.start : inner.start] = b"\x01" * (inner.start - span.start)
        states[inner.start : inner.end] = b"\x02" * (inner.end - inner.start)
        states[inner.end : span.end] = b"\x03" * (span.end - inner.end)
    return states


def form_of(text: str, content: Spans, states: bytearray) -> Form:
    """How ``content`` is reported: direct if at least 90 % of its letters are quoted, indirect if at most 5 %."""
    letters = quoted = 0
    for start, end in content:
        for position in range(start, end):
            if text[position].isalpha():
                letters += 1
                quoted += states[position] != 0
    if letters and quoted >= 0.9 * letters:
        return "direct"
    return "indirect" if quoted <= 0.05 * letters else "mixed"
