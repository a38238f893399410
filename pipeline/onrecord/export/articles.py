"""The statements of a file, article by article, in bounded memory: what the exports to standards of the field read.

A statements file need not be sorted, and may be several files put together. Its lines are kept in a temporary
database, which also notices two statements of one id: an id must be unique in what is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Final

from onrecord.document import Article, Statement
from onrecord.errors import InputError, RecordError
from onrecord.export.labels import LabelledArticle
from onrecord.files.article_texts import ArticleTexts
from onrecord.files.records import check_text, read_statements, to_line
from onrecord.files.sqlite import Database

_SCHEMA: Final = """
CREATE TABLE article (number INTEGER PRIMARY KEY, doc TEXT UNIQUE);
CREATE TABLE statement (number INTEGER PRIMARY KEY, article INT, id TEXT UNIQUE, line TEXT);
CREATE INDEX statement_article ON statement (article)
"""


def each_article(statements: Path, articles: Path | None, *, texts_needed: bool) -> Iterator[LabelledArticle]:
    """The articles of a statements file with their statements, both in the order in which the file has them first.

    Each statement is checked against its article's text. Without ``texts_needed``, the text of an article that was not
    kept and is in no folder is empty.

    Raises:
        InputError, RecordError: a file cannot be read, a line is not a statement, an article has changed since
            extraction, or two statements have one id.
    """
    texts = ArticleTexts(statements, articles)
    with Database() as database:
        database.create(_SCHEMA)
        for statement in read_statements(statements):
            _add(database, statements, statement)
        rows = database.rows("SELECT article, line FROM statement ORDER BY article, number")
        for _, lines in groupby(rows, key=itemgetter(0)):
            group = tuple(Statement.from_json(line) for _, line in lines)
            text = texts.get(group[0]) if texts_needed else texts.find(group[0])
            article = Article(group[0].doc, text or "", group[0].meta)
            if text is not None:
                _check(article, group)
            yield LabelledArticle(article, group)


def _add(database: Database, path: Path, statement: Statement) -> None:
    database.execute("INSERT OR IGNORE INTO article (doc) VALUES (?)", statement.doc)
    added = database.execute(
        "INSERT OR IGNORE INTO statement (article, id, line) VALUES ((SELECT number FROM article WHERE doc = ?), ?, ?)",
        *(statement.doc, statement.id, to_line(statement)),
    )
    if not added:
        raise RecordError(f"{path}: two statements have the id {statement.id}; leave out one of the two")


def _check(article: Article, statements: tuple[Statement, ...]) -> None:
    for statement in statements:
        check_text(statement, article)
    try:
        article.text.encode()
    except UnicodeEncodeError as error:
        raise InputError(f"{article.doc}: its text has half a character at {error.start}; extract it again") from error
