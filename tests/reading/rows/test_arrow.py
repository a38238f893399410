"""Arrow: data sets saved to disk, Feather, and what is wrong with either."""

from __future__ import annotations

import io
from pathlib import Path

import pyarrow
import pytest
from pyarrow import feather

from onrecord.errors import InputError
from onrecord.reading import find_inputs, read_article
from onrecord.reading.discovery import discover
from onrecord.reading.rows import arrow

TEXT = "“We will not close the old harbour,” said Ada Brandt, the mayor, on Monday."


def read(path: Path) -> list[dict[str, object] | str]:
    with path.open("rb") as stream:
        return [str(row) if isinstance(row, InputError) else dict(row) for row in arrow.rows(stream, path.name)]


def save(path: Path, table: pyarrow.Table, batch: int = 1000) -> Path:
    with pyarrow.OSFile(str(path), "wb") as sink, pyarrow.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=batch)
    return path


def test_a_data_set_saved_to_disk_is_read_by_split_without_what_it_keeps_beside_its_rows(tmp_path: Path) -> None:
    from datasets import Dataset, DatasetDict

    rows = Dataset.from_dict({"article": [TEXT, TEXT], "headline": ["Port", "Port"], "vector": [[0.5], [0.5]]})
    DatasetDict({"train": rows, "test": rows.select([1])}).save_to_disk(str(tmp_path / "set"))
    (tmp_path / "set" / "train" / "cache-1234.arrow").write_bytes(b"\xff\xff\xff\xff")
    found = discover([tmp_path / "set"])
    assert [item.doc for item in found.inputs] == [
        "test/data-00000-of-00001.arrow#1", "train/data-00000-of-00001.arrow#1", "train/data-00000-of-00001.arrow#2",
    ]  # fmt: skip
    assert found.left_out == {arrow.BOOKKEEPING: 6}
    article = read_article(found.inputs[1])
    assert (article.text, article.meta.title) == (TEXT, "Port")


def test_a_file_of_a_name_like_a_cache_s_is_read_and_a_named_file_is_never_left_out_in_silence(tmp_path: Path) -> None:
    table = pyarrow.table({"text": [TEXT]})
    for name in ("cached_news.arrow", "tmp.arrow"):
        assert [item.doc for item in find_inputs([save(tmp_path / name, table)])] == [f"{name}#1"]
    cache = save(tmp_path / "cache-12ab.arrow", table)
    (item,) = discover([cache]).inputs
    assert item.fault == f"{cache}: a data set's own file, not articles; name the data set's folder"


@pytest.mark.parametrize("compression", ["lz4", "zstd", "uncompressed"])
def test_feather_is_read_with_its_nested_and_repeated_values(tmp_path: Path, compression: str) -> None:
    kinds = pyarrow.array(["news"] * 200).dictionary_encode()
    table = pyarrow.table({"text": [TEXT] * 200, "kind": kinds, "source": [{"name": "Echo"}] * 200, "v": [[1]] * 200})
    feather.write_feather(table, str(tmp_path / "a.feather"), compression=compression)
    rows = read(tmp_path / "a.feather")
    assert rows == [{"text": TEXT, "kind": "news", "source": {"name": "Echo"}}] * 200
    (first, *_) = find_inputs([tmp_path / "a.feather"])
    assert read_article(first).meta.outlet == "Echo"


def test_a_stream_that_cannot_be_mapped_gives_the_same_rows(tmp_path: Path) -> None:
    path = save(tmp_path / "a.arrow", pyarrow.table({"text": [TEXT] * 100}), 30)
    assert list(arrow.rows(io.BytesIO(path.read_bytes()), "a.arrow")) == read(path)


def test_a_damaged_file_is_read_up_to_the_damage(tmp_path: Path) -> None:
    path = save(tmp_path / "a.arrow", pyarrow.table({"text": [TEXT] * 100}), 30)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    *rows, error = read(path)
    assert rows == [{"text": TEXT}] * 30
    assert isinstance(error, str) and error.startswith("a.arrow: cannot be read on as Arrow")


def test_what_claims_to_unpack_to_far_too_much_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    feather.write_feather(pyarrow.table({"text": ["x" * 50_000_000]}), str(tmp_path / "a.feather"), compression="zstd")
    (line,) = read(tmp_path / "a.feather")
    assert isinstance(line, str) and "200 times" in line
    (line,) = read(save(tmp_path / "b.arrow", pyarrow.table({"text": pyarrow.nulls(2**31 - 2)}), 2**31 - 2))
    assert isinstance(line, str) and "200 times" in line


def test_offsets_that_lead_out_of_the_file_are_an_error_of_their_rows(tmp_path: Path) -> None:
    path = save(tmp_path / "a.arrow", pyarrow.table({"text": ["one", "two", "three"]}))
    data = path.read_bytes()
    offsets = b"".join(number.to_bytes(4, "little") for number in (0, 3, 6, 11))
    assert data.count(offsets) == 1
    path.write_bytes(data.replace(offsets, offsets[:8] + (2**30).to_bytes(4, "little") + offsets[12:]))
    rows = read(path)
    assert rows[0] == {"text": "one"}
    assert all(isinstance(row, str) and "a row that cannot be read" in row for row in rows[1:])
