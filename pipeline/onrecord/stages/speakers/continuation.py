"""Quotations without a source that plainly go on with the one before: their layout says so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from onrecord.document import Statement
from onrecord.text.positions import Layout

_LONGEST_SUBHEADING: Final = 60


def continued(layout: Layout, statements: Sequence[Statement], index: int, spoken: Sequence[int]) -> int | None:
    """The statement that the one at ``index``, which has no source, goes on with; None if there is none.

    ``spoken`` has the number of referents of each statement. One continues another if it follows in the same paragraph,
    or if it opens its paragraph and the other ended the paragraph before; there may be a one-line subheading between
    them. A statement without quotation marks is continued too if it closes the paragraph before.
    """
    statement = statements[index]
    start = statement.content[0].start
    earlier = [number for number, other in enumerate(statements) if other.text and _key(other) < _key(statement)]
    for number in sorted(earlier, key=lambda number: _key(statements[number]), reverse=True):
        other = statements[number]
        if any(piece.overlaps(two) for piece in other.content for two in statement.content):
            continue
        is_quoted = other.form != "indirect"
        goes_on = is_quoted or (spoken[number] == 1 and _ends_paragraph(layout, other, start))
        return number if spoken[number] and goes_on and _follows(layout, other, start) else None
    return None


def _key(statement: Statement) -> tuple[int, int]:
    return statement.content[0]


def _ends_paragraph(layout: Layout, earlier: Statement, start: int) -> bool:
    """Whether ``earlier`` closes the paragraph directly before the one at ``start``."""
    here = layout.paragraph_at(start)
    mentions = [mention for mention in (earlier.source, earlier.cue) if mention is not None]
    ends = [span.end for spans in (earlier.content, *(mention.spans for mention in mentions)) for span in spans]
    last = layout.paragraph_at(max(ends) - 1)
    between = layout.text[max(ends) : layout.paragraphs[last].end]
    return here == last + 1 and not re.search(r"\w", between)


def _follows(layout: Layout, earlier: Statement, start: int) -> bool:
    here = layout.paragraph_at(start)
    there = layout.paragraph_at(earlier.content[-1].start)
    opens = not re.search(r"\w", layout.text[layout.paragraphs[here].start : start])
    if here == there:
        return True
    between = [layout.text[slice(*layout.paragraphs[index])].strip() for index in range(there + 1, here)]
    return opens and len(between) <= 1 and all(_is_subheading(line) for line in between)


def _is_subheading(line: str) -> bool:
    return len(line) <= _LONGEST_SUBHEADING and "\n" not in line and not line.endswith((".", ":", ",", ";"))
