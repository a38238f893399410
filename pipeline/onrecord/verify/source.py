"""A source as quotations are looked up in it: its words, without what nobody said, and who says each of them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from onrecord.document import Article, Span
from onrecord.text.turns import Turns, find_turns
from onrecord.text.word_lists import read_lists
from onrecord.verify.interruptions import interruptions
from onrecord.verify.words import Word, words_in

BREAK: Final = ""
"""Stands between the words of two turns: no quotation runs across it."""

_DIRECTIONS: Final = read_lists("onrecord.verify", "speech")["directions"]
_BRACKETS: Final = re.compile(r"\[(?![^\W\d_]\][^\W_])[^\]\n]{0,200}\]|\([^)\n]{1,60}\)|<[^>\n]{1,40}>")


@dataclass(slots=True)
class Source:
    """An article, its turns, its words with a `BREAK` between turns, and where each pair of words begins in them."""

    article: Article
    turns: Turns
    words: list[Word]
    pairs: dict[tuple[str, str], list[int]] = field(default_factory=dict)

    @property
    def doc(self) -> str:
        """The article's name."""
        return self.article.doc

    def span(self, start: int, end: int) -> Span:
        """Where the words from ``start`` up to ``end`` stand in the text; there is at least one."""
        return Span(self.words[start].span.start, self.words[end - 1].span.end)


def read_source(article: Article) -> Source:
    """The words of an article that may be a transcript."""
    turns = find_turns(article.text)
    words = list(_words(article.text, turns))
    pairs: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for index, (first, second) in enumerate(pairwise(words)):
        pairs[first.key, second.key].append(index)
    return Source(article, turns, words, dict(pairs))


def _words(text: str, turns: Turns) -> Iterator[Word]:
    position = 0
    speaker: str | None = None
    started = False
    for skipped, is_label, said_by in _skipped(text, turns):
        if skipped.start >= position:
            yield from words_in(text, position, skipped.start)
        position = max(position, skipped.end)
        if is_label:
            if not started or said_by != speaker or said_by is None:
                yield Word(BREAK, Span(skipped.start, skipped.start))
            speaker, started = said_by, True
    yield from words_in(text, position)


def _skipped(text: str, turns: Turns) -> list[tuple[Span, bool, str | None]]:
    """What is not among the words, in order: labels, directions, others' brackets, numbers of lines, ``she said``."""
    found: list[tuple[Span, bool, str | None]] = [(turn.label, True, turn.speaker) for turn in turns.turns]
    found += [(span, False, None) for span in turns.furniture]
    if not turns.turns:
        found += [(span, False, None) for span in interruptions(text)]
    for match in _BRACKETS.finditer(text):
        inside = match.group()[1:-1].casefold()
        if match.group()[0] == "[" or any(word.strip(".,:;") in _DIRECTIONS for word in inside.split()):
            found.append((Span(*match.span()), False, None))
    return sorted(found, key=lambda each: each[0])
