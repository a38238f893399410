"""The words of a text as quotations are compared by, and where each of them stands.

Case, accents, quotation marks, dashes, apostrophes and the stops of acronyms are left out, since newsrooms set them
as their style wants. So are spellings and figures (``labour``, ``ten``, ``%``), and the sounds that nobody prints.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from onrecord.document import Span
from onrecord.text.word_lists import read_lists

_LISTS: Final = read_lists("onrecord.verify", "speech")
FILLERS: Final = _LISTS["fillers"]
_SAME: Final = {other: first for first, _, other in (pair.partition("=") for pair in _LISTS["same"])}
_FUNCTION_WORDS: Final = read_lists("onrecord.text", "function_words")["ignored in wordings"]

_LIGHT: Final = 0.4
"""What a function word counts beside other words: any two texts share some."""

_WORD: Final = re.compile(
    r"per[ -]cent\b|(?:[^\W\d_]\.){2,}(?:[^\W\d_]\b)?|\d+(?:[.,:]\d+)*[a-z]{0,2}\b|[$£€¥₹%&]"
    r"|(?:\[[^\W\d_]\](?=[^\W_]))?[^\W_]+(?:['’‘ʼ`´][^\W_]+)*",
    re.IGNORECASE,
)
_LEFT_OUT: Final = re.compile(r"['’‘ʼ`´., \[\]-]")
_ROUGH: Final = re.compile(r"[^\W_]+")


class Word(NamedTuple):
    """A word as it is compared, and where it stands in its text."""

    key: str
    span: Span


@lru_cache(maxsize=65536)
def key_of(word: str) -> str:
    """What a word is compared by.

    >>> key_of("U.S."), key_of("Café’s"), key_of("Ten"), key_of("organise"), key_of("1,000")
    ('us', 'cafes', '10', 'organize', '1000')
    """
    key = word.casefold()
    if not key.isascii():
        decomposed = unicodedata.normalize("NFKD", key)
        key = "".join(character for character in decomposed if not unicodedata.combining(character))
    if key[:1].isdecimal() and "." in key and not key.endswith("."):
        key = key.replace(",", "")  # 1.5 is not 15
    else:
        key = _LEFT_OUT.sub("", key)
    key = _SAME.get(key, key)
    return re.sub(r"is(e|es|ed|ing|ation|ations|er|ers)$", r"iz\1", key) if len(key) > 6 else key


def words_in(text: str, start: int = 0, end: int | None = None) -> Iterator[Word]:
    """The words of a part of ``text``, without sounds that are not printed."""
    for match in _WORD.finditer(text, start, len(text) if end is None else end):
        key = key_of(match.group())
        if key not in FILLERS:
            yield Word(key, Span(*match.span()))


def rough_words(text: str) -> list[str]:
    """The words of ``text`` made in one sweep, to tell quickly which texts are worth a closer look."""
    plain = text.lower()
    if "'" in plain:
        plain = plain.replace("'", "")
    return _ROUGH.findall(plain if plain.isascii() else plain.replace("’", "").replace("‘", ""))


def is_light(key: str) -> bool:
    """Whether a word, rough or not, says little: a function word."""
    return key in _FUNCTION_WORDS


def weight_of(key: str) -> float:
    """What a word counts when two wordings are compared."""
    return _LIGHT if key in _FUNCTION_WORDS else 1.0
