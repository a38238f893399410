"""What a quote model might find in a text, made up by rule: names by their capitals, statements by their verbs.

With it the stages behind the model can be measured on texts of any length without waiting for the model, and on more
names and statements than it would find.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from onrecord.document import Span
from onrecord.stages.base import Analysis
from onrecord.stages.speakers.candidates import Anaphor, Candidate, Choice, EntityResolver
from onrecord.stages.speakers.ranking import question_of
from onrecord.stages.states import ArticleStates
from onrecord.text.positions import Layout
from onrecord.text.windows import Window
from onrecord_models.decoding import CueRange, NameRange, Range, StatementRange, WindowReading

_WORD: Final = re.compile(r"\w+(?:[.’'\-]\w+)*")
_CUES: Final = frozenset(["said", "says", "told", "warned", "added", "quoted"])
_PRONOUNS: Final = frozenset(["he", "she", "they", "it", "i", "we"])
_NO_NAMES: Final = frozenset(["The", "A", "An", "In", "On", "But", "And", "We", "I", "He", "She", "They", "It"])
_BODIES: Final = frozenset(["Board", "Union", "Council", "Party", "Ministry", "Group"])
_LONGEST: Final = 4
_NEAR: Final = 40
_SCORE: Final = 0.9


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    span: Span
    tokens: Range


def made_reading(text: str, window: Window) -> WindowReading:
    """Names and statements of one window of ``text``."""
    words = list(_words(text, window))
    names = list(_names(text, words))
    sources = sorted([*(name.tokens for name in names), *_pronouns(words)])
    return WindowReading(names, list(_statements(window, words, sources)))


def _words(text: str, window: Window) -> Iterator[_Word]:
    inside = [index for index, span in enumerate(window.spans) if span.end > span.start]
    if not inside:
        return
    starts = [window.spans[index].start for index in inside]
    for match in _WORD.finditer(text, starts[0], window.spans[inside[-1]].end):
        first, end = bisect_left(starts, match.start()), bisect_left(starts, match.end())
        if first < end:
            yield _Word(match.group(), Span(*match.span()), (inside[first], inside[end - 1] + 1))


def _names(text: str, words: Sequence[_Word]) -> Iterator[NameRange]:
    index = 0
    while index < len(words):
        end = index
        while end < len(words) and end - index < _LONGEST and words[end].text[0].isupper():
            if words[end].text in _NO_NAMES or (end > index and text[words[end - 1].span.end] != " "):
                break
            if end > index and words[end].span.start - words[end - 1].span.end != 1:
                break
            end += 1
        if end > index:
            body = words[end - 1].text in _BODIES or words[end - 1].text.isupper()
            kind = "organization" if body else "person"
            yield NameRange((words[index].tokens[0], words[end - 1].tokens[1]), kind, _SCORE)
        index = max(end, index + 1)


def _pronouns(words: Sequence[_Word]) -> Iterator[Range]:
    return (word.tokens for word in words if word.text.lower() in _PRONOUNS)


def _statements(window: Window, words: Sequence[_Word], sources: Sequence[Range]) -> Iterator[StatementRange]:
    """Each verb of saying with the quotation before it, or the words behind it, and the nearest source."""
    taken = 0
    for word in words:
        if word.text.lower() not in _CUES:
            continue
        first, end = word.tokens
        content = _quoted_before(window, taken, first) or _behind(window, end)
        if content is None or content[0] < taken:
            continue
        near = [each for each in sources if not content[0] <= each[0] < content[1] and abs(each[0] - first) < _NEAR]
        source = min(near, key=lambda each: abs(each[0] - first), default=None)
        taken = max(content[1], end)
        yield StatementRange(CueRange(word.tokens, _SCORE), [content], source, _SCORE, ("expressed", _SCORE))


def _quoted_before(window: Window, least: int, cue: int) -> Range | None:
    end = cue
    while end > max(least, cue - _NEAR) and window.quotations[end - 1] != 3:
        end -= 1
    start = end
    while start > least and window.quotations[start - 1]:
        start -= 1
    return (start, end) if start < end else None


def _behind(window: Window, start: int) -> Range | None:
    end = start
    while end < len(window.spans) and window.paragraphs[end] == window.paragraphs[start] and end - start < _NEAR:
        end += 1
    return (start, end - 1) if end - 1 > start else None


class LastNamed(EntityResolver):
    """Takes whoever is mentioned last, after everything that the trained model would be asked has been put together."""

    def __init__(self) -> None:
        self._states: dict[int, ArticleStates] = {}

    def prepare(self, articles: Sequence[tuple[Analysis, Layout, Sequence[Span]]]) -> None:
        """Keeps where the articles' tokens are."""
        self._states = {id(layout): ArticleStates(analysis) for analysis, layout, _ in articles}

    def choose(self, analysis: Analysis, layout: Layout, anaphor: Anaphor, candidates: Sequence[Candidate]) -> Choice:
        """The candidate with the last mention before the anaphor."""
        question_of(self._states[id(layout)], layout, anaphor, candidates)
        best, place = None, -1
        for candidate in candidates:
            before = bisect_left(candidate.mentions, anaphor.span.start, key=lambda mention: mention[0].start)
            if before and candidate.mentions[before - 1][0].start > place:
                best, place = candidate, candidate.mentions[before - 1][0].start
        return Choice((best,), _SCORE) if best is not None else Choice((), _SCORE)
