"""XLSX: the table on each sheet of a workbook, an article in each row, by the names in the sheet's first row.

openpyxl reads a sheet row by row, so that memory grows only with the workbook's shared texts, which are bounded.
"""

from __future__ import annotations

import logging
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime, time
from typing import IO, Any, Final

from onrecord.errors import InputError
from onrecord.reading.archives import DAMAGE, reason_of
from onrecord.reading.compression import most_unpacked
from onrecord.reading.inputs import shown
from onrecord.reading.rows.base import seekable
from onrecord.reading.rows.table import unique_names

_MOST_UNPACKED: Final = 1_000_000_000
_MOST_EMPTY: Final = 10_000
"""Empty rows one after another: a sheet may claim a million that nobody filled."""
_MOST_COLUMNS: Final = 1_000


def rows(stream: IO[bytes], where: str) -> Iterator[Mapping[str, object] | InputError]:
    """The rows of all sheets that have a header.

    Args:
        stream: need not be seekable.
        where: the file's name, at the beginning of messages.
    """
    from openpyxl import load_workbook

    logging.getLogger("openpyxl").setLevel(logging.CRITICAL)
    book: Any = None
    with seekable(stream, where) as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and the like
        number = 0
        try:
            _check(file, where)
            book = load_workbook(file, read_only=True, data_only=True)
            for sheet in book.worksheets:
                for row in _rows_of(sheet):
                    number += 1
                    yield row
        except InputError as error:
            yield error
        except (*DAMAGE, KeyError, AttributeError, TypeError, IndexError, SyntaxError) as error:
            what = "damaged, or not an XLSX workbook" if not number else f"cannot be read after row {number}"
            yield InputError(f"{where}: {what} ({shown(reason_of(error))}); save it again as XLSX or CSV")
        finally:
            if book is not None:
                book.close()


def _check(file: IO[bytes], where: str) -> None:
    """Refuses a workbook that unpacks to too much, before any of it is."""
    file.seek(0, 2)
    packed = file.tell()
    with zipfile.ZipFile(file) as archive:
        unpacked = sum(info.file_size for info in archive.infolist())
    if unpacked > min(most_unpacked(packed), _MOST_UNPACKED):
        raise InputError(f"{where}: unpacks to {unpacked / 1e6:,.0f} MB, more than is read; save it as CSV")
    file.seek(0)


def _rows_of(sheet: Any) -> Iterator[Mapping[str, object]]:
    sheet.reset_dimensions()  # what a sheet says of its size is often wrong
    names: list[str] | None = None
    empty = 0
    for cells in sheet.iter_rows(values_only=True, max_col=_MOST_COLUMNS):
        if all(cell is None or not str(cell).strip() for cell in cells):
            empty += 1
            if empty > _MOST_EMPTY:
                return
            continue
        empty = 0
        if names is None:
            header = ["" if cell is None else " ".join(str(cell).split()) for cell in cells]
            while not header[-1]:
                header.pop()
            names = unique_names(header)
        else:
            row = dict.fromkeys(names, None) | dict(zip(names, map(_value, cells), strict=False))
            yield row


def _value(cell: object) -> object:
    """A cell's value; a day without a time of day is a day, and a whole number is one."""
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date()
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    return cell
