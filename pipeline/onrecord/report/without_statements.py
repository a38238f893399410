"""The articles of a run in which nothing was found: a report that left them out would hide what it is silent on."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import NamedTuple

from onrecord.errors import InputError
from onrecord.files.article_texts import ArticleTexts, saved_path
from onrecord.queries.statements import StatementQueries
from onrecord.reading import find_inputs
from onrecord.report.run_record import RunRecord


class WithoutStatements(NamedTuple):
    """``names`` of the articles are known if the folder of articles is; ``total`` may be known without them."""

    names: list[str]
    total: int


def articles_without_statements(
    statements: StatementQueries, texts: ArticleTexts, record: RunRecord, skipped: AbstractSet[str] = frozenset()
) -> WithoutStatements:
    """The articles in the folder that have no statement, by name; else their number from the record of the run.

    ``skipped`` are articles that have statements and are not in the report. The folder is read with the settings that
    `onrecord extract` has without options: if that gives another number of articles than the run had, the run read
    other files or rows, and so the names are not known.
    """
    known = {article.doc for article in statements.articles()} | skipped
    if texts.folder is not None:
        try:
            found = {file.doc for file in find_inputs([texts.folder])}
        except InputError:
            found = set()
        found -= {
            saved_path(Path(), doc, unique=unique).as_posix() for doc in known for unique in (False, True)
        } - known
        if record.articles is None or len(found | known) in (record.articles, record.articles + (record.failed or 0)):
            names = sorted(found - known)
            return WithoutStatements(names, len(names))
    return WithoutStatements([], max(0, (record.articles or 0) - len(known)))
