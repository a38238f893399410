"""Stance: statements or sentences are given, and the pipeline labels their stance towards a target."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from onrecord_eval.corpora.newsmtsc import TargetedSentence
from onrecord_eval.corpora.perspectrum import Perspective
from onrecord_eval.corpora.polnear import AnnotatedArticle
from onrecord_eval.metrics.components import best_label, count_label, label_figures
from onrecord_eval.metrics.result import Confusion
from onrecord_eval.metrics.scores import BootstrapSettings, total
from onrecord_eval.metrics.statements import SIDES
from onrecord_eval.run import summarise
from onrecord_eval.tasks.base import CorpusEvaluation, Parts

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
    return _labels(title, "sentences", groups, SIDES, settings)


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
    return _labels(title, "claims", list(groups.values()), sides, settings)


def score_stances(
    title: str, articles: Iterable[AnnotatedArticle], parts: Parts, settings: BootstrapSettings
) -> CorpusEvaluation:
    """The stance of given statements towards every target that they are labelled for."""
    groups = []
    for annotated in articles:
        (statements,) = annotated.annotations.values()
        gold = [str(stance.label) for statement in statements for stance in statement.stance]
        groups.append(list(zip(gold, parts.stance_judge.judge(annotated.article, statements), strict=True)))
    return _labels(title, "articles", groups, SIDES, settings)


def _labels(
    title: str, unit: str, groups: Sequence[Sequence[LabelPair]], labels: Sequence[str], settings: BootstrapSettings
) -> CorpusEvaluation:
    counts = [total([count_label(gold, found, labels) for gold, found in group]) for group in groups]
    sums = total(counts)
    names = [f"label.{label}" for label in labels]
    units = (unit, len(counts))
    result = summarise(title, units, counts, scores=names, figures=label_figures(labels), settings=settings)
    rows = tuple(tuple(sums[f"confusion.{gold}.{found}"] for found in labels) for gold in labels)
    confusion = Confusion(tuple(labels), rows, (0.0,) * len(labels))
    return CorpusEvaluation(replace(result, confusion=confusion))
