"""The right answers to questions: from GAP, from OntoGUM, and from labels of who is behind each source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from onrecord.document import Span
from onrecord.names.forms import fold
from onrecord.stages.base import Analysis
from onrecord.stages.speakers.candidates import Anaphor, Candidate
from onrecord.stages.speakers.entities import Entity
from onrecord.stages.speakers.resolution import opening, source_span
from onrecord.stages.speakers.role_phrases import PRONOUN_GENDERS
from onrecord_eval.corpora.gap import AmbiguousPronoun
from onrecord_eval.corpora.gum import CoreferenceDocument
from onrecord_eval.corpora.speaker_labels import LabelledEntity, LabelledSources
from onrecord_eval.metrics.speaker_names import normalise_name
from onrecord_training.coreference.questions import Answer, Labels, asking

_SAME: Final = 0.6
"""Two spans are one mention if they share at least this part of what they cover together."""


def gap_analysis(analysis: Analysis, example: AmbiguousPronoun) -> Analysis:
    """The text with its pronoun and both names asked for, as in the evaluation."""
    return asking(replace(analysis, statements=()), [example.pronoun, *example.names])


def gap_labels(example: AmbiguousPronoun) -> Labels:
    """The name that the pronoun refers to is right; if it refers to neither, anything else may be."""

    def labels(anaphor: Anaphor, candidates: Sequence[Candidate]) -> Answer | None:
        if anaphor.span != example.pronoun:
            return None
        is_first, is_second = (
            [any(span.overlaps(name) for span, _ in candidate.mentions) for candidate in candidates]
            for name in example.names
        )
        if any(example.refers):
            return (is_first if example.refers[0] else is_second), False
        return [not (first or second) for first, second in zip(is_first, is_second, strict=True)], True

    return labels


def gap_genders(example: AmbiguousPronoun) -> list[tuple[Span, bool]]:
    """Both names, which are of the pronoun's gender."""
    return [(name, example.gender == "feminine") for name in example.names]


def gum_labels(document: CoreferenceDocument) -> Labels:
    """A candidate is right if most of its places that the corpus marks are in the pronoun's cluster."""
    clusters = {mention.span: mention.cluster for mention in document.mentions}

    def labels(anaphor: Anaphor, candidates: Sequence[Candidate]) -> Answer | None:
        cluster = clusters.get(anaphor.span)
        if cluster is None:
            return None
        right = [_belongs(candidate, cluster, document) for candidate in candidates]
        return right, not any(right)

    return labels


def _belongs(candidate: Candidate, cluster: str, document: CoreferenceDocument) -> bool:
    places = candidate.referent.places if isinstance(candidate.referent, Entity) else []
    own = [
        mention.cluster
        for place in places
        for mention in document.mentions
        if mention.form == "name" and mention.span.covers(place) and mention.span.end - place.end <= len("'s ")
    ]
    return 2 * own.count(cluster) > len(own)


def sources_analysis(analysis: Analysis, labelled: LabelledSources) -> Analysis:
    """The article with its labelled statements, and every labelled pronoun of a person asked for as well."""
    text = labelled.article.text
    pronouns = (
        span
        for entity in labelled.entities
        if entity.speaker.kind == "person"
        for span in entity.mentions
        if fold(text[slice(*span)]) in PRONOUN_GENDERS
    )
    bare = tuple(replace(statement, speakers=()) for statement in labelled.statements)
    return asking(replace(analysis, statements=bare), pronouns)


def source_labels(labelled: LabelledSources) -> Labels:
    """Right are the candidates that are the speakers of the statement whose source is asked about.

    Of a statement without a source, its first words are asked about. A part of a source, and a pronoun that is no
    source, stands for whom it is labelled as a mention of.
    """
    of_speaker = {id(entity.speaker): entity for entity in labelled.entities}
    sources: dict[Span, list[LabelledEntity]] = {}
    unheard: set[Span] = set()
    for statement in labelled.statements:
        found = [of_speaker[id(speaker)] for speaker in statement.speakers if id(speaker) in of_speaker]
        span = opening(statement) if statement.source is None else source_span(statement)
        sources.setdefault(span, found)
        if statement.source is None and not found:
            unheard.add(span)
    mentioned = [(span, entity) for entity in labelled.entities for span in entity.mentions]

    def labels(anaphor: Anaphor, candidates: Sequence[Candidate]) -> Answer | None:
        if anaphor.kind == "quotation" and anaphor.span in unheard:
            return [False] * len(candidates), True
        meant = next((own for span, own in sources.items() if same_span(span, anaphor.span)), None)
        if meant is None:
            meant = [entity for span, entity in mentioned if same_span(span, anaphor.span)]
        if not meant:
            return None
        right = [any(is_entity(entity, candidate) for entity in meant) for candidate in candidates]
        return right, not any(right)

    return labels


def source_genders(labelled: LabelledSources) -> list[tuple[Span, bool]]:
    """The full names of people whose gender is labelled."""
    text = labelled.article.text
    return [
        (span, entity.gender == "f")
        for entity in labelled.entities
        if entity.gender in ("f", "m") and entity.speaker.kind == "person" and entity.speaker.name
        for span in entity.mentions
        if text[slice(*span)] == entity.speaker.name
    ]


def same_span(one: Span, other: Span) -> bool:
    """Whether two spans are the same mention but for an article, a title or a mark."""
    shared = min(one.end, other.end) - max(one.start, other.start)
    return shared >= _SAME * (max(one.end, other.end) - min(one.start, other.start))


def is_entity(labelled: LabelledEntity, candidate: Candidate) -> bool:
    """Whether a candidate is the labelled entity, by a name or by where most of its names stand."""
    referent = candidate.referent
    if not isinstance(referent, Entity):
        return any(same_span(span, mention) for span, _ in candidate.mentions for mention in labelled.mentions)
    names = {normalise_name(name) for name in (labelled.speaker.name, *labelled.speaker.aliases) if name}
    full = [form for form in referent.forms if " " in form] if referent.kind == "person" else []
    if any(normalise_name(form) in names for form in full or referent.forms):  # others may bear a surname, too
        return True
    own = sum(any(same_span(place, mention) for mention in labelled.mentions) for place in referent.places)
    return labelled.speaker.name is not None and 2 * own > len(referent.places)
