"""The words of a text as they are compared across articles, and what two texts have in common.

Two newsrooms never print quite the same words: they swap quotation marks and articles, cut, and join. So only content
words are compared, in order, without case, accents and possessives. A shingle is a pair of neighbouring content
words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from itertools import pairwise
from typing import Final, NamedTuple

from onrecord.document import Span, Statement
from onrecord.text.quotations import find_quotations
from onrecord.text.word_lists import read_lists

Shingles = frozenset[tuple[str, str]]

FEWEST_QUOTED: Final = 5
"""A quotation of fewer content words says too little: anybody may say ``we are very happy``."""

FEWEST_REPORTED: Final = 7
"""Reported speech needs more: a few of its words are often only the topic of the statement."""

_CONTAINED: Final = 0.7
"""The share of its shingles that the shorter wording must have in common with the longer to be the same statement."""

_ALIKE: Final = 0.5
"""The share of the longer wording's shingles that reported speech must have too: unlike quotations, it is not cut."""

_FUNCTION_WORDS: Final = read_lists("onrecord.text", "function_words")["ignored in wordings"]
"""Words that newsrooms change freely. Negations are not among them: they turn a statement into another."""

_WORD: Final = re.compile(r"[^\W_]+(?:['’‘`ʼ][^\W_]+)*")
_DOTTED: Final = re.compile(r"\b(?:[^\W\d_]\.){2,}")
_THOUSANDS: Final = re.compile(r"(?<=\d),(?=\d{3}\b)")
_SENTENCE_END: Final = re.compile(r"(?<=[a-z]{2})[.!?]\s")
_POSSESSIVE: Final = re.compile(r"['’‘`ʼ]s$")
_NOT_ASCII: Final = re.compile(r"[^\x00-\x7f]")
_APOSTROPHE: Final = re.compile(r"['’‘`ʼ]")


def plain_words(text: str) -> Iterator[str]:
    """The words of ``text`` without case, accents, possessives, apostrophes and the stops of acronyms.

    >>> list(plain_words("The MAYOR’s café in D.C. doesn't cost 1,000."))
    ['the', 'mayor', 'cafe', 'in', 'dc', 'doesnt', 'cost', '1000']
    """
    joined = _DOTTED.sub(lambda match: match.group().replace(".", ""), _THOUSANDS.sub("", text))
    decomposed = unicodedata.normalize("NFKD", joined.casefold())
    stripped = _NOT_ASCII.sub(lambda match: "" if unicodedata.combining(match[0]) else match[0], decomposed)
    for word in _WORD.findall(stripped):
        yield word if word.isalnum() else _APOSTROPHE.sub("", _POSSESSIVE.sub("", word))


def content_words(text: str) -> list[str]:
    """The words of ``text`` that carry its meaning, in order: no function words and no initials."""
    return [word for word in plain_words(text) if word not in _FUNCTION_WORDS and (len(word) > 1 or word.isdigit())]


class Wording(NamedTuple):
    """The content words by which a statement is compared, and whether they are a quotation."""

    words: list[str]
    quoted: bool


def wording_of(statement: Statement) -> Wording | None:
    """The wording of a statement, None if it has too few words.

    Only the quoted words count if there are enough of them: each newsroom writes its own words around a quotation.
    """
    words = content_words(statement.text)
    if statement.form == "direct":
        return Wording(words, True) if len(words) >= FEWEST_QUOTED else None
    if statement.form == "mixed":
        quoted = [word for quoted_text in _quoted(statement.text) for word in content_words(quoted_text)]
        if len(quoted) >= FEWEST_QUOTED:
            return Wording(quoted, True)
    return Wording(words, False) if len(words) >= FEWEST_REPORTED else None


def _quoted(text: str) -> Iterator[str]:
    """What is inside quotation marks; if they are never closed, only the first sentence, which surely belongs to it."""
    for quotation in find_quotations(text, [Span(0, len(text))]):
        inner = text[slice(*quotation.inner)]
        yield inner if quotation.closed else _SENTENCE_END.split(inner, maxsplit=1)[0]


def shingles_of(words: Sequence[str]) -> Shingles:
    """The pairs of neighbouring words.

    >>> sorted(shingles_of(["one", "port", "open"]))
    [('one', 'port'), ('port', 'open')]
    """
    return frozenset(pairwise(words))


def containment(shorter: Shingles, longer: Shingles, quoted: bool) -> float:
    """The share of the shorter one's shingles that the longer has, or 0 if that is too little for one statement.

    A quotation (``quoted``) may be cut to any length; reported speech must also cover much of the longer wording.
    """
    shared = len(shorter & longer)
    if shared < _CONTAINED * len(shorter) or (not quoted and shared < _ALIKE * len(longer)):
        return 0.0
    return shared / len(shorter)


def hash_words(words: Sequence[str]) -> int:
    """64 bits, signed as SQLite wants them; the same on every machine."""
    digest = blake2b(" ".join(words).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
