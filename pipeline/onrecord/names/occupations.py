"""What roles tell about whether two bearers of one name are one person.

`read_occupation` reads a role as a line of work, the organizations and places it belongs to, and the posts of which
one person holds one at a time. `compare` then says whether one person can have both roles. Articles say little about
this, and in many different words, so only plain contradictions count; a role that tells nothing decides nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Final

from onrecord.names.countries import split_countries
from onrecord.names.forms import HONORIFICS, TITLES, fold, without_possessive
from onrecord.names.lexicon import noun_variants, person_nouns
from onrecord.text.word_lists import read_lists, read_table


class Compatibility(IntEnum):
    """Whether one person may have two roles: from two people (``APART``) to one person (``SAME``).

    ``DOUBTFUL``: other work elsewhere. ``PLAUSIBLE``: other work in the same place. ``OPEN``: nothing against it.
    """

    APART = 0
    DOUBTFUL = 1
    PLAUSIBLE = 2
    OPEN = 3
    SAME = 4


_LINES: Final = read_table("onrecord.names", "lines_of_work")
_NEIGHBOURS: Final = frozenset(
    frozenset((row["field"], other)) for row in _LINES for other in row["neighbours"].split()
)
"""Pairs of lines of work that one person may well be named in."""

_FIELD_OF_NOUN: Final = {
    noun: noun if facts.field == "trade" else facts.field for noun, facts in person_nouns().items() if facts.field
}
_FIELD_OF_CONTEXT: Final = {word: row["field"] for row in _LINES for word in row["context"].split()}
_GENERAL: Final = frozenset(noun for noun, facts in person_nouns().items() if facts.scope == "general")
"""Nouns of many lines of work: the words around them tell which."""

_TELLING_NOTHING: Final = frozenset(noun for noun, facts in person_nouns().items() if facts.scope == "anybody")
"""Nouns that may be said of anybody."""

_SINGLE_POSTS: Final = {noun: facts.post for noun, facts in person_nouns().items() if facts.post}
"""Posts that a place has only one of, and that a person rarely goes on to hold elsewhere."""

_SAME_NOUN: Final = noun_variants("occupation")
_ROLE_WORDS: Final = read_lists("onrecord.names", "roles")
_NO_NAMES: Final = (
    TITLES
    | HONORIFICS.keys()
    | _FIELD_OF_NOUN.keys()
    | _FIELD_OF_CONTEXT.keys()
    | _GENERAL
    | _ROLE_WORDS["parties"]
    | _ROLE_WORDS["common words"]
)
"""Words that are not a place or an organization, even in capitals."""

_PAST: Final = re.compile(r"\b(?:former|ex|retired|late|then|onetime|one-time)\b", re.IGNORECASE)
_BEFORE_COMPLEMENT: Final = frozenset(["of", "for", "at", "from", "in", "with", "to", "on", "and", "who"])
_STEM: Final = 5
"""Words that share this many first letters are taken for the same: wrestler and wrestling."""


@dataclass(frozen=True, slots=True)
class Occupation:
    """What roles say. ``countries`` and ``places`` (all other names in a role) are what somebody belongs to.

    ``odd`` are nouns taken as lines of work because no list has them. ``stems`` are the other words of the role, cut
    short. ``posts`` are the posts that a place has only one of, each with its place: ``mayor@easton``.
    """

    fields: frozenset[str] = frozenset()
    nouns: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    posts: frozenset[str] = frozenset()
    odd: frozenset[str] = frozenset()
    stems: frozenset[str] = frozenset()
    past: bool = False

    def __or__(self, other: Occupation) -> Occupation:
        """What both say about one person."""
        return Occupation(
            self.fields | other.fields,
            self.nouns | other.nouns,
            self.countries | other.countries,
            self.places | other.places,
            self.posts | other.posts,
            self.odd | other.odd,
            self.stems | other.stems,
            self.past and other.past,
        )

    def __bool__(self) -> bool:
        return bool(self.fields or self.nouns or self.countries or self.places or self.stems)


@lru_cache(maxsize=16384)
def read_occupation(role: str) -> Occupation:
    """The occupation that a role's words tell; an empty one if they tell nothing.

    >>> sorted(read_occupation("mayor of Easton").posts), sorted(read_occupation("Russian president").countries)
    (['mayor@easton'], ['russia'])
    """
    pieces = [piece.strip('.,;:()"“”') for piece in re.split(r"[\s/–—]+", role)]
    countries, rest = split_countries([piece for piece in pieces if piece])
    words = [word for piece in rest for word in fold(without_possessive(piece)).split()]
    nouns = {_SAME_NOUN.get(word, word) for word in words if word in _FIELD_OF_NOUN or word in _GENERAL}
    fields = {_FIELD_OF_NOUN[word] for word in words if word in _FIELD_OF_NOUN}
    if any(word in ("general", "major") for word in words) and (nouns & _GENERAL or len(fields) > 1):
        fields.discard("military")  # the secretary general, the attorney general
    if not fields:
        fields = {_FIELD_OF_CONTEXT[word] for word in words if word in _FIELD_OF_CONTEXT}
    if not fields and "president" in words and (countries or len(words) == 1):
        fields = {"politics"}
    odd = set()
    if not fields and (head := _head(role)) and head not in _GENERAL | _TELLING_NOTHING | _NO_NAMES:
        fields = odd = {head}
    places = {
        word
        for piece in rest
        if piece[:1].isupper()
        for word in fold(without_possessive(piece)).split()
        if word not in _NO_NAMES
    }
    held = {_SINGLE_POSTS[word] for word in words if word in _SINGLE_POSTS}
    where = countries if held & {"minister"} else places
    posts = {f"{post}@{place}" for post in held for place in where}
    return Occupation(
        frozenset(fields),
        frozenset(nouns),
        frozenset(countries),
        frozenset(places),
        frozenset(posts),
        frozenset(odd),
        frozenset(word[:_STEM] for word in words if word not in _NO_NAMES | _TELLING_NOTHING),
        _PAST.search(role) is not None,
    )


def _head(role: str) -> str | None:
    """The head noun of a role, if it is an ordinary word: ``miner`` in ``gold miner of Easton``."""
    words = re.split(r"[\s,;]+", role.strip())
    cut = next((index for index, word in enumerate(words) if word in _BEFORE_COMPLEMENT), len(words))
    word = words[cut - 1].strip(".()\"“”’'") if cut else ""
    return word if word.isalpha() and word.islower() and len(word) > 2 else None


def compare(first: Occupation, second: Occupation) -> Compatibility:
    """What the occupations of two bearers of a name say about whether they are one person."""
    compatibility = _compare_present(first, second)
    if compatibility >= Compatibility.PLAUSIBLE or not (first.past or second.past):
        return compatibility
    # A former footballer may be a minister now.
    return Compatibility.DOUBTFUL if _hold_different_posts(first, second) else Compatibility.PLAUSIBLE


def _compare_present(first: Occupation, second: Occupation) -> Compatibility:
    if not first or not second:
        return Compatibility.OPEN
    if _hold_different_posts(first, second):
        return Compatibility.APART
    shared = bool(first.countries & second.countries or first.places & second.places)
    if first.fields & second.fields:
        alike = shared or first.nouns & second.nouns or first.stems & second.stems
        return Compatibility.SAME if alike else Compatibility.OPEN
    if not first.fields or not second.fields:
        return Compatibility.SAME if shared or first.stems & second.stems else Compatibility.OPEN
    if first.odd or second.odd:
        return Compatibility.PLAUSIBLE if shared or first.stems & second.stems else Compatibility.DOUBTFUL
    if any(frozenset((field, other)) in _NEIGHBOURS for field in first.fields for other in second.fields):
        return Compatibility.PLAUSIBLE if shared else Compatibility.DOUBTFUL
    return Compatibility.APART


def _hold_different_posts(first: Occupation, second: Occupation) -> bool:
    held = {post.split("@")[0] for post in first.posts} & {post.split("@")[0] for post in second.posts}
    return any(not _places_of(post, first) & _places_of(post, second) for post in held)


def _places_of(post: str, occupation: Occupation) -> set[str]:
    return {place for held, place in (text.split("@") for text in occupation.posts) if held == post}
