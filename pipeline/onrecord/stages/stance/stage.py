"""Stance: where each statement's speaker stands on the targets that were asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Protocol

from onrecord.document import Stance, StanceLabel, StanceScores, Statement
from onrecord.stages.base import Analysis
from onrecord.targets.target import Target
from onrecord_models.labels import STANCES


@dataclass(frozen=True, slots=True)
class Judged:
    """Probabilities of support, oppose and neutral, and that the statement is about the target, where that is told."""

    scores: tuple[float, float, float]
    about: float | None = None


class Judge(Protocol):
    """Whatever tells support, oppose and neutral apart."""

    def judge(self, analyses: Sequence[Analysis], targets: Sequence[Sequence[Target]]) -> list[list[list[Judged]]]:
        """For each analysis, each of its targets and each of its statements, in their orders."""
        ...


class StanceStage:
    """Gives every statement a stance for each target that concerns its article; without targets nothing is guessed."""

    requires: ClassVar[frozenset[str]] = frozenset({"statements", "speakers"})
    provides: ClassVar[frozenset[str]] = frozenset({"stance"})

    def __init__(self, judge: Judge, targets: tuple[Target, ...], min_score: float | None = None) -> None:
        """
        Args:
            judge: the model that tells the stances apart.
            targets: what stances are asked for.
            min_score: the probability, 0 to 1, below which a stance becomes ``unclear``; None keeps them all.
        """
        self._judge = judge
        self._targets = targets
        self._min_score = min_score

    def process(self, analyses: list[Analysis]) -> list[Analysis]:
        """The same analyses with stances in their statements; what was judged before is replaced."""
        if not self._targets:
            return analyses
        asked = [[target for target in self._targets if target.concerns(analysis.article.doc)] for analysis in analyses]
        judged = self._judge.judge(analyses, asked)
        return [
            replace(analysis, statements=tuple(self._with_stances(analysis, targets, found)))
            for analysis, targets, found in zip(analyses, asked, judged, strict=True)
        ]

    def _with_stances(
        self, analysis: Analysis, targets: Sequence[Target], judged: Sequence[Sequence[Judged]]
    ) -> list[Statement]:
        return [
            replace(
                statement,
                stance=tuple(
                    choose(target.name, of_target[number], self._min_score)
                    for target, of_target in zip(targets, judged, strict=True)
                ),
            )
            for number, statement in enumerate(analysis.statements)
        ]


def choose(target: str, judged: Judged, min_score: float | None) -> Stance:
    """The most probable stance (of equals the least committed), or ``unclear``."""
    labels: tuple[StanceLabel, ...] = STANCES
    probability, label = max(zip(judged.scores, labels, strict=True), key=lambda pair: (pair[0], labels.index(pair[1])))
    unsure = min_score is not None and probability < min_score
    return Stance(target, "unclear" if unsure else label, probability, StanceScores(*judged.scores), judged.about)
