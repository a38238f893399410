"""The quote model's lower states of an article, and what the coreference model reads of them at once."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import torch
from torch import Tensor

from onrecord.document import Span
from onrecord.stages.base import Analysis

_TAIL: Final = 128
"""Tokens of the window before that are read with a window: what its first sentences refer to stands there."""

Range = tuple[int, int]
"""First and last token."""


@dataclass(frozen=True, slots=True)
class Place:
    """The tokens of a span: the number of its window, and the first and the last token in that."""

    window: int
    tokens: Range


@dataclass(slots=True)
class ArticleStates:
    """Where the tokens of an article are, and its lower states by window: those for coreference, or for stance."""

    analysis: Analysis
    for_stance: bool = False
    _starts: list[list[int]] = field(init=False)
    _firsts: list[int] = field(init=False)
    _places: dict[Span, Place | None] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._starts = [[span.start for span in window.spans] for window in self.analysis.windows]
        self._firsts = [starts[0] for starts in self._starts]

    @property
    def known(self) -> bool:
        """Whether the states were kept."""
        return bool(self.analysis.readings) and all(each.states is not None for each in self.analysis.readings)

    def of(self, span: Span) -> Place | None:
        """The tokens of ``span``; None where the model was not shown it."""
        if span not in self._places:
            self._places[span] = self._find(span)
        return self._places[span]

    def _find(self, span: Span) -> Place | None:
        number = bisect_right(self._firsts, span.start) - 1
        if number < 0:
            return None
        spans, starts = self.analysis.windows[number].spans, self._starts[number]
        last = bisect_left(starts, span.end) - 1
        first = bisect_right(starts, span.start)
        while first > 0 and spans[first - 1].end > span.start:
            first -= 1
        while first <= last and spans[first].end == spans[first].start:
            first += 1
        while first <= last and spans[last].end == spans[last].start:
            last -= 1
        return Place(number, (first, last)) if first <= last else None

    def window_states(self, number: int) -> Tensor:
        """(tokens, hidden size): the states of a window."""
        reading = self.analysis.readings[number]
        states = reading.states
        if self.for_stance and reading.stance_states is not None:
            states = reading.stance_states
        if states is None:
            raise ValueError(f"{self.analysis.article.doc}: no states were kept")
        return states

    def tail(self, number: int) -> int:
        """How many tokens of the window before are read with this one."""
        return min(_TAIL, len(self.analysis.windows[number - 1].spans)) if number else 0

    def chunk(self, number: int) -> Tensor:
        """(tail + tokens, hidden size): what is read at once for the window."""
        tail = self.tail(number)
        own = self.window_states(number)
        return torch.cat([self.window_states(number - 1)[-tail:], own]) if tail else own

    def inside(self, place: Place, number: int) -> Range | None:
        """The tokens of ``place`` in the chunk of that window, None if they are not in it."""
        tail = self.tail(number)
        if place.window == number:
            shift = tail
        elif place.window == number - 1:
            shift = tail - len(self.analysis.windows[place.window].spans)
        else:
            return None
        first, last = place.tokens[0] + shift, place.tokens[1] + shift
        return (first, last) if first >= 0 else None

    def ends(self, place: Place) -> Tensor:
        """(2 × hidden size,): the lower states of the first and the last token."""
        states = self.window_states(place.window)
        return torch.cat([states[place.tokens[0]], states[place.tokens[1]]])

    def windows_of(self, spans: Iterable[Span]) -> list[int]:
        """The numbers of the windows that the spans are in."""
        return sorted({place.window for span in spans if (place := self.of(span)) is not None})
