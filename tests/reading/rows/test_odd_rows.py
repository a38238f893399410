"""JSON lines with values that JSON allows and nobody expects: each row is read, or is one line among the faults."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from onrecord.errors import InputError
from onrecord.reading import ArticleReader, find_inputs
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
