"""Web archives: the pages in them, with whatever the server packed them, and past damage."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import time
from pathlib import Path

import pyarrow
import pytest

from onrecord.errors import InputError
from onrecord.reading import find_inputs, read_article
from onrecord.reading.rows import warc
from onrecord.reading.rows.warc_records import Damage, Record, records

OK = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"


def page(number: int) -> bytes:
    return f"<html><body><p>“Page {number},” she said.</p>{number * 7919:x}</body></html>".encode()


def record(
    number: int, body: bytes | None = None, http: str | None = OK, kind: str = "response", media: str = ""
) -> bytes:
    body = page(number) if body is None else body
    block = body if http is None else f"{http}\r\n".encode() + body
    digest = base64.b32encode(hashlib.sha1(block, usedforsecurity=False).digest()).decode()
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: https://example.org/{number}\r\n"
        f"WARC-Date: 2026-11-28T15:58:28Z\r\nContent-Type: {media or 'application/http; msgtype=response'}\r\n"
        f"WARC-Block-Digest: sha1:{digest}\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def read(data: bytes) -> list[str]:
    """The addresses of the pages, or what is wrong."""
    found = warc.rows(io.BytesIO(data), "f.warc")
    return [str(row) if isinstance(row, InputError) else str(row["url"]).rpartition("/")[2] for row in found]


ALL = [record(number) for number in range(1, 5)]


def test_pages_and_texts_are_read_and_the_rest_is_left_out() -> None:
    data = b"".join(
        [
            record(0, b"software: x\r\n", None, "warcinfo", "application/warc-fields"),
            record(1),
            record(2, http=OK.replace("200 OK", "404 Not Found")),
            record(3, http=OK.replace("text/html", "image/png")),
            record(4, None, None, "resource", "text/html"),
            record(5, b"Plain text.", None, "conversion", "text/plain"),
            record(6, b"GET / HTTP/1.1\r\n\r\n", None, "request"),
        ]
    )
    rows = [dict(row) for row in warc.rows(io.BytesIO(data), "f.warc") if not isinstance(row, InputError)]
    assert [row["url"] for row in rows] == [f"https://example.org/{number}" for number in (1, 4, 5)]
    assert rows[0] == {"html": page(1).decode(), "url": "https://example.org/1"}  # no date: it is the crawl's
    assert rows[2]["text"] == "Plain text."


@pytest.mark.parametrize("packing", ["gzip", "deflate", "br"])
@pytest.mark.parametrize("chunked", [False, True])
def test_what_the_server_did_to_a_page_is_undone(packing: str, chunked: bool) -> None:
    import zlib

    packed = {
        "gzip": gzip.compress, "deflate": zlib.compress,
        "br": lambda data: pyarrow.compress(data, codec="brotli", asbytes=True),
    }[packing](page(1))  # fmt: skip
    http = f"{OK}Content-Encoding: {packing}\r\n"
    if chunked:
        http += "Transfer-Encoding: chunked\r\n"
        packed = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (packed[:9], packed[9:])) + b"0\r\n\r\n"
    (row,) = warc.rows(io.BytesIO(record(1, packed, http)), "f.warc")
    assert not isinstance(row, InputError) and row["html"] == page(1).decode()


@pytest.mark.parametrize(
    "data",
    [b"".join(ALL), gzip.compress(b"".join(ALL)), b"".join(map(gzip.compress, ALL))],
    ids=["plain", "one", "each"],
)
def test_an_archive_is_read_packed_or_not(data: bytes) -> None:
    assert read(data) == ["1", "2", "3", "4"]


def test_a_damaged_record_is_its_error_and_the_others_are_read() -> None:
    altered = ALL[1].replace(b"Page 2", b"Page 9")
    lengthened = ALL[1].replace(b"Content-Length: ", b"Content-Length: 9")
    headless = ALL[1].replace(b"WARC/1.0", b"WRAC/1.0")
    for broken, reason in (
        (altered, "its checksum is another one"),
        (lengthened, "ends too early"),
        (headless, "its length is not what it says"),
    ):
        found = read(b"".join([ALL[0], broken, *ALL[2:]]))
        errors = [line for line in found if line.startswith("f.warc: record")]
        assert [line for line in found if line not in errors] == (["3", "4"] if broken is headless else ["1", "3", "4"])
        assert reason in errors[0]


def test_a_record_damaged_where_it_is_packed_does_not_end_the_archive() -> None:
    packed = [gzip.compress(one) for one in ALL]
    middle = len(packed[1]) // 2
    packed[1] = packed[1][:middle] + bytes([packed[1][middle] ^ 255]) + packed[1][middle + 1 :]
    one, error, three, four = read(b"".join(packed))
    assert (one, three, four) == ("1", "3", "4")
    assert error.startswith("f.warc: record 2: damaged where it is compressed")
    cut = read(b"".join(packed)[:-20])
    assert cut[-1] == "f.warc: record 4: the compressed file ends too early; fetch the page again"


def test_bombs_and_other_files_are_one_line() -> None:
    bomb = record(1, gzip.compress(b"\0" * 100_000_000), f"{OK}Content-Encoding: gzip\r\n")
    assert read(bomb + ALL[1]) == [
        "f.warc: record 1: cannot be read (over 20 MB, longer than any article); fetch the page again", "2",
    ]  # fmt: skip
    assert read(b"no archive at all") == ["f.warc: record 1: no header of a record; fetch the page again"]
    (line,) = read(record(1, http=OK.replace("text/html", "image/png")))
    assert line == "f.warc: no web page in this archive; leave it out"


def test_many_false_lengths_do_not_each_cost_what_they_claim() -> None:
    false = record(1).replace(b"Content-Length: ", b"Content-Length: 15000")  # fifteen million bytes
    data = false * 4_000 + record(2, b"<p>" + b"x" * 17_000_000) + record(3)
    started = time.process_time()
    found = list(records(io.BytesIO(data)))
    assert time.process_time() - started < 3  # seconds; with a copy of the window for each, it is over ten
    assert [type(each) for each in found] == [*[Damage] * 4_000, Record, Record]
    assert found[0] == Damage("its length is not what it says")
    assert isinstance(found[-1], Record) and found[-1].data.endswith(page(3))


def test_the_address_that_a_page_states_comes_before_the_one_it_was_fetched_from(tmp_path: Path) -> None:
    sentence = "“The harbour will stay open all summer,” said Ada Lund, the mayor of Easton, on Monday. "
    canonical = '<link rel="canonical" href="https://example.org/port">'
    pages = [
        f"<html><head>{head}</head><body><article>{f'<p>{sentence * 3}</p>' * 4}</article></body></html>".encode()
        for head in (canonical, canonical.replace("https://example.org", ""), "<title>Port</title>")
    ]
    plain = record(4, sentence.encode(), None, "conversion", "text/plain")
    data = b"".join([*(record(number, page) for number, page in enumerate(pages, 1)), plain])
    (tmp_path / "a.warc").write_bytes(data)
    addresses = [read_article(item).meta.url for item in find_inputs([tmp_path / "a.warc"])]
    assert addresses == ["https://example.org/port", *(f"https://example.org/{number}" for number in (2, 3, 4))]
