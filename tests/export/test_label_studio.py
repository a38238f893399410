"""Label Studio: UTF-16 offsets, a configuration that fits the tasks, and labels that come back."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.document import Mention, Span, Speaker, Stance, Statement
from onrecord.errors import InputError, RecordError
from onrecord.export.label_studio import CodeUnits, read_label_studio, write_label_studio
from onrecord.export.labels import LabelledArticle, read_labelled
from tests.conftest import ARTICLES, ROOT
from tests.labelled import FIRST, LABELLED, SECOND, TEXT, at, labelled, statements_of, texts


def back(path: Path) -> list[Statement]:
    return [statement for one in read_label_studio(path) for statement in one.statements]


def tasks_of(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def annotated(path: Path, result: list[dict[str, Any]], **more: Any) -> None:
    """Puts the result into the only task as Label Studio does when an annotator submits."""
    (task,) = tasks_of(path)
    task.setdefault("annotations", []).append({"result": result, "was_cancelled": False, **more})
    path.write_text(json.dumps([task]), encoding="utf-8")


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    write_label_studio(LABELLED, tmp_path / "tasks.json", "onrecord-test")
    return tmp_path / "tasks.json"


@pytest.fixture
def result(exported: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tasks_of(exported)[0]["predictions"][0]["result"]
    return found


def item(result: list[dict[str, Any]], key: str, name: str) -> dict[str, Any]:
    return next(one for one in result if one.get("id") == key and one.get("from_name") == name)


def test_the_gold_set_comes_back_as_it_was(tmp_path: Path) -> None:
    articles = read_labelled(ROOT / "data" / "gold" / "gold.jsonl", ARTICLES)
    write_label_studio(articles, tmp_path / "tasks.json", "onrecord-test")
    assert back(tmp_path / "tasks.json") == statements_of(articles)


@pytest.mark.slow
@given(labelled)
@settings(max_examples=150)
def test_any_statements_come_back_as_they_were(articles: list[LabelledArticle]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "tasks.json")
        configuration = write_label_studio(articles, path, "onrecord-test")
        assert back(path) == statements_of(articles)
        view = ElementTree.parse(configuration).getroot()
        answers = {one.get("name"): {choice.get("value") for choice in one} for one in view.iter("Choices")}
        known = {"part": {one.get("value") for one in view.iter("Label")}, "speakers": None, **answers}
        relations = {one.get("value") for one in view.iter("Relation")}
        for task in tasks_of(path):
            units = task["data"]["text"].encode("utf-16-le")
            ids = {one["id"] for one in task["predictions"][0]["result"] if "id" in one}
            for one in task["predictions"][0]["result"]:
                if one["type"] == "relation":
                    assert {one["from_id"], one["to_id"]} <= ids
                    assert set(one["labels"]) <= relations
                    continue
                value = one["value"]
                shown = units[2 * value["start"] : 2 * value["end"]].decode(
                    "utf-16-le"
                )  # what JavaScript would cut out
                assert value["text"] == shown or one["type"] == "textarea"
                if one["type"] != "textarea":
                    assert set(value[one["type"]]) <= known[one["from_name"]]


@given(texts)
def test_code_units_are_those_of_utf_16(text: str) -> None:
    units = CodeUnits(text)
    for point in range(len(text) + 1):
        assert units.of(point) == len(text[:point].encode("utf-16-le")) // 2
        assert units.to_point(units.of(point)) == point


@given(st.text(st.sampled_from("a😀"), min_size=1))
def test_half_a_character_is_the_whole_one(text: str) -> None:
    units = CodeUnits(text)
    for point, character in enumerate(text):
        if character == "😀":
            assert units.to_point(units.of(point) + 1) == point


def test_what_was_changed_comes_back_changed_and_the_rest_as_it_was(
    exported: Path, result: list[dict[str, Any]]
) -> None:
    first = "statement-0-content-0"
    item(result, first, "stance-1")["value"]["choices"] = ["support"]
    item(result, first, "speakers")["value"]["text"] = ["Cem Acar; kind=person", "Ada Brandt; role=mayor of Oslo"]
    second = item(result, "statement-1-content-0", "part")["value"]
    second["end"] += len(" a mistake")  # in code units as in code points
    annotated(exported, result)
    changed, longer = back(exported)
    assert changed.stance == (Stance("the plan", "support"),)
    assert changed.speakers == (
        Speaker("Cem Acar", "cem-acar", "person"),
        Speaker("Ada Brandt", "ada-brandt", "person", "mayor of Oslo", None, ("Brandt",)),
    )
    assert changed.content == FIRST.content
    assert longer.text == "the plan a mistake"
    assert longer.content == (at("the plan a mistake"),)
    assert (longer.cue, longer.confidence) == (SECOND.cue, None)


def test_a_new_statement_and_its_source_are_taken_from_regions_and_a_relation_either_way(
    exported: Path, result: list[dict[str, Any]]
) -> None:
    emoji = at("😀 it")
    units = CodeUnits(TEXT)
    place = {"start": units.of(emoji.start), "end": units.of(emoji.end)}
    result += [
        {"id": "x1", "type": "labels", "from_name": "part", "value": {**place, "labels": ["Content"]}},
        {"id": "x2", "type": "labels", "from_name": "part", "value": {"start": 0, "end": 3, "labels": ["Source"]}},
        {"type": "relation", "from_id": "x2", "to_id": "x1", "direction": "right", "labels": []},
    ]
    annotated(exported, result)
    *others, new = back(exported)
    assert others == [FIRST, SECOND]
    assert (new.id, new.text, new.form) == ("a.txt#3", "😀 it", "indirect")  # its quotation ended with the line
    assert new.source == Mention("“We", (Span(0, 3),))


def test_the_annotation_last_changed_counts_and_cancelled_ones_do_not(
    exported: Path, result: list[dict[str, Any]]
) -> None:
    annotated(exported, [], updated_at="2026-11-25T10:00:00Z")
    annotated(exported, result, updated_at="2026-11-24T10:00:00Z")
    annotated(exported, result, updated_at="2026-11-26T10:00:00Z", was_cancelled=True)
    (corrected,) = read_label_studio(exported)
    assert corrected.annotated
    assert corrected.statements == ()


def test_predictions_that_nobody_looked_at_are_not_annotated(exported: Path) -> None:
    assert [one.annotated for one in read_label_studio(exported)] == [False]


def test_mentions_that_are_not_linked_to_a_content_are_named(exported: Path, result: list[dict[str, Any]]) -> None:
    annotated(exported, [one for one in result if one["type"] != "relation"])
    (corrected,) = read_label_studio(exported)
    assert corrected.unattached == ("said", "Ada Brandt,\nthe mayor", "called", "She")
    assert len(corrected.statements) == 3  # the two pieces of the first are no longer one


@pytest.mark.parametrize(
    ("content", "error", "said"),
    [
        ("{}", InputError, "not a list"),
        ("[", InputError, "not JSON"),
        ('[{"text": "min", "part": []}]', RecordError, "task 1"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, content: str, error: type[Exception], said: str) -> None:
    (tmp_path / "tasks.json").write_text(content)
    with pytest.raises(error, match=said):
        back(tmp_path / "tasks.json")


def test_a_label_that_cannot_be_understood_is_named(exported: Path, result: list[dict[str, Any]]) -> None:
    item(result, "statement-0-content-0", "speakers")["value"]["text"] = ["kind=ghost"]
    annotated(exported, result)
    with pytest.raises(RecordError, match=r"task 1.*kind is 'ghost'"):
        back(exported)
