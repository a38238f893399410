"""CSV and TSV: a table in text, an article in each row, whatever the encoding, the delimiter and the line ends.

As pandas reads them: cells in quotation marks may hold line breaks, columns of one name are numbered, and a column
before the first name is an index. A row that is not as wide as the header, or quotes in other ways, is one fault.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from typing import IO, Final

from onrecord.errors import DecodingError, InputError
from onrecord.reading.encodings import LONGEST, decode
from onrecord.reading.rows.base import LONGEST_ROW, MOST_EMPTY, again

_SAMPLE: Final = 1 << 20
"""Bytes from which the encoding and the dialect are told."""
_SAMPLE_ROWS: Final = 50
_DELIMITERS: Final = ",;\t|"
_SEPARATOR: Final = re.compile(r"(?:sep|SEP)=(.)\r?\n?")
"""The line in which spreadsheets are told the delimiter."""
_ESCAPED: Final = re.compile(r'\\"')
_DOUBLED: Final = re.compile(r'[^,;\t|\r\n"]""[^,;\t|\r\n"]')
_SURROGATE: Final = re.compile("[\udc80-\udcff]")
_MOSTLY: Final = 0.5
_UTF_16_OR_32: Final = ("utf-16", "utf-32")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a table is written; without ``quotes`` a quotation mark is a character like any other."""

    delimiter: str = ","
    quotes: bool = True
    escapes: bool = False


class RaggedError(ValueError):
    """A row that cannot be read, and in which line it ends."""


def rows(stream: IO[bytes], where: str) -> Iterator[Mapping[str, object] | InputError]:
    """The rows of a table, by the names in its first line; each has all names.

    Args:
        stream: need not be seekable; memory does not grow with it.
        where: the file's name, at the beginning of messages.
    """
    sample = stream.read(_SAMPLE)
    if not sample.strip():
        return
    try:
        encoding = encoding_of(sample, where)
    except InputError as error:
        yield error
        return
    errors = "replace" if encoding.startswith(_UTF_16_OR_32) else "surrogateescape"
    text = io.TextIOWrapper(again(sample, stream), encoding, errors, newline="")
    start = sample.decode(encoding, errors).removeprefix("\ufeff")
    table = read_rows(text, dialect_of(start if len(sample) < _SAMPLE else start[: start.rfind("\n") + 1]))
    first = next(table, None)
    if first is None or isinstance(first[1], RaggedError):
        yield InputError(f"{where}: the header cannot be read ({first[1] if first else 'there is none'}); repair it")
        return
    ahead = list(islice(table, 2))
    names = _names(first[1], ahead)
    for number, (line, cells) in enumerate(chain(ahead, table), 1):
        here = f"{where}: row {number} (line {line:,})"
        if isinstance(cells, RaggedError):
            yield InputError(f"{here}: {cells}; repair or remove the row")
        elif len(cells) != len(names) and not (len(cells) > len(names) and not any(cells[len(names) :])):
            yield InputError(
                f"{here} has {len(cells)} cells and the header {len(names)}; put cells with delimiters or line breaks "
                "into quotation marks"
            )
        elif any(map(_SURROGATE.search, cells)):
            yield InputError(f"{here} is not in {encoding}, as the rows before; save the table as UTF-8")
        else:
            yield dict(zip(names, cells, strict=False))


def encoding_of(sample: bytes, where: str) -> str:
    """The encoding of a table that begins with ``sample``.

    Raises:
        InputError: it is binary.
    """
    whole = sample
    if len(sample) == _SAMPLE:  # cut where no character is cut, in one of two or four bytes either
        whole = (
            sample[: sample.rfind(b"\n") + 1] if b"\0" not in sample[:4096] else sample[: sample.rfind(b"\n\0") & ~3]
        )
        whole = whole or sample
    try:
        return decode(whole, where)[1]
    except DecodingError:
        # Some bytes are wrong: the rows that have them will be told.
        if b"\0" in whole:
            raise
        return "utf-8"


def read_rows(lines: Iterable[str], dialect: Dialect) -> Iterator[tuple[int, list[str] | RaggedError]]:
    """The cells of each row that is not empty, and the number of the line in which it ends.

    ``lines`` keep their line ends, and may be a file opened with ``newline=""``.
    """
    csv.field_size_limit(LONGEST + 1000)
    reader = csv.reader(
        _bounded(lines),
        delimiter=dialect.delimiter,
        quoting=csv.QUOTE_MINIMAL if dialect.quotes else csv.QUOTE_NONE,
        doublequote=not dialect.escapes,
        escapechar="\\" if dialect.escapes else None,
        strict=True,
    )
    while True:
        try:
            cells: list[str] | RaggedError = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            cells = RaggedError(_FAULTS.get(str(error), f"quotation marks that do not fit ({error})"))
        except ValueError as error:
            cells = RaggedError(str(error))
        if isinstance(cells, RaggedError) or any(cells):
            yield reader.line_num, cells


_FAULTS: Final = {
    "unexpected end of data": "an opening quotation mark that is never closed, so that all up to the end belongs to it",
    f"field larger than field limit ({LONGEST + 1000})": (
        "a cell longer than any article, or a quotation mark that is not closed"
    ),
}


def _bounded(lines: Iterable[str]) -> Iterator[str]:
    """The lines, the first without a byte order mark; an instruction about the delimiter is left out."""
    first, empty = True, 0
    read = lines.readline if isinstance(lines, io.TextIOBase) else None
    for line in lines if read is None else iter(lambda: read(LONGEST_ROW), ""):
        given = line
        if first:
            given, first = line.removeprefix("\ufeff"), False
            if _SEPARATOR.fullmatch(given):
                continue
        empty = 0 if given.strip() else empty + 1
        if empty > MOST_EMPTY:
            raise ValueError(f"over {MOST_EMPTY:,} empty lines; the rest was not read")
        yield given


def dialect_of(start: str) -> Dialect:
    """How a table is written that begins with ``start``: what gives rows of one width, and the wider the better."""
    if (named := _SEPARATOR.match(start.removeprefix("\ufeff"))) is not None:
        return Dialect(named[1])
    escapes = bool(_ESCAPED.search(start)) and not _DOUBLED.search(start)
    quoted = {dialect: _score(start, dialect) for dialect in (Dialect(mark, True, escapes) for mark in _DELIMITERS)}
    best = max(quoted, key=lambda dialect: quoted[dialect])
    if quoted[best][0] == 1 or (quoted[best][0] > _MOSTLY and _is_quoted(start, best.delimiter)):
        return best
    bare = {dialect: _score(start, dialect) for dialect in (Dialect(mark, quotes=False) for mark in _DELIMITERS)}
    barest = max(bare, key=lambda dialect: bare[dialect])
    return barest if bare[barest] > quoted[best] else best


def _is_quoted(start: str, delimiter: str) -> bool:
    """Whether there is a whole cell in quotation marks."""
    mark = re.escape(delimiter)
    return re.search(rf'(?:^|[\r\n]|{mark})"[^"]*"(?:{mark}|[\r\n]|$)', start) is not None


def _score(start: str, dialect: Dialect) -> tuple[float, int]:
    """The share of rows as wide as the first, and that width; nothing for a table of one column."""
    found = [cells for _, cells in islice(read_rows(start.splitlines(keepends=True), dialect), _SAMPLE_ROWS)]
    if not found or isinstance(found[0], RaggedError) or (width := len(found[0])) < 2:
        return 0.0, 0
    fitting = sum(not isinstance(cells, RaggedError) and len(cells) in (width, width + 1) for cells in found)
    return round(fitting / len(found), 1), width


def _names(header: list[str], ahead: list[tuple[int, list[str] | RaggedError]]) -> list[str]:
    """The names of the columns: those without one are numbered, and so are those whose name is there already."""
    header = [name.strip() for name in header]
    while header and not header[-1]:
        header.pop()
    if ahead and all(_has_index(cells, len(header)) for _, cells in ahead):
        header.insert(0, "")
    return unique_names(header)


def _has_index(cells: list[str] | RaggedError, width: int) -> bool:
    """Whether a row has a number before what the header names."""
    return not isinstance(cells, RaggedError) and len(cells) == width + 1 and cells[0].strip().isdecimal()


def unique_names(header: Iterable[str]) -> list[str]:
    """Names as pandas gives them: ``text``, ``text.1``, ``Unnamed: 2``."""
    names: dict[str, None] = {}
    for number, name in enumerate(header):
        called, again_ = name or f"Unnamed: {number}", 0
        while called in names:
            again_ += 1
            called = f"{name}.{again_}"
        names[called] = None
    return list(names)
