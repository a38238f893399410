"""Labels that are laid over a corpus's texts: made here over an article written for the test."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from onrecord.errors import InputError
from onrecord_eval.corpora.newswire_labels import read_newswire_labels

TEXT = "Harbour news 😀\r\n\r\nMayor Ada Brandt said “fares will fall”.\n"


def at(words: str) -> list[int]:
    return [TEXT.index(words), TEXT.index(words) + len(words)]


def record() -> dict[str, Any]:
    speaker = {"name": "Ada Brandt", "kind": "person", "role": [at("Mayor")], "aliases": ["Brandt"]}
    statement = {
        "content": [at("“fares will fall”")],
        "cue": [at("said")],
        "source": [at("Mayor Ada Brandt")],
        "via": None,
        "stance": "support",
        "speakers": [speaker],
    }
    digest = hashlib.sha256(TEXT.encode()).hexdigest()
    return {"doc": "dev/one.txt", "sha256": digest, "target": "lower fares", "statements": [statement]}


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    (tmp_path / "text" / "dev").mkdir(parents=True)
    (tmp_path / "text" / "dev" / "one.txt").write_bytes(TEXT.encode())
    return tmp_path / "text"


def written(tmp_path: Path, labels: dict[str, Any]) -> Path:
    path = tmp_path / "labels.jsonl"
    path.write_text(json.dumps(labels) + "\n", encoding="utf-8")
    return path


def test_labels_become_statements_of_the_text(tmp_path: Path, texts: Path) -> None:
    (article,) = read_newswire_labels(written(tmp_path, record()), texts)
    (statement,) = article.annotations["agreed"]
    assert statement.text == "“fares will fall”"
    assert statement.form == "direct"
    assert statement.source is not None and statement.source.text == "Mayor Ada Brandt"
    assert [(s.name, s.role) for s in statement.speakers] == [("Ada Brandt", "Mayor")]
    assert [(s.target, s.label) for s in statement.stance] == [("lower fares", "support")]


def test_labels_are_not_laid_over_another_text(tmp_path: Path, texts: Path) -> None:
    (texts / "dev" / "one.txt").write_text("Another text.")
    with pytest.raises(InputError, match="not the text that was labelled"):
        list(read_newswire_labels(written(tmp_path, record()), texts))


def test_a_missing_article_and_a_broken_line_are_named(tmp_path: Path, texts: Path) -> None:
    with pytest.raises(InputError, match=r"two\.txt: missing"):
        list(read_newswire_labels(written(tmp_path, record() | {"doc": "dev/two.txt"}), texts))
    with pytest.raises(InputError, match=r"labels\.jsonl:1"):
        list(read_newswire_labels(written(tmp_path, {"doc": "dev/one.txt"}), texts))
