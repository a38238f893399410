"""Files compressed by themselves, around any format; bombs and damage are one line."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import time
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pyarrow
import pytest
from pyarrow import parquet

from onrecord.document import Article
from onrecord.reading import find_inputs, read_article
from tests.reading.making import write_parquet
from tests.reading.test_inputs import BODY, PARAGRAPHS, TEXT, page, read_all, texts


def zstandard(data: bytes) -> bytes:
    sink = pyarrow.BufferOutputStream()
    with pyarrow.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(data)
    packed: bytes = sink.getvalue().to_pybytes()
    return packed


PACK: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstandard,
}
LINES = "".join(json.dumps({"text": f"{TEXT}{n}"}) + "\n" for n in range(30)).encode()


def write_all(folder: Path, ending: str) -> list[Path]:
    table = "text,title\n" + "".join(f'"{TEXT}{n}",T\n' for n in range(3))
    rows = write_parquet(folder / "rows.parquet", [{"text": f"{TEXT}{n}"} for n in range(3)])
    contents = {
        "a.txt": TEXT.encode(),
        "page.html": page(BODY, "").encode(),
        "rows.jsonl": LINES,
        "t.csv": table.encode(),
        "rows.parquet": rows.read_bytes(),
    }
    rows.unlink()
    paths = []
    for name, data in contents.items():
        paths.append(folder / f"{name}.{ending}")
        paths[-1].write_bytes(PACK[ending](data))
    return paths


@pytest.mark.parametrize("ending", PACK)
@pytest.mark.parametrize("in_archive", [False, True])
def test_every_format_is_read_compressed(tmp_path: Path, ending: str, in_archive: bool) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    prefix = ""
    paths = write_all(folder, ending)
    if in_archive:
        prefix = "x.zip!/"
        with zipfile.ZipFile(folder / "x.zip", "w") as packed:
            for path in paths:
                packed.write(path, path.name)
                path.unlink()
    read = texts(folder)
    assert read[f"{prefix}a.txt.{ending}"] == TEXT
    assert read[f"{prefix}page.html.{ending}"] == "\n".join(PARAGRAPHS)
    assert [read[f"{prefix}rows.jsonl.{ending}#{n + 1}"] for n in range(30)] == [f"{TEXT}{n}" for n in range(30)]
    assert [read[f"{prefix}t.csv.{ending}#{n + 1}"] for n in range(3)] == [f"{TEXT}{n}" for n in range(3)]
    assert [read[f"{prefix}rows.parquet.{ending}#{n + 1}"] for n in range(3)] == [f"{TEXT}{n}" for n in range(3)]
    assert len(read) == 38
    assert [read_article(item).text for item in reversed(find_inputs([folder]))] == list(reversed(read.values()))


@pytest.mark.parametrize("ending", PACK)
@pytest.mark.parametrize("name", ["a.txt", "rows.jsonl", "t.csv"])
def test_a_file_that_is_cut_off_is_told_and_what_came_before_is_read(tmp_path: Path, ending: str, name: str) -> None:
    rows = [f"{TEXT} {n} {time.time_ns()}" for n in range(4000)]
    content = "\n".join(json.dumps({"text": row}) for row in rows)
    if name == "t.csv":
        content = "text,n\n" + "\n".join(f'"{row}",1' for row in rows)
    data = PACK[ending](content.encode())
    (tmp_path / f"{name}.{ending}").write_bytes(data[: len(data) * 3 // 4])
    *_, last = read_all(tmp_path).values()
    assert isinstance(last, str)
    assert f"{name}.{ending}" in last
    assert "cannot be read" in last


@cache
def bomb(ending: str, filling: bytes) -> bytes:
    return PACK[ending](filling * (11_000_000 // len(filling)))


@pytest.mark.parametrize("ending", PACK)
@pytest.mark.parametrize("filling", [b"\n", b" ", b"a "])
@pytest.mark.parametrize("name", ["a.txt", "rows.jsonl", "t.csv", "a.json"])
def test_a_bomb_is_one_line_in_bounded_time(tmp_path: Path, ending: str, filling: bytes, name: str) -> None:
    path = tmp_path / f"{name}.{ending}"
    path.write_bytes(bomb(ending, filling))
    started = time.monotonic()
    (message,) = texts(tmp_path).values()
    assert message.startswith("! ")
    assert path.name in message
    assert time.monotonic() - started < 20


def test_empty_lines_by_the_million_end_a_file(tmp_path: Path) -> None:
    good = json.dumps({"text": TEXT}).encode() + b"\n"
    (tmp_path / "a.jsonl").write_bytes(good + b"\n" * 1_500_000 + good)
    first, second = texts(tmp_path).values()
    assert first == TEXT
    assert "over 1,000,000 empty lines; the rest was not read" in second


def test_the_encoding_of_a_compressed_text_is_noted(tmp_path: Path) -> None:
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(TEXT.encode("cp1252")))
    (article,) = read_all(tmp_path).values()
    assert isinstance(article, Article)
    assert (article.text, article.meta.encoding) == (TEXT, "windows-1252")


@pytest.mark.parametrize("line", [b"0\n", b"{}\n", b"[1]\n"])
def test_lines_by_the_million_that_are_no_rows_end_a_file(tmp_path: Path, line: bytes) -> None:
    good = json.dumps({"text": TEXT}).encode() + b"\n"
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(good + line * 100_000))
    read = list(texts(tmp_path).values())
    assert read[0] == TEXT
    assert len(read) < 11_000
    assert "over 10,000 lines one after another that are no JSON objects; the rest was not read" in read[-1]


def test_a_value_that_a_table_repeats_by_the_million_is_not_unpacked(tmp_path: Path) -> None:
    values = pyarrow.DictionaryArray.from_arrays(pyarrow.array([0] * 300_000, pyarrow.int8()), [TEXT * 50])
    path = tmp_path / "a.parquet"
    parquet.write_table(pyarrow.table({"text": values}), path, compression="zstd")
    (message,) = texts(path).values()
    assert "300,000 rows in 0.0 MB, as only a bomb has; not read" in message


def test_a_long_value_that_rows_share_is_read_up_to_a_bound(tmp_path: Path) -> None:
    values = pyarrow.DictionaryArray.from_arrays(pyarrow.array([0] * 200, pyarrow.int8()), [TEXT * 1_000])
    path = tmp_path / "a.parquet"
    parquet.write_table(pyarrow.table({"text": values}), path, compression="zstd")
    read = list(texts(path).values())
    assert read[0] == TEXT * 1_000
    assert "unpacks to over 200 times its size" in read[-1]
    assert len(read) == 200
