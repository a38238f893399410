"""Files compressed by themselves: .gz, .bz2, .xz and .zst around any format, unpacked as they are read.

What they unpack to is bounded by what they take up, so that a bomb is one line among the errors.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
from collections.abc import Callable
from typing import IO, Any, Final, cast

from onrecord.errors import InputError

SUFFIXES: Final = {".gz": "gzip", ".bz2": "bzip2", ".xz": "xz", ".zst": "zstd"}
"""The endings of compressed files, and how the compression is called."""

HARMLESS: Final = 10_000_000
"""Bytes that may always be unpacked, however small they were when packed."""
RATIO: Final = 200
"""How many times its packed size a file may have: English text shrinks to a third, never to this share."""


def split(name: str) -> tuple[str, str | None]:
    """A file's name without the ending of a compression, and that compression.

    >>> split("news.csv.gz"), split("news.csv")
    (('news.csv', 'gzip'), ('news.csv', None))
    """
    for suffix, kind in SUFFIXES.items():
        if name.lower().endswith(suffix) and len(name) > len(suffix):
            return name[: -len(suffix)], kind
    return name, None


def most_unpacked(packed: int) -> int:
    """How many bytes ``packed`` bytes may unpack to."""
    return max(HARMLESS, RATIO * packed)


def unpack(stream: IO[bytes], kind: str, packed: int) -> IO[bytes]:
    """What the compressed ``stream`` of ``packed`` bytes unpacks to; it can be sought in, by reading.

    Reading it raises InputError where it unpacks to far more than articles do, and one of `archives.DAMAGE` where it
    is damaged.
    """
    return io.BufferedReader(_Bounded(_OPEN[kind](stream), most_unpacked(packed)), 1 << 16)


class _Bounded(io.RawIOBase):
    """A stream that ends in an error once it has given ``most`` bytes."""

    def __init__(self, stream: IO[bytes], most: int) -> None:
        super().__init__()
        self._stream: Any = stream
        self._most = most

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return int(self._stream.tell())

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return int(self._stream.seek(offset, whence))

    def readinto(self, buffer: Any) -> int:
        data = self._stream.read1(len(buffer))  # what comes before damage is not lost
        buffer[: len(data)] = data
        if self._stream.tell() > self._most:
            raise InputError(f"unpacks to over {RATIO} times its size; the rest was not read")
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()


class _Zstandard(io.RawIOBase):
    """A Zstandard stream, which pyarrow unpacks: Python itself can from 3.14 on."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__()
        self._packed = stream
        self._start()

    def _start(self) -> None:
        import pyarrow

        # Otherwise what reads it would close the stream, from which it may be read again.
        self._file = pyarrow.PythonFile(_Unclosed(self._packed), mode="r")
        self._stream = pyarrow.CompressedInputStream(self._file, "zstd")
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        target = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at}[whence]
        if target < self._at:
            self._packed.seek(0)
            self._start()
        while self._at < target and (data := self._stream.read(min(1 << 16, target - self._at))):
            self._at += len(data)
        return self._at

    def readinto(self, buffer: Any) -> int:
        data: bytes = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


class _Unclosed:
    """A stream that can only be read from."""

    closed = False

    def __init__(self, stream: IO[bytes]) -> None:
        self.read = stream.read

    def close(self) -> None:
        """Does nothing."""


_OPEN: Final[dict[str, Callable[[IO[bytes]], IO[bytes]]]] = {
    "gzip": lambda stream: cast(IO[bytes], gzip.GzipFile(fileobj=stream)),
    "bzip2": lambda stream: cast(IO[bytes], bz2.BZ2File(stream)),
    "xz": lambda stream: cast(IO[bytes], lzma.LZMAFile(stream)),  # noqa: SIM115
    "zstd": lambda stream: cast(IO[bytes], io.BufferedReader(_Zstandard(stream))),
}
