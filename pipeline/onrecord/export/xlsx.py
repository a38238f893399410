"""XLSX for spreadsheets: a sheet of statements, one of speakers, and one of positions if there are stances.

Texts are written as texts, whatever they look like: no cell is a formula or a link. Rows go to the disk as they come.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Final

from onrecord.document import Statement
from onrecord.errors import OutputError
from onrecord.export.articles import each_article
from onrecord.export.columns import COLUMNS, SEPARATOR, Cell, statement_cells
from onrecord.files.atomic import replacing_bytes
from onrecord.files.records import read_statements
from onrecord.positions.model import load_position_model
from onrecord.queries.positions import PositionQueries
from onrecord.queries.speakers import SpeakerCount, SpeakerQueries
from onrecord.queries.store import Store

_FORBIDDEN: Final = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPE: Final = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
"""What spreadsheets would take for the code of a character."""
_LONGEST: Final = 32_767
"""Characters of a cell, in UTF-16."""
_MOST_ROWS: Final = 1_048_576
_MOST_COLUMNS: Final = 16_384
_NO_TIME: Final = datetime(1980, 1, 1)
"""The first moment that a ZIP can tell."""
_WIDE: Final = frozenset({"text", "context", "title", "deciding"})


def write_xlsx(statements: Path, path: Path, articles: Path | None = None) -> tuple[int, int]:
    """Writes the workbook, and returns how many statements it has and how many of its cells had to be cut.

    Raises:
        InputError, RecordError: as `each_article` raises them.
        OutputError: there are more statements than a sheet has rows, or more targets than it has columns for.
        OSError: the file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing_bytes(path) as stream, Store(read_statements(statements)) as store:
        speakers = SpeakerQueries(store)
        book = _Book()
        columns = [*COLUMNS, *_stance_columns(speakers.targets)]
        book.add("statements", columns, _rows(statements, articles, speakers))
        book.add("speakers", _SPEAKER_COLUMNS, map(_speaker_row, _everybody(speakers)))
        if speakers.targets:
            queries = PositionQueries(store, speakers, load_position_model(None))
            book.add("positions", _POSITION_COLUMNS, _position_rows(queries))
        book.save(stream)
        return store.statements, book.cut


class _Book:
    """Writes sheets row by row; ``cut`` counts the cells whose text was too long."""

    def __init__(self) -> None:
        from openpyxl import Workbook

        self._book = Workbook(write_only=True)
        self.cut = 0

    def add(self, name: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
        """Adds a sheet with these columns; each row has a cell for each."""
        from openpyxl.utils import get_column_letter

        if len(columns) > _MOST_COLUMNS:
            raise OutputError(f"a sheet has {_MOST_COLUMNS:,} columns, too few for all targets; export to sqlite")
        sheet = self._book.create_sheet(name)
        for number, title in enumerate(columns, 1):
            sheet.column_dimensions[get_column_letter(number)].width = 60 if title in _WIDE else 16
        sheet.freeze_panes = "A2"
        sheet.append([self._cell(sheet, title) for title in columns])
        number = 1
        for number, cells in enumerate(rows, 2):
            if number > _MOST_ROWS:
                raise OutputError(f"a sheet has {_MOST_ROWS:,} rows, too few for all {name}; export to sqlite instead")
            sheet.append([self._cell(sheet, cell) if isinstance(cell, str) else cell for cell in cells])
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{number}"

    def save(self, stream: BinaryIO) -> None:
        """Writes the workbook, whose bytes depend on nothing but its cells: it does not say when it was made."""
        from openpyxl.writer.excel import ExcelWriter

        properties = self._book.properties
        properties.creator = "onrecord"
        properties.created = properties.modified = _NO_TIME  # a workbook must have these
        with _TimelessZip(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            ExcelWriter(self._book, archive).save()

    def _cell(self, sheet: Any, text: str) -> Any:
        """A cell told to hold a text: openpyxl would take ``=1`` for a formula, and ``#N/A`` for an error."""
        from openpyxl.cell import WriteOnlyCell

        if not text:
            return None
        cell = WriteOnlyCell(sheet, self._fitting(text))
        cell.data_type = "s"
        return cell

    def _fitting(self, text: str) -> str:
        text = _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
        text = _ESCAPE.sub("_x005F_", text)
        if len(text) * 2 <= _LONGEST or len(text.encode("utf-16-le")) // 2 <= _LONGEST:
            return text
        self.cut += 1
        short = text.encode("utf-16-le")[: 2 * (_LONGEST - 1)].decode("utf-16-le", "ignore")
        return f"{short}…"


class _TimelessZip(zipfile.ZipFile):
    """A ZIP whose members do not say when they were written."""

    def open(self, name: str | zipfile.ZipInfo, mode: Any = "r", *arguments: Any, **options: Any) -> Any:
        if isinstance(name, zipfile.ZipInfo) and mode == "w":
            name.date_time = _NO_TIME.timetuple()[:6]
        return super().open(name, mode, *arguments, **options)


def _stance_columns(targets: Sequence[str]) -> list[str]:
    return [f"{column}: {target}" for target in targets for column in ("stance", "stance_score", "stance_about")]


def _rows(statements: Path, articles: Path | None, speakers: SpeakerQueries) -> Iterator[list[Cell]]:
    targets = speakers.targets
    for labelled in each_article(statements, articles, texts_needed=False):
        for statement in labelled.statements:
            context = labelled.article.slice((statement.context,)).strip() if labelled.article.text else None
            yield [*statement_cells(statement, context), *_stance_cells(statement, targets)]


def _stance_cells(statement: Statement, targets: Sequence[str]) -> Iterator[Cell]:
    stances = {stance.target: stance for stance in statement.stance}
    for target in targets:
        stance = stances.get(target)
        yield from (stance.label, stance.score, stance.about) if stance else (None, None, None)


_SPEAKER_COLUMNS: Final = (
    *("name", "id", "kind", "role", "description", "doc", "statements", "articles", "direct", "mixed", "indirect"),
)


def _everybody(speakers: SpeakerQueries) -> Iterator[SpeakerCount]:
    for named in (True, False):
        yield from speakers.speakers(named)


def _speaker_row(count: SpeakerCount) -> list[Cell]:
    facts = (count.name, count.id, count.kind, next(iter(count.roles), None), count.description, count.doc)
    forms = count.forms
    return [*facts, count.statements, count.articles, forms["direct"], forms["mixed"], forms["indirect"]]


_POSITION_COLUMNS: Final = (
    *("name", "id", "description", "target", "side", "probability", "support", "oppose", "mixed", "no side"),
    *("statements", "deciding"),
)


def _position_rows(queries: PositionQueries) -> Iterator[list[Cell]]:
    for position, _ in queries.positions():
        chances: dict[Any, float] = {**position.probabilities}
        yield [
            *(position.name, position.speaker, position.description, position.target),
            *(position.side, position.probability),
            *(chances.get(side) for side in ("support", "oppose", "mixed", "no side")),
            *(position.statements, SEPARATOR.join(position.deciding)),
        ]
