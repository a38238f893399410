"""Quotations without a source that plainly go on with the one before: their layout says so."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Final

from onrecord.document import Statement
from onrecord.text.positions import Layout

_LONGEST_SUBHEADING: Final = 60
_MOST_NESTED: Final = 50
"""Statements before one that may overlap it; those of one quotation are few."""

_LETTER: Final = re.compile(r"\w")


class Continuations:
    """What the statements of one article go on with."""

    def __init__(self, layout: Layout, statements: Sequence[Statement]) -> None:
        self._layout = layout
        self._statements = statements
        numbers = (number for number, statement in enumerate(statements) if statement.text)
        # Of statements that begin together, the first counts as the last.
        self._order = sorted(numbers, key=lambda number: (_key(statements[number]), -number))
        self._keys = [_key(statements[number]) for number in self._order]

    def continued(self, index: int, spoken: Callable[[int], int]) -> int | None:
        """The statement that the one at ``index``, which has no source, goes on with; None if there is none.

        ``spoken`` gives the number of referents of a statement. One continues another if it follows in the same
        paragraph, or if it opens its paragraph and the other ended the paragraph before; there may be a one-line
        subheading between them. A statement without quotation marks is continued too if it closes the paragraph before.
        """
        layout, statement = self._layout, self._statements[index]
        start = statement.content[0].start
        last = bisect_left(self._keys, _key(statement))
        for number in reversed(self._order[max(0, last - _MOST_NESTED) : last]):
            other = self._statements[number]
            if any(piece.overlaps(two) for piece in other.content for two in statement.content):
                continue
            is_quoted = other.form != "indirect"
            goes_on = is_quoted or (spoken(number) == 1 and _ends_paragraph(layout, other, start))
            return number if spoken(number) and goes_on and _follows(layout, other, start) else None
        return None


def _key(statement: Statement) -> tuple[int, int]:
    return statement.content[0]


def _ends_paragraph(layout: Layout, earlier: Statement, start: int) -> bool:
    """Whether ``earlier`` closes the paragraph directly before the one at ``start``."""
    here = layout.paragraph_at(start)
    mentions = [mention for mention in (earlier.source, earlier.cue) if mention is not None]
    ends = [span.end for spans in (earlier.content, *(mention.spans for mention in mentions)) for span in spans]
    last = layout.paragraph_at(max(ends) - 1)
    return here == last + 1 and not _LETTER.search(layout.text, max(ends), layout.paragraphs[last].end)


def _follows(layout: Layout, earlier: Statement, start: int) -> bool:
    here = layout.paragraph_at(start)
    there = layout.paragraph_at(earlier.content[-1].start)
    if here == there:
        return True
    opens = not _LETTER.search(layout.text, layout.paragraphs[here].start, start)
    between = [layout.text[slice(*layout.paragraphs[index])].strip() for index in range(there + 1, here)[:2]]
    return opens and len(between) <= 1 and all(_is_subheading(line) for line in between)


def _is_subheading(line: str) -> bool:
    return len(line) <= _LONGEST_SUBHEADING and "\n" not in line and not line.endswith((".", ":", ",", ";"))
