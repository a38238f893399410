"""A SQLite database for Datasette or any SQL: tables with keys between them, views, and a full-text index.

Beside it goes a metadata file for Datasette, which describes the tables and columns. What a line of output says has a
column of its own; spans are JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from importlib.resources import files
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

from onrecord.document import Article, Mention, Speaker, Statement
from onrecord.errors import OutputError
from onrecord.export.articles import each_article
from onrecord.export.labels import LabelledArticle
from onrecord.files.atomic import begins_with, fresh_path, naming, put_in_place, replacing
from onrecord.files.records import harmless_json
from onrecord.files.sqlite import Database
from onrecord.queries.store import speaker_key

_INDEX: Final = (
    "CREATE VIRTUAL TABLE statements_fts USING "
    "fts5(text, context, content='statements', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2')"
)
_BEGINS: Final = b'{\n  "databases": {'
"""How a metadata file of ours begins."""


class DatabaseCounts(NamedTuple):
    """How much was written, and where the metadata file is."""

    statements: int
    articles: int
    metadata: Path


def write_sqlite(statements: Path, path: Path, articles: Path | None = None) -> DatabaseCounts:
    """Writes the database, and replaces one that is there when all of it is on the disk.

    Without the articles' texts, the columns for text and context are null.

    Raises:
        InputError, RecordError: as `each_article` raises them.
        OutputError, OSError: a file cannot be written, or the metadata would replace a file of something else.
    """
    if path.exists() and not path.is_file():
        raise OutputError(f"{path}: not a file; a database needs one")
    metadata = metadata_path(path)
    if metadata.exists() and not begins_with(metadata, _BEGINS):
        raise OutputError(
            f"{metadata}: a file of something else is there, where the metadata belongs; choose another name with -o"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = fresh_path(path)
    try:
        with naming(path):
            fresh.unlink(missing_ok=True)
            counts = _write(statements, fresh, articles)
            put_in_place(fresh, path)
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
    with replacing(metadata) as stream:
        stream.write(harmless_json(json.dumps(_metadata(path.stem), indent=2, ensure_ascii=False)) + "\n")
    return DatabaseCounts(*counts, metadata)


def metadata_path(path: Path) -> Path:
    """The metadata file of a database."""
    return path.with_name(f"{path.stem}.metadata.json")


def _write(statements: Path, path: Path, articles: Path | None) -> tuple[int, int]:
    schema = _resource("schema.sql")
    tables, _, views = schema.partition("-- After loading\n")
    with Database(path, durable=False) as database:
        database.create(_without_comments(tables))
        loader = _Loader(database)
        for labelled in each_article(statements, articles, texts_needed=False):
            loader.add(labelled)
        database.create(_without_comments(views))
        database.execute(_INDEX)
        database.execute("INSERT INTO statements_fts (statements_fts) VALUES ('rebuild')")
        database.commit()
        return loader.statements, loader.articles


class _Loader:
    """Enters articles one after the other."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.statements = 0
        self.articles = 0

    def add(self, labelled: LabelledArticle) -> None:
        article, meta = labelled.article, labelled.article.meta
        self.articles += 1
        self._database.execute(
            "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *(self.articles, article.doc, meta.title, meta.date, meta.outlet, meta.url, meta.language, meta.encoding),
            *(meta.duplicate_of, article.text or None),
        )
        for statement in labelled.statements:
            self.statements += 1
            self._add_statement(statement, article)
            self._database.execute_many(
                "INSERT INTO statement_speakers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                list(self._speakers(statement)),
            )
            self._database.execute_many(
                "INSERT INTO stances VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", list(self._stances(statement))
            )

    def _add_statement(self, statement: Statement, article: Article) -> None:
        context = statement.context
        values = (
            *(self.statements, statement.id, self.articles, statement.text, statement.form),
            *(statement.act, statement.act_score, statement.confidence),
            *(statement.content[0].start, statement.content[-1].end, json.dumps(statement.content)),
            *(context.start, context.end, article.slice((context,)) if article.text else None),
            *chain.from_iterable(map(_mention, (statement.cue, statement.source, statement.via))),
            *(statement.cluster, statement.attribution_conflict),
        )
        self._database.execute(f"INSERT INTO statements VALUES ({', '.join('?' * len(values))})", *values)

    def _speakers(self, statement: Statement) -> Iterator[tuple[object, ...]]:
        for place, speaker in enumerate(statement.speakers, 1):
            number = self._speaker(statement.doc, speaker)
            yield (
                *(self.statements, place, number, speaker.role, speaker.description, speaker.score),
                *(speaker.source_type, speaker.gender, speaker.anonymous, *_mention(speaker.reason)),
            )

    def _speaker(self, doc: str, speaker: Speaker) -> int:
        """The number of a speaker, who is entered as soon as they appear."""
        key = speaker_key(doc, speaker)
        home = self.articles if speaker.name is None else None
        self._database.execute(
            "INSERT OR IGNORE INTO speakers (key, name, identifier, kind, description, article) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            *(key, speaker.name, speaker.id, speaker.kind, None if speaker.name else speaker.description, home),
        )
        number = int(self._database.value("SELECT id FROM speakers WHERE key = ?", key))
        self._database.execute_many(
            "INSERT OR IGNORE INTO speaker_names VALUES (?, ?)",
            [(number, name) for name in (speaker.name, *speaker.aliases) if name],
        )
        return number

    def _stances(self, statement: Statement) -> Iterator[tuple[object, ...]]:
        for place, stance in enumerate(statement.stance, 1):
            self._database.execute("INSERT OR IGNORE INTO targets (name) VALUES (?)", stance.target)
            target = self._database.value("SELECT id FROM targets WHERE name = ?", stance.target)
            scores = stance.scores
            chances = (scores.support, scores.oppose, scores.neutral) if scores else (None, None, None)
            yield (self.statements, place, target, stance.label, stance.score, *chances, stance.about)


def _mention(mention: Mention | None) -> tuple[str | None, str | None]:
    return (None, None) if mention is None else (mention.text, json.dumps(mention.spans))


def _metadata(name: str) -> dict[str, object]:
    return {"databases": {name: json.loads(_resource("datasette.json"))}}


def _resource(name: str) -> str:
    return files("onrecord.export").joinpath("data", name).read_text(encoding="utf-8")


def _without_comments(sql: str) -> str:
    return "\n".join(line for line in sql.splitlines() if not line.startswith("--"))
