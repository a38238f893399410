"""Stance: where each statement's speaker stands on the targets that were asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from onrecord.document import Span, Stance, StanceLabel, StanceScores, Statement
from onrecord.stages.base import Analysis
from onrecord.targets.target import Target
from onrecord.text.segmentation import Segmentation
from onrecord_models.stance_model import LABELS, Probabilities, Scorer, StanceInput


class StanceStage:
    """Gives every statement a stance for each target that concerns its article; without targets nothing is guessed."""

    requires: ClassVar[frozenset[str]] = frozenset({"statements", "speakers"})
    provides: ClassVar[frozenset[str]] = frozenset({"stance"})

    def __init__(self, scorer: Scorer, targets: tuple[Target, ...], min_score: float | None = None) -> None:
        """
        Args:
            scorer: the model that tells the stances apart.
            targets: what stances are asked for.
            min_score: the probability, 0 to 1, below which a stance becomes ``unclear``; None keeps them all.
        """
        self._scorer = scorer
        self._targets = targets
        self._min_score = min_score

    def process(self, analyses: list[Analysis]) -> list[Analysis]:
        """The same analyses with stances in their statements; what was scored before is replaced."""
        if not self._targets:
            return analyses
        asked = [[target for target in self._targets if target.concerns(analysis.article.doc)] for analysis in analyses]
        inputs = [
            stance_input(analysis, statement, target)
            for analysis, targets in zip(analyses, asked, strict=True)
            for statement in analysis.statements
            for target in targets
        ]
        scores = iter(self._scorer.score(inputs))

        def judged(statement: Statement, targets: list[Target]) -> Statement:
            found = (choose(target.name, next(scores), self._min_score) for target in targets)
            return replace(statement, stance=tuple(found))

        return [
            replace(analysis, statements=tuple(judged(statement, targets) for statement in analysis.statements))
            for analysis, targets in zip(analyses, asked, strict=True)
        ]


def stance_input(analysis: Analysis, statement: Statement, target: Target) -> StanceInput:
    """What the model is shown: the statement in its sentences and the one before them in the paragraph."""
    start, end = widen(analysis.segmentation, statement.context)
    first = statement.speakers[0] if statement.speakers else None
    speaker = (first.name or first.description or "") if first else ""
    context = analysis.article.text[start:end].strip()
    return StanceInput(target.as_named_in(context), statement.text, context, speaker)


def widen(segmentation: Segmentation, context: Span) -> Span:
    """``context`` with the sentence before it, if its paragraph has one."""
    for paragraph in segmentation.paragraphs:
        if paragraph.span.start <= context.start < paragraph.span.end:
            before = [sentence for sentence in paragraph.sentences if sentence.end <= context.start]
            return Span(before[-1].start, context.end) if before else context
    return context


def choose(target: str, scores: Probabilities, min_score: float | None) -> Stance:
    """The most probable stance (of equals the least committed), or ``unclear``."""
    probability, label = max(zip(scores, _LABELS, strict=True), key=lambda pair: (pair[0], _LABELS.index(pair[1])))
    unsure = min_score is not None and probability < min_score
    return Stance(target, "unclear" if unsure else label, probability, StanceScores(*scores))


_LABELS: tuple[StanceLabel, ...] = LABELS
