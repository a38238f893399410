"""The members of a tar, found by reading it once from beginning to end.

``tarfile`` takes a damaged header for the end of the archive, and believes a header that says its name is three
gigabytes long. Here a damaged header is a fault, after which the next sound one is looked for, and names have limits.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import IO, Final, Literal, Protocol

_BLOCK: Final = tarfile.BLOCKSIZE
_CHUNK: Final = 1 << 20
_LONGEST_NAME: Final = 16_384
"""Bytes of a name; file systems end at 4,096."""
_LONGEST_EXTENSION: Final = 1_000_000
"""Bytes of an extended header: a name, times, and attributes that backups add."""
_LARGEST: Final = 1 << 60
_MAGIC: Final = slice(257, 262)
_IS_EXTENDED: Final = 482
_MORE: Final = 504

Kind = Literal["file", "folder", "link or device", "damage"]


@dataclass(frozen=True, slots=True)
class TarMember:
    """A member: where its data start, and their size in bytes; ``fault`` says why it cannot be read, if so.

    ``damage`` is not a member, but a place where some may have been lost.
    """

    name: str
    kind: Kind
    start: int
    size: int
    fault: str | None = None


class Readable(Protocol):
    """What members are found in; nothing else is asked of it."""

    def read(self, size: int, /) -> bytes: ...


class _Reader:
    """Reads on and on, and knows where it is."""

    def __init__(self, stream: Readable | IO[bytes]) -> None:
        self._stream = stream
        self.at = 0

    def read(self, size: int) -> bytes:
        """``size`` bytes, or those that are left."""
        parts = []
        while size and (data := self._stream.read(min(size, _CHUNK))):
            parts.append(data)
            self.at += len(data)
            size -= len(data)
        return b"".join(parts)

    def skip(self, size: int) -> None:
        """Raises EOFError if there are fewer."""
        while size:
            data = self._stream.read(min(size, _CHUNK))
            if not data:
                raise EOFError("it ends too early")
            self.at += len(data)
            size -= len(data)


@dataclass(slots=True)
class _Extension:
    """What headers before a member's own say of it."""

    name: str | None = None
    size: int | None = None
    sparse: bool = False
    fault: str | None = None


def tar_members(stream: Readable | IO[bytes], most: int | None = None) -> Iterator[TarMember]:
    """The members in order; a damaged header is a member of kind ``damage``.

    Reading ends where the members would come to over ``most`` bytes: the last one then has that as its fault. All of
    ``stream`` is read otherwise, so that its own checksum is looked at, and what follows a first archive in the same
    file is found.

    Raises:
        tarfile.ReadError: it does not begin like a tar.
        EOFError: it ends within a member.
    """
    reader = _Reader(stream)
    extension = _Extension()
    sound = True
    found = is_ended = False
    while block := reader.read(_BLOCK):
        start = reader.at - len(block)
        if most is not None and reader.at > most:
            yield TarMember("", "damage", start, 0, f"the archive unpacks to over {reader.at / 1e6:,.0f} MB")
            return
        is_ended = not any(block)
        if is_ended:
            continue
        info = _header(block, known=sound)
        if info is None:
            if not found:
                raise tarfile.ReadError("it does not begin like a tar")
            if sound:
                yield TarMember("", "damage", start, 0, f"damaged at byte {start:,}, and members may be lost there")
            sound, extension = False, _Extension()
            continue
        found = sound = True
        if info.type in (tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK, tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE):
            _extend(extension, reader, info)
            continue
        if info.type == tarfile.XGLTYPE:
            reader.skip(_padded(info.size))
            continue
        if info.type == tarfile.GNUTYPE_SPARSE:
            extension.sparse = True
            _skip_map(block, reader)
        member = _member(info, extension, reader.at)
        extension = _Extension()
        if most is not None and member.start + member.size > most:
            size = (member.start + member.size) / 1e6
            yield replace(member, fault=f"the archive unpacks to {size:,.0f} MB here")
            return
        try:
            reader.skip(member.size)
        except Exception as error:
            yield replace(member, fault=f"damaged ({error})")
            raise
        yield member
        reader.read(_padded(member.size) - member.size)
    if not is_ended:
        yield TarMember("", "damage", reader.at, 0, "ends without the blocks that close a tar; members may be lost")


def _skip_map(block: bytes, reader: _Reader) -> None:
    """Passes the blocks that say where the parts of a sparse file belong; ``block`` is its header."""
    more = block[_IS_EXTENDED]
    while more:
        block = reader.read(_BLOCK)
        more = block[_MORE] if len(block) == _BLOCK else 0


def _header(block: bytes, known: bool) -> tarfile.TarInfo | None:
    """The header in ``block``, None if there is none; only what must be one may lack the word that marks it."""
    if not known and block[_MAGIC] != b"ustar":
        return None
    try:
        info = tarfile.TarInfo.frombuf(block, "utf-8", "backslashreplace")
    except (tarfile.HeaderError, ValueError, OverflowError):
        return None
    return info if 0 <= info.size < _LARGEST else None


def _padded(size: int) -> int:
    return -(-size // _BLOCK) * _BLOCK


def _member(info: tarfile.TarInfo, extension: _Extension, start: int) -> TarMember:
    name = (info.name if extension.name is None else extension.name).removeprefix("./")
    if info.isdir():
        return TarMember(name, "folder", start, 0)
    if not info.isreg() and info.type in tarfile.SUPPORTED_TYPES:
        return TarMember(name, "link or device", start, 0)
    size = info.size if extension.size is None else extension.size
    fault = extension.fault
    if fault is None and extension.sparse:
        fault = "a sparse file, of which only parts are stored; unpack the archive first"
    return TarMember(name, "file", start, size, fault)


def _extend(extension: _Extension, reader: _Reader, info: tarfile.TarInfo) -> None:
    """Reads what is said of the next member; if that is too long or damaged, it is the member's fault."""
    is_name = info.type in (tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK)
    longest = _LONGEST_NAME if is_name else _LONGEST_EXTENSION
    if info.size > longest:
        what = "name" if is_name else "extended header"
        extension.fault = f"its {what} says that it has {info.size / 1e6:,.1f} MB"
        reader.skip(_padded(info.size))
        return
    data = reader.read(_padded(info.size))[: info.size]
    if len(data) < info.size:
        raise EOFError("it ends too early")
    if info.type == tarfile.GNUTYPE_LONGNAME:
        extension.name = data.split(b"\0", 1)[0].decode("utf-8", "backslashreplace")
    elif not is_name:
        try:
            _read_records(extension, data)
        except ValueError:
            extension.fault = "its extended header is damaged"


def _read_records(extension: _Extension, data: bytes) -> None:
    """The records of a pax header: each is its length, a space, a key, an equals sign, a value and a line break.

    Raises:
        ValueError: they are not.
    """
    at = 0
    while at < len(data) and data[at]:
        space = data.index(b" ", at, at + 12)
        end = at + int(data[at:space])
        if not space < end <= len(data) or data[end - 1 : end] != b"\n":
            raise ValueError("not a record")
        key, equals, value = data[space + 1 : end - 1].partition(b"=")
        if not equals:
            raise ValueError("not a record")
        if key == b"path":
            if len(value) > _LONGEST_NAME:
                extension.fault = f"its name has {len(value):,} bytes"
                value = value[:100]
            extension.name = value.decode("utf-8", "backslashreplace")
        elif key == b"size":
            size = int(value)
            if not 0 <= size < _LARGEST:
                raise ValueError("not a size")
            extension.size = size
        elif key.startswith(b"GNU.sparse"):
            extension.sparse = True
        at = end
