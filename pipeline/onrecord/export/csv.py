"""CSV for spreadsheets and data frames: one row for each statement."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from onrecord.document import Article, Stance, Statement
from onrecord.export.columns import COLUMNS, statement_cells
from onrecord.files.article_texts import ArticleTexts
from onrecord.files.atomic import replacing
from onrecord.files.records import check_text, read_statements
from onrecord.tables.formulas import harmless

_STANCE_COLUMNS: Final = ("target", "stance", "stance_score", "stance_about")


def write_csv(statements: Path, path: Path, articles: Path | None = None) -> int:
    """Writes the statements of a file as CSV in UTF-8 with a byte order mark, which spreadsheets want.

    A second target has its own columns ``target_2``, ``stance_2`` and so on. ``context``, the
    sentences around, is empty for articles whose text was not kept, without their folder. Returns the number of rows.

    Raises:
        InputError, RecordError: a file cannot be read, or an article has changed since extraction.
        OSError: the file cannot be written.
    """
    targets = list(
        dict.fromkeys(stance.target for statement in read_statements(statements) for stance in statement.stance)
    )
    stances = [name if number == 1 else f"{name}_{number}" for number in _numbers(targets) for name in _STANCE_COLUMNS]
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = 0
    with replacing(path, encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([*COLUMNS, *map(harmless, stances)])
        texts = ArticleTexts(statements, articles)
        for statement, context in _with_context(read_statements(statements), texts):
            cells = ["" if cell is None else harmless(str(cell)) for cell in statement_cells(statement, context)]
            writer.writerow([*cells, *_stance_cells(statement, targets)])
            rows += 1
    return rows


def _numbers(targets: list[str]) -> range:
    return range(1, max(len(targets), 1) + 1)


def _with_context(statements: Iterable[Statement], texts: ArticleTexts) -> Iterator[tuple[Statement, str]]:
    """Each statement with its context; of the articles only the last is in memory."""
    article: Article | None = None
    for statement in statements:
        if article is None or statement.doc != article.doc:
            text = texts.find(statement)
            article = None if text is None else Article(statement.doc, text)
        if article is None:
            yield statement, ""
            continue
        check_text(statement, article)
        yield statement, article.slice((statement.context,)).strip()


def _stance_cells(statement: Statement, targets: list[str]) -> list[str]:
    stances: dict[str, Stance] = {stance.target: stance for stance in statement.stance}
    cells: list[str] = []
    for target in targets or [""]:
        stance = stances.get(target)
        if stance is None:
            cells += [""] * len(_STANCE_COLUMNS)
            continue
        chances = ("" if chance is None else str(chance) for chance in (stance.score, stance.about))
        cells += [harmless(target), stance.label, *chances]
    return cells
