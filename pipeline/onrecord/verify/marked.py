"""A quotation as it is printed: its words, and the marks that say that words were left out or put in.

``…`` and ``[...]`` leave words out; ``[the mayor]`` stands for words or explains them; ``[T]he`` has another capital;
``s***`` hides a word. Some newsrooms put their own words into round brackets.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

from onrecord.document import Span
from onrecord.verify.words import Word, words_in

Mark = Literal["ellipsis", "bracket"]

_ELLIPSIS: Final = r"[\[(]\s*(?:…|\.\s?\.\s?\.)\s*[\])]|…|\.\s?\.\s?\.(?:\s?\.)*|\*\s\*\s\*"
_MARKS: Final = (
    rf"(?P<ellipsis>{_ELLIPSIS})"
    r"|(?P<nothing>\[\s*(?:sic|!|\?)?\s*\])"
    r"|(?P<bracket>[^\W_]*\[(?![^\W\d_]\][^\W_])[^\]\n]{1,200}\](?:['’]?[^\W_]+)?|[^\W_]*\*{2,}[^\W_]*|\b[^\W_]-{3,}[^\W_]*"
)
_SQUARE: Final = re.compile(_MARKS + ")")
_ROUND: Final = re.compile(_MARKS + r"|\([^)\n]{1,200}\))")


@dataclass(frozen=True, slots=True)
class Quote:
    """The words of a quotation. ``marks`` are those before the word of that index, or after the last word.

    ``brackets`` are all that is in brackets and not among the words, brackets included.
    """

    words: tuple[Word, ...]
    marks: dict[int, Mark]
    brackets: tuple[str, ...] = ()

    @property
    def keys(self) -> list[str]:
        """What its words are compared by."""
        return [word.key for word in self.words]

    def segments(self) -> list[tuple[int, int]]:
        """The ranges of words that no mark interrupts."""
        bounds = [0, *sorted(self.marks), len(self.words)]
        return [(start, end) for start, end in pairwise(bounds) if start < end]


def read_quote(text: str, spans: Sequence[Span], *, round_brackets: bool = False) -> Quote:
    """The quotation at ``spans`` of a draft; with ``round_brackets`` what is in them is the newsroom's own.

    An ellipsis at its ends does not matter: every quotation begins and ends somewhere.

    >>> quote = read_quote("[T]he port … will [not] close", [Span(0, 29)])
    >>> quote.keys, quote.marks
    (['the', 'port', 'will', 'close'], {2: 'ellipsis', 3: 'bracket'})
    """
    words: list[Word] = []
    marks: dict[int, Mark] = {}
    brackets: list[str] = []
    for start, end in spans:
        position = start
        for match in (_ROUND if round_brackets else _SQUARE).finditer(text, start, end):
            words += words_in(text, position, match.start())
            position = match.end()
            if match.lastgroup == "ellipsis":
                marks[len(words)] = "ellipsis"
            elif match.lastgroup == "bracket":
                marks.setdefault(len(words), "bracket")
                brackets.append(match.group())
        words += words_in(text, position, end)
    inner = {at: mark for at, mark in marks.items() if at not in (0, len(words)) or mark == "bracket"}
    return Quote(tuple(words), inner, tuple(brackets))


def has_round_brackets(text: str, spans: Sequence[Span]) -> bool:
    """Whether the quotation may have words of the newsroom in round brackets."""
    return any(re.search(r"\([^)\n.…]", text[slice(*span)]) for span in spans)
