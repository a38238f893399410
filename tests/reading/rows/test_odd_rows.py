"""JSON lines with values that JSON allows and nobody expects: each row is read, or is one line among the faults."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest

from onrecord.errors import InputError
from onrecord.reading import ArticleReader, File, find_inputs
from onrecord.reading.archives import LastArchive
from onrecord.reading.rows import open_rows
from onrecord.reading.rows.base import Rows
from tests.reading.making import write_lines

TEXT = "Mayor Ada Brandt said the harbour would stay open all summer."
SAID = json.dumps(TEXT)


def read_row(tmp_path: Path, row: str) -> str:
    """The text of a row between two others, which must be read whatever it holds; or what is wrong with it."""
    path = write_lines(tmp_path / "a.jsonl", [{"text": TEXT}, row, {"text": TEXT}])
    found = []
    with ArticleReader() as reader:
        for item in find_inputs([path]):
            try:
                found.append(reader.read(item).text)
            except InputError as error:
                found.append(f"! {error}")
    assert (found[0], found[-1], len(found)) == (TEXT, TEXT, 3)
    assert "\n" not in found[1]
    return found[1]


@pytest.mark.parametrize(
    "field",
    [
        '"date": Infinity',
        '"date": -Infinity',
        '"date": NaN',
        '"date": 1e999',
        f'"date": {"9" * 400}',
        f'"date": {"9" * 100_000}',
        '"title": "\\u0000\\ud801"',
        '"id": "\\udfff"',
        '"url": ["a", {"b": null}]',
        f'"more": {"[" * 500}{"]" * 500}',
    ],
    ids=lambda field: field[:20],
)
def test_odd_fields_cost_no_text(tmp_path: Path, field: str) -> None:
    assert read_row(tmp_path, f'{{"text": {SAID}, {field}}}') == TEXT


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (f'{{"text": "{TEXT} \\u0000"}}', "binary data"),
        (f'{{"text": "{TEXT} \\ud83d"}}', "lone surrogates"),
        (f'{{"text": {"[" * 200_000}', "nested too deeply"),
        ('{"text": NaN}', "no text in the field"),
        (f'{{"text": {"1" * 5000}}}', "no text in the field"),
        (json.dumps({"text": "A line. " * 700_000}), "5.6 million characters"),
    ],
    ids=["NUL", "surrogate", "deep", "NaN", "digits", "long"],
)
def test_odd_texts_are_one_fault(tmp_path: Path, row: str, words: str) -> None:
    message = read_row(tmp_path, row)
    assert message.startswith("! a.jsonl#2: ")
    assert words in message


def test_rows_that_another_process_asks_for_one_by_one_are_read_from_a_file_that_stays_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_lines(tmp_path / "rows.jsonl", [{"text": f"{TEXT} {number}"} for number in range(6)])
    opened: list[File] = []

    def open_and_note(file: File, archives: LastArchive) -> Rows:
        opened.append(file)
        return open_rows(file, archives)

    monkeypatch.setattr("onrecord.reading.articles.open_rows", open_and_note)
    with ArticleReader() as reader:
        copies = [pickle.loads(pickle.dumps(item)) for item in find_inputs([tmp_path])]
        assert len({reader.read(item).text for item in copies}) == 6
    assert len(opened) == 1
