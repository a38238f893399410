"""Which entity a pronoun or a description stands for: the choice among candidates.

`SalienceResolver`, the `EntityResolver` without a model (the one with it is in `ranking`), ranks by rule, after
Lappin and Leass (1994): what was mentioned last, as a subject, outside of quotations, and who spoke last.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from onrecord.document import Span, Spans
from onrecord.names.forms import Gender
from onrecord.stages.base import Analysis
from onrecord.stages.speakers.entities import Entity
from onrecord.text.positions import Layout


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
    """An entity that an anaphor may stand for: its mentions so far, how well it fits, whether it spoke last.

    ``ahead`` are its names later in the anaphor's own sentence: ``After he resigned, Lund …``.
    """

    entity: Entity
    mentions: tuple[Span, ...]
    fit: float = 1.0
    spoke_last: bool = False
    ahead: tuple[Span, ...] = ()


class EntityResolver(Protocol):
    """Chooses among the entities that agree with an anaphor in kind, gender and number."""

    def prepare(self, articles: Sequence[tuple[Analysis, Layout, Sequence[Span]]]) -> None:
        """Announces the articles that come next and their sources, so that a model can read them all at once."""
        return

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


class SalienceResolver(EntityResolver):
    """Ranks by recency, grammatical role as far as word order tells it, and turn of speech."""

    def choose(
        self, analysis: Analysis, layout: Layout, anaphor: Anaphor, candidates: Sequence[Candidate]
    ) -> Candidate | None:
        if not candidates:
            return None
        ranked = [(self.salience(layout, anaphor, candidate), candidate) for candidate in candidates]
        if anaphor.is_pronoun:
            score, best = max(ranked, key=lambda pair: pair[0])
            return best if score >= _LEAST else None
        # A description fits or does not; salience only decides between equals.
        return max(ranked, key=lambda pair: (pair[1].fit, pair[0]))[1]

    def salience(self, layout: Layout, anaphor: Anaphor, candidate: Candidate) -> float:
        """How present ``candidate`` is where the anaphor stands: 0 for not at all, 1 for a subject just before it."""
        score = 0.0
        for mention in reversed(candidate.mentions):
            distance = layout.distance(mention.start, anaphor.span.start)
            if distance > _REACH:
                break
            score += _WEIGHTS[place_of(layout, anaphor, mention)] * 0.5**distance
        if candidate.spoke_last:
            score += _SPEAKING
        unsure = anaphor.gender is not None and candidate.entity.gender is None
        return score * candidate.fit * (_UNSURE if unsure else 1.0)


_WEIGHTS: Final[dict[str, float]] = {
    "own": 0.1, "quoted": 0.15, "topic": 1.0, "possessive": 0.5, "governed": 0.5, "opening": 1.0, "subject": 0.9,
    "other": 0.6,
}  # fmt: skip
"""What a mention counts for by its place: a subject most, one inside the speaker's own words least."""


def place_of(layout: Layout, anaphor: Anaphor, mention: Span) -> str:
    """The place of a mention, as far as word order tells it: one of the keys of ``_WEIGHTS``."""
    if any(span.covers(mention) for span in anaphor.content):
        return "own"
    if layout.is_quoted(mention.start):
        return "quoted"
    sentence = layout.sentence_span(mention.start)
    before = layout.text[sentence.start : mention.start]
    if _TOPIC.fullmatch(before):
        return "topic"
    if layout.text[mention.end : mention.end + 2] in ("'s", "’s"):
        return "possessive"
    if layout.is_governed(mention.start):
        return "governed"
    if len(before) < _OPENING:
        return "opening"
    return "subject" if _VERB.match(layout.text, mention.end, sentence.end) else "other"
