"""Which statements of a run share their words, though each article cuts or changes them.

First every statement is added, then ``finish`` finds the clusters, then ``mark`` sets the cluster of each statement.

1. Statements with the same content words are one *wording*; wordings are numbered from the longest.
2. Candidates share a band. The MinHash of a whole statement would miss a short cut of a long quotation, so each
   window of `_WINDOW` shingles has its own band: its least hash. Two wordings with that many shingles in a row in
   common have a band in common, however long the longer one is.
3. A wording joins the longer one that contains most of its shingles, if it contains enough of them, and so joins its
   cluster. It joins only one: a phrase from two speeches does not make them one cluster.

The result depends on the set of statements alone. The time of each step is proportional to the number of statements,
because a wording is compared with at most `_FIRST` + `_LAST` others of a band. Everything is kept in SQLite, so
memory does not grow with the collection.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from hashlib import blake2b
from itertools import combinations, groupby, islice
from operator import itemgetter
from typing import Final, NamedTuple

from onrecord.collection.attribution_conflicts import NamedSpeaker, NamedSpeakers, contradict, named_speakers
from onrecord.document import Statement
from onrecord.files.sqlite import Database
from onrecord.text.normalization import Shingles, containment, hash_words, shingles_of, wording_of

_WINDOW: Final = 2
"""Shingles, here of `_BAND_WORDS` content words, whose least hash is a band."""

_BAND_WORDS: Final = 3
_FIRST: Final = 12
_LAST: Final = 4
"""The others of its band that a wording is compared with: the longest ones, and those just longer than itself."""

_COMPARED: Final = 64
"""Attributions of a cluster that are checked for conflicts, at most."""

_SCHEMA: Final = """
CREATE TABLE worded (id TEXT, words TEXT, size INT, quoted INT, doc TEXT, speakers TEXT);
CREATE TABLE wording (number INTEGER PRIMARY KEY, words TEXT, quoted INT, root INT);
CREATE TABLE wording_band (hash INT, wording INT);
CREATE TABLE wording_pair (shorter INT, longer INT);
CREATE TABLE cluster (root INTEGER PRIMARY KEY, id TEXT, conflict INT)
"""


class Clusters:
    """The clusters of a run's statements, in tables of a database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._shingles = lru_cache(maxsize=4096)(self._read_shingles)
        self._finished = False
        database.create(_SCHEMA)

    def add_all(self, statements: Iterable[Statement]) -> None:
        """Adds statements with their final ids and the final ids of their speakers; each has its own id.

        Raises:
            RuntimeError: ``finish`` has been called.
        """
        if self._finished:
            raise RuntimeError("the clusters are finished; add every statement before finish()")
        self._database.execute_many("INSERT INTO worded VALUES (?, ?, ?, ?, ?, ?)", filter(None, map(_row, statements)))

    def finish(self) -> None:
        """Finds the clusters, and those in which the same words are attributed to different speakers."""
        self._enter_wordings()
        self._database.execute_many("INSERT INTO wording_band VALUES (?, ?)", self._bands())
        self._database.execute_many("INSERT INTO wording_pair VALUES (?, ?)", self._pairs())
        self._join()
        self._enter_clusters()
        self._mark_conflicts()
        self._database.execute(
            "CREATE TABLE clustered AS SELECT worded.id AS statement, cluster.id AS cluster, conflict "
            "FROM cluster JOIN wording USING (root) JOIN worded USING (words)"
        )
        self._database.execute("CREATE INDEX clustered_statement ON clustered (statement)")
        self._finished = True

    def mark(self, statement: Statement) -> Statement:
        """``statement`` with its cluster; without one if no other statement shares its words.

        Raises:
            RuntimeError: ``finish`` has not been called.
        """
        if not self._finished:
            raise RuntimeError("the clusters are not finished; call finish() after the last statement")
        found = self._database.row("SELECT cluster, conflict FROM clustered WHERE statement = ?", statement.id)
        cluster, conflict = (None, False) if found is None else (found[0], bool(found[1]))
        if (statement.cluster, statement.attribution_conflict) == (cluster, conflict):
            return statement
        return replace(statement, cluster=cluster, attribution_conflict=conflict)

    # Finishing

    def _enter_wordings(self) -> None:
        self._database.execute(
            "INSERT INTO wording (words, quoted) SELECT words, MAX(quoted) FROM worded GROUP BY size, words "
            "ORDER BY size DESC, words"
        )
        self._database.execute("UPDATE wording SET root = number")
        self._database.execute("CREATE UNIQUE INDEX wording_words ON wording (words)")

    def _bands(self) -> Iterator[tuple[int, int]]:
        for number, words in self._database.rows("SELECT number, words FROM wording ORDER BY number"):
            for band in bands_of(words.split()):
                yield band, number

    def _pairs(self) -> Iterator[tuple[int, int]]:
        rows = self._database.rows("SELECT hash, wording FROM wording_band ORDER BY hash, wording")
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
        rows = self._database.rows("SELECT DISTINCT shorter, longer FROM wording_pair ORDER BY shorter, longer")
        for shorter, candidates in groupby(rows, key=itemgetter(0)):
            share, longer = max((self._share(shorter, longer), -longer) for _, longer in candidates)
            if share:
                self._database.execute(
                    "UPDATE wording SET root = (SELECT root FROM wording WHERE number = ?) WHERE number = ?",
                    -longer,
                    shorter,
                )

    def _share(self, shorter: int, longer: int) -> float:
        shingles, quoted = self._shingles(shorter)
        return containment(shingles, self._shingles(longer)[0], quoted)

    def _enter_clusters(self) -> None:
        self._database.execute("CREATE INDEX wording_root ON wording (root)")
        self._database.execute("CREATE INDEX worded_words ON worded (words)")
        rows = self._database.rows(
            "SELECT root FROM wording JOIN worded USING (words) GROUP BY root HAVING COUNT(*) > 1 ORDER BY root"
        )
        self._database.execute_many(
            "INSERT INTO cluster VALUES (?, ?, 0)", ((root, _identifier(self._wording(root)[0])) for (root,) in rows)
        )

    def _mark_conflicts(self) -> None:
        rows = self._database.rows(
            "SELECT root, wording.number, speakers, MIN(doc), MAX(doc) FROM cluster JOIN wording USING (root) "
            "JOIN worded USING (words) WHERE speakers IS NOT NULL "
            "GROUP BY root, wording.number, speakers ORDER BY root, wording.number, speakers"
        )
        for root, group in groupby(rows, key=itemgetter(0)):
            attributions = [_Attribution(*row) for _, *row in islice(group, _COMPARED)]
            if any(self._conflict(*pair) for pair in combinations(attributions, 2)):
                self._database.execute("UPDATE cluster SET conflict = 1 WHERE root = ?", root)

    def _conflict(self, first: _Attribution, second: _Attribution) -> bool:
        """Whether two articles attribute words that are the same to different speakers."""
        if first.speakers == second.speakers or len({first.first, first.last, second.first, second.last}) == 1:
            return False
        return contradict(_speakers(first.speakers), _speakers(second.speakers)) and (
            first.wording == second.wording or self._share(second.wording, first.wording) > 0
        )

    def _read_shingles(self, wording: int) -> tuple[Shingles, bool]:
        words, quoted = self._wording(wording)
        return shingles_of(words.split()), quoted

    def _wording(self, number: int) -> tuple[str, bool]:
        ((words, quoted),) = self._database.all("SELECT words, quoted FROM wording WHERE number = ?", number)
        return words, bool(quoted)


class _Attribution(NamedTuple):
    """A wording with the speakers it is attributed to, as JSON, and the first and last article that does so."""

    wording: int
    speakers: str
    first: str
    last: str


def _row(statement: Statement) -> tuple[object, ...] | None:
    wording = wording_of(statement)
    if wording is None:
        return None
    speakers = named_speakers(statement)
    stored = json.dumps(speakers) if speakers else None
    return (statement.id, " ".join(wording.words), len(wording.words), wording.quoted, statement.doc, stored)


def bands_of(words: list[str]) -> set[int]:
    """The least hash of every window of neighbouring shingles, one window if there are fewer."""
    hashes = [hash_words(words[start : start + _BAND_WORDS]) for start in range(max(1, len(words) - _BAND_WORDS + 1))]
    return {min(hashes[start : start + _WINDOW]) for start in range(max(1, len(hashes) - _WINDOW + 1))}


def _identifier(words: str) -> str:
    return f"c{blake2b(words.encode('utf-8', 'surrogatepass'), digest_size=6).hexdigest()}"


def _speakers(stored: str) -> NamedSpeakers:
    return tuple(NamedSpeaker(*speaker) for speaker in json.loads(stored))
