"""Same statement: which statements of a run share most of their words in order, though cut differently.

First every statement is added, then ``find`` finds the clusters, then ``mark`` puts each statement's into it.

1. Statements of the same content words are one *wording*; wordings are numbered longest first.
2. Candidates share a band. The MinHash of a whole statement would miss a short cut of a long quotation, so each
   window of `_WINDOW` shingles has one: its least hash is a band. Two wordings with so many shingles in a row in
   common have a band in common, however long the longer is.
3. A wording joins the longer one that contains most of its shingles, if that is enough of them, and so its cluster.
   It joins one only: a phrase that stands in two speeches does not make them one.

What is decided depends on the set of statements alone. Each step takes time in proportion to the statements, for a
wording meets at most `_FIRST` + `_LAST` others in a band. Memory does not grow: everything is in SQLite.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from hashlib import blake2b
from itertools import combinations, groupby
from operator import itemgetter
from pathlib import Path
from typing import Final

from onrecord.collection.attribution_conflicts import NamedSpeaker, NamedSpeakers, named_speakers, stand_against
from onrecord.document import Statement
from onrecord.files.sqlite import OnScratch, Scratch
from onrecord.text.normalization import Shingles, containment, hash_words, shingles_of, wording_of

_WINDOW: Final = 2
"""Shingles, here of three content words, that a band is the least hash of."""

_BAND_WORDS: Final = 3
_FIRST: Final = 12
_LAST: Final = 4
"""Whom a wording meets of those in its band: the longest ones, and those just longer than it."""

_VOICES: Final = 64
"""Of how many speakers of a cluster, at most, it is looked whether they stand against each other."""

_SCHEMA: Final = """
CREATE TABLE statement (id TEXT, words TEXT, size INT, quoted INT, doc TEXT, speakers TEXT);
CREATE TABLE wording (number INTEGER PRIMARY KEY, words TEXT, quoted INT, root INT);
CREATE TABLE band (hash INT, wording INT);
CREATE TABLE pair (shorter INT, longer INT);
CREATE TABLE cluster (root INTEGER PRIMARY KEY, id TEXT, conflict INT);
"""


class Clusters(OnScratch):
    """The clusters of a run's statements. A context manager over an SQLite file, whose earlier content is dropped."""

    def __init__(self, path: Path | None = None) -> None:
        """``path`` None keeps them in a temporary file.

        Raises:
            OutputError: the file cannot be written; so do all methods.
        """
        self._tables = Scratch(path, _SCHEMA)
        self._shingles = lru_cache(maxsize=4096)(self._read_shingles)
        self._is_found = False

    def add(self, statement: Statement) -> None:
        """Takes in a statement; its speakers must have their final ids, and its id be its own.

        Raises:
            RuntimeError: ``find`` has been called.
        """
        if self._is_found:
            raise RuntimeError("the clusters are found already; add every statement before find()")
        wording = wording_of(statement)
        if wording is None:
            return
        speakers = named_speakers(statement)
        stored = json.dumps(speakers) if speakers else None
        row = (statement.id, " ".join(wording.words), len(wording.words), wording.quoted, statement.doc, stored)
        with self._tables.errors():
            self._tables.execute("INSERT INTO statement VALUES (?, ?, ?, ?, ?, ?)", *row)

    def find(self) -> None:
        """Finds the clusters, and in which of them the same words are given to different speakers."""
        with self._tables.errors():
            self._enter_wordings()
            self._tables.insert("INSERT INTO band VALUES (?, ?)", self._bands())
            self._tables.insert("INSERT INTO pair VALUES (?, ?)", self._pairs())
            self._join()
            self._enter_clusters()
            self._mark_conflicts()
            self._tables.execute("CREATE INDEX statement_id ON statement (id)")
        self._is_found = True

    def mark(self, statement: Statement) -> Statement:
        """``statement`` with its cluster; without one if nobody else says the same.

        Raises:
            RuntimeError: ``find`` has not been called.
        """
        if not self._is_found:
            raise RuntimeError("the clusters are not found yet; call find() after the last add()")
        with self._tables.errors():
            found = self._tables.row(
                "SELECT cluster.id, conflict FROM statement JOIN wording USING (words) JOIN cluster USING (root) "
                "WHERE statement.id = ?",
                statement.id,
            )
        if found is None:
            return replace(statement, cluster=None, attribution_conflict=False)
        return replace(statement, cluster=found[0], attribution_conflict=bool(found[1]))

    # Settling

    def _enter_wordings(self) -> None:
        self._tables.execute(
            "INSERT INTO wording (words, quoted) SELECT words, MAX(quoted) FROM statement GROUP BY size, words "
            "ORDER BY size DESC, words"
        )
        self._tables.execute("UPDATE wording SET root = number")
        self._tables.execute("CREATE UNIQUE INDEX wording_words ON wording (words)")

    def _bands(self) -> Iterator[tuple[int, int]]:
        for number, words in self._tables.rows("SELECT number, words FROM wording ORDER BY number"):
            for band in bands_of(words.split()):
                yield band, number

    def _pairs(self) -> Iterator[tuple[int, int]]:
        rows = self._tables.rows("SELECT hash, wording FROM band ORDER BY hash, wording")
        for _, of_one_band in groupby(rows, key=itemgetter(0)):
            first: list[int] = []
            last: deque[int] = deque(maxlen=_LAST)
            for _, wording in of_one_band:
                for longer in (*first, *last):
                    yield wording, longer
                if len(first) < _FIRST:
                    first.append(wording)
                else:
                    last.append(wording)

    def _join(self) -> None:
        rows = self._tables.rows("SELECT DISTINCT shorter, longer FROM pair ORDER BY shorter, longer")
        for shorter, candidates in groupby(rows, key=itemgetter(0)):
            share, longer = max((self._share(shorter, longer), -longer) for _, longer in candidates)
            if share:
                self._tables.execute(
                    "UPDATE wording SET root = (SELECT root FROM wording WHERE number = ?) WHERE number = ?",
                    -longer,
                    shorter,
                )

    def _share(self, shorter: int, longer: int) -> float:
        shingles, quoted = self._shingles(shorter)
        return containment(shingles, self._shingles(longer)[0], quoted)

    def _enter_clusters(self) -> None:
        self._tables.execute("CREATE INDEX wording_root ON wording (root)")
        self._tables.execute("CREATE INDEX statement_words ON statement (words)")
        rows = self._tables.rows(
            "SELECT root FROM wording JOIN statement USING (words) GROUP BY root HAVING COUNT(*) > 1 ORDER BY root"
        )
        self._tables.insert(
            "INSERT INTO cluster VALUES (?, ?, 0)", ((root, _identifier(self._wording(root)[0])) for (root,) in rows)
        )

    def _mark_conflicts(self) -> None:
        rows = self._tables.rows(
            "SELECT root, wording.number, speakers, MIN(doc), MAX(doc) FROM cluster JOIN wording USING (root) "
            "JOIN statement USING (words) WHERE speakers IS NOT NULL "
            "GROUP BY root, wording.number, speakers ORDER BY root, wording.number, speakers"
        )
        for root, group in groupby(rows, key=itemgetter(0)):
            said: list[tuple[int, str, str, str]] = []
            for _, *one in group:
                if len(said) < _VOICES:
                    said.append(tuple(one))
            if any(self._conflict(one, other) for one, other in combinations(said, 2)):
                self._tables.execute("UPDATE cluster SET conflict = 1 WHERE root = ?", root)

    def _conflict(self, one: tuple[int, str, str, str], other: tuple[int, str, str, str]) -> bool:
        """Whether two articles give words that are the same to speakers that stand against each other."""
        (longer, speakers, *docs), (shorter, others, *other_docs) = one, other
        if speakers == others or len({*docs, *other_docs}) == 1:
            return False
        return stand_against(_named_speakers(speakers), _named_speakers(others)) and (
            longer == shorter or self._share(shorter, longer) > 0
        )

    def _read_shingles(self, wording: int) -> tuple[Shingles, bool]:
        words, quoted = self._wording(wording)
        return shingles_of(words.split()), quoted

    def _wording(self, number: int) -> tuple[str, bool]:
        found = self._tables.row("SELECT words, quoted FROM wording WHERE number = ?", number)
        assert found is not None
        return found[0], bool(found[1])


def bands_of(words: list[str]) -> set[int]:
    """The least hash of every window of neighbouring shingles, one window if there are fewer."""
    hashes = [hash_words(words[start : start + _BAND_WORDS]) for start in range(max(1, len(words) - _BAND_WORDS + 1))]
    return {min(hashes[start : start + _WINDOW]) for start in range(max(1, len(hashes) - _WINDOW + 1))}


def _identifier(words: str) -> str:
    return f"c{blake2b(words.encode('utf-8', 'surrogatepass'), digest_size=6).hexdigest()}"


def _named_speakers(stored: str) -> NamedSpeakers:
    return tuple(NamedSpeaker(*one) for one in json.loads(stored))
