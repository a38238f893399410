"""What the coreference model is told of a question besides the words: features of mention, candidate and pair."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

from onrecord.document import Span
from onrecord.stages.speakers.candidates import ANAPHOR_KINDS, FORMS, Anaphor, Candidate, Form
from onrecord.stages.speakers.entities import Entity
from onrecord.text.positions import Layout

_STEPS: Final = (0, 1, 2, 3, 5, 8, 16)
_COUNTS: Final = (1, 2, 4, 8)
_BETWEEN: Final = (0, 1, 2, 3, 5)
_PLACES: Final = ("own", "quoted", "topic", "possessive", "governed", "opening", "subject", "other", "inside")
_KINDS: Final = ("person", "organization", "document", "group", "unknown")
_OPENING: Final = 40
_LONGEST_TOPIC: Final = 200
_TOPIC: Final = re.compile(r"\W*(?:As for|As to|For|Regarding|According to)\s+(?:\w+\.?\s+)?", re.IGNORECASE)
"""What makes a name the topic of its sentence although a preposition governs it."""

_VERB: Final = re.compile(
    r",?\s+(?:also |then |later |now )?(?:is|was|has|had|will|would|can|could|may|might|does|did|says|\w+ed|said|told|"
    r"wrote|made|gave|took|went|came|met|led|won|thinks|wants|hopes|believes|argues|calls)\b"
)

ANAPHOR_SIZES: Final = (len(ANAPHOR_KINDS), 3, 2)
"""How many values each feature of an anaphor has, in the order of `anaphor_features`."""

ENTITY_SIZES: Final = (len(_KINDS), 3, 4, 4, 2, 2, len(_COUNTS) + 1)
"""The same of `entity_features`."""

PAIR_SIZES: Final = (2 * (len(_STEPS) + 1) + 1, len(_BETWEEN) + 2, len(_PLACES) + 1, 4, len(FORMS) + 1)
"""The same of `pair_features`."""


def anaphor_features(anaphor: Anaphor) -> tuple[int, ...]:
    """Its kind, its gender, and whether it may stand for several."""
    gender = 0 if anaphor.gender is None else 1 + (anaphor.gender == "feminine")
    return (ANAPHOR_KINDS.index(anaphor.kind), gender, int(anaphor.plural))


def entity_features(anaphor: Anaphor, candidate: Candidate) -> tuple[int, ...]:
    """Kind, gender, name or none, fit, shared words, turn of speech, and number of mentions."""
    referent = candidate.referent
    known = referent.gender if isinstance(referent, Entity) else None
    agrees = 0 if known is None or anaphor.gender is None else 1 + (known == anaphor.gender)
    named = 0 if not isinstance(referent, Entity) else 1 + (referent.country is not None) + referent.is_organization
    count = bisect_left(_COUNTS, len(candidate.mentions))
    own = (int(candidate.shares), int(candidate.spoke_last))
    return (_KINDS.index(referent.kind), agrees, named, candidate.fit, *own, count)


def pair_features(
    layout: Layout, anaphor: Anaphor, mention: Span | None, form: Form | None, between: int
) -> tuple[int, ...]:
    """Sentences from the mention to the anaphor, candidates between them, place, paragraphs and form of the mention."""
    if mention is None or form is None:
        return (PAIR_SIZES[0] - 1, PAIR_SIZES[1] - 1, PAIR_SIZES[2] - 1, 3, len(FORMS))
    ahead = mention.start > anaphor.span.start
    first, last = sorted((mention.start, anaphor.span.start))
    distance = bisect_left(_STEPS, layout.distance(first, last)) + (len(_STEPS) + 1) * ahead
    paragraphs = abs(layout.paragraph_at(anaphor.span.start) - layout.paragraph_at(mention.start))
    place = _PLACES.index(place_of(layout, anaphor, mention))
    return (distance, bisect_left(_BETWEEN, between), place, min(2, paragraphs), FORMS.index(form))


def place_of(layout: Layout, anaphor: Anaphor, mention: Span) -> str:
    """The place of a mention, as far as word order tells it: one of ``_PLACES``."""
    if anaphor.span.covers(mention):
        return "inside"
    if any(span.covers(mention) for span in anaphor.content):
        return "own"
    if layout.is_quoted(mention.start):
        return "quoted"
    sentence = layout.sentence_span(mention.start)
    ahead = mention.start - sentence.start
    if ahead <= _LONGEST_TOPIC and _TOPIC.fullmatch(layout.text, sentence.start, mention.start):
        return "topic"
    if layout.text[mention.end : mention.end + 2] in ("'s", "’s"):
        return "possessive"
    if layout.is_governed(mention.start):
        return "governed"
    if ahead < _OPENING:
        return "opening"
    return "subject" if _VERB.match(layout.text, mention.end, sentence.end) else "other"


def between_counts(anaphor: Anaphor, candidates: Sequence[Candidate]) -> dict[Span, int]:
    """How many other candidates are mentioned between each mention and the anaphor."""
    offers = sorted(
        (abs(span.start - anaphor.span.start), index, span)
        for index, candidate in enumerate(candidates)
        for span, _ in candidate.mentions
    )
    counts: dict[Span, int] = {}
    seen: set[int] = set()
    for _, index, span in offers:
        counts[span] = len(seen) - (index in seen)
        seen.add(index)
    return counts
