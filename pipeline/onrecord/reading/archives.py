"""The members of a ZIP or a compressed tar, read in place; nothing is unpacked under its own name.

An archive is not trusted: names that lead out of it, members that unpack to absurd sizes, encrypted members, links and
archives in the archive are refused one by one, and the rest is read.
"""

from __future__ import annotations

import gzip
import io
import lzma
import re
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final

from onrecord.reading.inputs import Member, shown

ZIP: Final = (".zip",)
TAR: Final = (".tar.gz", ".tgz")
_INNER: Final = (*ZIP, *TAR, ".tar", ".tar.bz2", ".tar.xz", ".7z", ".rar")

HARMLESS: Final = 10_000_000
"""Bytes that may always be unpacked, however small they were when packed."""
RATIO: Final = 200
"""How many times its packed size a file may have: English text shrinks to a third, never to this share."""

DAMAGE: Final = (
    OSError,
    EOFError,
    ValueError,
    OverflowError,
    RuntimeError,
    struct.error,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    tarfile.TarError,
)
"""The errors that damaged or foreign archives raise."""

Found = tuple[str, Member | None, str | None]


def is_archive(name: str) -> bool:
    """Whether a file of this name is opened as an archive."""
    return name.lower().endswith((*ZIP, *TAR))


def most_unpacked(packed: int) -> int:
    """How many bytes ``packed`` bytes may unpack to."""
    return max(HARMLESS, RATIO * packed)


def find_members(path: Path, where: str) -> Iterator[Found]:
    """The files in an archive, in its order: name, place and, in one line, what is wrong with the file, if anything.

    A file with a fault has no place; the name is empty if the fault is the archive's.
    """
    seen: set[str] = set()
    try:
        for name, member, fault in _in_zip(path) if path.name.lower().endswith(ZIP) else _in_tar(path):
            problem = fault or _wrong_name(name) or ("has the same name as another member" if name in seen else None)
            seen.add(name)
            label = f"{where}!/{shown(name)}" if name else where
            yield (name, member, None) if problem is None else (name, None, f"{label}: {problem}; it was not read")
    except DAMAGE as error:
        reason = getattr(error, "strerror", None) or str(error) or "it ends too early"
        yield "", None, f"{where}: damaged, or not an archive ({reason.splitlines()[0]}); pack it again"


def _wrong_name(name: str) -> str | None:
    parts = re.split(r"[/\\]", name)
    if not parts[0] or re.match("[A-Za-z]:", parts[0]):
        return "an absolute path in an archive"
    if ".." in parts:
        return "its path leads out of the archive"
    if name.lower().endswith(_INNER):
        return "an archive in an archive; unpack it first"
    return None


def _in_zip(path: Path) -> Iterator[Found]:
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            fault = None
            if info.is_dir():
                continue
            if info.flag_bits & 1:
                fault = "encrypted; unpack it with its password first"
            elif info.file_size > most_unpacked(info.compress_size):
                fault = f"unpacks to {_megabytes(info.file_size)}, over {RATIO} times its packed size"
            yield info.filename, Member(info.filename, info.header_offset, info.file_size), fault


def _in_tar(path: Path) -> Iterator[Found]:
    most = most_unpacked(path.stat().st_size)
    with gzip.open(path) as stream, tarfile.open(fileobj=stream, mode="r:") as archive:
        while (info := archive.next()) is not None:
            archive.members = []  # type: ignore[attr-defined]  # otherwise it keeps a kilobyte for each
            end = info.offset_data + info.size
            fault = None
            if info.isdir():
                continue
            if not info.isreg() or info.issparse():
                fault = "a link or device, not a file"
            elif end > most:
                fault = f"the archive unpacks to {_megabytes(end)} here, over {RATIO} times its packed size"
            yield info.name.removeprefix("./"), Member(info.name, info.offset_data, info.size), fault
            if end > most:
                return


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"


class Archive:
    """An open archive to read members from; members in the archive's order are read without going back."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._zip: zipfile.ZipFile | None = None
        self._tar: gzip.GzipFile | None = None
        if path.name.lower().endswith(ZIP):
            self._zip = zipfile.ZipFile(path)
            self._infos = {info.header_offset: info for info in self._zip.infolist()}
        else:
            self._tar = gzip.open(path)  # noqa: SIM115

    def open(self, member: Member) -> IO[bytes]:
        """The member's bytes, as a seekable stream.

        Raises:
            DAMAGE: it cannot be opened.
        """
        if self._zip is not None:
            info = self._infos.get(member.start)
            if info is None or info.filename != member.name:
                raise zipfile.BadZipFile("the archive has changed")
            return self._zip.open(info)
        assert self._tar is not None
        return io.BufferedReader(_Part(self._tar, member.start, member.size))

    def close(self) -> None:
        """Closes the archive."""
        for archive in (self._zip, self._tar):
            if archive is not None:
                archive.close()


class _Part(io.RawIOBase):
    """A stretch of another stream as a stream of its own."""

    def __init__(self, stream: IO[bytes] | gzip.GzipFile, start: int, size: int) -> None:
        super().__init__()
        self._stream = stream
        self._start = start
        self._size = size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = max(0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence])
        return self._at

    def readinto(self, buffer: Any) -> int:
        self._stream.seek(self._start + self._at)
        data = self._stream.read(max(0, min(len(buffer), self._size - self._at)))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)
