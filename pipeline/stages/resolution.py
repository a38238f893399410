"""Which entity a pronoun or a description stands for: the choice among candidates.

`EntityResolver` is where a trained ranker takes over; `SalienceResolver` ranks by rule, after Lappin and Leass
(1994): what was mentioned last, as a subject, outside of quotations, and who spoke last.
"""

from __future__ import annotations

import re
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
_SPEAKING: Final = 0.8
_UNSURE: Final = 0.9
_OPENING: Final = 40
_TOPIC: Final = re.compile(r"\W*(?:As for|As to|For|Regarding|According to)\s+(?:\w+\.?\s+)?", re.IGNORECASE)
"""What makes a name the topic of its sentence although a preposition governs it."""

_VERB: Final = re.compile(
    r",?\s+(?:also |then |later |now )?(?:is|was|has|had|will|would|can|could|may|might|does|did|says|\w+ed|said|told|"
    r"wrote|made|gave|took|went|came|met|led|won|thinks|wants|hopes|believes|argues|calls)\b"
)


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
        score = 0.0
        for mention in reversed(candidate.mentions):
            distance = layout.distance(mention.start, anaphor.span.start)
            if distance > _REACH:
                break
            score += _weight(layout, anaphor, mention) * 0.5**distance
        if candidate.spoke_last:
            score += _SPEAKING
        unsure = anaphor.gender is not None and candidate.entity.gender is None
        return score * candidate.fit * (_UNSURE if unsure else 1.0)


def _weight(layout: Layout, anaphor: Anaphor, mention: Span) -> float:
    """What a mention counts for: a subject most, one inside the speaker's own words least."""
    if any(span.covers(mention) for span in anaphor.content):
        return 0.1
    if layout.is_quoted(mention.start):
        return 0.15
    sentence = layout.sentence_span(mention.start)
    before = layout.text[sentence.start : mention.start]
    if _TOPIC.fullmatch(before):
        return 1.0
    if layout.text[mention.end : mention.end + 2] in ("'s", "’s"):
        return 0.5
    if layout.is_governed(mention.start):
        return 0.5
    if len(before) < _OPENING:
        return 1.0
    return 0.9 if _VERB.match(layout.text, mention.end, sentence.end) else 0.6
