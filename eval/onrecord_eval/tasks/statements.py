"""Statements: the pipeline extracts them from annotated articles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from onrecord_eval.corpora.cofenet_cut import cut_article, cut_statistics
from onrecord_eval.corpora.polnear import AnnotatedArticle
from onrecord_eval.metrics.components import COMPONENT_SCORES, count_components
from onrecord_eval.metrics.scores import BootstrapSettings, Totals, total
from onrecord_eval.metrics.statements import ScoredArticle
from onrecord_eval.run import evaluate_statements, summarise
from onrecord_eval.tasks.base import CorpusEvaluation, Extractor, Parts


def score_articles(
    title: str, articles: Iterable[AnnotatedArticle], parts: Parts, settings: BootstrapSettings
) -> CorpusEvaluation:
    """Statement and component metrics of whole articles; stance is asked for the targets that are labelled."""
    scored = [_extracted(article, parts.extractor) for article in articles]
    return CorpusEvaluation(evaluate_statements(title, scored, settings), tuple(scored))


def score_cofenet_cut(
    title: str, articles: Iterable[AnnotatedArticle], parts: Parts, settings: BootstrapSettings
) -> CorpusEvaluation:
    """Component metrics of articles cut into instances like CofeNet's.

    Only components are scored, because a statement may be spread over several instances.
    """
    counts: list[Totals] = []
    instances: list[AnnotatedArticle] = []
    for article in articles:
        cut = cut_article(article)
        instances += cut
        counts.append(total([count_components(_extracted(instance, parts.extractor)) for instance in cut]))
    statistics = cut_statistics(instances)
    result = summarise(title, ("articles", len(counts)), counts, scores=COMPONENT_SCORES, figures={}, settings=settings)
    note = (
        f"{statistics.instances:,} instances of {statistics.mean_tokens:.1f} tokens on average, "
        f"{statistics.unlabelled / max(1, statistics.instances):.0%} without a label; not comparable with figures on "
        "whole articles."
    )
    return CorpusEvaluation(replace(result, notes=(note,)))


def _extracted(annotated: AnnotatedArticle, extractor: Extractor) -> ScoredArticle:
    article = annotated.article
    gold = tuple(annotated.annotations.values())
    targets = dict.fromkeys(
        stance.target for statements in gold for statement in statements for stance in statement.stance
    )
    return ScoredArticle(article.doc, article.text, gold, tuple(extractor.extract(article, tuple(targets))))
