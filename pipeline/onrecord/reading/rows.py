"""Rows: JSON lines, compressed or not, and Parquet, one article in each row. A file is never in memory as a whole.

The loaders of `datasets` cannot do this: one bad line ends their file, and a whole group of Parquet rows is in memory.
200 MB of articles took them 6 to 7 s and 340 to 780 MB of memory, half of both for imports; here it is 1.5 s and 27 MB
(JSON lines) or 120 MB (Parquet). `integrations.datasets.load_articles` streams what is read here as a dataset.
"""

from __future__ import annotations

import gzip
import json
import shutil
import tempfile
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import date
from typing import IO, Any, Final, Protocol, cast

from onrecord.document import Article, Meta
from onrecord.errors import InputError
from onrecord.reading.archives import DAMAGE, RATIO, Archive, most_unpacked
from onrecord.reading.encodings import LONGEST, check_text
from onrecord.reading.inputs import File, Input, shown

_LONGEST_LINE: Final = 6 * LONGEST + 1_000_000
"""Bytes of a line: the longest article with each character escaped, and room for other fields."""
_BATCH: Final = 64
_LARGEST_UNPACKED: Final = 4_000_000_000
"""Bytes of a Parquet file in an archive: it is unpacked to a temporary file, because it is read from its end."""
META_FIELDS: Final = ("title", "date", "outlet", "url")
"""What a row may say about its article besides the text."""
_LONGEST_ID: Final = 500


class Rows(Protocol):
    """The rows of an open file."""

    def read(self, position: int) -> dict[str, Any]:
        """The row at a position that `find_rows` gave.

        Raises:
            ValueError: it is not a row, and why.
        """

    def close(self) -> None: ...


def find_rows(doc: str, file: File, id_field: str | None) -> Iterator[Input]:
    """The rows of ``file``, named by their ``id_field`` or number; the fault of a row is in its ``Input``."""
    named = f"{doc}#"
    seen: set[str] = set()
    number = 0
    try:
        rows = _parquet_ids(file, id_field) if file.format == "parquet" else _line_ids(file, id_field)
        for number, position, identity, problem in rows:
            fault = problem
            called = f"{named}{number if identity is None else identity}"
            if fault is None and called in seen:
                fault = (
                    f"row {number} has the id of an earlier one; give every row its own, or choose another --id-field"
                )
            if fault is not None:
                where = f"{shown(doc)}#{number}"
                yield Input(f"{named}{number}", file, position, f"{where}: {fault}")
            else:
                seen.add(called)
                yield Input(called, file, position)
    except InputError as error:
        yield Input(doc, file, fault=f"{shown(doc)}: {error}")
    except DAMAGE as error:
        yield Input(
            doc, file, fault=f"{shown(doc)}: cannot be read after row {number} ({_reason(error)}); write it again"
        )
    else:
        if not number:
            yield Input(doc, file, fault=f"{shown(doc)}: no rows; leave it out")


_Found = tuple[int, int, str | None, str | None]
"""A row's number from 1, its position, its id and what is wrong with it."""


def _line_ids(file: File, id_field: str | None) -> Iterator[_Found]:
    with ExitStack() as stack:
        stream = _open(file, stack)
        most = most_unpacked(_size(file)) if file.is_compressed else None
        number = position = 0
        while line := stream.readline(_LONGEST_LINE):
            number += 1
            length = len(line)
            fault = identity = None
            if length == _LONGEST_LINE and not line.endswith(b"\n"):
                fault = f"a line of over {_LONGEST_LINE / 1e6:.0f} MB, longer than any article; split it"
                while (more := stream.readline(1 << 20)) and not more.endswith(b"\n"):
                    length += len(more)
                length += len(more)
            elif id_field is not None and line.strip():
                identity, fault = _identify(lambda line=line: _parse(line), id_field)  # type: ignore[misc]
            if line.strip(b" \t\r\n\xef\xbb\xbf"):
                yield number, position, identity, fault
            position += length
            if most is not None and position > most:
                raise InputError(f"unpacks to over {RATIO} times its size; the rest was not read")


def _parquet_ids(file: File, id_field: str | None) -> Iterator[_Found]:
    with ExitStack() as stack:
        table = _open_parquet(file, stack)
        names = table.schema_arrow.names
        for field in filter(None, (file.text_field, id_field)):
            if field not in names:
                option = "--text-field" if field == file.text_field else "--id-field"
                raise InputError(f"no column {field!r}; name one with {option} ({shown(', '.join(names))[:200]})")
        if id_field is None:
            yield from ((row + 1, row, None, None) for row in range(table.metadata.num_rows))
            return
        row = 0
        for batch in table.iter_batches(batch_size=4096, columns=[id_field], use_threads=False):
            for value in batch.column(0):
                identity, fault = _identify(lambda value=value: {id_field: value.as_py()}, id_field)  # type: ignore[misc]
                yield row + 1, row, identity, fault
                row += 1


def _identify(read: Callable[[], dict[str, Any]], id_field: str) -> tuple[str | None, str | None]:
    """A row's id, or what is wrong with it."""
    try:
        value = read().get(id_field)
    except ValueError as error:
        return None, f"{_reason(error)}; fix or remove the line"
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "" or len(str(value)) > _LONGEST_ID:
        return None, f"no text or number in {id_field!r}; give every row one, or choose another --id-field"
    return str(value), None


def row_article(row: Mapping[str, Any], doc: str, where: str, text_field: str) -> Article:
    """The article ``doc`` in ``row``, with the title, date, outlet and URL that it gives.

    Raises:
        InputError: there is no text in it; the message begins with ``where``.
    """
    text = row.get(text_field)
    if not isinstance(text, str):
        fields = shown(", ".join(map(str, row)))[:200]
        raise InputError(f"{where}: no text in the field {text_field!r}; name another with --text-field ({fields})")
    text = text.removeprefix("\ufeff")
    check_text(text, where)
    known = {name: _as_line(row.get(name)) for name in META_FIELDS}
    return Article(doc, text, Meta(**known, encoding="utf-8"))


def _as_line(value: object) -> str | None:
    """A value as one line of text; None if it is empty or of another type."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return " ".join(str(value).encode("utf-8", "replace").decode().split()) or None


def open_rows(file: File) -> Rows:
    """The rows of ``file``; reading them in order is fastest."""
    return _Parquet(file) if file.format == "parquet" else _Lines(file)


class _Lines:
    def __init__(self, file: File) -> None:
        with ExitStack() as stack:
            self._stream = _open(file, stack)
            self._open = stack.pop_all()

    def read(self, position: int) -> dict[str, Any]:
        self._stream.seek(position)
        return _parse(self._stream.readline(_LONGEST_LINE))

    def close(self) -> None:
        self._open.close()


class _Parquet:
    """Holds a small batch of rows at a time, and the faults of damaged groups of rows."""

    def __init__(self, file: File) -> None:
        with ExitStack() as stack:
            self._table = _open_parquet(file, stack)
            self._open = stack.pop_all()
        names = set(self._table.schema_arrow.names)
        self._columns = [name for name in dict.fromkeys((file.text_field, *META_FIELDS)) if name in names]
        self._starts = [0]
        for group in range(self._table.num_row_groups):
            self._starts.append(self._starts[-1] + self._table.metadata.row_group(group).num_rows)
        self._group = -1
        self._damage: dict[int, tuple[int, str]] = {}
        self._batches: Iterator[Any] = iter(())
        self._batch: Any = None
        self._first = self._end = 0

    def read(self, position: int) -> dict[str, Any]:
        group = bisect_right(self._starts, position) - 1
        if position >= self._starts[-1]:
            raise ValueError("the row is gone; the file has changed")
        if group in self._damage and position >= self._damage[group][0]:
            raise ValueError(self._damage[group][1])
        if group != self._group or position < self._first:
            self._batches = self._batches_of(group)
            self._group = group
            self._first = self._end = self._starts[group]
        while position >= self._end:
            self._batch = next(self._batches)
            self._first, self._end = self._end, self._end + self._batch.num_rows
        row: dict[str, Any] = self._batch.slice(position - self._first, 1).to_pylist()[0]
        return row

    def _batches_of(self, group: int) -> Iterator[Any]:
        try:
            yield from self._table.iter_batches(_BATCH, row_groups=[group], columns=self._columns, use_threads=False)
            reason = "fewer rows than the file declares"
        except Exception as error:  # pyarrow raises all kinds on a damaged file
            reason = _reason(error)
        # To read up to the damage again for each row behind it would take hours.
        self._damage[group] = self._end, reason
        self._group = -1
        raise ValueError(reason)

    def close(self) -> None:
        self._open.close()


def _parse(line: bytes) -> dict[str, Any]:
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 at byte {error.start} of the line") from error
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    except ValueError as error:
        raise ValueError(f"not JSON: {error}") from error
    if not isinstance(row, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004
    return row


def _open(file: File, stack: ExitStack) -> IO[bytes]:
    assert file.path is not None
    stream: IO[bytes]
    if file.member is None:
        stream = stack.enter_context(file.path.open("rb"))
    else:
        archive = Archive(file.path)
        stack.callback(archive.close)
        stream = stack.enter_context(archive.open(file.member))
    if file.is_compressed:
        return cast(IO[bytes], stack.enter_context(gzip.GzipFile(fileobj=stream)))
    return stream


def _open_parquet(file: File, stack: ExitStack) -> Any:
    from pyarrow import parquet

    source: Any = file.path
    if file.member is not None:
        if file.member.size > _LARGEST_UNPACKED:
            raise InputError(f"over {_LARGEST_UNPACKED / 1e9:.0f} GB in an archive; unpack it first")
        source = stack.enter_context(tempfile.TemporaryFile(prefix="onrecord-"))  # noqa: SIM115
        shutil.copyfileobj(_open(file, stack), source)
        source.seek(0)
    table = parquet.ParquetFile(source, buffer_size=1 << 20, pre_buffer=False)
    stack.callback(table.close)
    return table


def _size(file: File) -> int:
    assert file.path is not None
    return file.member.size if file.member else file.path.stat().st_size


def _reason(error: BaseException) -> str:
    reason = getattr(error, "strerror", None) or str(error) or "it ends too early"
    return str(reason).splitlines()[0][:200]
