"""The right answers to questions about pronouns: from GAP, from OntoGUM, and from labelled newswire articles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from onrecord.document import Span, Speaker
from onrecord.names.forms import fold
from onrecord.stages.base import Analysis
from onrecord.stages.speakers.entities import Entity
from onrecord.stages.speakers.role_phrases import PRONOUN_GENDERS
from onrecord.stages.speakers.salience import Anaphor, Candidate
from onrecord_eval.corpora.gap import AmbiguousPronoun
from onrecord_eval.corpora.gum import CoreferenceDocument
from onrecord_eval.corpora.speaker_labels import LabelledSources
from onrecord_eval.metrics.speaker_names import normalise_name
from onrecord_training.coreference.questions import Answer, Labels, asking


def gap_analysis(analysis: Analysis, example: AmbiguousPronoun) -> Analysis:
    """The text with its pronoun and both names asked for, as in the evaluation."""
    return asking(replace(analysis, statements=()), [example.pronoun, *example.names])


def gap_labels(example: AmbiguousPronoun) -> Labels:
    """The name that the pronoun refers to is right; if it refers to neither, anything else may be."""

    def labels(anaphor: Anaphor, candidates: Sequence[Candidate]) -> Answer | None:
        if anaphor.span != example.pronoun:
            return None
        is_first, is_second = (
            [any(place.overlaps(name) for place in candidate.entity.places) for candidate in candidates]
            for name in example.names
        )
        if any(example.refers):
            return (is_first if example.refers[0] else is_second), False
        return [not (first or second) for first, second in zip(is_first, is_second, strict=True)], True

    return labels


def gum_labels(document: CoreferenceDocument) -> Labels:
    """A candidate is right if most of its places that the corpus marks are in the pronoun's cluster."""
    clusters = {mention.span: mention.cluster for mention in document.mentions}

    def labels(anaphor: Anaphor, candidates: Sequence[Candidate]) -> Answer | None:
        cluster = clusters.get(anaphor.span)
        if cluster is None:
            return None
        right = [_belongs(candidate.entity, cluster, document) for candidate in candidates]
        return right, not any(right)

    return labels


def _belongs(entity: Entity, cluster: str, document: CoreferenceDocument) -> bool:
    own = [
        mention.cluster
        for place in entity.places
        for mention in document.mentions
        if mention.form == "name" and mention.span.covers(place) and mention.span.end - place.end <= len("'s ")
    ]
    return 2 * own.count(cluster) > len(own)


def newswire_labels(analysis: Analysis) -> Labels:
    """The candidate that has the name of the statement's speaker is right; none, if the speaker has no name."""
    speakers: dict[Span, tuple[Speaker, ...]] = {}
    for statement in analysis.statements:
        if statement.source is not None:
            for span in statement.source.spans:
                speakers[span] = statement.speakers

    def labels(anaphor: Anaphor, candidates: Sequence[Candidate]) -> Answer | None:
        found = speakers.get(anaphor.span, ())
        if len(found) != 1:
            return None
        if found[0].name is None:
            return [False] * len(candidates), True
        wanted = {normalise_name(name) for name in (found[0].name, *found[0].aliases)}
        right = [any(normalise_name(form) in wanted for form in candidate.entity.forms) for candidate in candidates]
        return right, not any(right)

    return labels


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
    """The candidate with a name of the entity that the pronoun mentions is right; none, if the entity has no name."""
    entities = {span: entity.speaker for entity in labelled.entities for span in entity.mentions}

    def labels(anaphor: Anaphor, candidates: Sequence[Candidate]) -> Answer | None:
        speaker = entities.get(anaphor.span)
        if speaker is None:
            return None
        names = {normalise_name(name) for name in (speaker.name, *speaker.aliases) if name}
        right = [any(normalise_name(form) in names for form in candidate.entity.forms) for candidate in candidates]
        return right, not any(right)

    return labels
