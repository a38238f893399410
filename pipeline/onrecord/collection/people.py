"""Which names in different articles are those of one person.

Works on the occurrences that `speakers.CollectionSpeakers` collects, one for each person of each article, and assigns
each to an entity. Names are joined where names and roles allow it and kept apart where they leave it open: two people
under one id make every count wrong, while one person under two ids can still be put together.

1. Occurrences of one full name are one person unless their roles contradict each other (`group_roles`).
2. Full names with another spelling, shortened or abbreviated, join the only name that they can stand for.
3. A surname alone joins the only person who has it; of several, the one with the same role. Otherwise the Smith of
   each article is a different person.

Names are compared within blocks of names that share the consonants of a word, so memory is bounded by the people of
one surname. Everything happens in the order of names, never in the order of reading.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from onrecord.collection.listed_people import NOBODY, People
from onrecord.files.sqlite import Database
from onrecord.names.occupations import Compatibility, Occupation, compare, read_occupation
from onrecord.names.similarity import Likeness, block_of, contains_at, joined, likeness

_DOMINANT: Final = 0.9
"""The share of a name's articles from which the articles without a role are taken to mean the same person."""

_UNKNOWN: Final = Occupation()

_MANY: Final = 50
"""A first name that more people share is not looked up."""


@dataclass(slots=True)
class RoleGroup:
    """Roles that one person of a name may have, and how many articles give one of them."""

    occupation: Occupation
    roles: list[str]
    articles: int


def group_roles(roles: Sequence[tuple[str, int]]) -> tuple[list[RoleGroup], list[str]]:
    """The roles of one full name as a group for each person, most articles first, and the roles that fit several.

    ``roles`` are the different roles, each with the number of its articles; an empty one where none is given.
    """
    articles = dict(roles)
    read = {role: read_occupation(role) for role in articles}
    groups: list[RoleGroup] = []
    unassigned: list[str] = []

    def most_telling_first(role: str) -> tuple[bool, bool, bool, int, str]:
        work = read[role]
        return (not work.fields, not work.posts, not (work.places or work.countries), -articles[role], role)

    for role in sorted(articles, key=most_telling_first):
        compatibilities = [(compare(group.occupation, read[role]), group) for group in groups]
        same = [group for compatibility, group in compatibilities if compatibility is Compatibility.SAME]
        fitting = same or [
            group for compatibility, group in compatibilities if compatibility >= Compatibility.PLAUSIBLE
        ]
        if len(fitting) == 1 and (same or len(groups) == 1 or read[role].fields):
            group = fitting[0]
            group.occupation |= read[role]
            group.roles.append(role)
            group.articles += articles[role]
        elif not fitting and read[role].fields:
            groups.append(RoleGroup(read[role], [role], articles[role]))
        else:
            unassigned.append(role)
    groups = _merge_stragglers(groups)
    if not groups:
        return [RoleGroup(_UNKNOWN, unassigned, sum(articles.values()))], []
    if groups[0].articles >= _DOMINANT * sum(group.articles for group in groups):
        groups[0].roles.extend(unassigned)
        groups[0].articles += sum(articles[role] for role in unassigned)
        unassigned = []
    return groups, unassigned


def _merge_stragglers(groups: list[RoleGroup]) -> list[RoleGroup]:
    """The groups, largest first; a group that is only doubtfully apart from a much larger one becomes part of it."""
    groups = sorted(groups, key=lambda group: (-group.articles, group.roles[0]))
    total = sum(group.articles for group in groups)
    kept = groups[:1]
    for group in groups[1:]:
        first = kept[0]
        if first.articles >= _DOMINANT * total and compare(first.occupation, group.occupation) > Compatibility.APART:
            first.roles.extend(group.roles)
            first.articles += group.articles
        else:
            kept.append(group)
    return kept


@dataclass(slots=True)
class _Person:
    """An entity of a block, as far as joining needs to know it. ``entry`` is its number in the file of people."""

    number: int
    entry: int | None
    keys: set[str]
    occupation: Occupation
    articles: int
    words: list[tuple[str, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.words = [tuple(key.split()) for key in sorted(self.keys)]

    @property
    def fullness(self) -> tuple[int, int, str]:
        """Sorts the person with the fullest name first."""
        spelled_out = max((sum(len(word) > 1 for word in words), sum(map(len, words))) for words in self.words)
        return (-spelled_out[0], -spelled_out[1], min(self.keys))


class PeopleResolver:
    """Assigns every occurrence of a person to an entity, in the tables of `speakers.CollectionSpeakers`."""

    def __init__(self, database: Database, people: People = NOBODY) -> None:
        """``people`` are those whose ids are given: a name that may be several of them is joined only by its role."""
        self._database = database
        self._may_be_several = lru_cache(maxsize=4096)(lambda words: len(people.may_be(words)) > 1)

    def resolve(self) -> None:
        """Enters the entities and assigns the occurrences to them."""
        for (key,) in self._database.rows(
            "SELECT key FROM occurrence WHERE sort = 'person' GROUP BY key HAVING MAX(bare) = 0 ORDER BY key"
        ):
            self._enter(key)
        for (block,) in self._database.rows(
            "SELECT block FROM block JOIN bearer USING (key) WHERE NOT opens GROUP BY block "
            "HAVING COUNT(DISTINCT entity) > 1 ORDER BY block"
        ):
            self._join_block(block)
        for (key,) in self._database.rows(
            "SELECT key FROM occurrence WHERE sort = 'person' GROUP BY key HAVING MAX(bare) = 1 ORDER BY key"
        ):
            self._place_bare(key)

    # Full names

    def _enter(self, key: str) -> None:
        """Entities for all bearers of a full name."""
        groups, unassigned = group_roles(self._roles(key))
        for group in groups if any(group.articles for group in groups) else []:
            entity = self._new(key)
            self._assign(entity, key, group.roles)
            self._database.execute("INSERT INTO bearer VALUES (?, ?)", key, entity)
        self._separate(key, unassigned)
        for (entity,) in self._database.all(
            "SELECT DISTINCT entity FROM occurrence WHERE sort = 'person' AND key = ? AND entry IS NOT NULL", key
        ):
            self._database.execute("INSERT OR IGNORE INTO bearer VALUES (?, ?)", key, entity)
        opening, *rest = map(block_of, joined(tuple(key.split())))
        rows = [(block, key, False) for block in sorted(set(rest))] + [(opening, key, True)] * (opening not in rest)
        self._database.execute_many("INSERT INTO block VALUES (?, ?, ?)", rows)

    def _join_block(self, block: str) -> None:
        people = self._people(block, opens=False)
        for kind in Likeness:
            ordered = sorted(people.values(), key=lambda person: (person.fullness, person.number))
            for number in [person.number for person in ordered]:
                if (person := people.get(number)) is None:
                    continue
                for candidate in self._alike(person, people.values(), kind):
                    if (
                        self._may_join(person, candidate)
                        and compare(person.occupation, candidate.occupation) >= Compatibility.OPEN
                    ):
                        person = self._join(person, candidate, people)

    def _alike(self, person: _Person, people: Iterable[_Person], kind: Likeness) -> list[_Person]:
        """The people to join ``person`` with, whose names are alike in this way; several only if spelled alike."""
        found = [
            (compare(person.occupation, candidate.occupation), candidate)
            for candidate in people
            if self._may_join(person, candidate) and self._is_alike(person, candidate, kind)
        ]
        found = [
            (fit, candidate)
            for fit, candidate in found
            if fit is Compatibility.SAME or not self._may_be_another(person, candidate)
        ]
        needed = Compatibility.SAME if kind is Likeness.ROUGH else Compatibility.OPEN
        if kind is Likeness.PART:
            found = [
                (fit, candidate)
                for fit, candidate in found
                if fit is Compatibility.SAME or self._is_linked(person, candidate)
            ]
        if kind is Likeness.SPELLING and not any(self._share_key(a, b) for _, a in found for _, b in found if a != b):
            return [candidate for fit, candidate in found if fit >= needed and not self._meet(person, candidate)]
        chosen = _best(found, needed)
        return [chosen] if chosen is not None and not self._meet(person, chosen) else []

    def _may_join(self, first: _Person, second: _Person) -> bool:
        listed_apart = first.entry is not None and second.entry is not None
        return first.number != second.number and not listed_apart and not self._share_key(first, second)

    def _share_key(self, first: _Person, second: _Person) -> bool:
        return not first.keys.isdisjoint(second.keys)

    def _is_alike(self, first: _Person, second: _Person, kind: Likeness) -> bool:
        return any(likeness(short, long) is kind for short in first.words for long in second.words)

    def _is_linked(self, first: _Person, second: _Person) -> bool:
        """Whether an article calls ``second`` by a name of ``first``."""
        return any(
            self._database.all("SELECT 1 FROM link WHERE short = ? AND long = ?", short, long)
            for short in sorted(first.keys)
            for long in sorted(second.keys)
        )

    def _may_be_another(self, first: _Person, second: _Person) -> bool:
        """Whether one of them is listed, and the other's names may be those of somebody else listed, too."""
        if (first.entry is None) == (second.entry is None):
            return False
        unlisted = second if first.entry is not None else first
        return any(map(self._may_be_several, unlisted.words))

    def _meet(self, first: _Person, second: _Person) -> bool:
        """Whether both appear in one article, which keeps them apart."""
        fewer, more = sorted((first, second), key=lambda person: person.articles)
        query = (
            "SELECT 1 FROM occurrence AS a JOIN occurrence AS b ON b.doc = a.doc WHERE a.entity = ? AND b.entity = ? "
            "LIMIT 1"
        )
        return bool(self._database.all(query, fewer.number, more.number))

    def _join(self, first: _Person, second: _Person, people: dict[int, _Person]) -> _Person:
        """Makes ``first`` part of ``second``, or the other way round if only ``first`` is in the file of people."""
        gone, kept = (second, first) if first.entry is not None else (first, second)
        self._database.execute("UPDATE occurrence SET entity = ? WHERE entity = ?", kept.number, gone.number)
        self._database.execute("UPDATE OR IGNORE bearer SET entity = ? WHERE entity = ?", kept.number, gone.number)
        self._database.execute("DELETE FROM bearer WHERE entity = ?", gone.number)
        self._database.execute("DELETE FROM entity WHERE number = ?", gone.number)
        del people[gone.number]
        occupation, articles = first.occupation | second.occupation, first.articles + second.articles
        people[kept.number] = _Person(kept.number, kept.entry, first.keys | second.keys, occupation, articles)
        return people[kept.number]

    def _people(self, block: str, opens: bool) -> dict[int, _Person]:
        """The people with a word of their name in ``block``: the first word if ``opens``, else another."""
        keys: dict[int, set[str]] = defaultdict(set)
        query = "SELECT key, entity FROM block JOIN bearer USING (key) WHERE block = ? AND opens = ?"
        for key, entity in self._database.all(query, block, opens):
            keys[entity].add(key)
        return {entity: self._person(entity, keys[entity]) for entity in sorted(keys)}

    def _person(self, entity: int, keys: set[str]) -> _Person:
        occupation, articles = _UNKNOWN, 0
        for role, count in self._database.all(
            "SELECT role, COUNT(*) FROM occurrence WHERE entity = ? GROUP BY role ORDER BY role", entity
        ):
            occupation |= read_occupation(role)
            articles += count
        entry = self._database.value("SELECT entry FROM entity WHERE number = ?", entity)
        return _Person(entity, entry, keys, occupation, articles)

    # Surnames alone

    def _place_bare(self, key: str) -> None:
        """Assigns each article's bearer of a surname alone to an entity."""
        words = tuple(key.split())
        bearers = self._bearers(words)
        is_linked = any(
            self._database.all("SELECT 1 FROM link WHERE short = ? AND long = ?", key, long)
            for bearer in bearers
            for long in sorted(bearer.keys)
        )
        by_surname = any(_ends_with(bearer, words) for bearer in bearers)
        needed = Compatibility.OPEN if by_surname or is_linked else Compatibility.SAME
        if any(bearer.entry is not None for bearer in bearers) and self._may_be_several(words):
            needed = Compatibility.SAME
        for role, _ in self._roles(key):
            occupation = read_occupation(role)
            whole = _best([(compare(bearer.occupation, occupation), bearer) for bearer in bearers], needed)
            if whole is not None:
                self._database.execute(
                    "UPDATE occurrence SET entity = ? WHERE sort = 'person' AND key = ? AND role = ? "
                    "AND entity IS NULL AND doc NOT IN (SELECT doc FROM occurrence WHERE entity = ?)",
                    *(whole.number, key, role, whole.number),
                )
        self._place_rest(key)

    def _bearers(self, words: tuple[str, ...]) -> list[_Person]:
        """The people that a surname may refer to; those with that first name only if nobody has the surname."""
        block = block_of(words[-1])
        people = list(self._people(block, opens=False).values())
        found = [person for person in people if _ends_with(person, words)]
        if not found:
            others = self._database.value("SELECT COUNT(*) FROM block WHERE block = ? AND opens", block)
            opening = self._people(block, opens=True).values() if others <= _MANY else []
            found = [person for person in (*people, *opening) if _contains(person, words)]
        first = max(found, key=lambda person: (person.articles, -person.number), default=None)
        if first and all(first is other or self._share_key(first, other) for other in found):
            total = sum(person.articles for person in found)
            return [first] if first.articles >= _DOMINANT * total else found
        return found

    def _place_rest(self, key: str) -> None:
        """Bearers of a surname that no full name fits: one person only if their roles say so."""
        groups: list[tuple[Occupation, list[str]]] = []
        unassigned: list[str] = []
        for role, _ in self._roles(key):
            occupation = read_occupation(role)
            same = [group for group in groups if compare(group[0], occupation) is Compatibility.SAME]
            if not occupation.fields or len(same) > 1:
                unassigned.append(role)
            elif same:
                same[0][1].append(role)
            else:
                groups.append((occupation, [role]))
        for _, group in groups:
            self._assign(self._new(key), key, group)
        self._separate(key, unassigned)

    # Tables

    def _roles(self, key: str) -> list[tuple[str, int]]:
        return [
            (role, count)
            for role, count in self._database.all(
                "SELECT role, COUNT(*) FROM occurrence WHERE sort = 'person' AND key = ? AND entity IS NULL "
                "GROUP BY role ORDER BY role",
                key,
            )
        ]

    def _new(self, key: str) -> int:
        return self._database.insert("INSERT INTO entity (sort, key) VALUES ('person', ?)", key)

    def _assign(self, entity: int, key: str, roles: Iterable[str]) -> None:
        self._database.execute_many(
            "UPDATE occurrence SET entity = ? WHERE sort = 'person' AND key = ? AND role = ? AND entity IS NULL",
            [(entity, key, role) for role in roles],
        )

    def _separate(self, key: str, roles: Iterable[str]) -> None:
        """An entity for each article."""
        for role in roles:
            docs = self._database.all(
                "SELECT doc FROM occurrence WHERE sort = 'person' AND key = ? AND role = ? AND entity IS NULL "
                "ORDER BY doc",
                key,
                role,
            )
            for (doc,) in docs:
                self._database.execute(
                    "UPDATE occurrence SET entity = ? WHERE sort = 'person' AND key = ? AND doc = ?",
                    *(self._new(key), key, doc),
                )


def _ends_with(person: _Person, words: tuple[str, ...]) -> bool:
    return any(contains_at(words, full) == len(full) - len(words) for full in person.words)


def _contains(person: _Person, words: tuple[str, ...]) -> bool:
    return any(contains_at(words, full) is not None for full in person.words)


def _best(found: list[tuple[Compatibility, _Person]], needed: Compatibility) -> _Person | None:
    """The only person found, or the only one with the same role, if they are compatible enough."""
    same = [person for compatibility, person in found if compatibility is Compatibility.SAME]
    if len(same) == 1:
        return same[0]
    if len(found) == 1 and found[0][0] >= needed:
        return found[0][1]
    return None
