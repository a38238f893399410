"""The articles of a run in which nothing was found: a report that left them out would hide what it is silent on."""

from __future__ import annotations

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
    statements: StatementQueries, texts: ArticleTexts, record: RunRecord
) -> WithoutStatements:
    """The articles in the folder that have no statement, by name; else their number from the record of the run."""
    known = {article.doc for article in statements.articles()}
    if texts.folder is not None:
        try:
            found = {file.doc for file in find_inputs([texts.folder])}
        except InputError:
            found = set()
        saved = {saved_path(Path(), doc, unique=unique).as_posix() for doc in known for unique in (False, True)}
        names = sorted(found - known - saved)
        return WithoutStatements(names, len(names))
    return WithoutStatements([], max(0, (record.articles or 0) - len(known)))
