"""One name and one id for each speaker over all articles of a run.

First every statement is added, then ``finish`` decides which speakers are the same, then ``with_final_names`` gives
statements their final names and ids. The result depends on the set of articles alone, not on their order:

- people are matched by name and role, see `people`;
- organizations match if their names have the same words, or by an acronym that belongs to only one of them;
- speakers listed in the file of people get the names and ids that it gives, see `listed_people`; where several people
  listed have the name, those that the article means, and where that stays open, no id.

Everything is kept in SQLite, so memory does not grow with the collection.
"""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from onrecord.collection.listed_people import NOBODY, People
from onrecord.collection.namesakes import said_of
from onrecord.collection.people import PeopleResolver
from onrecord.document import Speaker, Statement
from onrecord.files.sqlite import Database
from onrecord.names.countries import organization_key
from onrecord.names.forms import fold, is_acronym, person_words, slug, split_title
from onrecord.names.similarity import is_bare
from onrecord.stages.sourcing.types import source_type

_SCHEMA: Final = """
CREATE TABLE occurrence (sort TEXT, key TEXT, doc TEXT, name TEXT, role TEXT, bare INT, entry INT, entity INT,
                         PRIMARY KEY (sort, key, doc)) WITHOUT ROWID;
CREATE TABLE candidate (sort TEXT, key TEXT, doc TEXT, entry INT, PRIMARY KEY (sort, key, doc, entry)) WITHOUT ROWID;
CREATE TABLE said (sort TEXT, key TEXT, doc TEXT, words TEXT, PRIMARY KEY (sort, key, doc, words)) WITHOUT ROWID;
CREATE TABLE entity (number INTEGER PRIMARY KEY, sort TEXT, key TEXT, entry INT, name TEXT, id TEXT,
                     open INT DEFAULT 0);
CREATE INDEX entity_key ON entity (sort, key);
CREATE TABLE bearer (key TEXT, entity INT, PRIMARY KEY (key, entity)) WITHOUT ROWID;
CREATE INDEX bearer_entity ON bearer (entity);
CREATE TABLE block (block TEXT, key TEXT, opens INT, PRIMARY KEY (block, key)) WITHOUT ROWID;
CREATE TABLE link (short TEXT, long TEXT, PRIMARY KEY (short, long)) WITHOUT ROWID;
CREATE TABLE acronym (acronym TEXT, key TEXT, PRIMARY KEY (acronym, key)) WITHOUT ROWID;
CREATE TABLE slug (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE slug_clash (place INTEGER PRIMARY KEY, entity INT, slug TEXT)
"""
"""``occurrence``: a name in an article, and the entity that it names; ``entry``: a number in the file of people;
``candidate``: the entries that a name in an article may mean; ``said``: what the article says of the person;
``open``: 1 for a name of several listed people where articles leave open who is meant;
``bearer``: the entities with a full name; ``block``: full names by what the spellings of a word have in common;
``link``: a short form that an article uses for a full name."""

Sort = Literal["person", "organization", "document", "unknown"]


class _FinalName(NamedTuple):
    """What ``finish`` decided about a name in an article."""

    sort: Sort
    name: str
    id: str | None
    entry: int | None


class CollectionSpeakers:
    """The speakers of a run, in tables of a database.

    >>> with Database() as database:
    ...     speakers = CollectionSpeakers(database)
    ...     speakers.finish()
    """

    def __init__(self, database: Database, people: People = NOBODY) -> None:
        """``people`` are those whose names and ids are given."""
        self._database = database
        self._people = people
        self._finished = False
        self._doc: str | None = None
        self._final_names: dict[tuple[str, str], _FinalName] = {}
        database.create(_SCHEMA)

    def add(self, statement: Statement) -> None:
        """Adds the speakers of a statement.

        Raises:
            RuntimeError: ``finish`` has been called.
        """
        if self._finished:
            raise RuntimeError("the speakers are finished; add every statement before finish()")
        for speaker in statement.speakers:
            if speaker.name:
                self._add(statement, speaker, speaker.name)

    def finish(self) -> None:
        """Decides which names are those of one speaker, and chooses names and ids."""
        self._database.execute("CREATE INDEX occurrence_entity ON occurrence (entity)")
        self._database.execute("CREATE INDEX occurrence_doc ON occurrence (doc)")
        self._choose_listed()
        self._enter_given()
        PeopleResolver(self._database, self._people).resolve()
        self._enter_others()
        self._join_acronyms()
        self._join_unknown()
        self._choose_names()
        self._choose_ids()
        self._finished = True

    def with_final_names(self, statement: Statement) -> Statement:
        """``statement`` with the final names and ids of its speakers; unnamed ones stay as they are.

        Raises:
            RuntimeError: ``finish`` has not been called.
        """
        if not self._finished:
            raise RuntimeError("the speakers are not finished; call finish() after the last add()")
        if not any(speaker.name for speaker in statement.speakers):
            return statement
        if statement.doc != self._doc:
            self._doc = statement.doc
            self._final_names = self._names_in(statement.doc)
        return replace(statement, speakers=tuple(self._final(speaker) for speaker in statement.speakers))

    def _names_in(self, doc: str) -> dict[tuple[str, str], _FinalName]:
        rows = self._database.rows(
            "SELECT occurrence.sort, occurrence.key, entity.sort, entity.name, entity.id, entity.entry "
            "FROM occurrence JOIN entity ON entity.number = occurrence.entity WHERE occurrence.doc = ?",
            doc,
        )
        return {(sort, key): _FinalName(*final) for sort, key, *final in rows}

    def _final(self, speaker: Speaker) -> Speaker:
        if not speaker.name:
            return speaker
        sort = _sort(speaker)
        final = self._final_names.get((sort, _key(sort, speaker.name)))
        if final is None:
            return speaker
        aliases = tuple(dict.fromkeys(form for form in (speaker.name, *speaker.aliases) if form != final.name))
        kind = final.sort if sort == "unknown" and final.sort != "unknown" else speaker.kind
        named = replace(speaker, name=final.name, id=final.id, kind=kind, aliases=aliases)
        if final.entry is None:
            return named
        given = self._people[final.entry]
        return replace(
            named,
            kind=given.kind or kind,
            role=given.role or speaker.role,
            gender=given.gender or speaker.gender,
            source_type=source_type(given.kind, final.name) if given.kind else speaker.source_type,
        )

    # Adding

    def _add(self, statement: Statement, speaker: Speaker, name: str) -> None:
        doc, people = statement.doc, self._people
        sort = _sort(speaker)
        key = _key(sort, name)
        bare = sort == "person" and is_bare(name, key.split())
        self._database.execute(
            "INSERT OR IGNORE INTO occurrence VALUES (?, ?, ?, ?, ?, ?, ?, NULL)",
            *(sort, key, doc, name, speaker.role or "", bare, people.find(speaker) if people.own else None),
        )
        if not people.own and (candidates := people.candidates(speaker)):
            rows = [(sort, key, doc, candidate) for candidate in candidates]
            self._database.execute_many("INSERT OR IGNORE INTO candidate VALUES (?, ?, ?, ?)", rows)
            facts = [(sort, key, doc, words) for words in said_of(statement, speaker)]
            self._database.execute_many("INSERT OR IGNORE INTO said VALUES (?, ?, ?, ?)", facts)
        for alias in speaker.aliases:
            short = _key(sort, alias)
            if sort == "person" and not bare and short != key:
                self._database.execute("INSERT OR IGNORE INTO link VALUES (?, ?)", short, key)
            elif sort == "organization" and is_acronym(alias) and not is_acronym(name):
                self._database.execute("INSERT OR IGNORE INTO acronym VALUES (?, ?)", short, key)

    # Finishing

    def _choose_listed(self) -> None:
        """The entry that each name in an article means; an entity of its own for a name that leaves it open."""
        names = "SELECT sort, key, doc, COUNT(*) FROM candidate GROUP BY sort, key, doc ORDER BY sort, key, doc"
        left: int | None = None
        before: tuple[str, str] | None = None
        for sort, key, doc, count in self._database.rows(names):
            where = "WHERE sort = ? AND key = ? AND doc = ?"
            query = f"SELECT entry FROM candidate {where} ORDER BY entry"
            candidates = tuple(entry for (entry,) in self._database.all(query, sort, key, doc))
            said = [words for (words,) in self._database.all(f"SELECT words FROM said {where}", sort, key, doc)]
            entry = self._people.choose(candidates, said)
            if entry is not None:
                self._database.execute(f"UPDATE occurrence SET entry = ? {where}", entry, sort, key, doc)
            elif count > 1:
                if before != (sort, key):
                    left = self._database.insert("INSERT INTO entity (sort, key, open) VALUES (?, ?, 1)", sort, key)
                    before = (sort, key)
                self._database.execute(f"UPDATE occurrence SET entity = ? {where}", left, sort, key, doc)

    def open_names(self) -> dict[str, int]:
        """Names of several listed people, with how many articles leave open who is meant, the most frequent first."""
        query = (
            "SELECT entity.name, COUNT(DISTINCT doc) FROM entity JOIN occurrence ON occurrence.entity = entity.number "
            "WHERE open GROUP BY entity.name ORDER BY 2 DESC, entity.name"
        )
        return dict(self._database.all(query))

    def _enter_given(self) -> None:
        """An entity for each entry of the file of people that has spoken."""
        for entry, sort, key in self._database.rows(
            "SELECT entry, MIN(sort), MIN(key) FROM occurrence WHERE entry IS NOT NULL GROUP BY entry ORDER BY entry"
        ):
            entity = self._database.insert(
                "INSERT INTO entity (sort, key, entry) VALUES (?, ?, ?)", self._people[entry].kind or sort, key, entry
            )
            self._database.execute("UPDATE occurrence SET entity = ? WHERE entry = ?", entity, entry)

    def _enter_others(self) -> None:
        """An entity for each name that is not a person's."""
        self._database.execute(
            "INSERT INTO entity (sort, key) SELECT DISTINCT sort, key FROM occurrence "
            "WHERE sort <> 'person' AND entry IS NULL AND entity IS NULL ORDER BY sort, key"
        )
        self._database.execute(
            "UPDATE occurrence SET entity = (SELECT number FROM entity WHERE entity.sort = occurrence.sort "
            "AND entity.key = occurrence.key AND entity.entry IS NULL AND NOT open) "
            "WHERE sort <> 'person' AND entry IS NULL AND entity IS NULL"
        )

    def _join_acronyms(self) -> None:
        query = "SELECT acronym, MIN(key) FROM acronym GROUP BY acronym HAVING COUNT(*) = 1"
        for acronym, key in self._database.rows(query):
            short, long = self._entities("organization", acronym), self._entities("organization", key)
            if len(short) == len(long) == 1:
                self._join(short[0], long[0])

    def _join_unknown(self) -> None:
        """A name of unknown kind is that of the entity of a known kind with the same name, if there is only one."""
        query = "SELECT DISTINCT key FROM occurrence WHERE sort = 'unknown' ORDER BY key"
        for (key,) in self._database.rows(query):
            sorts: tuple[Sort, ...] = ("person", "organization", "document")
            found = {entity for sort in sorts for entity in self._entities(sort, _key(sort, key))}
            if len(found) == 1:
                for entity in self._entities("unknown", key):
                    self._join(entity, *found)

    def _entities(self, sort: Sort, key: str) -> list[int]:
        """Up to two entities with that name."""
        query = "SELECT DISTINCT entity FROM occurrence WHERE sort = ? AND key = ? ORDER BY entity LIMIT 2"
        return [entity for (entity,) in self._database.all(query, sort, key)]

    def _join(self, entity: int, other: int) -> None:
        """Makes ``entity`` part of ``other``, unless both are listed, or it is open who one of them is."""
        if any(self._database.value("SELECT open FROM entity WHERE number = ?", number) for number in (entity, other)):
            return
        query = "SELECT COUNT(entry) FROM entity WHERE number = ?"
        given = [number for number in (entity, other) if self._database.value(query, number)]
        if entity == other or len(given) == 2:
            return
        gone, kept = (other, entity) if entity in given else (entity, other)
        self._database.execute("UPDATE occurrence SET entity = ? WHERE entity = ?", kept, gone)
        self._database.execute("DELETE FROM entity WHERE number = ?", gone)

    def _choose_names(self) -> None:
        """The name in the file of people, or the entity's fullest form."""
        for number, entry in self._database.rows("SELECT number, entry FROM entity ORDER BY number"):
            forms = self._database.all(
                "SELECT name, key, COUNT(*) FROM occurrence WHERE entity = ? GROUP BY name, key", number
            )
            name = min(forms, key=_precedence)[0] if entry is None else self._people[entry].name
            self._database.execute("UPDATE entity SET name = ? WHERE number = ?", name, number)

    def _choose_ids(self) -> None:
        """The ids in the file of people, then slugs; equal slugs are numbered from 2."""
        query = "SELECT number, entry FROM entity WHERE entry IS NOT NULL ORDER BY entry"
        for number, entry in self._database.rows(query):
            if identifier := self._people[entry].id:
                self._take(number, identifier)
        query = "SELECT number, name FROM entity WHERE id IS NULL AND NOT open ORDER BY sort, key, number"
        for number, name in self._database.rows(query):
            if not self._take(number, slug(name)):
                self._database.execute("INSERT INTO slug_clash (entity, slug) VALUES (?, ?)", number, slug(name))
        last, suffix = "", 2
        for number, base in self._database.rows("SELECT entity, slug FROM slug_clash ORDER BY slug, place"):
            suffix = suffix if base == last else 2
            while not self._take(number, f"{base}-{suffix}"):
                suffix += 1
            last = base

    def _take(self, number: int, identifier: str) -> bool:
        """Gives an entity an id, if no other has it."""
        taken = self._database.execute("INSERT OR IGNORE INTO slug VALUES (?)", identifier)
        if taken:
            self._database.execute("UPDATE entity SET id = ? WHERE number = ?", identifier, number)
        return bool(taken)


def _sort(speaker: Speaker) -> Sort:
    return "organization" if speaker.kind == "group" else speaker.kind


@lru_cache(4096)
def _key(sort: str, name: str) -> str:
    """What all spellings of one name have in common."""
    if sort == "person":
        return " ".join(person_words(name))
    if sort == "organization":
        return " ".join(organization_key(name))
    return fold(name) or name


def _precedence(form: tuple[str, str, int]) -> tuple[object, ...]:
    """Orders the forms of an entity, best first: most words spelled out, most words, accents, most articles."""
    name, key, articles = form
    words = key.split()
    spelled_out = sum(len(word) > 1 for word in words)
    accents = len(unicodedata.normalize("NFD", name)) - len(unicodedata.normalize("NFC", name))
    shouted = name == name.upper()
    return (-spelled_out, -len(words), shouted, bool(split_title(name)[0]), -accents, -articles, name)
