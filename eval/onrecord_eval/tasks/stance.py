"""Stance: statements or sentences are given, and the pipeline labels their stance towards a target."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import Final

from onrecord.document import Stance
from onrecord_eval.corpora.newsmtsc import TargetedSentence
from onrecord_eval.corpora.perspectrum import Perspective
from onrecord_eval.corpora.polnear import AnnotatedArticle
from onrecord_eval.metrics.calibration import count_chance, expected_calibration_error
from onrecord_eval.metrics.components import best_label, count_label, label_figures
from onrecord_eval.metrics.result import Confusion
from onrecord_eval.metrics.scores import BootstrapSettings, Figure, Totals, ratio, total
from onrecord_eval.metrics.statements import SIDES
from onrecord_eval.run import summarise
from onrecord_eval.tasks.base import CorpusEvaluation, Parts, StanceJudge

THRESHOLDS: Final = (0.5, 0.6, 0.7, 0.8, 0.9)
"""Scores from which on a side is counted as taken."""

LabelPair = tuple[str, str]
"""The gold label and the predicted one."""


def score_newsmtsc(
    title: str, targets: Iterable[TargetedSentence], parts: Parts, settings: BootstrapSettings
) -> CorpusEvaluation:
    """Each sentence's sentiment towards a target in it, read as stance."""
    labels = dict(enumerate(SIDES))

    def judged(target: TargetedSentence) -> LabelPair:
        scores = parts.stance_scorer.score(target.mention, target.sentence, target.sentence)
        return target.label, best_label(scores, labels)

    by_sentence = groupby(targets, key=lambda target: target.sentence)
    groups = [[judged(target) for target in own] for _, own in by_sentence]
    return label_evaluation(title, "sentences", groups, SIDES, settings)


def score_perspectrum(
    title: str, perspectives: Iterable[Perspective], parts: Parts, settings: BootstrapSettings
) -> CorpusEvaluation:
    """Each perspective's stance towards its claim. Neutral is not an answer here: the likelier side is taken."""
    sides = SIDES[:2]
    labels = dict(enumerate(sides))
    groups: dict[str, list[LabelPair]] = defaultdict(list)
    for example in perspectives:
        scores = parts.stance_scorer.score(example.claim, example.perspective, example.perspective)
        groups[example.claim_id].append((example.label, best_label(scores, labels)))
    return label_evaluation(title, "claims", list(groups.values()), sides, settings)


def score_stances(
    title: str, articles: Iterable[AnnotatedArticle], parts: Parts, settings: BootstrapSettings
) -> CorpusEvaluation:
    """The stance of given statements towards every target that they are labelled for."""
    return score_judged(title, articles, parts.stance_judge, settings)


def score_judged(
    title: str, articles: Iterable[AnnotatedArticle], judge: StanceJudge, settings: BootstrapSettings
) -> CorpusEvaluation:
    """The stances that ``judge`` gives to given statements, towards every target that they are labelled for."""
    groups: list[list[LabelPair]] = []
    sure: list[Totals] = []
    for annotated in articles:
        (statements,) = annotated.annotations.values()
        judged = judge.stances(annotated.article, statements)
        gold = [str(stance.label) for statement in statements for stance in statement.stance]
        found = [stance for stances in judged for stance in stances]
        groups.append([(label, str(stance.label)) for label, stance in zip(gold, found, strict=True)])
        sure.append(total([_count_score(label, stance) for label, stance in zip(gold, found, strict=True)]))
    figures: dict[str, Figure] = {"wrong_side": wrong_side, "calibration.error": expected_calibration_error}
    for least in THRESHOLDS:
        figures[f"precision_{least}"] = partial(_ratio_of, over=f"sided.{least}", name=f"sided.{least}.right")
        figures[f"recall_{least}"] = partial(_ratio_of, over="sides", name=f"sided.{least}.right")
    return label_evaluation(title, "articles", groups, SIDES, settings, figures, sure)


def _count_score(gold: str, stance: Stance) -> Totals:
    """How sure a stance is: whether its label is right, and of a side at each of `THRESHOLDS` whether that is."""
    counts: Totals = defaultdict(float)
    score = stance.score or 0.0
    count_chance(counts, score, gold == stance.label)
    counts["sides"] = float(gold in SIDES[:2])
    for least in THRESHOLDS:
        if stance.label in SIDES[:2] and score >= least:
            counts[f"sided.{least}"] = 1
            counts[f"sided.{least}.right"] = float(gold == stance.label)
    return counts


def _ratio_of(counts: Totals, over: str, name: str) -> float | None:
    return ratio(counts[name], counts[over])


def wrong_side(counts: Totals) -> float | None:
    """The share of labels on one side that are taken for the other, from counted pairs of labels."""
    support, oppose = SIDES[:2]
    wrong = counts[f"confusion.{support}.{oppose}"] + counts[f"confusion.{oppose}.{support}"]
    return ratio(wrong, counts[f"label.{support}.gold"] + counts[f"label.{oppose}.gold"])


def label_evaluation(
    title: str,
    unit: str,
    groups: Sequence[Sequence[LabelPair]],
    labels: Sequence[str],
    settings: BootstrapSettings,
    more: Mapping[str, Figure] | None = None,
    besides: Sequence[Totals] = (),
) -> CorpusEvaluation:
    """What pairs of labels, in groups that are drawn together, come to: each label's scores, and the confusions.

    ``more`` are figures besides those of `label_figures`, which may rest on counts ``besides`` the labels', by group.
    """
    counts = [total([count_label(gold, found, labels) for gold, found in group]) for group in groups]
    counts = [total(pair) for pair in zip(counts, besides, strict=True)] if besides else counts
    sums = total(counts)
    names = [f"label.{label}" for label in labels]
    units = (unit, len(counts))
    figures = {**label_figures(labels), **(more or {})}
    result = summarise(title, units, counts, scores=names, figures=figures, settings=settings)
    rows = tuple(tuple(sums[f"confusion.{gold}.{found}"] for found in labels) for gold in labels)
    confusion = Confusion(tuple(labels), rows, (0.0,) * len(labels))
    return CorpusEvaluation(replace(result, confusion=confusion))
