"""Which of several listed people with one name an article means, by what it says of them.

What counts is a party, a place and the work of a role that the list gives to one of them and not to the others. What
the article says against somebody rules them out: another party, another place, a post elsewhere, other work. If that
leaves a doubt, nobody is chosen: a missing id can be found later, a wrong one can't.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Final

from onrecord.document import Speaker, Statement
from onrecord.names.countries import country_named
from onrecord.names.forms import fold, split_title, without_possessive
from onrecord.names.lexicon import person_nouns
from onrecord.names.occupations import Compatibility, Occupation, compare, read_occupation
from onrecord.text.word_lists import read_table

_NOT_TELLING: Final = frozenset(["the", "of", "and", "for", "a", "an", "in", "party", "movement"])
_PARTY_AND_PLACE: Final = re.compile(r"\b([A-Z])(?:em|ep)?\.?[-–]\s?((?:[A-Z][\w.]*)(?: [A-Z][\w.]*){0,2})")
"""``R-Texas``, ``D-N.Y.``: the letter of a party and a state, as US media write it."""

_LONGEST_PLACE: Final = 6
"""Words of a place's name, at most."""

_BEFORE_NAME: Final = 6
"""Words before a name that may be its role: ``Republican Senate candidate``."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a list says of somebody, or an article: parties and places as their plain words, and the work."""

    parties: frozenset[frozenset[str]] = frozenset()
    places: frozenset[str] = frozenset()
    occupation: Occupation = field(default_factory=Occupation)

    def __bool__(self) -> bool:
        return bool(self.parties or self.places or self.occupation)


def facts_of(roles: Sequence[str], parties: Sequence[str], places: Sequence[str]) -> Facts:
    """What a list says of somebody."""
    occupation = Occupation()
    for role in roles:
        occupation |= read_occupation(role)
    return Facts(
        frozenset(words for party in parties if (words := _party_words(party))),
        frozenset(_place(place) for place in places if fold(place)),
        occupation,
    )


def told_apart(everybody: Sequence[Facts]) -> bool:
    """Whether an article could tell each of these from the others."""
    evidence = [_evidence_of(facts) for facts in everybody]
    return all(
        found and not any(found <= other for place, other in enumerate(evidence) if place != number)
        for number, found in enumerate(evidence)
    )


class Vocabulary:
    """The parties and places of a list, and what of them an article's words name."""

    def __init__(self, everybody: Iterable[Facts]) -> None:
        self._parties: set[frozenset[str]] = set()
        self._places: set[str] = set()
        for facts in everybody:
            self._parties |= facts.parties
            self._places |= facts.places
        self.read = lru_cache(maxsize=4096)(self._read)

    def _read(self, said: str) -> Facts:
        said = _PARTY_AND_PLACE.sub(self._spelled_out, said)
        words = [word for piece in re.split(r"[\s/–—-]+", said) for word in fold(without_possessive(piece)).split()]
        capitals = {
            word for piece in re.split(r"[\s/–—-]+", said) if piece[:1].isupper() for word in fold(piece).split()[:1]
        }
        plain = {_party_word(word) for word in words}
        parties = {party for party in self._parties if party <= plain}
        parties = {party for party in parties if not any(party < other for other in parties)}
        runs = {
            " ".join(words[start : start + length])
            for start in range(len(words))
            if words[start] in capitals
            for length in range(1, _LONGEST_PLACE + 1)
        }
        occupation = read_occupation(said)
        places = (runs & self._places) | {_place(country) for country in occupation.countries} & self._places
        return Facts(frozenset(parties), frozenset(places), occupation)

    def _spelled_out(self, match: re.Match[str]) -> str:
        """A party's letter and a place in words, if a party of the list begins with that letter."""
        letter = match[1].casefold()
        single = {next(iter(party)) for party in self._parties if len(party) == 1}
        found = {party for party in single if party.startswith(letter)}
        if len(found) != 1:
            return match[0]
        state = _states().get(fold(match[2]), match[2].strip("."))
        return f"{found.pop()} {state}"


def choose(candidates: Mapping[int, Facts], said: Iterable[str], vocabulary: Vocabulary) -> int | None:
    """The number of the candidate that an article means, which says these things of somebody; None if that is open.

    With one candidate, this is them unless something speaks against it.
    """
    heard = Facts()
    for text in said:
        read = vocabulary.read(text)
        heard = Facts(heard.parties | read.parties, heard.places | read.places, heard.occupation | read.occupation)
    evidence = {number: _evidence(facts, heard) for number, facts in candidates.items()}
    left = {number: found for number, found in evidence.items() if found is not None}
    if len(candidates) == 1:
        return next(iter(left), None)
    for number, found in left.items():
        others = [other for rival, other in left.items() if rival != number]
        telling = {kind for kind, _ in found} - {"field"}
        if found and (telling or not others) and all(other < found for other in others):
            return number
    return None


def _evidence(facts: Facts, heard: Facts) -> frozenset[tuple[str, str]] | None:
    """What of the things heard is true of somebody; None if one of them cannot be."""
    if heard.parties and facts.parties and not heard.parties & facts.parties:
        return None
    if heard.places and facts.places and not heard.places & facts.places:
        return None
    if compare(heard.occupation, facts.occupation) is Compatibility.APART:
        return None
    return _evidence_of(facts) & _evidence_of(heard)


def _evidence_of(facts: Facts) -> frozenset[tuple[str, str]]:
    work = facts.occupation
    nouns = {noun for noun in work.nouns if (known := person_nouns().get(noun)) is None or known.scope != "general"}
    return frozenset(
        [
            *(("party", " ".join(sorted(party))) for party in facts.parties),
            *(("place", place) for place in facts.places | work.places | {_place(name) for name in work.countries}),
            *(("noun", noun) for noun in nouns | work.odd),
            *(("field", field) for field in work.fields - work.odd),
        ]
    )


def said_of(statement: Statement, speaker: Speaker) -> list[str]:
    """What a statement's article says of a named speaker: the role, titles, and what stands around the name."""
    said = [speaker.role] if speaker.role else []
    said += [title for form in (speaker.name or "", *speaker.aliases) if (title := split_title(form)[0])]
    if len(statement.speakers) == 1 and statement.source is not None:
        said += _around(statement.source.text, (speaker.name or "", *speaker.aliases))
    return said


def _around(source: str, names: Sequence[str]) -> list[str]:
    found = max((name for name in names if name and name in source), key=len, default=None)
    if found is None:
        return []
    before, _, after = source.partition(found)
    said = []
    words = before.split()
    if 0 < len(words) <= _BEFORE_NAME and not any(word.endswith(",") or fold(word) == "and" for word in words):
        said.append(before.strip())
    if (party := re.match(r"\s*[,(]?\s*\(?(?=[A-Z](?:em|ep)?\.?[-–])([^,()]+)", after)) is not None:
        said.append(party[1].strip())
    elif (place := re.match(r"\s+of ((?:[A-Z][\w.’'-]*)(?: [A-Z][\w.’'-]*)*)", after)) is not None:
        said.append(place[1])
    return said


@lru_cache(maxsize=4096)
def _party_words(party: str) -> frozenset[str]:
    words = {_party_word(word) for word in fold(party).split()}
    return frozenset(words - _NOT_TELLING) or frozenset(words)


@cache
def _party_table() -> dict[str, str]:
    return {row["word"]: row["party"] for row in read_table("onrecord.names", "party_words")}


def _party_word(word: str) -> str:
    return _party_table().get(word, word)


@lru_cache(maxsize=4096)
def _place(place: str) -> str:
    return fold(country_named(place) or place).removeprefix("the ")


@cache
def _states() -> dict[str, str]:
    """The states of the US by their postal codes and abbreviations."""
    rows = read_table("onrecord.names", "us_states")
    return {fold(form): row["state"] for row in rows for form in (row["code"], row["abbreviation"]) if form}
