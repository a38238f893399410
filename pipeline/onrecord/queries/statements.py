"""The statements of a report, kept in SQLite: pages ask for those of an article, a speaker or a stance."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, NamedTuple, get_args

from onrecord.document import Form, Meta, StanceLabel, Statement
from onrecord.files.records import to_line
from onrecord.files.sqlite import OnScratch, Scratch
from onrecord.queries.clusters import Cluster
from onrecord.queries.speakers import speaker_key

_SCHEMA: Final = """
CREATE TABLE article (doc TEXT PRIMARY KEY, day TEXT, outlet TEXT, meta TEXT);
CREATE TABLE statement (number INTEGER PRIMARY KEY, doc TEXT, start INT, place INT, form TEXT, cluster TEXT, line TEXT);
CREATE TABLE said (speaker TEXT, number INT);
CREATE TABLE stance (target TEXT, label TEXT, number INT);
CREATE TABLE cluster (cluster TEXT PRIMARY KEY, page INT, articles INT, conflict INT, longest INT);
"""
_INDEXES: Final = (
    "CREATE INDEX said_speaker ON said (speaker)",
    "CREATE INDEX said_number ON said (number)",
    "CREATE INDEX stance_target ON stance (target, label)",
    "CREATE INDEX statement_doc ON statement (doc)",
    "UPDATE statement SET place = ordered.place FROM (SELECT number AS found, "
    "ROW_NUMBER() OVER (PARTITION BY doc ORDER BY start, number) - 1 AS place FROM statement) AS ordered "
    "WHERE number = ordered.found",
)
_NEWEST: Final = "article.day IS NULL, article.day DESC, article.doc, statement.place"
_DAY: Final = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?![\d-])")


class Article(NamedTuple):
    """An article that has statements; ``day`` is its date if it is written as one (``day_of``)."""

    doc: str
    day: str | None
    meta: Meta
    statements: int


@dataclass(frozen=True, slots=True)
class Placed:
    """A statement with its number in its article, counted from 0."""

    statement: Statement
    place: int
    day: str | None


class ClusterPlace(NamedTuple):
    """Where a cluster is shown; ``longest`` is how many content words its longest wording has."""

    page: int
    articles: int
    conflict: bool
    longest: int


class Store(OnScratch):
    """A context manager over a file that is gone afterwards. It is filled by reading ``keep`` to its end."""

    def __init__(self) -> None:
        """
        Raises:
            OutputError: the temporary file cannot be written.
        """
        self._tables = Scratch(None, _SCHEMA)

    def keep(self, statements: Iterable[Statement]) -> Iterator[Statement]:
        """The statements as they come, each kept on the way.

        Raises:
            OutputError: the temporary file cannot be written.
        """
        for number, statement in enumerate(statements):
            with self._tables.errors():
                self._add(number, statement)
            yield statement
        with self._tables.errors():
            for query in _INDEXES:
                self._tables.execute(query)

    def _add(self, number: int, statement: Statement) -> None:
        meta = statement.meta
        known = json.dumps([getattr(meta, field) for field in Meta.__dataclass_fields__])
        row = (statement.doc, day_of(meta.date), meta.outlet, known)
        self._tables.execute("INSERT OR IGNORE INTO article VALUES (?, ?, ?, ?)", *row)
        self._tables.execute(
            "INSERT INTO statement VALUES (?, ?, ?, 0, ?, ?, ?)",
            *(number, statement.doc, statement.content[0].start, statement.form, statement.cluster),
            to_line(statement),
        )
        for key in {speaker_key(statement.doc, speaker) for speaker in statement.speakers}:
            self._tables.execute("INSERT INTO said VALUES (?, ?)", key, number)
        for stance in statement.stance:
            self._tables.execute("INSERT INTO stance VALUES (?, ?, ?)", stance.target, stance.label, number)

    def statements(self) -> Iterator[Statement]:
        """All statements in their order in the file."""
        return (_statement(line) for (line,) in self._tables.rows("SELECT line FROM statement ORDER BY number"))

    def articles(self) -> Iterator[Article]:
        """The articles, newest first, those without a date last."""
        rows = self._tables.rows(
            "SELECT doc, day, meta, (SELECT COUNT(*) FROM statement WHERE statement.doc = article.doc) "
            "FROM article ORDER BY day IS NULL, day DESC, doc"
        )
        for doc, day, meta, statements in rows:
            yield Article(doc, day, Meta(*json.loads(meta)), statements)

    def of_article(self, doc: str) -> list[Statement]:
        """The statements of an article in the order of its text."""
        rows = self._tables.rows("SELECT line FROM statement WHERE doc = ? ORDER BY place", doc)
        return [_statement(line) for (line,) in rows]

    def place_of(self, statement: Statement) -> int:
        """The number of a statement in its article, counted from 0."""
        row = self._tables.row(
            "SELECT MIN(place) FROM statement WHERE doc = ? AND line = ?", statement.doc, to_line(statement)
        )
        assert row is not None
        return int(row[0])

    def of_speaker(self, key: str) -> Iterator[Placed]:
        """What somebody said, newest first."""
        query = (
            "SELECT line, place, day FROM said JOIN statement USING (number) JOIN article USING (doc) "
            f"WHERE speaker = ? ORDER BY {_NEWEST}"
        )
        return _placed(self._tables.rows(query, key))

    def with_stance(self, target: str, label: StanceLabel) -> Iterator[tuple[str | None, int, Iterator[Placed]]]:
        """Who said something with that stance, most such statements first: the key, how many, and the statements.

        The key is None for what nobody is known to have said. Each group must be read before the next.
        """
        query = (
            "SELECT speaker, COUNT(*) OVER (PARTITION BY speaker) AS many, line, place, day "
            "FROM stance JOIN statement USING (number) JOIN article USING (doc) LEFT JOIN said USING (number) "
            f"WHERE target = ? AND label = ? ORDER BY speaker IS NULL, many DESC, speaker, {_NEWEST}"
        )
        for (key, many), rows in groupby(self._tables.rows(query, target, label), itemgetter(0, 1)):
            yield key, many, _placed(row[2:] for row in rows)

    def said_with(self, target: str, label: StanceLabel) -> tuple[int, int]:
        """How many statements ``with_stance`` gives, one of two speakers twice, and how many speakers."""
        query = (
            "SELECT COUNT(*), COUNT(DISTINCT speaker) FROM stance LEFT JOIN said USING (number) "
            "WHERE target = ? AND label = ?"
        )
        row = self._tables.row(query, target, label)
        assert row is not None
        return row[0], row[1]

    def stances(self, target: str) -> dict[StanceLabel, int]:
        """How many statements have which stance towards a target."""
        found = dict(self._tables.rows("SELECT label, COUNT(*) FROM stance WHERE target = ? GROUP BY label", target))
        return {label: found.get(label, 0) for label in get_args(StanceLabel)}

    def forms(self) -> dict[Form, int]:
        """How many statements have which form."""
        found = dict(self._tables.rows("SELECT form, COUNT(*) FROM statement GROUP BY form"))
        return {form: found.get(form, 0) for form in get_args(Form)}

    def outlets(self) -> list[tuple[str | None, int, int]]:
        """The outlets with their articles and statements, most statements first; None is where none is known."""
        return list(
            self._tables.rows(
                "SELECT outlet, COUNT(DISTINCT doc), COUNT(*) AS many FROM statement JOIN article USING (doc) "
                "GROUP BY outlet ORDER BY outlet IS NULL, many DESC, outlet"
            )
        )

    def days(self) -> list[tuple[str | None, int]]:
        """The days, and months and years where no more is known, with their statements; None is without a date."""
        return list(
            self._tables.rows("SELECT day, COUNT(*) FROM statement JOIN article USING (doc) GROUP BY day ORDER BY day")
        )

    def add_cluster(self, cluster: Cluster, page: int) -> None:
        """Notes the page that a cluster is shown on."""
        row = (cluster.id, page, cluster.articles, cluster.conflict, cluster.longest)
        with self._tables.errors():
            self._tables.execute("INSERT INTO cluster VALUES (?, ?, ?, ?, ?)", *row)

    def cluster(self, cluster: str | None) -> ClusterPlace | None:
        """Where a cluster is shown, None if it is not: all its other statements are in other files."""
        row = self._tables.row("SELECT page, articles, conflict, longest FROM cluster WHERE cluster = ?", cluster)
        return ClusterPlace(row[0], row[1], bool(row[2]), row[3]) if row else None


def day_of(written: str | None) -> str | None:
    """The day, month or year that a date begins with, as ISO 8601 writes it; None if it is written otherwise.

    >>> day_of("2015-03-18T09:00:00Z"), day_of("2015-03"), day_of("18 March 2015"), day_of("2015-02-30")
    ('2015-03-18', '2015-03', None, None)
    """
    match = _DAY.match(written or "")
    if match is None:
        return None
    try:
        date(*(int(part or 1) for part in match.groups()))
    except ValueError:
        return None
    return match.group()


def _statement(line: str) -> Statement:
    return Statement.from_json(line)


def _placed(rows: Iterable[tuple[Any, ...]]) -> Iterator[Placed]:
    return (Placed(_statement(line), place, day) for line, place, day in rows)
