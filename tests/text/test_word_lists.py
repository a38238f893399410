"""Data files of words: each can be read, says where it comes from, and holds every word once."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import pytest

import onrecord
from onrecord.text.word_lists import read_entries, read_lists, read_table

ROOT = Path(onrecord.__file__).parent
FILES = sorted(path for path in ROOT.rglob("data/*") if path.suffix in (".txt", ".csv"))


def room_of(path: Path) -> str:
    return ".".join(["onrecord", *path.parent.parent.relative_to(ROOT).parts])


def test_there_are_data_files() -> None:
    assert {"person_nouns.csv", "function_words.txt", "countries.csv"} <= {path.name for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_file_begins_with_what_it_holds_and_where_it_comes_from(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# ")
    head = " ".join(line.removeprefix("# ") for line in lines[: lines.index("") if "" in lines else 8])
    assert "ompiled by hand" in head


PATTERNS = ("anonymity.txt",)
"""Files with an expression on each line."""


@pytest.mark.parametrize("name", PATTERNS)
def test_each_expression_is_there_once(name: str) -> None:
    (path,) = (path for path in FILES if path.name == name)
    lists = read_entries(room_of(path), path.stem)
    assert lists
    assert all(entries and len(set(entries)) == len(entries) for entries in lists.values())


@pytest.mark.parametrize(
    "path",
    [path for path in FILES if path.suffix == ".txt" and path.name not in PATTERNS],
    ids=lambda path: path.name,
)
def test_each_list_has_words_and_each_word_once(path: Path) -> None:
    lists = read_lists(room_of(path), path.stem)
    assert lists
    assert all(lists.values())
    lines = path.read_text(encoding="utf-8").splitlines()
    written = [word for line in lines if not line.startswith(("#", "[")) for word in line.split()]
    assert len(written) == sum(len(words) for words in lists.values())


@pytest.mark.parametrize("path", [path for path in FILES if path.suffix == ".csv"], ids=lambda path: path.name)
def test_each_table_has_one_row_for_each_key_and_no_odd_fields(path: Path) -> None:
    rows = read_table(room_of(path), path.stem)
    assert rows
    assert all(None not in row and None not in row.values() for row in rows)
    keys = [next(iter(row.values())) for row in rows]
    assert len(set(keys)) == len(keys)
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert len(rows) == len(list(csv.reader(lines))) - 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [("# Made up.\nloose\n[nouns]\nport\n", "before the first"), ("[nouns]\nport\n[nouns]\nquay\n", "twice")],
)
def test_a_damaged_file_of_lists_is_refused(
    text: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a_room" / "data").mkdir(parents=True)
    (tmp_path / "a_room" / "__init__.py").touch()
    (tmp_path / "a_room" / "data" / "words.txt").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "a_room", raising=False)
    read_lists.cache_clear()
    with pytest.raises(ValueError, match=reason):
        read_lists("a_room", "words")
    monkeypatch.delitem(sys.modules, "a_room", raising=False)
