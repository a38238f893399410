"""Web archives: the pages in a WARC file, as crawlers and browsers' archivers write it.

``warcio`` of the Webrecorder project reads each record: it is pure Python with one small dependency, and it knows the
headers that servers really sent. FastWARC is faster, but compiled, and reading is a hundredth of a run.

The URL is the address that a page was fetched from, if the page does not state its own. When it was fetched is not
taken for the date of publication.
"""

from __future__ import annotations

import io
import logging
import re
import zlib
from collections.abc import Iterator, Mapping
from typing import IO, Any, Final

from onrecord.errors import InputError
from onrecord.reading.documents.html import declared_encoding
from onrecord.reading.encodings import LONGEST, decode
from onrecord.reading.rows.warc_records import VERSION, Damage, Record, records

_MOST_BYTES: Final = 4 * LONGEST
_TYPES: Final = frozenset({"response", "resource", "conversion"})
_PAGES: Final = frozenset({"text/html", "application/xhtml+xml"})
_TEXTS: Final = frozenset({"text/plain"})
_NO_ARTICLE: Final = re.compile(r"/(?:robots|ads|app-ads|humans|security|llms)\.txt$", re.I)
_CHARSET: Final = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.I)
_PYARROW: Final = {"br": "brotli", "zstd": "zstd"}
_RECORD: Final = re.compile(VERSION)


def recognises(head: bytes) -> bool:
    """Whether a file that begins with ``head``, unpacked, is a WARC file."""
    return _RECORD.match(head) is not None


def rows(stream: IO[bytes], where: str) -> Iterator[Mapping[str, object] | InputError]:
    """The pages and texts that were served with status 200, with ``html`` or ``text`` and ``url``.

    Pictures, redirects, requests and the like are left out. A damaged record is yielded as its error, and reading goes
    on at the next record that can be found, in a file compressed record by record, too.

    Args:
        stream: read from where it is; packed with gzip or not, and need not be seekable.
        where: the file's name, at the beginning of messages.
    """
    logging.getLogger("warcio").setLevel(logging.CRITICAL)  # it reports every odd header
    pages = 0
    for number, record in enumerate(records(stream), start=1):
        row = _row(record, f"{where}: record {number}")
        if row is not None:
            pages += 1
            yield row
    if not pages:
        yield InputError(f"{where}: no web page in this archive; leave it out")


def _row(found: Record | Damage, where: str) -> Mapping[str, object] | InputError | None:
    if isinstance(found, Damage):
        return InputError(f"{where}: {found.reason}; fetch the page again")
    try:
        record = _parsed(found.data)
        kind = record.rec_headers.get_header("WARC-Type", "")
        url = (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<> ")
        media, charset = _media(record, kind)
        if kind not in _TYPES or media not in _PAGES | _TEXTS or _NO_ARTICLE.search(url):
            return None
        if kind == "response" and not (record.http_headers.get_statuscode() or "").startswith("200"):
            return None
        if found.is_cut:
            raise ValueError(f"over {_MOST_BYTES // 1_000_000} MB, longer than any article")
        body = _body(record)
        if not body.strip():
            raise ValueError("an empty page")
    except Exception as error:  # warcio raises all kinds on what servers and attackers write
        reason = (str(error) or type(error).__name__).splitlines()[0][:200]
        return InputError(f"{where}: cannot be read ({reason}); fetch the page again")
    return _decoded(body, media in _PAGES, charset, url, where)


def _parsed(data: bytes) -> Any:
    from warcio.recordloader import ArcWarcRecordLoader

    return ArcWarcRecordLoader(verify_http=False).parse_record_stream(io.BytesIO(data), known_format="warc")


def _media(record: Any, kind: str) -> tuple[str, str | None]:
    """The type of what was served, and the encoding that the server says it is in."""
    headers = record.http_headers if record.http_headers is not None else record.rec_headers
    said = headers.get_header("Content-Type") or ""
    charset = _CHARSET.search(said)
    return said.partition(";")[0].strip().lower(), charset[1] if charset else None


def _body(record: Any) -> bytes:
    """The page as it was before the server packed it.

    Raises:
        ValueError: it is too long, or packed in a way that cannot be undone.
    """
    from warcio.bufferedreaders import ChunkedDataReader

    headers = record.http_headers
    stream = record.raw_stream
    if headers is not None and "chunked" in (headers.get_header("Transfer-Encoding") or "").lower():
        stream = ChunkedDataReader(stream)
    data: bytes = stream.read()  # no longer than the record, which is bounded
    packings = (headers.get_header("Content-Encoding") or "") if headers is not None else ""
    for packing in reversed([name.strip().lower() for name in packings.split(",")]):
        data = _unpacked(data, packing)
    if len(data) > _MOST_BYTES:
        raise ValueError(f"over {_MOST_BYTES // 1_000_000} MB, longer than any article")
    return data


def _unpacked(data: bytes, packing: str) -> bytes:
    if packing in {"", "identity"}:
        return data
    if packing in {"gzip", "x-gzip"}:
        # Many tools store a page unpacked and keep what the server said.
        return _inflated(data, 31) if data.startswith(b"\x1f\x8b") else data
    if packing == "deflate":
        try:
            return _inflated(data, 15)
        except zlib.error:
            return _inflated(data, -15)
    if packing in {"br", "zstd"}:
        import pyarrow

        try:
            with pyarrow.CompressedInputStream(pyarrow.BufferReader(data), _PYARROW[packing]) as stream:
                unpacked: bytes = stream.read(_MOST_BYTES + 1)
                return unpacked
        except OSError:
            if b"<" in data[:1000]:
                return data
            raise
    raise ValueError(f"packed with {packing!r}, which cannot be undone; have the crawler ask for gzip")


def _inflated(data: bytes, bits: int) -> bytes:
    unpacker = zlib.decompressobj(bits)
    unpacked = unpacker.decompress(data, _MOST_BYTES + 1)
    if not unpacker.eof and len(unpacked) <= _MOST_BYTES:
        raise ValueError("the packed page ends too early")
    return unpacked


def _decoded(
    body: bytes, is_page: bool, charset: str | None, url: str, where: str
) -> Mapping[str, object] | InputError:
    try:
        text, _ = decode(body, where, charset or (declared_encoding(body) if is_page else None))
    except InputError as error:
        return error
    row: dict[str, object] = {"html" if is_page else "text": text}
    if url.startswith(("http://", "https://")):
        row["url"] = url
    return row
