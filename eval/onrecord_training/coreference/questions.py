"""Questions that the coreference model learns from: those that the speakers stage asks, answered by labels.

The stage itself runs over the labelled texts, with a `QuestionCollector` for a coreference model. That one notes each
question and gives the right answer, so that training sees what running sees.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from onrecord.document import Mention, Span, Statement
from onrecord.stages.base import Analysis
from onrecord.stages.speakers.candidates import Anaphor, Candidate, Choice, EntityResolver
from onrecord.stages.speakers.ranking import Question, question_of
from onrecord.stages.speakers.stage import SpeakersStage
from onrecord.stages.states import ArticleStates, Place
from onrecord.text.positions import Layout

Answer = tuple[list[bool], bool]
"""Which candidates are right, or may be, and whether none of them may be."""

WITHHELD: Final = 0.3
WRONG: Final = 0.08
"""Shares of the answers that a `QuestionCollector` withholds and gives wrongly."""

Labels = Callable[[Anaphor, Sequence[Candidate]], Answer | None]
"""The answer to a question, or None where the labels do not say."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A question and its answer: of each option, and last of nobody, whether it is allowed.

    For a plural question, the options that are allowed are all meant.
    """

    question: Question
    allowed: list[bool]


@dataclass(frozen=True, slots=True)
class Passage:
    """What is read for one window of an article, and the questions about it.

    ``genders`` are names in it, with whether they are a woman's.
    """

    states: ArticleStates
    window: int
    questions: list[Answered]
    genders: list[tuple[Place, bool]]

    def __len__(self) -> int:
        """The tokens that are read."""
        return self.states.tail(self.window) + len(self.states.analysis.windows[self.window].input_ids)


class QuestionCollector(EntityResolver):
    """In place of a coreference model: notes the questions of one article and answers them by the labels.

    Some answers are withheld and a few are wrong, as a model's are: what is asked next must not rely on them. Which
    ones depends on the article's name alone.
    """

    def __init__(self, labels: Labels, withheld: float = WITHHELD, wrong: float = WRONG) -> None:
        self._labels, self._withheld, self._wrong = labels, withheld, wrong
        self.asked: list[tuple[Layout, Anaphor, tuple[Candidate, ...], Answer]] = []

    def choose(self, analysis: Analysis, layout: Layout, anaphor: Anaphor, candidates: Sequence[Candidate]) -> Choice:
        """The right candidates, or none where the labels do not say."""
        answer = self._labels(anaphor, candidates) if candidates else None
        if answer is None:
            return Choice((), 1.0)
        right, none = answer
        if any(right) or none:
            self.asked.append((layout, anaphor, tuple(candidates), answer))
        meant = [candidate for candidate, is_right in zip(candidates, right, strict=True) if is_right and not none]
        chance = random.Random(f"{analysis.article.doc} {anaphor.span.start}")
        drawn = chance.random()
        if drawn < self._withheld:
            meant = []
        elif drawn < self._withheld + self._wrong:
            meant = [chance.choice(list(candidates))]
        return Choice(tuple(meant if anaphor.plural else meant[:1]), 1.0)


def passages(
    analysis: Analysis,
    labels: Labels,
    genders: Iterable[tuple[Span, bool]] = (),
    withheld: float = WITHHELD,
    wrong: float = WRONG,
) -> list[Passage]:
    """The questions that the speakers stage asks about an article, by the windows that they are asked in.

    ``genders`` are people's names, and whether they are a woman's.
    """
    collector = QuestionCollector(labels, withheld, wrong)
    SpeakersStage(collector).process([analysis])
    states = ArticleStates(replace(analysis, statements=(), names=()))
    found: dict[int, list[Answered]] = {}
    for layout, anaphor, candidates, (right, none) in collector.asked:
        question = question_of(states, layout, anaphor, candidates)
        if question is not None:
            found.setdefault(question.window, []).append(Answered(question, [*right, none]))
    told: dict[int, list[tuple[Place, bool]]] = {}
    for span, feminine in genders:
        if (place := states.of(span)) is not None:
            told.setdefault(place.window, []).append((place, feminine))
    windows = sorted({*found, *told})
    return [Passage(states, window, found.get(window, []), told.get(window, [])) for window in windows]


def asking(analysis: Analysis, mentions: Iterable[Span]) -> Analysis:
    """The same article with each of ``mentions`` as a source to be resolved, in addition to those of its statements."""
    text = analysis.article.text
    taken = {span for statement in analysis.statements if statement.source for span in statement.source.spans}
    asked = tuple(
        Statement("-", "-", "", (span,), "indirect", span, source=Mention(text[slice(*span)], (span,)))
        for span in mentions
        if span not in taken
    )
    return replace(analysis, statements=(*analysis.statements, *asked))
