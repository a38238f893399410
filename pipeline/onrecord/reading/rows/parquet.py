"""Parquet: an article in each row, whose position is its index.

A few bytes can stand for very many: a page of a dictionary is compressed, and all rows may name one entry of it. So
what a file claims is looked at before anything is unpacked, few rows are unpacked at a time where an entry may be
large, and what comes out is bounded as in any compressed file. (To read columns as dictionaries takes thirty times as
long, and two and a half times the memory.)
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import IO, Any, Final

from onrecord.errors import InputError
from onrecord.reading.archives import LastArchive, reason_of
from onrecord.reading.compression import RATIO, most_unpacked
from onrecord.reading.fields import Fields
from onrecord.reading.inputs import File, shown
from onrecord.reading.rows.base import LARGEST_UNPACKED, Found, identify, open_stream, seekable

_BATCH: Final = 64
_BATCH_BYTES: Final = 64_000_000
"""Bytes that a batch may have if each of its rows is as large as an entry of a dictionary can be."""
_HARMLESS_ROWS: Final = 100_000
"""Rows that a file may always have; if it has more, each must take up a byte: one value may stand for any number."""


def find(file: File, id_field: str | None, archives: LastArchive) -> Iterator[Found]:
    """The rows of the file.

    Raises:
        InputError: there is no column of texts, or of ids.
    """
    with ExitStack() as stack:
        table = _open(file, stack, archives)
        columns = table.schema_arrow.names
        if table.metadata.num_rows > max(_HARMLESS_ROWS, file.packed):
            raise InputError(
                f"{table.metadata.num_rows:,} rows in {file.packed / 1e6:,.1f} MB, as only a bomb has; not read"
            )
        _check(table.metadata)
        for field, option in ((file.fields.text or "text", "--text-field"), (id_field, "--id-field")):
            if field is not None and _column(field, columns) is None:
                raise InputError(f"no column {field!r}; name one with {option} ({shown(', '.join(columns))[:200]})")
        if id_field is None:
            yield from (Found(row + 1, row) for row in range(table.metadata.num_rows))
            return
        row = 0
        wanted = [_column(id_field, columns)]
        for batch in table.iter_batches(batch_size=4096, columns=wanted, use_threads=False):
            for values in zip(*(column for column in batch.columns), strict=True):
                named = {name: value.as_py() for name, value in zip(batch.schema.names, values, strict=True)}
                yield Found(row + 1, row, *identify(named, id_field))
                row += 1


def _column(field: str, columns: list[str]) -> str | None:
    """The column that holds ``field``, which may be a path with dots into a nested one."""
    return next((name for name in (field, field.split(".", maxsplit=1)[0]) if name in columns), None)


def first(file: File, archives: LastArchive) -> Mapping[str, Any]:
    """The names of the columns and of what is nested in them, without values."""
    import pyarrow

    def empty(kind: Any) -> Any:
        if pyarrow.types.is_struct(kind):
            return {kind.field(number).name: empty(kind.field(number).type) for number in range(kind.num_fields)}
        return None

    with ExitStack() as stack:
        return {column.name: empty(column.type) for column in _open(file, stack, archives).schema_arrow}


class Table:
    """Holds a small batch of rows at a time, and the faults of damaged groups of rows."""

    def __init__(self, file: File, archives: LastArchive) -> None:
        with ExitStack() as stack:
            self._table = _open(file, stack, archives)
            self._open = stack.pop_all()
        columns = list(self._table.schema_arrow.names)
        wanted = (*filter(None, file.fields), *Fields._fields)
        found = (_column(field, columns) for field in wanted)
        self._columns = list(dict.fromkeys(name for name in found if name is not None))
        self._starts = [0]
        for group in range(self._table.num_row_groups):
            self._starts.append(self._starts[-1] + self._table.metadata.row_group(group).num_rows)
        self._group = -1
        self._damage: dict[int, tuple[int, str]] = {}
        self._batches: Iterator[Any] = iter(())
        self._batch: Any = None
        self._first = self._end = 0
        self._given, self._most = 0, most_unpacked(file.packed)

    def read(self, position: int) -> dict[str, Any]:
        """See `base.Rows`."""
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
        named = zip(self._batch.schema.names, self._batch.columns, strict=True)
        row = {name: _value(column[position - self._first], name) for name, column in named}
        self._given += sum(len(value) for value in row.values() if isinstance(value, str | bytes))
        if self._given > self._most:
            raise ValueError(f"the file unpacks to over {RATIO} times its size")
        return row

    def _batches_of(self, group: int) -> Iterator[Any]:
        largest = max((column.total_uncompressed_size for column in _columns(self._table.metadata, group)), default=0)
        size = max(1, min(_BATCH, _BATCH_BYTES // max(1, largest)))
        try:
            yield from self._table.iter_batches(size, row_groups=[group], columns=self._columns, use_threads=False)
            reason = "fewer rows than the file declares"
        except Exception as error:  # pyarrow raises all kinds on a damaged file
            reason = reason_of(error)
        # To read up to the damage again for each row behind it would take hours.
        self._damage[group] = self._end, reason
        self._group = -1
        raise ValueError(reason)

    def close(self) -> None:
        """Closes the file."""
        self._open.close()


def _value(cell: Any, name: str) -> Any:
    """A cell's value, bytes as the text that they are in UTF-8; None where Python has no such date or number.

    Raises:
        ValueError: the text is damaged.
    """
    import pyarrow

    try:
        value = cell.as_py()
        return value.decode("utf-8") if isinstance(value, bytes) else value
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 at byte {error.start} of {shown(name)!r}") from error
    except (ValueError, OverflowError, ArithmeticError, pyarrow.ArrowException):
        return None


def _check(metadata: Any) -> None:
    """Raises InputError if a column claims to unpack to far more than articles do."""
    for group in range(metadata.num_row_groups):
        for column in _columns(metadata, group):
            if column.total_uncompressed_size > most_unpacked(column.total_compressed_size):
                name = shown(column.path_in_schema)
                raise InputError(f"its column {name!r} unpacks to over {RATIO} times its size; it was not read")


def _columns(metadata: Any, group: int) -> Iterator[Any]:
    """What the file says of the columns of a group of rows."""
    row_group = metadata.row_group(group)
    return (row_group.column(number) for number in range(row_group.num_columns))


def _open(file: File, stack: ExitStack, archives: LastArchive) -> Any:
    from pyarrow import parquet

    source: Any = file.path
    if file.member is not None or file.compression is not None:
        if file.member is not None and file.member.size > LARGEST_UNPACKED:
            raise InputError(f"over {LARGEST_UNPACKED / 1e9:.0f} GB in an archive; unpack it first")
        stream: IO[bytes] = open_stream(file, stack, archives)
        source = stack.enter_context(seekable(stream, str(file.path)))
    table = parquet.ParquetFile(source, buffer_size=1 << 20, pre_buffer=False)
    stack.callback(table.close)
    return table
