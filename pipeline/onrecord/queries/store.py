"""The statements of a file in SQLite, loaded once for all questions: the file may be larger than memory."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from types import TracebackType
from typing import Final, Self

from onrecord.document import SCHEMA, Meta, Speaker, Statement, record_adapter
from onrecord.files.records import to_line
from onrecord.files.sqlite import Database
from onrecord.names.forms import fold
from onrecord.positions.model import Evidence
from onrecord.queries.date_ranges import day_of
from onrecord.queries.shades import stance_shade
from onrecord.text.normalization import wording_of

_SCHEMA: Final = """
CREATE TABLE article (doc TEXT PRIMARY KEY, day TEXT, outlet TEXT, original TEXT, meta TEXT);
CREATE TABLE statement (number INTEGER PRIMARY KEY, doc TEXT, start INT, place INT, form TEXT, cluster TEXT,
                        conflict INT, size INT, line TEXT);
CREATE TABLE said (number INT, speaker TEXT, named INT, doc TEXT, form TEXT, name TEXT, id TEXT, kind TEXT, role TEXT);
CREATE TABLE stance (number INT, target TEXT, label TEXT, lean REAL, support REAL, oppose REAL, about REAL,
                     shade TEXT);
CREATE VIEW counted AS SELECT * FROM statement
"""
"""``original`` is the article's ``duplicate_of``; ``place`` is the statement's place in its article, counted from 0;
``size`` its content words, if it has a cluster; ``said`` has a row for each speaker of a statement; ``lean`` is
p(support) - p(oppose), the next three are those of `Evidence`, ``shade`` is `stance_shade`. ``counted`` are the
statements that counts are of (`copies.Copies`)."""

_INDEXES: Final = """
CREATE INDEX said_speaker ON said (speaker);
CREATE INDEX said_number ON said (number);
CREATE INDEX stance_number ON stance (number);
CREATE INDEX stance_target ON stance (target, label);
CREATE INDEX statement_doc ON statement (doc);
CREATE INDEX statement_cluster ON statement (cluster);
CREATE TABLE target AS SELECT target AS name, MIN(rowid) AS first FROM stance GROUP BY target;
UPDATE statement SET place = ordered.place
FROM (SELECT number AS found, ROW_NUMBER() OVER (PARTITION BY doc ORDER BY start, number) - 1 AS place FROM statement)
     AS ordered
WHERE number = ordered.found
"""

_BATCH: Final = 2000
"""Statements that are inserted together."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A statement with its place in its article, counted from 0, and the day of the article (`day_of`)."""

    statement: Statement
    place: int
    day: str | None


class Store:
    """A context manager over a temporary file; the modules beside this one ask it questions."""

    def __init__(self, statements: Iterable[Statement]) -> None:
        """Reads all statements.

        Raises:
            OutputError: the temporary file cannot be written.
        """
        self.database = Database()
        self.statements = 0
        with self.database.closed_on_error():
            self.database.add_function("folded", fold)
            self.database.create(_SCHEMA)
            numbered = enumerate(statements)
            while batch := list(islice(numbered, _BATCH)):
                self._add(batch)
                self.statements += len(batch)
            self.database.create(_INDEXES)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.database.__exit__(kind, error, trace)

    def _add(self, batch: list[tuple[int, Statement]]) -> None:
        articles: dict[str, tuple[object, ...]] = {}
        rows: list[tuple[object, ...]] = []
        said: list[tuple[object, ...]] = []
        stances: list[tuple[object, ...]] = []
        for number, statement in batch:
            doc, meta = statement.doc, statement.meta
            if doc not in articles:
                fields = json.dumps([getattr(meta, field) for field in Meta.__dataclass_fields__])
                articles[doc] = (doc, day_of(meta.date), meta.outlet, meta.duplicate_of, fields)
            wording = None if statement.cluster is None else wording_of(statement)
            size = len(wording.words) if wording else 0
            sameness = (statement.cluster, statement.attribution_conflict, size)
            rows.append((number, doc, statement.content[0].start, 0, statement.form, *sameness, _line(statement)))
            for key, speaker in _speakers(statement).items():
                name = speaker.name or speaker.description or ""
                who = (bool(speaker.name), doc, statement.form, name, speaker.id, speaker.kind, speaker.role)
                said.append((number, key, *who))
            for stance in statement.stance:
                lean = stance.scores and stance.scores.support - stance.scores.oppose
                stances.append((number, stance.target, stance.label, lean, *Evidence.of(stance), stance_shade(stance)))
        self.database.execute_many("INSERT OR IGNORE INTO article VALUES (?, ?, ?, ?, ?)", articles.values())
        self.database.execute_many("INSERT INTO statement VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        self.database.execute_many("INSERT INTO said VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", said)
        self.database.execute_many("INSERT INTO stance VALUES (?, ?, ?, ?, ?, ?, ?, ?)", stances)


def _line(statement: Statement) -> str:
    """The statement's output line, made four times as fast as `to_line` makes one that people and terminals may see."""
    from pydantic_core import PydanticSerializationError

    try:
        fields = record_adapter().dump_json(statement).decode()
    except PydanticSerializationError:  # half a surrogate pair
        return to_line(statement)
    return f'{{"schema":"{SCHEMA}",{fields[1:]}'


def _speakers(statement: Statement) -> dict[str, Speaker]:
    """The speakers of a statement by key; of two with one key, the one with a name: pages link to that name."""
    speakers: dict[str, Speaker] = {}
    for speaker in statement.speakers:
        key = speaker_key(statement.doc, speaker)
        if key not in speakers or speaker.name:
            speakers[key] = speaker
    return speakers


def speaker_key(doc: str, speaker: Speaker) -> str:
    """Equal for the same speaker: the id, else the name, else the article ``doc`` and the description in it."""
    if speaker.name is None:
        return f"unnamed\n{doc}\n{fold(speaker.description or '')}"
    return f"id\n{speaker.id}" if speaker.id is not None else f"name\n{fold(speaker.name) or speaker.name}"


def stored_statement(line: str) -> Statement:
    """The statement of a row's ``line``."""
    return Statement.from_json(line)
