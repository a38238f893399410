"""One name and one id for each speaker over all articles of a run, kept on disk.

First every article's statements are added, then ``settle`` decides which forms are one speaker's, then ``rename``
gives statements their final names and ids. What is decided depends on the set of articles alone, not on the order
they were read in:

- full personal names are one person's only if equal but for case, punctuation, accents and middle initials;
- part of a name joins the one full name of the collection that it is part of, and stays apart if there are several
  or if an article has both as different people;
- organizations are one by the words of their name, or by an acronym that only one of them bears.

Memory does not grow with the collection: everything is in SQLite.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, Self

from onrecord.document import Speaker, Statement
from onrecord.errors import OutputError
from onrecord.stages.countries import organization_key
from onrecord.stages.naming import fold, is_acronym, person_words, slug

_SCHEMA: Final = """
DROP TABLE IF EXISTS form;
DROP TABLE IF EXISTS entity;
DROP TABLE IF EXISTS part;
DROP TABLE IF EXISTS apart;
DROP TABLE IF EXISTS acronym;
DROP TABLE IF EXISTS slug;
CREATE TABLE form (sort TEXT, key TEXT, name TEXT, words INT, articles INT,
                   PRIMARY KEY (sort, key, name)) WITHOUT ROWID;
CREATE TABLE entity (sort TEXT, key TEXT, bare TEXT, joined_sort TEXT, joined TEXT, name TEXT, id TEXT,
                     PRIMARY KEY (sort, key)) WITHOUT ROWID;
CREATE TABLE part (part TEXT, key TEXT, PRIMARY KEY (part, key)) WITHOUT ROWID;
CREATE TABLE apart (one TEXT, other TEXT, PRIMARY KEY (one, other)) WITHOUT ROWID;
CREATE TABLE acronym (acronym TEXT, key TEXT, PRIMARY KEY (acronym, key)) WITHOUT ROWID;
CREATE TABLE slug (id TEXT PRIMARY KEY) WITHOUT ROWID;
"""

Sort = Literal["person", "organization", "document", "unknown"]


class Collection:
    """The speakers of a run. A context manager over an SQLite file, whose earlier content is dropped.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, Collection(Path(folder) / "speakers.sqlite") as collection:
    ...     collection.add([])
    ...     collection.settle()
    """

    def __init__(self, path: Path) -> None:
        """``path`` is made if it is not there.

        Raises:
            OutputError: the file cannot be written, or is no SQLite file.
        """
        self._path = path
        self._settled = False
        with self._errors():
            # The file is scratch: if the run dies it is made again, so nothing waits for the disk.
            self._database = sqlite3.connect(path, isolation_level=None)
            self._database.execute("PRAGMA journal_mode = OFF")
            self._database.execute("PRAGMA synchronous = OFF")
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
        speakers = {
            (_sort(speaker), speaker.name): speaker
            for statement in article_statements
            for speaker in statement.speakers
            if speaker.name
        }
        self._settled = False
        with self._errors():
            for (sort, name), speaker in speakers.items():
                key = _key(sort, name or "")
                self._add_form(sort, key, name or "")
                if sort == "person":
                    self._add_parts(key)
                elif sort == "organization":
                    self._add_acronyms(key, speaker)
            people = [_key("person", name or "") for sort, name in speakers if sort == "person"]
            for one in people:
                for other in people:
                    if one != other and _is_within(one, other):
                        self._database.execute("INSERT OR IGNORE INTO apart VALUES (?, ?)", (one, other))

    def settle(self) -> None:
        """Decides which forms are one speaker's, and names and ids; may be called again after more was added.

        Raises:
            OutputError: the file cannot be written.
        """
        with self._errors():
            self._database.execute("DELETE FROM entity")
            self._database.execute(
                "INSERT INTO entity (sort, key, bare, joined_sort, joined) SELECT DISTINCT sort, key, '', sort, key "
                "FROM form"
            )
            self._join_people()
            self._join_acronyms()
            self._join_unknown()
            self._choose_names()
            self._choose_ids()
            self._database.execute("COMMIT")
            self._database.execute("BEGIN")
        self._settled = True

    def rename(self, statement: Statement) -> Statement:
        """``statement`` with the final names and ids of its speakers; unnamed ones stay as they are.

        Raises:
            RuntimeError: ``settle`` has not been called since the last ``add``.
        """
        if not self._settled:
            raise RuntimeError("the collection is not settled; call settle() after the last add()")
        return replace(statement, speakers=tuple(self._final(speaker) for speaker in statement.speakers))

    def _final(self, speaker: Speaker) -> Speaker:
        if not speaker.name:
            return speaker
        sort = _sort(speaker)
        with self._errors():
            row = self._database.execute(
                "SELECT final.sort, final.name, final.id FROM entity JOIN entity AS final "
                "ON final.sort = entity.joined_sort AND final.key = entity.joined "
                "WHERE entity.sort = ? AND entity.key = ?",
                (sort, _key(sort, speaker.name)),
            ).fetchone()
        if row is None:
            return speaker
        final_sort, name, identifier = row
        aliases = [form for form in (speaker.name, *speaker.aliases) if form != name]
        kind = final_sort if sort == "unknown" and final_sort != "unknown" else speaker.kind
        return replace(speaker, name=name, id=identifier, kind=kind, aliases=tuple(dict.fromkeys(aliases)))

    # Adding

    def _add_form(self, sort: Sort, key: str, name: str) -> None:
        self._database.execute(
            "INSERT INTO form VALUES (?, ?, ?, ?, 1) ON CONFLICT DO UPDATE SET articles = articles + 1",
            (sort, key, name, len(name.split())),
        )

    def _add_parts(self, key: str) -> None:
        words = key.split()
        if len(words) > 1:
            parts = {
                " ".join(words[start:end]) for start in range(len(words)) for end in range(start + 1, len(words) + 1)
            }
            parts.add(f"{words[0][0]} {words[-1]}")
            rows = [(part, key) for part in sorted(parts - {key}) if len(part) > 1]
            self._database.executemany("INSERT OR IGNORE INTO part VALUES (?, ?)", rows)

    def _add_acronyms(self, key: str, speaker: Speaker) -> None:
        name = speaker.name or ""
        if is_acronym(name):
            return
        for alias in speaker.aliases:
            if is_acronym(alias):
                self._database.execute(
                    "INSERT OR IGNORE INTO acronym VALUES (?, ?)", (_key("organization", alias), key)
                )

    # Settling

    def _join_people(self) -> None:
        """Middle initials first, so that ``Ada Lund`` and ``Ada B. Lund`` count as one full name for ``Lund``."""
        people = "SELECT key FROM entity WHERE sort = 'person' ORDER BY key"
        for (key,) in self._rows(people):
            bare = _without_middle_initials(key)
            self._database.execute("UPDATE entity SET bare = ? WHERE sort = 'person' AND key = ?", (bare, key))
        self._database.execute("CREATE INDEX IF NOT EXISTS bare_name ON entity (bare) WHERE sort = 'person'")
        for (bare,) in self._rows(
            "SELECT bare FROM entity WHERE sort = 'person' GROUP BY bare HAVING COUNT(*) > 1 ORDER BY bare"
        ):
            keys = [key for (key,) in self._rows("SELECT key FROM entity WHERE sort = 'person' AND bare = ?", bare)]
            with_initials = sorted(key for key in keys if key != bare)
            if len(with_initials) == 1 and bare in keys:
                self._join("person", bare, "person", with_initials[0])
        for is_single in (False, True):  # "A. Lund" first: once she is Ada Lund, "Lund" is only one
            for (key,) in self._rows(people):
                if (" " not in key) == is_single and (whole := self._only_whole(key)) is not None:
                    self._join("person", key, "person", whole)

    def _only_whole(self, part: str) -> str | None:
        """The one full name that ``part`` is part of, unless an article keeps the two apart."""
        if len(_spelled_out(part)) > 1:
            return None
        found = self._database.execute(
            "SELECT DISTINCT entity.joined FROM part JOIN entity ON entity.sort = 'person' AND entity.key = part.key "
            "WHERE part.part = ? AND part.key <> ? LIMIT 3",
            (part, part),
        ).fetchall()
        if len(found) != 1:
            return None
        whole: str = found[0][0]
        parted = self._database.execute(
            "SELECT 1 FROM apart JOIN entity ON entity.sort = 'person' AND entity.key = apart.other "
            "WHERE apart.one = ? AND entity.joined = ? LIMIT 1",
            (part, whole),
        ).fetchone()
        return None if parted else whole

    def _join_acronyms(self) -> None:
        for (acronym,) in self._rows("SELECT acronym FROM acronym GROUP BY acronym HAVING COUNT(*) = 1"):
            ((key,),) = self._rows("SELECT key FROM acronym WHERE acronym = ?", acronym)
            if acronym != key:
                self._join("organization", acronym, "organization", key)

    def _join_unknown(self) -> None:
        """Names of unknown kind are those of the one known kind that has the same name."""
        for (key,) in self._rows("SELECT key FROM entity WHERE sort = 'unknown' ORDER BY key"):
            found = [
                (sort, joined)
                for sort in ("person", "organization", "document")
                for (joined,) in self._rows(
                    "SELECT joined FROM entity WHERE sort = ? AND key = ?", sort, _key(sort, key)
                )
            ]
            if len(found) == 1:
                self._join("unknown", key, *found[0])

    def _join(self, sort: Sort, key: str, target_sort: str, target: str) -> None:
        self._database.execute(
            "UPDATE entity SET joined_sort = ?, joined = ? WHERE sort = ? AND key = ?", (target_sort, target, sort, key)
        )

    def _choose_names(self) -> None:
        """The fullest form of each speaker, then the commonest, then the first by spelling."""
        self._database.execute(
            "UPDATE entity SET name = (SELECT form.name FROM form WHERE form.sort = entity.sort "
            "AND form.key = entity.key ORDER BY words DESC, form.name = upper(form.name), articles DESC, form.name "
            "LIMIT 1) WHERE joined = key AND joined_sort = sort"
        )

    def _choose_ids(self) -> None:
        """Slugs; where several would get the same one, the later by sort and key are numbered from 2."""
        self._database.execute("DELETE FROM slug")
        finals = "SELECT sort, key, name FROM entity WHERE joined = key AND joined_sort = sort ORDER BY sort, key"
        clashing: list[tuple[str, str, str]] = []
        for sort, key, name in self._rows(finals):
            base = slug(name)
            if not self._take(sort, key, base):
                clashing.append((sort, key, base))
        for sort, key, base in clashing:
            number = 2
            while not self._take(sort, key, f"{base}-{number}"):
                number += 1

    def _take(self, sort: str, key: str, identifier: str) -> bool:
        taken = self._database.execute("INSERT OR IGNORE INTO slug VALUES (?)", (identifier,)).rowcount
        if taken:
            self._database.execute("UPDATE entity SET id = ? WHERE sort = ? AND key = ?", (identifier, sort, key))
        return bool(taken)

    def _rows(self, query: str, *values: str) -> Iterator[tuple[str, ...]]:
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


def _spelled_out(key: str) -> list[str]:
    return [word for word in key.split() if len(word) > 1]


def _is_within(one: str, other: str) -> bool:
    words = other.split()
    return f" {one} " in f" {other} " or one == f"{words[0][0]} {words[-1]}"


def _without_middle_initials(key: str) -> str:
    words = key.split()
    return " ".join([*words[:1], *(word for word in words[1:-1] if len(word) > 1), *words[1:][-1:]])
