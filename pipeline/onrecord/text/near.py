"""Which of many spans overlap another one, without looking at all of them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from itertools import accumulate

from onrecord.document import Span


class Near:
    """Spans, each with a number, that hardly overlap each other: then a look-up takes no longer the more there are.

    >>> near = Near([(Span(0, 4), 7), (Span(6, 9), 8)])
    >>> near.overlapping(Span(3, 7)), near.overlapping(Span(4, 6))
    ({7, 8}, set())
    """

    def __init__(self, spans: Iterable[tuple[Span, int]]) -> None:
        self._spans = sorted(spans)
        self._starts = [span.start for span, _ in self._spans]
        self._ends = list(accumulate((span.end for span, _ in self._spans), max))
        """How far each span and those before it go."""

    def overlapping(self, wanted: Span) -> set[int]:
        """The numbers given with the spans that overlap ``wanted``."""
        found: set[int] = set()
        index = bisect_left(self._starts, wanted.end) - 1
        while index >= 0 and self._ends[index] > wanted.start:
            span, number = self._spans[index]
            if span.overlaps(wanted):
                found.add(number)
            index -= 1
        return found
