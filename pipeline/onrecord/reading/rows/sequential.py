"""Formats that are read from their beginning: a row's position is its index, and the reader reads on from there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from itertools import islice
from typing import Any

from onrecord.errors import InputError
from onrecord.reading.archives import LastArchive
from onrecord.reading.formats import BY_NAME
from onrecord.reading.inputs import File
from onrecord.reading.rows.base import Found, identify, open_stream

Row = Mapping[str, object]


def _rows(file: File, stack: ExitStack, archives: LastArchive) -> Iterator[Row | InputError]:
    kind = BY_NAME[file.format]
    unpacked = replace(file, compression=None) if kind.unpacks == file.compression else file
    return kind.rows(open_stream(unpacked, stack, archives), file.where)


def find(file: File, id_field: str | None, archives: LastArchive) -> Iterator[Found]:
    """The rows of the file, and those that are broken with what is wrong with them."""
    with ExitStack() as stack:
        for index, row in enumerate(_rows(file, stack, archives)):
            if isinstance(row, InputError):
                yield Found(index + 1, index, said=str(row))
            elif id_field is None:
                yield Found(index + 1, index)
            else:
                yield Found(index + 1, index, *identify(row, id_field))


def first(file: File, archives: LastArchive) -> Row:
    """The first row that is whole; empty if there is none among the first."""
    with ExitStack() as stack:
        rows = islice(_rows(file, stack, archives), 20)
        return next((row for row in rows if not isinstance(row, InputError)), {})


class Sequence:
    """The rows of an open file; to read one before the last means to begin anew."""

    def __init__(self, file: File, archives: LastArchive) -> None:
        self._file = file
        self._archives = archives
        self._start()

    def _start(self) -> None:
        self._next = 0
        with ExitStack() as stack:
            self._rows = _rows(self._file, stack, self._archives)
            self._open = stack.pop_all()

    def read(self, position: int) -> dict[str, Any]:
        """See `base.Rows`."""
        if position < self._next:
            self.close()
            self._start()
        row = next(islice(self._rows, position - self._next, None), None)
        self._next = position + 1
        if row is None:
            raise ValueError("the row is gone; the file has changed")
        if isinstance(row, InputError):
            raise row
        return dict(row)

    def close(self) -> None:
        """Closes the file."""
        self._open.close()
