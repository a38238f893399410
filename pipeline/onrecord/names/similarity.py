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
        if all(same(word, candidate) for word, candidate in zip(part, words[start : start + len(part)], strict=True)):
            return start
    return None


def _in_order(part: Words, words: Words, same: Callable[[str, str], bool]) -> bool:
    """Whether all words of ``part`` are among ``words``, in the same order."""
    rest = iter(words)
    return all(any(same(word, candidate) for candidate in rest) for word in part)


def is_part(short: Words, long: Words) -> bool:
    """Whether ``short``, one word or more, is a run of the words of the longer ``long``: ``Peña``, ``Peña Nieto``."""
    return 0 < len(short) < len(long) and _last_run(short, long, _same_word) is not None


def same_person(first: Words, second: Words) -> bool:
    """Whether two full names (two words or more) may be one person's, within an article."""
    if first == second:
        return True
    short, long = sorted((first, second), key=len)
    if len(short) < 2:
        return False
    if not any(len(word) == 1 for word in short) and is_part(short, long):
        return True
    if not (_same_word(short[-1], long[-1]) and _same_given(short[0], long[0])):
        return False
    return len(short) < len(long) or _in_order(short[1:-1], long[1:-1], _same_given)


def _same_word(first: str, second: str) -> bool:
    return first == second or (min(len(first), len(second)) >= 5 and sounding(first) == sounding(second))


def _same_given(first: str, second: str) -> bool:
    """Whether two given names may be the same: equal, an initial, or a clear short form (``Alex``, ``Alexander``)."""
    short, long = sorted((first, second), key=len)
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


def _same_run(first: Words, second: Words) -> bool:
    return len(first) == len(second) and all(_same_spelling(*pair) for pair in zip(first, second, strict=True))


def _same_spelling(first: str, second: str) -> bool:
    return first == second or (min(len(first), len(second)) >= 4 and _plain(first) == _plain(second))


def _same_rough(first: str, second: str) -> bool:
    if _same_spelling(first, second):
        return True
    ends = {_plain(word)[-1] in "aeiou" for word in (first, second)}
    if min(len(first), len(second)) < 5 or len(ends) > 1:  # Daniel and Daniela, Petrov and Petrova
        return False
    skeleton = _skeleton(first)
    return len(skeleton) >= 2 and skeleton == _skeleton(second)


def _initial_of(initial: str, word: str) -> bool:
    return len(initial) == 1 and word.startswith(initial)


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


def likeness(short: Words, long: Words) -> Likeness | None:
    """How ``short``, a name of two words or more, resembles ``long``; None if they are the names of two people.

    Directed: only ``short`` may be the shorter of the two, as in `Likeness.SHORTER` and `Likeness.PART`.

    >>> likeness(("sergei", "lund"), ("sergey", "lund"))
    <Likeness.SPELLING: 'spelling'>
    >>> likeness(("a", "lund"), ("ada", "berta", "lund")), likeness(("eva", "lund"), ("ada", "lund"))
    (<Likeness.SHORTER: 'shorter'>, None)
    """
    short, long = joined(tuple(short)), joined(tuple(long))
    if _same_run(short, long):
        return Likeness.SPELLING
    if len(short) == len(long) and all(_same_rough(*pair) for pair in zip(short, long, strict=True)):
        return Likeness.ROUGH
    if len(short) > len(long) or len(short) < 2:
        return None
    if _same_spelling(short[-1], long[-1]) and _is_shorter(short[:-1], long[:-1]):
        return Likeness.SHORTER
    start = contains_at(short, long)
    if start is None:
        return None
    # Enrique Peña is Enrique Peña Nieto, but Maria Lund need not be Ada Maria Lund.
    return Likeness.SHORTER if start == 0 and len(short[0]) > 1 else Likeness.PART


def _is_shorter(short: Words, long: Words) -> bool:
    """Whether given names abbreviate others: the first stands for the first, the rest for some of the rest."""
    return _stands_for(short[0], long[0]) and _in_order(short[1:], long[1:], _stands_for)


def _stands_for(short: str, long: str) -> bool:
    return _same_spelling(short, long) or _initial_of(short, long)
