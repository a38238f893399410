"""Evaluating statements: two files of them, or a gold and what a pipeline just found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from onrecord.document import Article, Statement
from onrecord.errors import InputError, RecordError
from onrecord.files.records import read_statements, read_texts
from onrecord_eval.metrics.calibration import (
    calibration_of,
    count_confidence,
    expected_calibration_error,
    has_confidence,
)
from onrecord_eval.metrics.components import COMPONENT_SCORES, count_components
from onrecord_eval.metrics.matching import text_of_statements
from onrecord_eval.metrics.result import Evaluation
from onrecord_eval.metrics.scores import (
    BootstrapSettings,
    Figure,
    Totals,
    collect_score,
    estimate,
    score_figures,
    total,
)
from onrecord_eval.metrics.statements import (
    ScoredArticle,
    count_article,
    score_names,
    stance_confusion,
    statement_figures,
    what_is_labelled,
)


def read_files(gold: Path, predicted: Path, articles: Path | None = None) -> list[ScoredArticle]:
    """The statements of two JSON lines files, put together by article.

    Args:
        articles: the folder that ``doc`` is relative to. Without it the text is what the statements repeat of
            it, which is enough for every score.

    Raises:
        InputError, RecordError: a file cannot be read, or its statements do not fit the articles.
    """
    expected, found = list(read_statements(gold)), list(read_statements(predicted))
    return pair_up(expected, found, None if articles is None else read_texts(articles, [*expected, *found]))


def pair_up(
    gold: Iterable[Statement], predicted: Iterable[Statement], texts: Mapping[str, str] | None = None
) -> list[ScoredArticle]:
    """Gold and predicted statements by article, in order of ``doc``; every article of either side is scored.

    Raises:
        InputError: the two sides have no article in common though both have statements.
        RecordError: the text of a statement is not what its spans hold.
    """
    expected, found = _by_article(gold), _by_article(predicted)
    if expected and found and not expected.keys() & found.keys():
        raise InputError(
            f"gold and predictions share no article: `doc` is {min(expected)!r} in one, {min(found)!r} in the other; "
            "run `onrecord` on the folder that the gold's paths are relative to"
        )
    scored = []
    for doc in sorted(expected.keys() | found.keys()):
        statements = [*expected.get(doc, ()), *found.get(doc, ())]
        text = text_of_statements(statements) if texts is None else texts[doc]
        article = Article(doc, text)
        for statement in statements:
            if article.slice(statement.content) != statement.text:
                raise RecordError(
                    f"{statement.id}: its text is not what its spans hold in {doc}; "
                    "the article is another version of the one that was labelled, or was decoded differently"
                )
        scored.append(ScoredArticle(doc, text, (tuple(expected.get(doc, ())),), tuple(found.get(doc, ()))))
    return scored


def _by_article(statements: Iterable[Statement]) -> dict[str, list[Statement]]:
    articles: dict[str, list[Statement]] = defaultdict(list)
    for statement in statements:
        articles[statement.doc].append(statement)
    return dict(articles)


def evaluate_statements(
    title: str, articles: Sequence[ScoredArticle], settings: BootstrapSettings | None = None
) -> Evaluation:
    """Statement metrics, component metrics and calibration of ``articles``, with intervals over them."""
    settings = settings or BootstrapSettings()
    labelled = what_is_labelled(articles)
    calibrated = has_confidence(articles)
    counts: list[Totals] = []
    for article in articles:
        counts.append(count_article(article, labelled))
        counts[-1].update(count_components(article))
        if calibrated:
            counts[-1].update(count_confidence(article))
    singles = statement_figures(labelled)
    if calibrated:
        singles["calibration.error"] = expected_calibration_error
    names = [*score_names(labelled), *COMPONENT_SCORES]
    units = ("articles", len(articles))
    result = summarise(title, units, counts, scores=names, figures=singles, settings=settings)
    sums = total(counts)
    return replace(
        result,
        confusion=stance_confusion(sums) if labelled.stance else None,
        calibration=calibration_of(sums) if calibrated else None,
        notes=_notes(articles),
    )


def summarise(
    title: str,
    units: tuple[str, int],
    counts: Sequence[Totals],
    *,
    scores: Sequence[str],
    figures: Mapping[str, Figure],
    settings: BootstrapSettings,
) -> Evaluation:
    """An evaluation from each unit's counts: ``scores`` by name, and ``figures`` besides those of the scores."""
    every = dict(figures)
    for name in scores:
        every |= score_figures(name)
    estimates = estimate(counts, every, settings)
    sums = total(counts)
    collected = {name: collect_score(name, sums, estimates) for name in scores}
    parts = {f"{name}.{part}" for name in scores for part in ("precision", "recall", "f1")}
    singles = {name: estimates[name] for name in figures if name not in parts}
    return Evaluation(title, units, collected, singles, settings)


def _notes(articles: Sequence[ScoredArticle]) -> tuple[str, ...]:
    notes = []
    averaged = sum(len(article.gold) > 1 for article in articles)
    if averaged:
        notes.append(f"Articles with several annotators, whose counts are averaged: {averaged}.")
    unlabelled = sum(not any(article.gold) and bool(article.predicted) for article in articles)
    if unlabelled:
        notes.append(f"Articles with predictions but nothing in the gold, all of which count as false: {unlabelled}.")
    predicted = [statement for article in articles for statement in article.predicted]
    if what_is_labelled(articles).stance and predicted and not any(statement.stance for statement in predicted):
        notes.append("No prediction has a stance; give the gold's target with --target to score stance.")
    return tuple(notes)
