"""Countries under all their names, and the seats of government that stand for them.

The table is ``data/countries.csv``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from onrecord.names.forms import fold, without_possessive
from onrecord.text.word_lists import read_lists, read_table

_OFFICIAL: Final = re.compile(
    r"^(?:the )?(?:(?:federal |islamic |federative |federated |democratic |socialist |arab |co operative )*"
    r"(?:republic|kingdom|state|states|sultanate|commonwealth|principality|emirate)) of (?:the )?(.+)$"
)
_ADJECTIVAL: Final = re.compile(r"^(?:the )?(.+) (?:federation|republic|kingdom|government|authorities)$")


@dataclass(frozen=True, slots=True)
class _Table:
    names: dict[str, str]
    acronyms: dict[str, str]
    seats: dict[str, str]
    adjectives: dict[str, str]
    adjective_of: dict[str, str]


@cache
def _table() -> _Table:
    table = _Table({}, {}, {}, {}, {})
    for row in read_table("onrecord.names", "countries"):
        name = row["name"]
        for form in (name, *filter(None, row["other_names"].split("|"))):
            # "US" is a country, "us" is not: acronyms count only in capitals.
            known = table.acronyms if form.upper() == form else table.names
            known[fold(form)] = name
        for seat in filter(None, row["seats"].split("|")):
            table.seats[fold(seat)] = name
        for adjective in filter(None, row["adjectives"].split("|")):
            table.adjectives[fold(adjective)] = name
            table.adjective_of.setdefault(name, adjective)
    return table


def _plain(form: str) -> tuple[str, bool]:
    bare = re.sub(r"^[Tt]he\s+", "", without_possessive(form))
    return fold(bare), bare.upper() == bare


def country_named(form: str) -> str | None:
    """The usual short name of the country that ``form`` names, or None.

    >>> country_named("the U.S."), country_named("Russian Federation"), country_named("us")
    ('United States', 'Russia', None)
    """
    table = _table()
    plain, shouted = _plain(form)
    if shouted and plain in table.acronyms:
        return table.acronyms[plain]
    if plain in table.names:
        return table.names[plain]
    if official := _OFFICIAL.match(plain):
        return table.names.get(official.group(1))
    if adjectival := _ADJECTIVAL.match(plain):
        return table.adjectives.get(adjectival.group(1)) or table.names.get(adjectival.group(1))
    return None


def country_of_seat(form: str) -> str | None:
    """The country whose government is meant by ``form``, a capital or the like.

    >>> country_of_seat("Ankara")
    'Turkey'
    """
    return _table().seats.get(_plain(form)[0])


def country_of_adjective(form: str) -> str | None:
    """The country of an adjective or demonym, also in the plural.

    >>> country_of_adjective("Georgian"), country_of_adjective("Canadians")
    ('Georgia', 'Canada')
    """
    adjectives = _table().adjectives
    plain = _plain(form)[0]
    return adjectives.get(plain) or adjectives.get(plain.removesuffix("s"))


def adjective_of(country: str) -> str | None:
    """The adjective of a country given by its usual short name."""
    return _table().adjective_of.get(country)


def country_in(form: str) -> str | None:
    """The country that ``form`` belongs to as a name, an adjective or a seat."""
    return country_named(form) or country_of_adjective(form) or country_of_seat(form)


def with_owner(before: str, form: str) -> tuple[str, ...]:
    """The name of a state organization with the country ``before`` it, and, if that differs, as it is written.

    >>> with_owner("said Georgia's ", "Foreign Ministry")
    ('Georgian Foreign Ministry', "Georgia's Foreign Ministry")
    """
    for owner_pattern in (r"[A-Z]\S*\s+[A-Z]\S*?", r"[A-Z]\S*?"):
        match = re.search(rf"(?<!\S)({owner_pattern})([’']s)?\s+$", before)
        owner = match.group(1) if match else ""
        country = country_named(owner)
        if match and (country or country_of_adjective(owner)):
            written = f"{owner}{match.group(2) or ''} {form}"
            adjective = adjective_of(country) if country and match.group(2) else owner
            return (f"{adjective} {form}", written) if adjective and adjective != owner else (written,)
    return ()


@lru_cache(maxsize=8192)
def organization_key(name: str) -> tuple[str, ...]:
    """The content words of an organization's name: what its spellings have in common.

    Their order matters except for ministries and the like: a University of Easton may not be Easton University.

    >>> organization_key("US Department of State") == organization_key("the U.S. State Department")
    True
    """
    found: list[str] = []
    pieces = _joined_countries(without_possessive(name)).split()
    for piece in pieces:
        country = country_named(piece) or (country_of_adjective(piece) if len(pieces) > 1 else None)
        word = fold(country) if country else fold(without_possessive(piece))
        if word and word not in _IGNORED:
            found.append(word)
    if _FREE_ORDER.intersection(found):
        found.sort()
    return tuple(dict.fromkeys(found)) or tuple(fold(name).split())


def _joined_countries(name: str) -> str:
    """``name`` with countries of two words as one acronym, so that they can be looked up word by word."""
    return re.sub(r"\bUnited States\b", "US", re.sub(r"\bUnited Kingdom\b", "UK", name))


_FREE_ORDER: Final = frozenset(["department", "ministry", "embassy", "secretariat", "bureau"])
_IGNORED: Final = read_lists("onrecord.names", "organizations")["left out of keys"]


def country_words(key: tuple[str, ...]) -> frozenset[str]:
    """The words of an organization's key that are countries."""
    names = _country_keys()
    return frozenset(word for word in key if word in names)


@cache
def _country_keys() -> frozenset[str]:
    return frozenset(fold(name) for name in _table().names.values())


def split_countries(pieces: list[str]) -> tuple[set[str], list[str]]:
    """The countries that the words of a phrase name in any way, folded, and the words that are left."""
    countries: set[str] = set()
    rest: list[str] = []
    index = 0
    while index < len(pieces):
        for width in (3, 2, 1):
            words = " ".join(without_possessive(piece) for piece in pieces[index : index + width])
            if words[:1].isupper() and (country := country_in(words)):
                countries.add(fold(country))
                index += width
                break
        else:
            rest.append(pieces[index])
            index += 1
    return countries, rest
