"""Coreference: the mentions are given, and the pipeline says which of them refer to the same entity."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from onrecord.document import Span
from onrecord_eval.corpora.gap import AmbiguousPronoun
from onrecord_eval.corpora.gum import CoreferenceDocument
from onrecord_eval.metrics.coreference import (
    GAP_SCORES,
    GUM_SCORES,
    count_b_cubed,
    count_gap,
    count_gap_free,
    count_resolution,
    gap_bias,
)
from onrecord_eval.metrics.scores import BootstrapSettings, Totals, total
from onrecord_eval.run import summarise
from onrecord_eval.tasks.base import Coreference, CorpusEvaluation, Parts

SPEAKING_TYPES: Final = ("person", "organization")
"""GUM's types of entities that can speak."""


def score_gum(
    title: str, documents: Iterable[CoreferenceDocument], parts: Parts, settings: BootstrapSettings
) -> CorpusEvaluation:
    """B³, and whether pronouns and descriptions are resolved to the right name."""
    counts = [_count_document(document, parts.coreference) for document in documents]
    units = ("documents", len(counts))
    return CorpusEvaluation(summarise(title, units, counts, scores=GUM_SCORES, figures={}, settings=settings))


def _count_document(document: CoreferenceDocument, coreference: Coreference) -> Totals:
    mentions = document.mentions
    gold = [mention.cluster for mention in mentions]
    found = list(coreference.clusters(document.article.text, [mention.span for mention in mentions]))
    resolution = count_resolution(
        gold,
        found,
        forms=[mention.form for mention in mentions],
        lengths=[mention.span.end - mention.span.start for mention in mentions],
        speaking=[mention.entity_type in SPEAKING_TYPES for mention in mentions],
    )
    return total([count_b_cubed(gold, found), resolution])


def score_gap(
    title: str, examples: Iterable[AmbiguousPronoun], parts: Parts, settings: BootstrapSettings
) -> CorpusEvaluation:
    """Whether each pronoun refers to name A and whether to name B, with and without telling the model the two names."""
    counts = []
    for example in examples:
        given, open_choice = (_refers(example, parts.coreference, choice) for choice in (example.names, ()))
        counts.append(
            total([count_gap(example.refers, given, example.gender), count_gap_free(example.refers, open_choice)])
        )
    units = ("pronouns", len(counts))
    figures = {"gap.bias": gap_bias}
    return CorpusEvaluation(summarise(title, units, counts, scores=GAP_SCORES, figures=figures, settings=settings))


def _refers(example: AmbiguousPronoun, coreference: Coreference, choice: Sequence[Span]) -> tuple[bool, bool]:
    pronoun, *names = coreference.clusters(example.text, [example.pronoun, *example.names], choice)
    first, second = (pronoun is not None and name == pronoun for name in names)
    return first, second
