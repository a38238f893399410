"""Finds the statements whose content includes a place, such as an ``I`` inside a quotation."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from onrecord.document import Span, Statement

_MOST_NESTED: Final = 200
"""Pieces of content before a place that are looked at."""


class Enclosing:
    """The content of an article's statements, to look places up in."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        pieces = [(piece, number) for number, statement in enumerate(statements) for piece in statement.content]
        self._pieces = sorted(pieces)
        self._ends = list(accumulate((piece.end for piece, _ in self._pieces), max))

    def covering(self, span: Span) -> list[int]:
        """The numbers of the statements whose content covers ``span``, in order."""
        index = bisect_right(self._pieces, span.start, key=lambda piece: piece[0].start) - 1
        found: set[int] = set()
        for _ in range(_MOST_NESTED):
            if index < 0 or self._ends[index] < span.end:
                break
            piece, number = self._pieces[index]
            if piece.covers(span):
                found.add(number)
            index -= 1
        return sorted(found)
