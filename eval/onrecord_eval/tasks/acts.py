"""Acts: the pipeline finds the statements of whole articles, and those that are labelled must report the right act."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from onrecord_eval.corpora.act_labels import NO_STATEMENT, ActArticle
from onrecord_eval.metrics.matching import characters, content_pieces, match_by_overlap
from onrecord_eval.metrics.scores import BootstrapSettings
from onrecord_eval.tasks.base import CorpusEvaluation, Extractor, Parts
from onrecord_eval.tasks.stance import LabelPair, label_evaluation
from onrecord_models.labels import ACTS


def score_acts(
    title: str, articles: Iterable[ActArticle], parts: Parts, settings: BootstrapSettings
) -> CorpusEvaluation:
    """The act of each labelled statement that is found; what is no statement is right where none is found."""
    groups = [list(_pairs(article, parts.extractor)) for article in articles]
    return label_evaluation(title, "articles", groups, (*ACTS, NO_STATEMENT), settings)


def _pairs(labelled: ActArticle, extractor: Extractor) -> Iterator[LabelPair]:
    text = labelled.article.text
    found = extractor.extract(labelled.article)
    gold = [characters(pieces) for pieces in content_pieces(text, labelled.statements)]
    predicted = [characters(pieces) for pieces in content_pieces(text, found)]
    matched = {pair.gold: pair.predicted for pair in match_by_overlap(gold, predicted)}
    for number, statement in enumerate(labelled.statements):
        act = statement.act or NO_STATEMENT
        if number in matched:
            yield act, found[matched[number]].act or NO_STATEMENT
        elif act == NO_STATEMENT:
            yield act, NO_STATEMENT
