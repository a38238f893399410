"""Parquet of odd types, and files of few bytes that stand for very many."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow
import pytest
from pyarrow import parquet

from onrecord.errors import InputError
from onrecord.reading import ArticleReader, find_inputs

TEXT = "Mayor Ada Brandt said the harbour would stay open all summer. "


def texts(path: Path, most: int = 100) -> list[str]:
    """The texts of the first rows, or, after an exclamation mark, what is wrong with them."""
    found = []
    with ArticleReader() as reader:
        for item in find_inputs([path])[:most]:
            try:
                found.append(reader.read(item).text)
            except InputError as error:
                assert "\n" not in str(error)
                found.append(f"! {error}")
    return found


def write(path: Path, column: Any, **others: Any) -> Path:
    parquet.write_table(pyarrow.table({"text": column, **others}), path, compression="zstd")
    return path


def repeated(value: str, rows: int) -> Any:
    """A column that names one text again and again."""
    return pyarrow.DictionaryArray.from_arrays(pyarrow.array([0] * rows, pyarrow.int32()), pyarrow.array([value]))


def test_a_long_text_that_many_rows_share_takes_little_memory_and_has_an_end(tmp_path: Path) -> None:
    value = (TEXT * 100_000)[:4_000_000]
    path = write(tmp_path / "a.parquet", repeated(value, 5000))
    assert path.stat().st_size < 10_000
    pool = pyarrow.default_memory_pool()
    found = texts(path, 8)
    assert pool.bytes_allocated() < 100_000_000
    assert found[0] == value
    assert "unpacks to over 200 times its size" in found[-1]


def test_few_rows_are_unpacked_at_a_time_where_one_may_be_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = []
    unpack = parquet.ParquetFile.iter_batches
    monkeypatch.setattr(
        parquet.ParquetFile,
        "iter_batches",
        lambda file, size, **rest: sizes.append(size) or unpack(file, size, **rest),
    )
    texts(write(tmp_path / "a.parquet", repeated((TEXT * 100_000)[:4_000_000], 100)), 1)
    texts(write(tmp_path / "b.parquet", repeated(TEXT, 100)), 1)
    assert sizes[0] * 4_000_000 <= 64_000_000
    assert sizes[1] == 64


def test_a_column_that_claims_to_unpack_to_far_more_is_not_unpacked(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", repeated("a" * 30_000_000, 3))
    (fault,) = texts(path)
    assert fault == "! a.parquet: its column 'text' unpacks to over 200 times its size; it was not read"


def test_very_many_rows_in_few_bytes_are_one_fault(tmp_path: Path) -> None:
    (fault,) = texts(write(tmp_path / "a.parquet", repeated(TEXT, 2_000_000)))
    assert "2,000,000 rows" in fault


def test_bytes_that_are_text_are_read_and_others_are_their_rows_fault(tmp_path: Path) -> None:
    found = texts(write(tmp_path / "a.parquet", pyarrow.array([TEXT.encode(), b"caf\xe9", TEXT.encode()])))
    assert (found[0], found[2]) == (TEXT, TEXT)
    assert "not UTF-8 at byte 3 of 'text'" in found[1]


def test_a_date_that_python_does_not_know_costs_no_text(tmp_path: Path) -> None:
    dates = pyarrow.array([2**60, 0], pyarrow.timestamp("ms"))
    assert texts(write(tmp_path / "a.parquet", [TEXT, TEXT], date=dates)) == [TEXT, TEXT]


@pytest.mark.parametrize(
    "column",
    [
        pyarrow.array([1, 2]),
        pyarrow.nulls(2),
        pyarrow.array([[TEXT], [TEXT]]),
        pyarrow.array([{"a": TEXT}] * 2),
        pyarrow.array([1, 2], pyarrow.duration("s")),
        pyarrow.array([1.5, float("nan")]),
        pyarrow.array([10**30, 1], pyarrow.decimal128(38)),
    ],
)
def test_texts_of_other_types_are_faults_of_their_rows(tmp_path: Path, column: Any) -> None:
    found = texts(write(tmp_path / "a.parquet", column))
    assert len(found) in (1, 2)
    assert all(text.startswith("! a.parquet") for text in found)
