"""The members of a ZIP or a tar, read in place; nothing is unpacked under its own name.

An archive is not trusted: names that lead out of it, members that unpack to absurd sizes, encrypted members, links and
archives in the archive are refused one by one, and the rest is read. What is damaged is one fault, and what is sound
behind it is read.
"""

from __future__ import annotations

import io
import lzma
import re
import struct
import tarfile
import zipfile
import zlib
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import IO, Any, Final

from onrecord.errors import InputError
from onrecord.reading.compression import RATIO, most_unpacked, unpack
from onrecord.reading.inputs import Member, shown
from onrecord.reading.tar_members import tar_members

ZIP: Final = (".zip",)
TAR: Final = {
    ".tar": None, ".tar.gz": "gzip", ".tgz": "gzip", ".tar.bz2": "bzip2", ".tbz2": "bzip2", ".tar.xz": "xz",
    ".txz": "xz", ".tar.zst": "zstd",
}  # fmt: skip
"""The endings of tars, and how they are compressed."""

_INNER: Final = (*ZIP, *TAR, ".7z", ".rar")

_ZIP_HEADER: Final = 30
"""Bytes of a member's header, without its name."""

_IN_UTF_8: Final = 0x08
"""The flag of a ZIP's member whose name is in UTF-8, in the second byte of its flags."""
_LONGEST_ZIP_END: Final = 65_535 + 22 + 76
"""Bytes of the record at a ZIP's end, with its longest comment and what stands before it in a large archive."""

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

_KEPT: Final = 32_000_000
"""Bytes of a compressed tar's member that are kept: to go back in the tar means to unpack it from its beginning."""

Found = tuple[str, Member | None, str | None]


def reason_of(error: BaseException) -> str:
    """What an error says, in one short line."""
    reason = getattr(error, "strerror", None) or str(error) or "it ends too early"
    return str(reason).splitlines()[0][:200]


def is_archive(name: str) -> bool:
    """Whether a file of this name is opened as an archive."""
    return name.lower().endswith((*ZIP, *TAR))


def find_members(path: Path, where: str, left_out: Counter[str] | None = None) -> Iterator[Found]:
    """The files in an archive, in its order: name, place and, in one line, what is wrong with the file, if anything.

    A file with a fault has no place; the name is empty if the fault is the archive's. Links and devices are not files;
    they are counted in ``left_out`` by what they are, as the archive has what they lead to itself.
    """
    seen: set[str] = set()
    try:
        for name, member, fault in _in_zip(path) if path.name.lower().endswith(ZIP) else _in_tar(path, left_out):
            problem = fault or _wrong_name(name) or ("has the same name as another member" if name in seen else None)
            if name:
                seen.add(name)
            label = f"{where}!/{shown(name)}" if name else where
            ending = "; it was not read" if name else "; pack it again"
            yield (name, member, None) if problem is None else (name, None, f"{label}: {problem}{ending}")
    except InputError as error:  # how far it may be unpacked
        yield "", None, f"{where}: {error}"
    except DAMAGE as error:
        what = "damaged, or not an archive"
        if seen:
            what = f"damaged after {len(seen):,} members, so more may be lost, or letters in these may be wrong"
        yield "", None, f"{where}: {what} ({reason_of(error)}); pack it again"


def _wrong_name(name: str) -> str | None:
    parts = re.split(r"[/\\]", name)
    if not name:
        return None
    if not parts[0] or re.match("[A-Za-z]:", parts[0]):
        return "an absolute path in an archive"
    if ".." in parts:
        return "its path leads out of the archive"
    if name.lower().endswith(_INNER):
        return "an archive in an archive; unpack it first"
    return None


def _in_zip(path: Path) -> Iterator[Found]:
    with ExitStack() as stack:
        infos = _open_zip(path, stack).infolist()
        overlapping = _overlapping(infos)
        for info in infos:
            fault = None
            if info.is_dir():
                continue
            if info.flag_bits & 1:
                fault = "encrypted; unpack it with its password first"
            elif info.file_size > most_unpacked(info.compress_size):
                fault = f"unpacks to {_megabytes(info.file_size)}, over {RATIO} times its packed size"
            elif id(info) in overlapping:
                continue
            yield info.filename, Member(info.filename, info.header_offset, info.file_size), fault
        if overlapping:
            yield (
                "",
                Member("", 0, 0),
                f"{len(overlapping):,} members share their bytes, as they only do in a zip bomb; not read",
            )


def _open_zip(path: Path, stack: ExitStack) -> zipfile.ZipFile:
    """The archive, also if a name in it is said to be UTF-8 and is not, for which `zipfile` refuses all of it."""
    try:
        return stack.enter_context(zipfile.ZipFile(path))
    except UnicodeDecodeError:
        file = stack.enter_context(path.open("rb"))
        stream = io.BufferedReader(_Altered(file, _without_false_flags(file)))
        return stack.enter_context(zipfile.ZipFile(stream))


def _without_false_flags(file: IO[bytes]) -> dict[int, int]:
    """Where the file says of a name that it is UTF-8, though it is not: those bytes without this flag.

    They are in the table of contents and in the member's own header. Such a name is read as one without the flag, in
    the code page of DOS.
    """
    size = file.seek(0, io.SEEK_END)
    tail_at = max(0, size - _LONGEST_ZIP_END)
    file.seek(tail_at)
    tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    length, offset = struct.unpack_from("<LL", tail, end + 12)
    if tail.startswith(b"PK\x06\x06", max(0, end - 76)):  # an archive of over 4 GB or 65,535 members
        end -= 76
        length, offset = struct.unpack_from("<QQ", tail, end + 40)
    start = tail_at + end - length
    before = start - offset  # bytes of the file before the archive, which its offsets do not count
    file.seek(start)
    directory = file.read(length)
    altered: dict[int, int] = {}
    at = 0
    while directory.startswith(b"PK\x01\x02", at) and at + 46 <= len(directory):
        flags = directory[at + 9]
        lengths = struct.unpack_from("<HHH", directory, at + 28)
        if flags & _IN_UTF_8 and not _is_utf_8(directory[at + 46 : at + 46 + lengths[0]]):
            altered[start + at + 9] = flags & ~_IN_UTF_8
            (header,) = struct.unpack_from("<L", directory, at + 42)
            file.seek(before + header + 7)
            if own := file.read(1):
                altered[before + header + 7] = own[0] & ~_IN_UTF_8
        at += 46 + sum(lengths)
    return altered


def _is_utf_8(name: bytes) -> bool:
    try:
        name.decode()
    except UnicodeDecodeError:
        return False
    return True


def _overlapping(infos: Sequence[zipfile.ZipInfo]) -> set[int]:
    """The members, by identity, in whose bytes another one begins: few bytes could unpack to any number."""
    ordered = sorted(infos, key=lambda info: info.header_offset)
    return {
        id(info)
        for info, following in pairwise(ordered)
        if info.header_offset + _ZIP_HEADER + info.compress_size > following.header_offset
    }


def _in_tar(path: Path, left_out: Counter[str] | None) -> Iterator[Found]:
    with ExitStack() as stack:
        stream, most = _open_tar(path, stack)
        for found in tar_members(stream, most):
            if found.kind in ("file", "damage"):
                yield found.name, Member(found.name, found.start, found.size), found.fault
            elif found.kind == "link or device" and left_out is not None:
                left_out[found.kind] += 1


def _open_tar(path: Path, stack: ExitStack) -> tuple[IO[bytes], int | None]:
    """The tar without its compression, as a stream that can be sought in, and the most bytes that it may have."""
    compression = next(kind for suffix, kind in TAR.items() if path.name.lower().endswith(suffix))
    stream: IO[bytes] = stack.enter_context(path.open("rb"))
    if compression is None:
        return stream, None
    size = path.stat().st_size
    return stack.enter_context(unpack(stream, compression, size)), most_unpacked(size)


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"


class Archive:
    """An open archive to read members from; members in the archive's order are read without going back."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._zip: zipfile.ZipFile | None = None
        with ExitStack() as stack:
            if path.name.lower().endswith(ZIP):
                self._zip = _open_zip(path, stack)
                self._infos = {info.header_offset: info for info in self._zip.infolist()}
            else:
                self._tar, most = _open_tar(path, stack)
                self._is_compressed = most is not None
                self._last: tuple[int, bytes] | None = None
            self._opened = stack.pop_all()

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
        if not self._is_compressed or member.size > _KEPT:
            return io.BufferedReader(_Part(self._tar, member.start, member.size))
        if self._last is None or self._last[0] != member.start:
            self._tar.seek(member.start)
            self._last = member.start, self._tar.read(member.size)
        return io.BytesIO(self._last[1])

    def close(self) -> None:
        """Closes the archive."""
        self._opened.close()


class LastArchive:
    """Keeps the last archive open: to open it anew for each member takes time that grows with their number's square."""

    def __init__(self) -> None:
        self._archive: Archive | None = None

    def of(self, path: Path) -> Archive:
        """The archive at ``path``; another one is closed, with what was opened in it.

        Raises:
            DAMAGE: it cannot be opened.
        """
        if self._archive is None or self._archive.path != path:
            self.close()
            self._archive = Archive(path)
        return self._archive

    def close(self) -> None:
        """Closes the archive."""
        if self._archive is not None:
            self._archive.close()
            self._archive = None


class _Altered(io.RawIOBase):
    """Another stream with some bytes altered."""

    def __init__(self, stream: IO[bytes], altered: Mapping[int, int]) -> None:
        super().__init__()
        self._stream = stream
        self._altered = altered
        self._places = sorted(altered)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._stream.tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._stream.seek(offset, whence)

    def readinto(self, buffer: Any) -> int:
        start = self._stream.tell()
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        first, last = (bisect_left(self._places, place) for place in (start, start + len(data)))
        for place in self._places[first:last]:
            buffer[place - start] = self._altered[place]
        return len(data)


class _Part(io.RawIOBase):
    """A stretch of another stream as a stream of its own."""

    def __init__(self, stream: IO[bytes], start: int, size: int) -> None:
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
