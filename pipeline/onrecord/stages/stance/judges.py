"""The judges of stances: a model that reads the article, and classifiers of text pairs."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from onrecord.document import Span, Statement
from onrecord.stages.base import Analysis
from onrecord.stages.stance.inputs import EncodeTargets, article_input
from onrecord.stages.stance.stage import Judged
from onrecord.targets.target import Target
from onrecord.text.segmentation import Segmentation
from onrecord_models.stance.model import StanceQuestion

if TYPE_CHECKING:
    from torch import Tensor

    from onrecord_models.stance.classifier import StanceInput
    from onrecord_models.stance.inference import Outcomes, StanceRunner

_UNREAD = Judged((0.0, 0.0, 1.0), 0.0)
"""What is said of a statement in paragraphs that no model is shown."""


class ArticleJudge:
    """A model that reads the article: all its statements at once."""

    def __init__(self, runner: StanceRunner, encode: EncodeTargets) -> None:
        self._runner = runner
        self._encode = encode
        self._targets: dict[str, Tensor] = {}

    def judge(self, analyses: Sequence[Analysis], targets: Sequence[Sequence[Target]]) -> list[list[list[Judged]]]:
        inputs = [article_input(analysis) if asked else None for analysis, asked in zip(analyses, targets, strict=True)]
        self._learn({wording for asked in targets for target in asked for wording in target.wordings})
        questions = [
            StanceQuestion(given[0], self._targets[wording])
            for given, asked in zip(inputs, targets, strict=True)
            for target in asked
            for wording in target.wordings
            if given
        ]
        answers = iter(self._runner.judge(questions))
        judged: list[list[list[Judged]]] = []
        for analysis, given, asked in zip(analyses, inputs, targets, strict=True):
            of_article = []
            for target in asked:
                found = [_UNREAD] * len(analysis.statements)
                if given:
                    opinions = [next(answers) for _ in target.wordings]
                    for number, outcomes in zip(given[1], zip(*opinions, strict=True), strict=True):
                        found[number] = _judged(outcomes)
                of_article.append(found)
            judged.append(of_article)
        return judged

    def _learn(self, names: set[str]) -> None:
        new = sorted(names - self._targets.keys())
        self._targets.update(zip(new, self._encode(new), strict=True))


def _judged(opinions: Sequence[Outcomes]) -> Judged:
    """The mean of what a model thinks of a statement, asked about a target in different words."""
    support, oppose, no_side, other = (sum(values) / len(opinions) for values in zip(*opinions, strict=True))
    return Judged((round(support, 4), round(oppose, 4), round(no_side + other, 4)), round(1 - other, 4))


class Scorer(Protocol):
    """A classifier of text pairs."""

    def score(self, inputs: Sequence[StanceInput]) -> list[tuple[float, float, float]]:
        """Probabilities of support, oppose and neutral for each input."""
        ...


class PairJudge:
    """A classifier of text pairs: each statement in its sentences, by itself."""

    def __init__(self, scorer: Scorer) -> None:
        self._scorer = scorer

    def judge(self, analyses: Sequence[Analysis], targets: Sequence[Sequence[Target]]) -> list[list[list[Judged]]]:
        inputs = [
            stance_input(analysis, statement, target)
            for analysis, asked in zip(analyses, targets, strict=True)
            for target in asked
            for statement in analysis.statements
        ]
        scores = iter(self._scorer.score(inputs))
        return [
            [[Judged(next(scores)) for _ in analysis.statements] for _ in asked]
            for analysis, asked in zip(analyses, targets, strict=True)
        ]


def stance_input(analysis: Analysis, statement: Statement, target: Target) -> StanceInput:
    """What a classifier is shown: the statement in its sentences and the one before them in the paragraph."""
    from onrecord_models.stance.classifier import StanceInput

    start, end = widen(analysis.segmentation, statement.context)
    first = statement.speakers[0] if statement.speakers else None
    speaker = (first.name or first.description or "") if first else ""
    context = analysis.article.text[start:end].strip()
    return StanceInput(target.as_named_in(context), statement.text, context, speaker)


def widen(segmentation: Segmentation, context: Span) -> Span:
    """``context`` with the sentence before it, if its paragraph has one."""
    paragraphs = segmentation.paragraphs
    index = bisect_right(paragraphs, context.start, key=lambda paragraph: paragraph.span.start) - 1
    if index < 0 or context.start >= paragraphs[index].span.end:
        return context
    sentences = paragraphs[index].sentences
    before = bisect_right(sentences, context.start, key=lambda sentence: sentence.end) - 1
    return Span(sentences[before].start, context.end) if before >= 0 else context
