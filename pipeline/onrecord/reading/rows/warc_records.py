"""A WARC file cut into its records, with bounds and past damage, which warcio itself does not do.

warcio prints what is wrong to standard error, hands on half a page where a compressed record is damaged, and stops at
the first record that has no beginning. So records are found here, and warcio reads each of them.
"""

from __future__ import annotations

import base64
import hashlib
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Final

from onrecord.reading.encodings import LONGEST

LARGEST: Final = 4 * LONGEST + 100_000
"""Bytes of a record that are kept: the longest page and the headers before it."""
GZIP: Final = b"\x1f\x8b\x08"
VERSION: Final = rb"WARC/[0-9]\.[0-9]{1,2}\r?\n"

_CHUNK: Final = 1 << 17
_LONGEST_HEAD: Final = 1 << 16
_FIRST: Final = re.compile(VERSION)
_NEXT: Final = re.compile(rb"\n\r?\n(?=" + VERSION + rb")")
_BREAKS: Final = re.compile(rb"[\r\n]*")
_HEAD_END: Final = re.compile(rb"\r?\n\r?\n")
_LENGTH: Final = re.compile(rb"^Content-Length:[ \t]*([0-9]{1,15})[ \t]*\r?$", re.I | re.M)
_DIGEST: Final = re.compile(
    rb"^WARC-Block-Digest:[ \t]*(sha-?1|sha-?256|md5):([A-Za-z0-9=]{8,80})[ \t]*\r?$", re.I | re.M
)
_HOPELESS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Record:
    """The bytes of a record with its headers; ``is_cut`` if it is too long and only its beginning is here."""

    data: bytes
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Damage:
    """Something between two records, or a record, that cannot be read, and why."""

    reason: str


def records(stream: IO[bytes]) -> Iterator[Record | Damage]:
    """The records of the file in order, and a ``Damage`` wherever one cannot be read.

    Args:
        stream: read from where it is; packed with gzip, as a whole or record by record, or not.
    """
    window = _Window(stream)
    while True:
        window.fill(_LONGEST_HEAD)
        window.drop(_breaks(window.data, 0))
        if window.data:
            found = _cut(window)
            if found is not None:
                yield found
        elif window.gap:
            yield Damage(window.gap)
            window.reopen()
        elif window.ended:
            return


def _cut(window: _Window) -> Record | Damage | None:
    """The record at the beginning of the window, which then begins after it; None if there is only a gap."""
    window.fill(_LONGEST_HEAD)
    end = _HEAD_END.search(window.data, 0, _LONGEST_HEAD)
    length = _LENGTH.search(window.data, 0, end.start() + 1) if end else None
    if _FIRST.match(window.data) is None or end is None or length is None:
        if window.gap:
            window.drop(len(window.data))
            return None
        _to_next(window)
        return Damage("no header of a record")
    total = end.end() + int(length[1])
    if total > LARGEST:
        window.fill(LARGEST)
        data = bytes(window.data[:_LONGEST_HEAD])
        window.skip(total)
        return Record(data, is_cut=True)
    window.fill(total + 64)
    if window.gap and len(window.data) < total:
        window.drop(len(window.data))
        return None
    missing = len(window.data) < total
    # Before the record is copied: with many false lengths, a window would be for each.
    after = window.data[_breaks(window.data, total, total + 64) : total + 64]
    if missing or (after and not after.startswith(b"WARC/"[: len(after)])):
        _to_next(window)
        return Damage("ends too early" if missing else "its length is not what it says")
    data = bytes(window.data[:total])
    window.drop(total)
    digest = _DIGEST.search(data, 0, end.end())
    if digest is not None and not _is_sum(data[end.end() :], digest[1], digest[2]):
        return Damage("its checksum is another one")
    return Record(data)


def _breaks(data: bytearray, start: int, end: int | None = None) -> int:
    """Where line breaks that begin at ``start`` end."""
    match = _BREAKS.match(data, start, len(data) if end is None else end)
    assert match is not None
    return match.end()


def _is_sum(block: bytes, algorithm: bytes, stated: bytes) -> bool:
    name = algorithm.decode().lower().replace("-", "")
    found = hashlib.new(name, block, usedforsecurity=False)
    told = stated.decode().lower()
    if len(told) == len(found.hexdigest()):
        return told == found.hexdigest()
    return told.rstrip("=") == base64.b32encode(found.digest()).decode().lower().rstrip("=")


def _to_next(window: _Window) -> None:
    """Goes on to where the next record begins, or to the end."""
    start = 1
    while True:
        if (match := _NEXT.search(window.data, start)) is not None:
            window.drop(match.end())
            return
        keep = min(len(window.data), 32)
        start = 0
        window.drop(len(window.data) - keep)
        if window.ended or window.gap:
            window.drop(keep)
            return
        window.fill(keep + 1)


class _Window:
    """The bytes from some place of the unpacked file on, as many as are needed.

    ``gap`` says what is wrong with the file after ``data``; empty if nothing is known to be. ``ended`` is whether
    there is nothing after it. ``data`` is one buffer: what is dropped from its beginning is not copied out of the way.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self.data = bytearray()
        self.gap = ""
        self.ended = False
        self._chunks = _chunks(stream)

    def fill(self, size: int) -> None:
        """Reads until there are ``size`` bytes, a gap or the end."""
        while len(self.data) < size and not self.gap and not self.ended:
            chunk = next(self._chunks, None)
            if chunk is None:
                self.ended = True
            elif isinstance(chunk, Damage):
                self.gap = chunk.reason
            else:
                self.data += chunk

    def drop(self, size: int) -> None:
        """Leaves the first ``size`` bytes behind."""
        del self.data[:size]

    def skip(self, size: int) -> None:
        """Leaves ``size`` bytes behind, also those that have not been read."""
        while size > len(self.data) and not self.gap and not self.ended:
            size -= len(self.data)
            self.data.clear()
            self.fill(1)
        self.drop(min(size, len(self.data)))

    def reopen(self) -> None:
        """Goes on behind the gap."""
        self.data.clear()
        self.gap = ""


def _chunks(stream: IO[bytes]) -> Iterator[bytes | Damage]:
    """The unpacked file in pieces of some kilobytes; a ``Damage`` where bytes are missing between two of them."""
    data = stream.read(_CHUNK)
    if not data.startswith(GZIP):
        while data:
            yield data
            data = stream.read(_CHUNK)
        return
    hopeless = 0
    while data:
        unpacker = zlib.decompressobj(31)
        reason = ""
        while not unpacker.eof and not reason:
            if not data and not (data := stream.read(_CHUNK)):
                reason = "the compressed file ends too early"
                break
            try:
                piece = unpacker.decompress(data, _CHUNK)
            except zlib.error as error:
                reason = f"damaged where it is compressed ({str(error).rpartition(': ')[2]})"
                break
            data = unpacker.unconsumed_tail
            if piece:
                yield piece
            elif unpacker.eof:
                break
        if reason:
            yield Damage(reason)
            hopeless += 1
            data = _next_member(stream, data[1:]) if hopeless < _HOPELESS else b""
            continue
        data = unpacker.unused_data.lstrip(b"\0") or stream.read(_CHUNK)
        if data and len(data) < len(GZIP):
            data += stream.read(_CHUNK)
        if data and not data.startswith(GZIP):
            yield Damage("something else than a record between two records")
            data = _next_member(stream, data)


def _next_member(stream: IO[bytes], data: bytes) -> bytes:
    """The compressed bytes from the next record on; empty if there is none."""
    at = 0
    while True:
        at = data.find(GZIP, at)
        if at >= 0:
            if len(data) - at < 4096:
                data = data[at:] + stream.read(_CHUNK)
                at = 0
            try:
                if zlib.decompressobj(31).decompress(data[at : at + 4096], 5) == b"WARC/":
                    return data[at:]
            except zlib.error:
                pass
            at += 1
        else:
            data = data[-2:] + (more := stream.read(_CHUNK))
            at = 0
            if not more:
                return b""
