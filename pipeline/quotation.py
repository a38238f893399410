"""Quotation marks: which stretches of a text stand inside them.

Only the outermost quotation counts; marks nested in it are part of its text. Newsrooms quote with curly,
straight and angled marks, with two apostrophes, with single marks in place of double ones, and forget to
close them. A paragraph end closes what is open: where the next paragraph reopens, that is a quotation of
its own, and ``closed`` of the earlier one is false.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from onrecord.document import Form, Span, Spans

_MARK = re.compile(r"''|``|[\"“”„‟«»″]|['‘’‚`]")
_SINGLE = frozenset("'‘’‚`")
_STRAIGHT = frozenset(['"', "''", "″"])
_OPENING = frozenset(["“", "„", "‟", "«", "``"])
_OPENS_AFTER = frozenset("([{—–-/\u2009\u00a0")
_ENDS_CLAUSE = frozenset(".,!?…;:")


@dataclass(frozen=True, slots=True)
class Quotation:
    """A stretch in quotation marks. ``span`` includes the marks; ``inner`` is what stands between them."""

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
    position = start
    while mark := _MARK.search(text, position, end):
        position = mark.end()
        if mark.group() in _SINGLE:
            if opening is None and (closing := _close_single(text, mark, start, end)) is not None:
                yield Quotation(Span(mark.start(), closing + 1), Span(mark.end(), closing), True)
                position = closing + 1
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
    """Whether a double mark opens a quotation: by its neighbours where they tell, else by its shape and turn."""
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


def _close_single(text: str, mark: re.Match[str], start: int, end: int) -> int | None:
    """Where the single mark ``mark`` closes if it opens a quotation, else None: apostrophes look the same."""
    before = text[mark.start() - 1] if mark.start() > start else " "
    after = text[mark.end()] if mark.end() < end else " "
    if not (before.isspace() or before in _OPENS_AFTER) or not (after.isalnum() or after in "[…"):
        return None
    if after.isdigit() and text[mark.end() : mark.end() + 3].endswith("s"):  # '90s
        return None
    possessive: int | None = None
    for closing in re.finditer("['’]", text[mark.end() : end]):
        position = mark.end() + closing.start()
        inside, outside = text[position - 1], text[position + 1] if position + 1 < end else " "
        if outside.isalnum() or inside.isspace() or position == mark.end():
            continue
        if inside in _ENDS_CLAUSE or outside in _ENDS_CLAUSE or position + 1 >= end or inside not in "sS":
            return position
        possessive = possessive or position  # "the workers' rights", or a quotation that ends in s
    return possessive


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
