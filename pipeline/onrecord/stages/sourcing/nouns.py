"""The nouns that the words for a source are about: ``the voters`` in ``half of the voters surveyed last week``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from onrecord.text.positions import PREPOSITIONS
from onrecord.text.word_lists import read_lists

_WORDS: Final = read_lists("onrecord.stages.sourcing", "nouns")
_CLAUSES: Final = _WORDS["clauses"]
_PARTS: Final = _WORDS["parts"]
_AFTERWARDS: Final = _WORDS["afterwards"]
_WHICH: Final = _WORDS["which"]
_PEOPLE: Final = frozenset(["who", "whom", "whose"])
_OWNER: Final = re.compile(r"['’]s?$")
_EDGES: Final = "'.,;:!?\"“”‘’()[]"
_ENDS: Final = (",", ";", ":", ")", "]", "”", '"')
_DASHES: Final = frozenset(["-", "–", "—", "--"])
_MOST: Final = 60
"""Words of a description; no more is needed, and texts of strangers may have any number."""
_DATED: Final = re.compile(r"\d[\d,.]*(?:st|nd|rd|th)?")


class Word(NamedTuple):
    """A word in lower case without signs around it; ``is_capital`` if it began with a capital, ``ends`` if a comma or
    another sign that ends a phrase follows."""

    plain: str
    is_capital: bool
    ends: bool


class Phrase(NamedTuple):
    """What comes before whatever explains it: its words in order; the words of what it is a part of, if it is one
    (``half`` of ``the voters``); and whether it means people, as ``who`` follows."""

    words: tuple[Word, ...]
    whole: tuple[Word, ...]
    of_people: bool


def words_of(description: str) -> tuple[Word, ...]:
    """The first words of a description, dashes among them."""
    words = []
    for token in description.replace("‑", "-").split(maxsplit=_MOST)[:_MOST]:
        plain = _OWNER.sub("", token.casefold().strip(_EDGES))
        if token in _DASHES or plain:
            words.append(Word(plain or token, token.lstrip(_EDGES)[:1].isupper(), token.endswith(_ENDS)))
    return tuple(words)


def phrases(words: tuple[Word, ...]) -> Iterator[Phrase]:
    """The phrase that the words begin with, without what explains it; then, if commas are in it, those after them.

    >>> [[word.plain for word in phrase.words] for phrase in phrases(words_of("the old, tired sailors from Easton"))]
    [['the', 'old'], ['tired', 'sailors']]
    """
    start = 0
    while start < len(words):
        while start < len(words) and (words[start].plain in PREPOSITIONS or words[start].plain in _DASHES):
            start += 1
        end = start + 1
        while end < len(words) and not words[end - 1].ends and not _explains(words, start, end):
            end += 1
        if start == len(words):
            return
        following = _stem(words[end].plain) if end < len(words) else ""
        whole = words[end + 1 :] if following == "of" and words[end - 1].plain in _PARTS else ()
        yield Phrase(words[start:end], whole, following in _PEOPLE)
        if not words[end - 1].ends or following in _CLAUSES:
            return
        start = end


def _explains(words: tuple[Word, ...], start: int, at: int) -> bool:
    """Whether the word at ``at`` begins what explains the noun before it."""
    word = words[at].plain
    if word in PREPOSITIONS:
        # "University of Easton", "Ministry of Ports": a part of a name.
        names = words[at - 1].is_capital and words[at + 1 : at + 2] and words[at + 1].is_capital
        return not (word in ("of", "for") and names and not words[at].is_capital)
    if _stem(word) in _CLAUSES or word in _DASHES:
        return True
    # "reports reaching Easton", but not "exit polling" and "a working group".
    is_last = at + 1 == len(words) or words[at].ends
    opens = word.endswith("ing") and len(word) > 5 and word not in _WORDS["nouns in ing"]
    return opens and not is_last and words[at - 1].plain.endswith("s") and at > start


def _stem(word: str) -> str:
    """The word without what is contracted with it: ``who`` of ``who’ve``."""
    return word.partition("’")[0].partition("'")[0]


def heads(words: tuple[Word, ...]) -> list[str]:
    """The words of a phrase that may be its noun, the most probable first: from its end, without numbers.

    The last one mostly is; but behind a noun there may be words that are hard to tell from it: ``the voters surveyed
    last week``. Those that only say how many there are, or which, come only where nothing else is.
    """
    nouns = [word.plain for word in reversed(words) if not _DATED.fullmatch(word.plain)]
    while len(nouns) > 1 and (nouns[0] in _AFTERWARDS or nouns[0] in _WHICH or _is_participle(nouns)):
        del nouns[0]
    return [*nouns[:1], *(noun for noun in nouns[1:] if noun not in _PARTS and noun not in _WHICH)]


def _is_participle(nouns: list[str]) -> bool:
    """Whether the first of these says what was done with the others: ``surveyed`` of ``the voters``."""
    return nouns[0].endswith("ed") and nouns[1] not in _WHICH and nouns[1] not in _PARTS


def singulars(noun: str) -> tuple[str, ...]:
    """What the noun may be the plural of.

    >>> singulars("agencies"), singulars("spokesmen"), singulars("port")
    (('agencie', 'agency', 'agenci'), ('spokesman',), ())
    """
    if noun.endswith("men"):
        return (f"{noun[:-3]}man",)
    if len(noun) < 3 or not noun.endswith("s") or noun.endswith(("ss", "us")):
        return ()
    stem = noun[:-1]
    if stem.endswith("ie"):
        return (stem, f"{stem[:-2]}y", stem[:-1])
    return (stem, stem[:-1], f"{stem[:-1]}is") if stem.endswith("e") else (stem,)
