"""The words of a text as the search finds them; ``assets/collection.js`` takes a query apart in the same way."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_SIGNS: Final = {**dict.fromkeys(map(ord, "'’‘`ʼ")), **dict.fromkeys(map(ord, "“”„«»…–—"), " ")}
"""Apostrophes are left out. The other frequent signs are here so that most texts are ASCII and need no more work."""
_WORD: Final = re.compile(r"[^\W_]+")
_PLAIN: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_LONGEST: Final = 40
"""Code points of a word that are told apart."""


def search_words(text: str) -> set[str]:
    """The different words of a text, without case, accents and apostrophes.

    >>> sorted(search_words("The Mayor’s CAFÉ"))
    ['cafe', 'mayors', 'the']
    """
    text = text.translate(_SIGNS)
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        text = "".join(sign for sign in text if not unicodedata.category(sign).startswith("M"))
    return {word[:_LONGEST] for word in _WORD.findall(text.lower())}


def shard_of(word: str) -> str:
    """The part of the index that a word is in: words that begin with the same two characters are in one.

    >>> shard_of("port"), shard_of("a"), shard_of("öl")
    ('po', 'a', 'u-f6')
    """
    start = word[:2]
    return start if set(start) <= _PLAIN else f"u-{ord(word[0]):x}"
