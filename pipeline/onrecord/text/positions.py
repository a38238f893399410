"""What surrounds a place in an article: its sentence, its paragraph, whether it is inside quotation marks."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from typing import Final

from onrecord.document import Span
from onrecord.text.occurrences import Occurrences
from onrecord.text.quotations import quotation_states
from onrecord.text.segmentation import Segmentation
from onrecord.text.word_lists import read_lists

_WORD: Final = re.compile(r"\w+(?:[.’'&\-‐‑]\w+)*\.?")
PREPOSITIONS: Final = read_lists("onrecord.text", "function_words")["prepositions"]

_PARTICIPLE: Final = re.compile(r"\b(?!(?:the|an?|its|their)\b)[a-z]+ [a-z]+ing (?:(?:the|an?|its|their) )?$")


def leads_to_object(words: str) -> bool:
    """Whether what follows these words in a phrase is a participle's object, as behind ``lawyers representing the``."""
    return _PARTICIPLE.search(words) is not None


class Layout:
    """Look-ups by position in one article's text."""

    def __init__(self, text: str, segmentation: Segmentation) -> None:
        self.text = text
        self.sentences = [sentence for paragraph in segmentation.paragraphs for sentence in paragraph.sentences]
        self.paragraphs = [paragraph.span for paragraph in segmentation.paragraphs]
        self._sentence_starts = [sentence.start for sentence in self.sentences]
        self._paragraph_starts = [paragraph.start for paragraph in self.paragraphs]
        self._states = quotation_states(text, segmentation.quotations)
        self._letters: dict[int, int] = {}
        self._governed: dict[int, bool] = {}
        self._told = [0]
        for sentence in self.sentences:
            first = next((at for at in range(*sentence) if text[at].isalnum()), sentence.start)
            last = next((at for at in range(sentence.end - 1, first, -1) if text[at].isalnum()), first)
            self._told.append(self._told[-1] + (not (self.is_quoted(first) and self.is_quoted(last))))

    @cached_property
    def occurrences(self) -> Occurrences:
        """Where the text's words stand."""
        return Occurrences(self.text)

    def sentence_at(self, position: int) -> int:
        """The index of the sentence that ``position`` is in."""
        return max(0, bisect_right(self._sentence_starts, position) - 1)

    def distance(self, earlier: int, later: int) -> int:
        """How many sentences lie between two places, without those that are all quotation: they mention nobody."""
        here, there = self.sentence_at(later), self.sentence_at(earlier)
        return max(int(here > there), self._told[here] - self._told[there])

    def paragraph_at(self, position: int) -> int:
        """The index of the paragraph that ``position`` is in."""
        return max(0, bisect_right(self._paragraph_starts, position) - 1)

    def is_quoted(self, position: int) -> bool:
        """Whether ``position`` is inside quotation marks."""
        return position < len(self._states) and self._states[position] == 2

    def sentence_span(self, position: int) -> Span:
        """The span of the sentence that ``position`` is in."""
        return self.sentences[self.sentence_at(position)] if self.sentences else Span(0, len(self.text))

    def follows_letter(self, position: int) -> bool:
        """Whether a letter stands before ``position`` in its sentence."""
        sentence = self.sentence_at(position)
        if sentence not in self._letters:
            span = self.sentence_span(position)
            self._letters[sentence] = next((at for at in range(*span) if self.text[at].isalpha()), span.end)
        return self._letters[sentence] < position

    def word_before(self, position: int) -> str:
        """The word directly before ``position`` in its sentence, lower case, or an empty string after punctuation."""
        start = self.sentence_span(position).start
        match = re.search(r"([\w.’'\-]+)[\s]*$", self.text[max(start, position - 40) : position])
        return match.group(1).casefold() if match else ""

    def is_governed(self, position: int) -> bool:
        """Whether a preposition is directly before ``position``, or before the article in front of it."""
        if position not in self._governed:
            word = self.word_before(position)
            if word in ("the", "a", "an"):
                start = self.text.rfind(word[0], 0, position) if len(word) == 1 else position - len(word) - 1
                word = self.word_before(max(0, start))
            self._governed[position] = word in PREPOSITIONS
        return self._governed[position]

    def words(self, span: Span) -> list[Span]:
        """The spans of the words inside ``span``."""
        return [Span(*match.span()) for match in _WORD.finditer(self.text, span.start, span.end)]
