"""Whether two personal names may be one person's, within an article and between articles.

Within an article names are matched generously (`is_part`, `same_person`), because its readers must be able to follow.
Names from different articles are strangers to each other: only spelling, initials, left-out middle names and double
surnames count (`likeness`). Names come as the words of `person_words`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from functools import lru_cache
from typing import Final

from onrecord.names.forms import sounding
from onrecord.text.word_lists import read_lists

Words = Sequence[str]

_PARTICLES: Final = read_lists("onrecord.names", "person_names")["particles"]
"""Words that a surname may begin with."""

_ARTICLES: Final = frozenset(["al", "el"])
_JOINED: Final = frozenset(["mc", "mac", "abdel", "abdul", "abd"])
_ROUGH: Final = str.maketrans({"q": "k", "c": "k", "z": "s", "j": "i", "x": "k"})


class Likeness(Enum):
    """How one name resembles another.

    ``SPELLING``: the same except for letters that spellings and transliterations disagree on. ``ROUGH``: the same
    consonants. ``SHORTER``: the first leaves out or abbreviates what the second spells out. ``PART``: the first is
    some words of the second, which proves little: Maria Lund need not be Ada Maria Lund.
    """

    SPELLING = "spelling"
    ROUGH = "rough"
    SHORTER = "shorter"
    PART = "part"


def _last_run(part: Words, words: Words, same: Callable[[str, str], bool]) -> int | None:
    """Where the words of ``part`` are a run of ``words``, the last place of several; None if they are not."""
    for start in range(len(words) - len(part), -1, -1):
        if all(same(one, other) for one, other in zip(part, words[start : start + len(part)], strict=True)):
            return start
    return None


def _in_order(some: Words, words: Words, same: Callable[[str, str], bool]) -> bool:
    """Whether all of ``some`` are among ``words``, in their order."""
    rest = iter(words)
    return all(any(same(word, other) for other in rest) for word in some)


def is_part(short: Words, long: Words) -> bool:
    """Whether ``short``, one word or more, is a run of the words of the longer ``long``: ``Peña``, ``Peña Nieto``."""
    return 0 < len(short) < len(long) and _last_run(short, long, _same_word) is not None


def same_person(one: Words, other: Words) -> bool:
    """Whether two full names (two words or more) may be one person's, within an article."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if len(short) < 2:
        return False
    if not any(len(word) == 1 for word in short) and is_part(short, long):
        return True
    if not (_same_word(short[-1], long[-1]) and _same_given(short[0], long[0])):
        return False
    return len(short) < len(long) or _in_order(short[1:-1], long[1:-1], _same_given)


def _same_word(one: str, other: str) -> bool:
    return one == other or (min(len(one), len(other)) >= 5 and sounding(one) == sounding(other))


def _same_given(one: str, other: str) -> bool:
    """Whether two given names may be the same: equal, an initial, or a clear short form (``Alex``, ``Alexander``)."""
    short, long = sorted((one, other), key=len)
    if len(short) == 1:
        return long.startswith(short)
    return _same_word(short, long) or (len(short) >= 3 and len(long) >= len(short) + 2 and long.startswith(short))


def is_bare(name: str, words: Words) -> bool:
    """Whether a name as written is a surname or a first name alone: ``Lund``, ``van der Berg``, ``al-Sayed``.

    A particle in capitals may be a first name: Al Lund, Ben Berg.
    """
    return len(words) == 1 or (words[0] in _PARTICLES and (name[0].islower() or name[len(words[0])] in "-‐‑"))


@lru_cache(maxsize=65536)
def block_of(word: str) -> str:
    """What all spellings of a word have in common: names whose words differ in it are never alike."""
    return _skeleton(word) or word


@lru_cache(maxsize=65536)
def _plain(word: str) -> str:
    """``word`` as it sounds, with umlauts spelled either way alike: ``mueller`` is ``muller``."""
    for digraph, letter in (("ae", "a"), ("oe", "o"), ("ue", "u")):
        word = word.replace(digraph, letter)
    return sounding(word.removesuffix("h") if word.endswith("ah") else word)


def _skeleton(word: str) -> str:
    rough = _plain(word).translate(_ROUGH)
    consonants = "".join(letter for letter in rough if letter not in "aeiou")
    return "".join(letter for letter, before in zip(consonants, " " + consonants, strict=False) if letter != before)


def contains_at(part: Words, words: Words) -> int | None:
    """Where ``words`` contain the words of ``part``, the last place of several; None if they do not."""
    return _last_run(part, words, _same_spelling)


def _same_run(one: Words, other: Words) -> bool:
    return len(one) == len(other) and all(_same_spelling(*pair) for pair in zip(one, other, strict=True))


def _same_spelling(one: str, other: str) -> bool:
    return one == other or (min(len(one), len(other)) >= 4 and _plain(one) == _plain(other))


def _same_rough(one: str, other: str) -> bool:
    if _same_spelling(one, other):
        return True
    ends = {_plain(word)[-1] in "aeiou" for word in (one, other)}
    if min(len(one), len(other)) < 5 or len(ends) > 1:  # Daniel and Daniela, Petrov and Petrova
        return False
    skeleton = _skeleton(one)
    return len(skeleton) >= 2 and skeleton == _skeleton(other)


def _initial_of(one: str, other: str) -> bool:
    return len(one) == 1 and other.startswith(one)


@lru_cache(maxsize=65536)
def joined(words: tuple[str, ...]) -> tuple[str, ...]:
    """``words`` with what is written as one or as two made one: ``mc elvane``, ``abdel rahman``.

    Arabic names are written with and without the article before the last part: inside a name it is left out.
    """
    found: list[str] = []
    for index, word in enumerate(words):
        if found and found[-1] in _JOINED and (index > 1 or len(words) > 2):
            found[-1] += word
        elif not (0 < index < len(words) - 1 and word in _ARTICLES):
            found.append(word)
    return tuple(found)


def likeness(one: Words, other: Words) -> Likeness | None:
    """How ``one``, a name of two words or more, resembles ``other``; None if they are the names of two people.

    Directed: `Likeness.SHORTER` and `Likeness.PART` say that ``one`` is the shorter.

    >>> likeness(("sergei", "lund"), ("sergey", "lund"))
    <Likeness.SPELLING: 'spelling'>
    >>> likeness(("a", "lund"), ("ada", "berta", "lund")), likeness(("eva", "lund"), ("ada", "lund"))
    (<Likeness.SHORTER: 'shorter'>, None)
    """
    one, other = joined(tuple(one)), joined(tuple(other))
    if _same_run(one, other):
        return Likeness.SPELLING
    if len(one) == len(other) and all(_same_rough(*pair) for pair in zip(one, other, strict=True)):
        return Likeness.ROUGH
    if len(one) > len(other) or len(one) < 2:
        return None
    if _same_spelling(one[-1], other[-1]) and _is_shorter(one[:-1], other[:-1]):
        return Likeness.SHORTER
    start = contains_at(one, other)
    if start is None:
        return None
    # Enrique Peña is Enrique Peña Nieto, but Maria Lund need not be Ada Maria Lund.
    return Likeness.SHORTER if start == 0 and len(one[0]) > 1 else Likeness.PART


def _is_shorter(short: Words, long: Words) -> bool:
    """Whether given names abbreviate others: the first stands for the first, the rest for some of the rest."""
    return _stands_for(short[0], long[0]) and _in_order(short[1:], long[1:], _stands_for)


def _stands_for(short: str, long: str) -> bool:
    return _same_spelling(short, long) or _initial_of(short, long)
