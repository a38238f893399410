"""Questions that the coreference model learns from: pronouns that the speakers stage asks about, answered by labels.

The stage itself runs over the labelled texts, with a `QuestionCollector` for a coreference model. That one notes each
question and gives the right answer, so that training sees what running sees.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from transformers import PreTrainedTokenizerBase

from onrecord.document import Mention, Span, Statement
from onrecord.names.forms import fold
from onrecord.stages.base import Analysis
from onrecord.stages.speakers.ranking import ArticleTokens, Pair, Range, pairs_of, salience
from onrecord.stages.speakers.role_phrases import PRONOUN_GENDERS
from onrecord.stages.speakers.salience import Anaphor, Candidate, EntityResolver, SalienceResolver
from onrecord.stages.speakers.stage import SpeakersStage
from onrecord.text.positions import Layout
from onrecord.text.windows import Window

Answer = tuple[list[bool], bool]
"""Which candidates may be right, and whether none of them may be."""

Labels = Callable[[Anaphor, Sequence[Candidate]], Answer | None]
"""The answer to a question, or None where the labels do not say."""


@dataclass(frozen=True, slots=True)
class Question:
    """One pronoun: its tokens, the pairs of each candidate, and the `Answer` and `salience` as lists, "none" last."""

    anaphor: Range
    options: list[list[Pair]]
    allowed: list[bool]
    salience: list[float]


@dataclass(frozen=True, slots=True)
class Passage:
    """A window and the questions about it, in tokens of the window."""

    window: Window
    questions: list[Question]


class QuestionCollector(EntityResolver):
    """In place of a coreference model: answers by the labels and notes the questions of one article."""

    def __init__(self, labels: Labels) -> None:
        self._labels = labels
        self._rules = SalienceResolver()
        self.asked: list[tuple[Layout, Anaphor, tuple[Candidate, ...], Answer]] = []

    def choose(
        self, analysis: Analysis, layout: Layout, anaphor: Anaphor, candidates: Sequence[Candidate]
    ) -> Candidate | None:
        """The right candidate, or what the rules say where the labels do not say."""
        if not candidates or fold(anaphor.words) not in PRONOUN_GENDERS:
            return self._rules.choose(analysis, layout, anaphor, candidates)
        answer = self._labels(anaphor, candidates)
        if answer is None:
            return self._rules.choose(analysis, layout, anaphor, candidates)
        right, none = answer
        if any(right) or none:
            self.asked.append((layout, anaphor, tuple(candidates), answer))
        if none:
            return None
        return next((candidate for candidate, is_right in zip(candidates, right, strict=True) if is_right), None)


def passages(analysis: Analysis, labels: Labels, tokenizer: PreTrainedTokenizerBase, size: int) -> list[Passage]:
    """The questions that the speakers stage asks about an article, in the windows that it is read in."""
    collector = QuestionCollector(labels)
    SpeakersStage(collector).process([analysis])
    tokens = ArticleTokens(analysis, tokenizer, size)
    found: list[tuple[Range, list[Question]]] = []
    for layout, anaphor, candidates, (right, none) in collector.asked:
        where = tokens.of(anaphor.span)
        if where is None:
            continue
        if not found or not (tokens.fits(where, found[-1][0]) and found[-1][0][0] <= where[0]):
            found.append((tokens.around(where), []))
        window, questions = found[-1]
        shift = window[0] - 1
        options = [
            [replace(pair, tokens=_shifted(pair.tokens, shift)) for pair in own]
            for own in pairs_of(layout, tokens, window, anaphor, candidates)
        ]
        answered = none or any(own[0].tokens for own, is_right in zip(options, right, strict=True) if is_right)
        if answered:  # and not only by somebody who is mentioned outside the window
            present = salience(layout, anaphor, candidates)
            questions.append(Question((where[0] - shift, where[1] - shift), options, [*right, none], present))
    return [Passage(tokens.cut(window), questions) for window, questions in found if questions]


def _shifted(tokens: Range | None, shift: int) -> Range | None:
    return (tokens[0] - shift, tokens[1] - shift) if tokens else None


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
