"""Targets in other words: what is asked about, and that the wordings are of labelled targets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from onrecord_eval.benchmarks.wordings import LABELS, WAYS, read_wordings

DATA = Path(__file__).parents[3] / "data"


@pytest.mark.parametrize("labels", LABELS)
def test_every_labelled_target_of_an_article_with_statements_has_other_words(labels: str) -> None:
    told = read_wordings(DATA / "wordings" / "dev.jsonl", labels)
    lines = (DATA / labels / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    asked = {
        (record["doc"], target)
        for record in map(json.loads, lines)
        if record["statements"]
        for target in record["targets"]
    }
    assert told.keys() == asked
    for target in told.values():
        assert 1 <= len(target.synonyms) <= 3 and target.name not in target.synonyms
        assert target.description and len(target.description.split()) <= 25


def test_each_way_asks_about_other_words() -> None:
    (told, *_) = read_wordings(DATA / "wordings" / "dev.jsonl", "world").values()
    asked = {name: way(told).wordings for name, way in WAYS.items()}
    assert asked["name"] == (told.name,)
    assert asked["name, one synonym"] == (told.name, told.synonyms[0])
    assert asked["a synonym alone"] == (told.synonyms[0],)
    assert asked["name with description"] == (f"{told.name}: {told.description}",)
    assert {way(told).name for way in WAYS.values()} == {told.name}, "answers are looked up by name"
