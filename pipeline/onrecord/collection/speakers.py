"""One name and one id for each speaker over all articles of a run, kept on disk.

First every article's statements are added, then ``resolve`` decides which of their speakers are one, then ``rename``
gives statements their final names and ids. What is decided depends on the set of articles alone, not on the order
they were read in:

- people are joined by name and role, see `identity`;
- organizations are one by the words of their name, or by an acronym that only one of them bears;
- whom the file of people knows is named as the file says, see `people`.

Memory does not grow with the collection: everything is in SQLite.
"""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Literal, Self

from onrecord.collection.people import PeopleResolver
from onrecord.collection.people_file import NOBODY, People
from onrecord.document import Speaker, Statement
from onrecord.errors import OutputError
from onrecord.names.countries import organization_key
from onrecord.names.forms import fold, is_acronym, person_words, slug, split_title
from onrecord.names.similarity import is_bare

_SCHEMA: Final = """
DROP TABLE IF EXISTS occurrence;
DROP TABLE IF EXISTS entity;
DROP TABLE IF EXISTS bearer;
DROP TABLE IF EXISTS block;
DROP TABLE IF EXISTS link;
DROP TABLE IF EXISTS acronym;
DROP TABLE IF EXISTS slug;
CREATE TABLE occurrence (sort TEXT, key TEXT, doc TEXT, name TEXT, role TEXT, bare INT, listed INT, entity INT,
                         PRIMARY KEY (sort, key, doc)) WITHOUT ROWID;
CREATE TABLE entity (number INTEGER PRIMARY KEY, sort TEXT, key TEXT, listed INT, name TEXT, id TEXT);
CREATE INDEX entity_key ON entity (sort, key);
CREATE TABLE bearer (key TEXT, entity INT, PRIMARY KEY (key, entity)) WITHOUT ROWID;
CREATE INDEX bearer_entity ON bearer (entity);
CREATE TABLE block (block TEXT, key TEXT, opens INT, PRIMARY KEY (block, key)) WITHOUT ROWID;
CREATE TABLE link (short TEXT, long TEXT, PRIMARY KEY (short, long)) WITHOUT ROWID;
CREATE TABLE acronym (acronym TEXT, key TEXT, PRIMARY KEY (acronym, key)) WITHOUT ROWID;
CREATE TABLE slug (id TEXT PRIMARY KEY) WITHOUT ROWID;
"""
"""``occurrence``: a name in an article, and whose it is; ``bearer``: who has a full name; ``block``: full names by what
the spellings of a word have in common; ``link``: a short form that an article uses for a full name."""

_CACHE: Final = 65_536
"""Kilobytes of the file that are kept in memory."""

Sort = Literal["person", "organization", "document", "unknown"]


class Collection:
    """The speakers of a run. A context manager over an SQLite file, whose earlier content is dropped.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, Collection(Path(folder) / "speakers.sqlite") as collection:
    ...     collection.add([])
    ...     collection.resolve()
    """

    def __init__(self, path: Path, people: People = NOBODY) -> None:
        """``path`` is made if it is not there; ``people`` are those whose names and ids are given.

        Raises:
            OutputError: the file cannot be written, or is no SQLite file.
        """
        self._path = path
        self._people = people
        self._is_resolved = False
        with self._errors():
            # The file is scratch: if the run dies it is made again, so nothing waits for the disk.
            self._database = sqlite3.connect(path, isolation_level=None)
            self._database.execute("PRAGMA journal_mode = OFF")
            self._database.execute("PRAGMA synchronous = OFF")
            self._database.execute(f"PRAGMA cache_size = -{_CACHE}")
            self._database.executescript(_SCHEMA)
            self._database.execute("BEGIN")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file; may be called again."""
        self._database.close()

    def add(self, article_statements: Iterable[Statement]) -> None:
        """Takes in the speakers of one article's statements.

        Raises:
            OutputError: the file cannot be written.
        """
        self._is_resolved = False
        with self._errors():
            for statement in article_statements:
                for speaker in statement.speakers:
                    if speaker.name:
                        self._add(statement.doc, speaker, speaker.name)

    def resolve(self) -> None:
        """Decides which forms are one speaker's, and names and ids; may be called again after more was added.

        Raises:
            OutputError: the file cannot be written.
        """
        with self._errors():
            self._database.execute("DROP INDEX IF EXISTS occurrence_entity")
            self._database.execute("UPDATE occurrence SET entity = NULL")
            self._database.execute("DELETE FROM entity")
            self._database.execute("CREATE INDEX occurrence_entity ON occurrence (entity)")
            self._database.execute("CREATE INDEX IF NOT EXISTS occurrence_doc ON occurrence (doc)")
            self._enter_listed()
            PeopleResolver(self._database).resolve()
            self._enter_others()
            self._join_acronyms()
            self._join_unknown()
            self._choose_names()
            self._choose_ids()
            self._database.execute("COMMIT")
            self._database.execute("BEGIN")
        self._is_resolved = True

    def rename(self, statement: Statement) -> Statement:
        """``statement`` with the final names and ids of its speakers; unnamed ones stay as they are.

        Raises:
            RuntimeError: ``resolve`` has not been called since the last ``add``.
        """
        if not self._is_resolved:
            raise RuntimeError("the speakers are not resolved; call resolve() after the last add()")
        return replace(statement, speakers=tuple(self._final(statement.doc, one) for one in statement.speakers))

    def _final(self, doc: str, speaker: Speaker) -> Speaker:
        if not speaker.name:
            return speaker
        sort = _sort(speaker)
        with self._errors():
            row = self._database.execute(
                "SELECT entity.sort, entity.name, entity.id, entity.listed FROM occurrence "
                "JOIN entity ON entity.number = occurrence.entity "
                "WHERE occurrence.sort = ? AND occurrence.key = ? AND occurrence.doc = ?",
                (sort, _key(sort, speaker.name), doc),
            ).fetchone()
        if row is None:
            return speaker
        final_sort, name, identifier, listed = row
        aliases = tuple(dict.fromkeys(form for form in (speaker.name, *speaker.aliases) if form != name))
        kind = final_sort if sort == "unknown" and final_sort != "unknown" else speaker.kind
        final = replace(speaker, name=name, id=identifier, kind=kind, aliases=aliases)
        if listed is None:
            return final
        given = self._people[listed]
        return replace(final, kind=given.kind or kind, role=given.role or speaker.role)

    # Adding

    def _add(self, doc: str, speaker: Speaker, name: str) -> None:
        sort = _sort(speaker)
        key = _key(sort, name)
        bare = sort == "person" and is_bare(name, key.split())
        self._database.execute(
            "INSERT OR IGNORE INTO occurrence VALUES (?, ?, ?, ?, ?, ?, ?, NULL)",
            (sort, key, doc, name, speaker.role or "", bare, self._people.find(speaker)),
        )
        for alias in speaker.aliases:
            short = _key(sort, alias)
            if sort == "person" and not bare and short != key:
                self._database.execute("INSERT OR IGNORE INTO link VALUES (?, ?)", (short, key))
            elif sort == "organization" and is_acronym(alias) and not is_acronym(name):
                self._database.execute("INSERT OR IGNORE INTO acronym VALUES (?, ?)", (short, key))

    # Settling

    def _enter_listed(self) -> None:
        for listed, sort, key in self._rows(
            "SELECT listed, MIN(sort), MIN(key) FROM occurrence WHERE listed IS NOT NULL "
            "GROUP BY listed ORDER BY listed"
        ):
            entity = self._database.execute(
                "INSERT INTO entity (sort, key, listed) VALUES (?, ?, ?)",
                (self._people[listed].kind or sort, key, listed),
            ).lastrowid
            self._database.execute("UPDATE occurrence SET entity = ? WHERE listed = ?", (entity, listed))

    def _enter_others(self) -> None:
        """All that are no people: one for each name."""
        self._database.execute(
            "INSERT INTO entity (sort, key) SELECT DISTINCT sort, key FROM occurrence "
            "WHERE sort <> 'person' AND listed IS NULL ORDER BY sort, key"
        )
        self._database.execute(
            "UPDATE occurrence SET entity = (SELECT number FROM entity WHERE entity.sort = occurrence.sort "
            "AND entity.key = occurrence.key AND entity.listed IS NULL) WHERE sort <> 'person' AND listed IS NULL"
        )

    def _join_acronyms(self) -> None:
        for acronym, key in self._rows("SELECT acronym, MIN(key) FROM acronym GROUP BY acronym HAVING COUNT(*) = 1"):
            short, long = self._entities("organization", acronym), self._entities("organization", key)
            if len(short) == len(long) == 1:
                self._join(short[0], long[0])

    def _join_unknown(self) -> None:
        """Names of unknown kind are those of the one entity of a known kind that has the same name."""
        for (key,) in self._rows("SELECT DISTINCT key FROM occurrence WHERE sort = 'unknown' ORDER BY key"):
            sorts: tuple[Sort, ...] = ("person", "organization", "document")
            found = {entity for sort in sorts for entity in self._entities(sort, _key(sort, key))}
            if len(found) == 1:
                for entity in self._entities("unknown", key):
                    self._join(entity, *found)

    def _entities(self, sort: Sort, key: str) -> list[int]:
        return [
            entity
            for (entity,) in self._database.execute(
                "SELECT DISTINCT entity FROM occurrence WHERE sort = ? AND key = ? ORDER BY entity LIMIT 2", (sort, key)
            )
        ]

    def _join(self, entity: int, other: int) -> None:
        """Makes ``entity`` part of ``other``; whom the file of people tells apart stay so."""
        query = "SELECT COUNT(listed) FROM entity WHERE number = ?"
        in_file = [number for number in (entity, other) if self._database.execute(query, (number,)).fetchone()[0]]
        if entity == other or len(in_file) == 2:
            return
        gone, kept = (other, entity) if entity in in_file else (entity, other)
        self._database.execute("UPDATE occurrence SET entity = ? WHERE entity = ?", (kept, gone))
        self._database.execute("DELETE FROM entity WHERE number = ?", (gone,))

    def _choose_names(self) -> None:
        """What the file of people says, or each entity's fullest form."""
        for number, listed in self._rows("SELECT number, listed FROM entity ORDER BY number"):
            forms = self._database.execute(
                "SELECT name, key, COUNT(*) FROM occurrence WHERE entity = ? GROUP BY name, key", (number,)
            )
            name = min(forms, key=_precedence)[0] if listed is None else self._people[listed].name
            self._database.execute("UPDATE entity SET name = ? WHERE number = ?", (name, number))

    def _choose_ids(self) -> None:
        """Those of the file of people, then slugs; where several would get the same one, it is numbered from 2."""
        self._database.execute("DELETE FROM slug")
        for number, listed in self._rows("SELECT number, listed FROM entity WHERE listed IS NOT NULL ORDER BY listed"):
            if identifier := self._people[listed].id:
                self._take(number, identifier)
        self._database.execute("DROP TABLE IF EXISTS clash")
        self._database.execute("CREATE TABLE clash (place INTEGER PRIMARY KEY, number INT, base TEXT)")
        for number, name in self._rows("SELECT number, name FROM entity WHERE id IS NULL ORDER BY sort, key, number"):
            base = slug(name)
            if not self._take(number, base):
                self._database.execute("INSERT INTO clash (number, base) VALUES (?, ?)", (number, base))
        last, suffix = "", 2
        for number, base in self._rows("SELECT number, base FROM clash ORDER BY base, place"):
            suffix = suffix if base == last else 2
            while not self._take(number, f"{base}-{suffix}"):
                suffix += 1
            last = base

    def _take(self, number: int, identifier: str) -> bool:
        taken = self._database.execute("INSERT OR IGNORE INTO slug VALUES (?)", (identifier,)).rowcount
        if taken:
            self._database.execute("UPDATE entity SET id = ? WHERE number = ?", (identifier, number))
        return bool(taken)

    def _rows(self, query: str, *values: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, one by one; columns that it neither filters nor orders by may change meanwhile."""
        yield from self._database.execute(query, values)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise OutputError(
                f"{self._path}: the collection's speakers cannot be kept there ({error}); "
                "give a place for the output that can be written to"
            ) from error


def _sort(speaker: Speaker) -> Sort:
    return "organization" if speaker.kind == "group" else speaker.kind


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
