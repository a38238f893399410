"""What the formats of many articles share: opening their file, also in an archive or compressed, and its faults."""

from __future__ import annotations

import io
import tempfile
from contextlib import ExitStack
from typing import IO, Any, Final, NamedTuple, Protocol

from onrecord.errors import InputError
from onrecord.reading.archives import LastArchive, reason_of
from onrecord.reading.compression import unpack
from onrecord.reading.encodings import LONGEST
from onrecord.reading.fields import lookup
from onrecord.reading.inputs import File

LONGEST_ROW: Final = 6 * LONGEST + 1_000_000
"""Bytes of a row: the longest article with each character escaped, and room for other fields."""
LARGEST_UNPACKED: Final = 4_000_000_000
"""Bytes of a file that is unpacked to a temporary file because it cannot be read from beginning to end."""
MOST_EMPTY: Final = 1_000_000
"""Empty lines of a file: with more, it is a bomb."""
_LONGEST_ID: Final = 500
_CHUNK: Final = 1 << 20


class Found(NamedTuple):
    """A row's number from 1, its position, its id if one was asked for, and what is wrong with it.

    ``said`` is a fault as a whole line, ``problem`` one that has yet to be told where it is.
    """

    number: int
    position: int
    identity: str | None = None
    problem: str | None = None
    said: str | None = None


class Rows(Protocol):
    """The rows of an open file."""

    def read(self, position: int) -> dict[str, Any]:
        """The row at a position that `find_rows` gave.

        Raises:
            ValueError: it is not a row, and why.
            InputError: the same, in a whole line.
        """

    def close(self) -> None:
        """Closes the file."""


def open_stream(file: File, stack: ExitStack, archives: LastArchive) -> IO[bytes]:
    """The bytes of ``file``, unpacked, until ``stack`` is closed.

    Raises:
        DAMAGE: it cannot be opened.
    """
    assert file.path is not None
    stream: IO[bytes]
    if file.member is None:
        stream = stack.enter_context(file.path.open("rb"))
    else:
        stream = stack.enter_context(archives.of(file.path).open(file.member))
    if file.compression is not None:
        return stack.enter_context(unpack(stream, file.compression, file.packed))
    return stream


def seekable(stream: IO[bytes], where: str) -> IO[bytes]:
    """``stream`` if one can seek in it at no cost, else a temporary file with its bytes, which closing removes.

    Raises:
        InputError: it is over `LARGEST_UNPACKED`.
    """
    if isinstance(stream, io.BufferedReader) and isinstance(stream.raw, io.FileIO):
        return stream
    copy: IO[bytes] = tempfile.TemporaryFile(prefix="onrecord-")  # noqa: SIM115  # the caller closes it
    try:
        while data := stream.read(_CHUNK):
            copy.write(data)
            if copy.tell() > LARGEST_UNPACKED:
                raise InputError(f"{where}: unpacks to over {LARGEST_UNPACKED / 1e9:.0f} GB; unpack it first")
        copy.seek(0)
    except BaseException:
        copy.close()
        raise
    return copy


def again(head: bytes, rest: IO[bytes]) -> IO[bytes]:
    """A stream of which ``head`` has been read already, from its start; the stream need not be seekable."""
    return io.BufferedReader(_Again(head, rest), 1 << 16)


class _Again(io.RawIOBase):
    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        super().__init__()
        self._head = memoryview(head)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data: Any = self._head[: len(buffer)] if self._head else self._rest.read(len(buffer))
        self._head = self._head[len(data) :]
        buffer[: len(data)] = data
        return len(data)


def identify(row: Any, id_field: str) -> tuple[str | None, str | None]:
    """A row's id, or what is wrong with it."""
    value = lookup(row, id_field)
    try:
        name = "" if isinstance(value, bool) or not isinstance(value, str | int) else str(value)
    except ValueError:  # a number of thousands of digits
        name = ""
    if not name or len(name) > _LONGEST_ID:
        return None, f"no text or number in {id_field!r}; give every row one, or choose another --id-field"
    try:
        name.encode()
    except UnicodeEncodeError:
        return None, f"halves of characters (lone surrogates) in {id_field!r}; repair it"
    return name, None


def damage_after(number: int, error: BaseException) -> str:
    """The fault of a file that cannot be read on after a row."""
    return f"cannot be read after row {number} ({reason_of(error)}); write it again"
