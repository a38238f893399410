"""The judges of stances: a model that reads the article, classifiers of text pairs, and several of them together."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Protocol

from onrecord.document import Span, Statement
from onrecord.stages.base import Analysis
from onrecord.stages.rereading import read_anew
from onrecord.stages.stance.inputs import EncodeTargets, article_input
from onrecord.stages.stance.stage import Judge, Judged
from onrecord.targets.target import Target
from onrecord.text.segmentation import Segmentation
from onrecord_models.stance.model import StanceQuestion

if TYPE_CHECKING:
    from torch import Tensor

    from onrecord_models.inference import LowerReader
    from onrecord_models.stance.classifier import StanceInput
    from onrecord_models.stance.inference import Outcomes, StanceRunner
    from onrecord_models.transformer.tokenizer import FastTokenizer

_TEMPERATURE: Final = 0.8
"""Of the mean of several judges: where they agree, they are right more often than each of them says.

Chosen on data/world dev and data/stance dev, by how far probabilities are from shares.
"""

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
        named = [
            [target.as_named_in(analysis.article.text) for target in asked]
            for analysis, asked in zip(analyses, targets, strict=True)
        ]
        self._learn({name for names in named for name in names})
        questions = [
            StanceQuestion(given[0], self._targets[name])
            for given, names in zip(inputs, named, strict=True)
            for name in names
            if given
        ]
        answers = iter(self._runner.judge(questions))
        judged: list[list[list[Judged]]] = []
        for analysis, given, names in zip(analyses, inputs, named, strict=True):
            of_article = []
            for _ in names:
                found = [_UNREAD] * len(analysis.statements)
                if given:
                    for number, outcomes in zip(given[1], next(answers), strict=True):
                        found[number] = _judged(outcomes)
                of_article.append(found)
            judged.append(of_article)
        return judged

    def _learn(self, names: set[str]) -> None:
        new = sorted(names - self._targets.keys())
        self._targets.update(zip(new, self._encode(new), strict=True))


def _judged(outcomes: Outcomes) -> Judged:
    support, oppose, no_side, other = outcomes
    return Judged((support, oppose, round(no_side + other, 4)), round(1 - other, 4))


class BorrowedArticleJudge:
    """A model that reads the article over another quote model than the pipeline's, in windows of its own."""

    def __init__(self, judge: ArticleJudge, reader: LowerReader, tokenizer: FastTokenizer) -> None:
        self._judge = judge
        self._reader = reader
        self._tokenizer = tokenizer

    def judge(self, analyses: Sequence[Analysis], targets: Sequence[Sequence[Target]]) -> list[list[list[Judged]]]:
        asked = [bool(each) and bool(analysis.statements) for analysis, each in zip(analyses, targets, strict=True)]
        chosen = [analysis for analysis, wanted in zip(analyses, asked, strict=True) if wanted]
        read = iter(read_anew(chosen, self._reader, self._tokenizer))
        known = [next(read) if wanted else analysis for analysis, wanted in zip(analyses, asked, strict=True)]
        return self._judge.judge(known, targets)


class MeanJudge:
    """Several judges of equal say: the mean of what they think probable, each being right where others are not."""

    def __init__(self, judges: Sequence[Judge]) -> None:
        self._judges = judges

    def judge(self, analyses: Sequence[Analysis], targets: Sequence[Sequence[Target]]) -> list[list[list[Judged]]]:
        of_each = [judge.judge(analyses, targets) for judge in self._judges]
        return [
            [list(map(_mean, zip(*of_target, strict=True))) for of_target in zip(*of_article, strict=True)]
            for of_article in zip(*of_each, strict=True)
        ]


def _mean(opinions: Sequence[Judged]) -> Judged:
    """The mean opinion, sharpened; whether a statement is about the target, only those say who tell it."""
    means = [sum(values) / len(opinions) for values in zip(*(each.scores for each in opinions), strict=True)]
    sharpened = [mean ** (1 / _TEMPERATURE) for mean in means]
    support, oppose, neutral = (round(value / sum(sharpened), 4) for value in sharpened)
    told = [each.about for each in opinions if each.about is not None]
    return Judged((support, oppose, neutral), round(sum(told) / len(told), 4) if told else None)


class Scorer(Protocol):
    """A classifier of text pairs: the shipped models', or any other."""

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
