"""Synthetic questions about pronouns: a name that an article repeats is replaced by a pronoun."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from onrecord.document import Mention, Name, Span
from onrecord.names.forms import Gender, fold
from onrecord.stages.base import Analysis
from onrecord.stages.speakers.entities import ArticleEntities, Entity
from onrecord.stages.speakers.salience import Anaphor, Candidate
from onrecord.text.positions import Layout
from onrecord.text.segmentation import segment
from onrecord_training.coreference.questions import Answer, Labels, asking

_APART: Final = 300
"""Code points between two of them at least."""

_NEAR_SENTENCES: Final = 3
"""Sentences before the name within which somebody else must be named."""

_MOST: Final = 4
"""Names of one article that become pronouns."""

_FIRST_LEFT_OUT: Final = 0.6
"""Share of the names of the person named first that are left alone: else most answers would be that person."""

_FORMS: Final[dict[Gender, tuple[str, str, str]]] = {
    "feminine": ("she", "her", "her"),
    "masculine": ("he", "him", "his"),
}


def synthetic_questions(analysis: Analysis, generator: random.Random) -> tuple[Analysis, Labels] | None:
    """The article with some of its repeated names as pronouns, and whom they refer to (after Kocijan et al., 2019).

    Replaced are names of people outside quotation marks, if somebody else is named shortly before them; None if there
    are none.
    """
    layout = Layout(analysis.article.text, analysis.segmentation)
    entities = ArticleEntities(layout, analysis.names)
    chosen: list[tuple[Span, Entity, str]] = []
    places = [place for place in entities.places if place.entity is not None and place.entity.kind == "person"]
    for index, place in sorted(enumerate(places), key=lambda _: generator.random()):
        if place.entity is None or len(chosen) == _MOST:
            continue
        if place.entity is places[0].entity and generator.random() < _FIRST_LEFT_OUT:
            continue
        word = _pronoun_for(layout, place.span, place.entity)
        known = any(other.entity is place.entity for other in places[:index])
        rival = any(
            other.entity is not place.entity and layout.distance(other.span.start, place.span.start) <= _NEAR_SENTENCES
            for other in places[max(0, index - 6) : index]
        )
        apart = all(abs(span.start - place.span.start) > _APART for span, _, _ in chosen)
        if word and known and rival and apart:
            chosen.append((place.span, place.entity, word))
    if not chosen:
        return None
    return _with_pronouns(analysis, sorted(chosen, key=lambda choice: choice[0]))


def _pronoun_for(layout: Layout, span: Span, entity: Entity) -> str | None:
    """The pronoun that could replace a name, or None where that is not clear."""
    if entity.gender is None:  # a gender drawn at random would teach that names say nothing about it
        return None
    subject, other, possessive = _FORMS[entity.gender]
    if layout.is_quoted(span.start) or layout.text[span.start - 1 : span.start] not in ("", " ", "\n"):
        return None
    before = layout.text[layout.sentence_span(span.start).start : span.start]
    if before.rstrip()[-1:].isalpha() and before.split()[-1][0].isupper() and " " in before.strip():
        return None  # a title, or a longer name
    after = layout.text[span.end : span.end + 3]
    if after[:2] in ("'s", "’s"):
        return possessive.capitalize() if not before.strip() else possessive
    if layout.is_governed(span.start):
        return other if after[:1] in ".,; " and not before.rstrip().endswith(" the") else None
    if not before.strip():
        return subject.capitalize() if after[:1] == " " else None
    said = layout.text[span.end : span.end + 30].split()[:1]
    plausible = bool(said) and (
        said[0].endswith("ed") or said[0] in ("said", "has", "had", "was", "is", "will", "says")
    )
    return subject if plausible else None


def _with_pronouns(analysis: Analysis, chosen: list[tuple[Span, Entity, str]]) -> tuple[Analysis, Labels]:
    text = analysis.article.text
    pieces, edits, at = [], [], 0
    asked: dict[Span, set[str]] = {}
    for span, entity, word in chosen:
        end = span.end + 2 if text[span.end : span.end + 2] in ("'s", "’s") else span.end
        pieces += [text[at : span.start], word]
        start = sum(map(len, pieces)) - len(word)
        asked[Span(start, start + len(word))] = {fold(form) for form in entity.forms}
        edits.append((span.start, end, len(word)))
        at = end
    pieces.append(text[at:])
    new = "".join(pieces)

    def moved(position: int) -> int:
        shift = 0
        for start, end, length in edits:
            if position >= end:
                shift += length - (end - start)
            elif position > start:
                return start + shift + (length if position - start > 0 else 0)
        return position + shift

    def move(span: Span) -> Span:
        return Span(moved(span.start), moved(span.end))

    def move_mention(mention: Mention | None) -> Mention | None:
        if mention is None:
            return None
        spans = tuple(move(span) for span in mention.spans)
        return Mention(" … ".join(new[slice(*span)] for span in spans), spans)

    names = tuple(
        Name(move(name.span), name.label, name.score)
        for name in analysis.names
        if not any(name.span.overlaps(span) for span, _, _ in chosen)
    )
    statements = tuple(
        replace(
            statement,
            content=tuple(map(move, statement.content)),
            context=move(statement.context),
            cue=move_mention(statement.cue),
            source=move_mention(statement.source),
            via=None,
            speakers=(),
        )
        for statement in analysis.statements
    )
    article = replace(analysis.article, text=new)
    changed = Analysis(article, segment(new), analysis.boilerplate, names=names, statements=statements)

    def labels(anaphor: Anaphor, candidates: Sequence[Candidate]) -> Answer | None:
        forms = asked.get(anaphor.span)
        if forms is None:
            return None
        right = [any(fold(form) in forms for form in candidate.entity.forms) for candidate in candidates]
        return (right, False) if any(right) else None

    return asking(changed, asked), labels
