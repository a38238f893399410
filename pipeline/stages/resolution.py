"""Which entity a pronoun or a description stands for: the choice among candidates.

`EntityResolver` is where a trained ranker takes over; `SalienceResolver` ranks by rule, after Lappin and Leass
(1994): what was mentioned last, as a subject, outside of quotations, and who spoke last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from onrecord.document import Span, Spans
from onrecord.stages.base import Analysis
from onrecord.stages.entities import Entity
from onrecord.stages.layout import Layout
from onrecord.stages.naming import Gender


@dataclass(frozen=True, slots=True)
class Anaphor:
    """Words that stand for an entity named elsewhere; ``content`` is what their statement says, for a source."""

    span: Span
    words: str
    is_pronoun: bool
    gender: Gender | None = None
    content: Spans = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entity that an anaphor may stand for: its mentions so far, how well it fits, whether it spoke last."""

    entity: Entity
    mentions: tuple[Span, ...]
    fit: float = 1.0
    spoke_last: bool = False


class EntityResolver(Protocol):
    """Chooses among the entities that agree with an anaphor in kind, gender and number."""

    def choose(
        self, analysis: Analysis, layout: Layout, anaphor: Anaphor, candidates: Sequence[Candidate]
    ) -> Candidate | None:
        """The candidate that ``anaphor`` stands for, or None if it is none of them."""
        ...


_REACH: Final = 12
"""Sentences further back than this do not count."""

_LEAST: Final = 0.02


class SalienceResolver:
    """Ranks by recency, grammatical role as far as word order tells it, and turn of speech."""

    def choose(
        self, analysis: Analysis, layout: Layout, anaphor: Anaphor, candidates: Sequence[Candidate]
    ) -> Candidate | None:
        if not candidates:
            return None
        ranked = [(self._score(layout, anaphor, candidate), candidate) for candidate in candidates]
        if anaphor.is_pronoun:
            score, best = max(ranked, key=lambda pair: pair[0])
            return best if score >= _LEAST else None
        # A description fits or does not; salience only decides between equals.
        return max(ranked, key=lambda pair: (pair[1].fit, pair[0]))[1]

    def _score(self, layout: Layout, anaphor: Anaphor, candidate: Candidate) -> float:
        here = layout.sentence_at(anaphor.span.start)
        score = 0.0
        for mention in reversed(candidate.mentions):
            distance = here - layout.sentence_at(mention.start)
            if distance > _REACH:
                break
            score += _weight(layout, anaphor, mention) * 0.5**distance
        if candidate.spoke_last:
            score += 0.8
        return score * candidate.fit


def _weight(layout: Layout, anaphor: Anaphor, mention: Span) -> float:
    """What a mention counts for: a subject most, one inside the speaker's own words least."""
    if any(span.covers(mention) for span in anaphor.content):
        return 0.1
    if layout.is_quoted(mention.start):
        return 0.15
    if layout.text[mention.end : mention.end + 2] in ("'s", "’s"):
        return 0.5
    if layout.is_governed(mention.start):
        return 0.5
    before = layout.text[layout.sentence_span(mention.start).start : mention.start]
    return 1.0 if len(before) < 40 else 0.7
