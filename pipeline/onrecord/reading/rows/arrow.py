"""Arrow: the files that ``Dataset.save_to_disk`` of Hugging Face's datasets writes, and Feather, of the same format.

A folder of such a data set, or of several by split, is read file by file; what it keeps beside its rows is left out.
Files are mapped into memory and their batches read one after another, with the columns that can say something of an
article.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import IO, Any, Final

from onrecord.errors import InputError
from onrecord.reading.archives import reason_of
from onrecord.reading.compression import most_unpacked
from onrecord.reading.rows.base import seekable

BOOKKEEPING: Final = "data set's own file"
"""How what a data set keeps beside its rows is called."""

_MAGIC: Final = b"ARROW1\0\0"
_OLD: Final = b"FEA1"
_STREAM: Final = b"\xff\xff\xff\xff"
_SLICE: Final = 64
_RECORD_BATCH: Final = 3
_CACHE: Final = re.compile(r"(?:.*/)?cache-[-\w]*\.arrow")
_STATE: Final = (b'"_data_files"', b'"_fingerprint"')
_INFO: Final = re.compile(rb'\s*\{\s*"(?:builder_name|citation|config_name|dataset_name|description|features)":')
_SPLITS: Final = re.compile(rb'\s*\{\s*"splits":\s*\[[^\]{}]*\]\s*\}\s*')


def is_bookkeeping(name: str, head: bytes) -> bool:
    """Whether a file of this name that begins with ``head`` is one that a data set keeps beside its rows."""
    last = name.rpartition("/")[2]
    if last == "state.json":
        return all(mark in head for mark in _STATE)
    if last in {"dataset_info.json", "dataset_infos.json"}:
        return b'"features"' in head or _INFO.match(head) is not None
    if last == "dataset_dict.json":
        return _SPLITS.fullmatch(head) is not None
    return _CACHE.fullmatch(name) is not None


def recognises(head: bytes) -> bool:
    """Whether a file that begins with ``head`` is Arrow, as a stream or a file."""
    return head.startswith((_MAGIC, _OLD)) or (head.startswith(_STREAM) and len(head) > 8)


def rows(stream: IO[bytes], where: str) -> Iterator[Mapping[str, object] | InputError]:
    """The rows of the file, batch by batch; of the columns those of text, numbers, dates and fields nested in them.

    Args:
        stream: what cannot be sought in is copied to a temporary file.
        where: the file's name, at the beginning of messages.
    """
    import pyarrow

    with ExitStack() as stack:
        try:
            source, size = _mapped(stream, where, stack)
            start = _start(source)
            _check(source, start, size)
            source.seek(start)
            reader = pyarrow.ipc.open_stream(source)
            columns = [number for number, field in enumerate(reader.schema) if _is_told(field.type)]
            for batch in reader:
                yield from _rows_of(batch.select(columns), where)
        except InputError as error:
            yield error
        except (pyarrow.ArrowException, OSError, ValueError, MemoryError, struct.error, IndexError) as error:
            yield InputError(f"{where}: cannot be read on as Arrow ({reason_of(error)}); write it again")


def _mapped(stream: IO[bytes], where: str, stack: ExitStack) -> tuple[Any, int]:
    """The file for pyarrow, and its size in bytes."""
    import pyarrow

    file = seekable(stream, where)
    if file is not stream:
        stack.callback(file.close)
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    name = getattr(file, "name", None)
    if isinstance(name, str):
        return stack.enter_context(pyarrow.memory_map(name)), size
    return stack.enter_context(pyarrow.PythonFile(file, mode="r")), size


def _start(source: Any) -> int:
    """Where the stream of messages begins, which is all there is to a Feather file but its index.

    Raises:
        ValueError: it is of another format.
    """
    head = source.read(8)
    source.seek(0)
    if head.startswith(_OLD):
        raise ValueError("Feather of the first version, which is no longer read")
    return len(_MAGIC) if head == _MAGIC else 0


def _check(source: Any, start: int, size: int) -> None:
    """Looks at what batches claim to unpack to, and to how many rows, before anything is unpacked.

    Raises:
        ValueError: far more than articles in a file of this size do.
    """
    import pyarrow

    source.seek(start)
    most = most_unpacked(size)
    messages = pyarrow.ipc.MessageReader.open_stream(source)
    while True:
        try:
            message = messages.read_next_message()
        except (pyarrow.ArrowException, OSError, MemoryError, StopIteration):
            return  # the end; or damage, up to which the file is read
        if message.type not in {"record batch", "dictionary"}:
            continue
        rows, unpacked = _claims(message.metadata.to_pybytes(), message.body)
        if rows > most or unpacked > most:
            raise ValueError("a batch of more than 200 times the file's size")


def _claims(metadata: bytes, body: Any) -> tuple[int, int]:
    """How many rows, and bytes of unpacked buffers, a batch says that it has, from its FlatBuffers header."""
    message = _Table(metadata, *struct.unpack_from("<I", metadata))
    header = message.table(2)
    if message.scalar(1, "<B") != _RECORD_BATCH:
        header = header.table(1)
    is_packed = header.at(3) is not None
    unpacked = 0
    for offset, length in header.pairs(2):
        if is_packed and length >= 8:
            (told,) = struct.unpack_from("<q", body, offset)
            unpacked += length if told < 0 else told
    return header.scalar(0, "<q"), unpacked


class _Table:
    """A table of FlatBuffers, of which pyarrow shows none in Python."""

    def __init__(self, data: bytes, place: int) -> None:
        self._data = data
        self._place = place
        self._fields = place - struct.unpack_from("<i", data, place)[0]
        self._end: int = struct.unpack_from("<H", data, self._fields)[0]

    def at(self, number: int) -> int | None:
        """Where a field is; None if it has its default value."""
        entry = 4 + 2 * number
        offset = struct.unpack_from("<H", self._data, self._fields + entry)[0] if entry < self._end else 0
        return self._place + offset if offset else None

    def scalar(self, number: int, form: str) -> int:
        """A number; 0 by default."""
        place = self.at(number)
        return 0 if place is None else int(struct.unpack_from(form, self._data, place)[0])

    def table(self, number: int) -> _Table:
        """A table in this one."""
        place = self.at(number)
        if place is None:
            raise ValueError("a message without a header")
        return _Table(self._data, place + struct.unpack_from("<I", self._data, place)[0])

    def pairs(self, number: int) -> Iterator[tuple[int, int]]:
        """A vector of pairs of long integers."""
        place = self.at(number)
        if place is not None:
            place += struct.unpack_from("<I", self._data, place)[0]
            (count,) = struct.unpack_from("<I", self._data, place)
            for index in range(count):
                yield struct.unpack_from("<qq", self._data, place + 4 + 16 * index)


def _is_told(kind: Any) -> bool:
    """Whether a column of this type can say something of an article: no lists, bytes or pictures."""
    from pyarrow import types

    if types.is_dictionary(kind):
        return _is_told(kind.value_type)
    if types.is_struct(kind):
        return any(_is_told(field.type) for field in kind)
    return any(
        check(kind)
        for check in (
            types.is_string, types.is_large_string, types.is_string_view, types.is_integer, types.is_date,
            types.is_timestamp,
        )
    )  # fmt: skip


def _rows_of(batch: Any, where: str) -> Iterator[Mapping[str, object] | InputError]:
    for start in range(0, batch.num_rows, _SLICE):
        part = batch.slice(start, _SLICE)
        try:
            part.validate(full=True)  # offsets that lead out of the file would end the program
            yield from part.to_pylist()
        except Exception:  # one bad value must not take its neighbours with it
            for index in range(part.num_rows):
                try:
                    row = part.slice(index, 1)
                    row.validate(full=True)
                    yield row.to_pylist()[0]
                except Exception as error:
                    yield InputError(f"{where}: a row that cannot be read ({reason_of(error)}); repair it")
