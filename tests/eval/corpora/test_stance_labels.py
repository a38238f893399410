"""Stances towards several targets that are laid over a text: made here over an article written for the test."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from onrecord.errors import InputError
from onrecord_eval.corpora.stance_labels import read_stance_labels

TEXT = "Mayor Ada Brandt praised the port. She said “fares will fall”.\n"


def at(words: str) -> list[int]:
    return [TEXT.index(words), TEXT.index(words) + len(words)]


def record() -> dict[str, Any]:
    first = {
        "content": [at("the port")],
        "cue": [at("praised")],
        "source": [at("Mayor Ada Brandt")],
        "stance": ["support", "oppose"],
    }
    second = {
        "content": [at("“fares will fall”")],
        "cue": [at("said")],
        "source": [at("She")],
        "stance": [None, "neutral"],
    }
    return {
        "doc": "corpus/text/one.txt",
        "sha256": hashlib.sha256(TEXT.encode()).hexdigest(),
        "targets": ["the port", "closing the port"],
        "statements": [first, second],
    }


def read(tmp_path: Path, labels: dict[str, Any]) -> list[Any]:
    (tmp_path / "corpus" / "text").mkdir(parents=True, exist_ok=True)
    (tmp_path / "corpus" / "text" / "one.txt").write_text(TEXT, encoding="utf-8")
    path = tmp_path / "labels.jsonl"
    path.write_text(json.dumps(labels) + "\n", encoding="utf-8")
    return list(read_stance_labels(path, tmp_path))


def test_each_target_gets_its_label_and_none_where_the_labeller_could_not_tell(tmp_path: Path) -> None:
    (article,) = read(tmp_path, record())
    first, second = article.annotations["labels"]
    assert [(s.target, s.label) for s in first.stance] == [("the port", "support"), ("closing the port", "oppose")]
    assert [(s.target, s.label) for s in second.stance] == [("closing the port", "neutral")]
    assert second.text == "“fares will fall”"


def test_a_speaker_is_called_what_the_source_is_and_nobody_where_that_is_a_pronoun(tmp_path: Path) -> None:
    (article,) = read(tmp_path, record())
    assert [[s.name for s in one.speakers] for one in article.annotations["labels"]] == [["Mayor Ada Brandt"], []]


def test_speakers_are_those_that_are_labelled_where_the_article_has_entities(tmp_path: Path) -> None:
    labels = record()
    labels["entities"] = [{"name": "Bo Berg"}, {"name": "Ada Brandt"}, {"name": None}]
    labels["statements"][0]["speakers"] = [1]
    labels["statements"][1]["speakers"] = [1, 2]
    (article,) = read(tmp_path, labels)
    assert [[(s.name, s.id) for s in one.speakers] for one in article.annotations["labels"]] == [
        [("Ada Brandt", "E1")],
        [("Ada Brandt", "E1"), (None, "E2")],
    ]


def test_how_a_stance_shows_says_whether_the_statement_is_about_the_target(tmp_path: Path) -> None:
    (article,) = read(tmp_path, record())
    assert {s.about for one in article.annotations["labels"] for s in one.stance} == {None}
    labels = record()
    labels["statements"][0]["shown"] = ["said", "implied"]
    labels["statements"][1] |= {"stance": ["neutral", "neutral"], "shown": ["about", "not about"]}
    (article,) = read(tmp_path, labels)
    assert [[s.about for s in one.stance] for one in article.annotations["labels"]] == [[1.0, 1.0], [1.0, 0.0]]


@pytest.mark.parametrize("stance", [["support"], ["support", "oppose", "neutral"], ["support", "against"]])
def test_labels_that_do_not_fit_the_targets_are_refused(tmp_path: Path, stance: list[str]) -> None:
    labels = record()
    labels["statements"][0]["stance"] = stance
    with pytest.raises(InputError, match=r"labels\.jsonl:1: not a labelled article"):
        read(tmp_path, labels)


def test_labels_are_not_laid_over_another_text(tmp_path: Path) -> None:
    labels = record()
    labels["sha256"] = "0" * 64
    with pytest.raises(InputError, match="not the text that was labelled"):
        read(tmp_path, labels)
