"""Lines of statements: written, read, checked against the schema, and refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from onrecord.document import Mention, Meta, Span, Speaker, Stance, StanceScores, Statement
from onrecord.errors import InputError, RecordError
from onrecord.files.records import json_schema, read_statements, to_line, without_duplicates

FULL = Statement(
    doc="a.txt",
    id="a.txt#1",
    text="“Yes,” … “and no.”",
    content=(Span(0, 6), Span(12, 21)),
    form="direct",
    context=Span(0, 21),
    cue=Mention("said", (Span(7, 11),)),
    source=Mention("Brandt", (Span(30, 36),)),
    speakers=(Speaker("Ada Brandt", "ada-brandt", "person", "mayor", None, ("Brandt",), 0.75),),
    via=Mention("the agency", (Span(40, 50),)),
    stance=(
        Stance("the harbour", "support", 0.9, StanceScores(0.9, 0.05, 0.05), 0.98),
        Stance("the plan", "unclear", None, None),
    ),
    confidence=0.5,
    cluster="c0ffee",
    attribution_conflict=True,
    act="expressed",
    act_score=0.95,
    meta=Meta(language="en", encoding="utf-8", duplicate_of="b.txt"),
)
BARE = Statement("b.txt", "b.txt#1", "x", (Span(0, 1),), "indirect", Span(0, 1))


@pytest.mark.parametrize("statement", [FULL, BARE])
def test_a_line_reads_back_to_the_same_statement(statement: Statement) -> None:
    assert Statement.from_json(to_line(statement)) == statement


@pytest.mark.parametrize("statement", [FULL, BARE])
def test_a_line_follows_the_schema(statement: Statement) -> None:
    jsonschema.Draft202012Validator(json_schema()).validate(json.loads(to_line(statement)))


def test_the_schema_rejects_a_line_with_another_version() -> None:
    record = json.loads(to_line(FULL)) | {"schema": "onrecord/9"}
    assert not jsonschema.Draft202012Validator(json_schema()).is_valid(record)


def test_unknown_fields_are_allowed_for_the_schema_grows() -> None:
    record = json.loads(to_line(FULL)) | {"new": 1}
    assert Statement.from_dict(record) == FULL
    assert jsonschema.Draft202012Validator(json_schema()).is_valid(record)


def test_a_line_of_an_earlier_version_has_fewer_fields() -> None:
    record = json.loads(to_line(FULL))
    del record["attribution_conflict"], record["meta"]["duplicate_of"], record["speakers"][0]["score"]
    del record["act"], record["act_score"], record["stance"][0]["about"]
    assert jsonschema.Draft202012Validator(json_schema()).is_valid(record)
    old = Statement.from_dict(record)
    assert (old.attribution_conflict, old.meta.duplicate_of, old.speakers[0].score) == (False, None, None)
    assert (old.act, old.act_score, old.stance[0].about) == (None, None, None)
    assert replace(old.stance[0], about=0.98) == FULL.stance[0]
    assert replace(old.speakers[0], score=0.75) == FULL.speakers[0]


def test_statements_of_an_earlier_version_are_read_from_a_file(tmp_path: Path) -> None:
    record = json.loads(to_line(FULL))
    del record["speakers"][0]["score"]
    path = tmp_path / "old.jsonl"
    path.write_text(f"{json.dumps(record)}\n{to_line(FULL)}\n", encoding="utf-8")
    assert [each.speakers[0].score for each in read_statements(path)] == [None, 0.75]


def test_articles_that_are_copies_can_be_left_out() -> None:
    assert list(without_duplicates([FULL, BARE])) == [BARE]


def broken(change: Callable[[Any], object]) -> dict[str, Any]:
    """A valid line as plain values, with one change."""
    record: dict[str, Any] = json.loads(to_line(FULL))
    change(record)
    return record


BROKEN = {
    "schema: input should be 'onrecord/1'": broken(lambda x: x.update(schema="onrecord/9")),
    "no field 'doc'": broken(lambda x: x.pop("doc")),
    "no field 'cue'": broken(lambda x: x.pop("cue")),
    "no field 'speakers'": broken(lambda x: x.pop("speakers")),
    "no field 'speakers.0.role'": broken(lambda x: x["speakers"][0].pop("role")),
    "no field 'stance.0.scores.neutral'": broken(lambda x: x["stance"][0]["scores"].pop("neutral")),
    "no field 'meta.title'": broken(lambda x: x["meta"].pop("title")),
    "no field 'context.1'": broken(lambda x: x.update(context=[1])),
    "doc: input should be a valid string, not 7": broken(lambda x: x.update(doc=7)),
    "text: input should be a valid string, not null": broken(lambda x: x.update(text=None)),
    "form: input should be 'direct', 'indirect' or 'mixed', not \"loud\"": broken(lambda x: x.update(form="loud")),
    "content: too few items": broken(lambda x: x.update(content=[])),
    "content.0: too many items": broken(lambda x: x.update(content=[[0, 1, 2]])),
    "content.0: input should be a valid array": broken(lambda x: x.update(content=[{"start": 0, "end": 1}])),
    "content.0.0: input should be greater than or equal to 0": broken(lambda x: x.update(content=[[-1, 2]])),
    "content.0.1: input should be a valid integer, not true": broken(lambda x: x.update(content=[[0, True]])),
    "content.0.1: input should be a valid integer, not 6.5": broken(lambda x: x.update(content=[[0, 6.5]])),
    "context.0: input should be a valid integer, not \"0\"": broken(lambda x: x.update(context=["0", 1])),
    "cue: input should be an object, not \\[\"said\"": broken(lambda x: x.update(cue=["said", [[7, 11]]])),
    "speakers: input should be a valid array": broken(lambda x: x.update(speakers="Ada")),
    "speakers.0.kind: input should be 'person'": broken(lambda x: x["speakers"][0].update(kind="animal")),
    "speakers.0.aliases.0: input should be a valid string": broken(lambda x: x["speakers"][0].update(aliases=[1])),
    "speakers.0.score: input should be less than or equal to 1": broken(lambda x: x["speakers"][0].update(score=1.5)),
    "speakers.0.score: input should be a valid number": broken(lambda x: x["speakers"][0].update(score="high")),
    "stance.0.target: input should be a valid string": broken(lambda x: x["stance"][0].update(target=None)),
    "stance.0.label: input should be 'support'": broken(lambda x: x["stance"][0].update(label="maybe")),
    "stance.0.score: input should be less than or equal to 1": broken(lambda x: x["stance"][0].update(score=1.5)),
    "stance.0.about: input should be less than or equal to 1": broken(lambda x: x["stance"][0].update(about=2)),
    "act: input should be 'expressed', 'attitude' or 'decision', not \"sung\"": broken(lambda x: x.update(act="sung")),
    "act_score: input should be greater than or equal to 0": broken(lambda x: x.update(act_score=-1)),
    "stance.0.scores: input should be an object": broken(lambda x: x["stance"][0].update(scores=[0.9, 0.1, 0])),
    "confidence: input should be a valid number, not \"high\"": broken(lambda x: x.update(confidence="high")),
    "confidence: input should be a valid number, not true": broken(lambda x: x.update(confidence=True)),
    "attribution_conflict: input should be a valid boolean": broken(lambda x: x.update(attribution_conflict=1)),
    "cluster: input should be a valid string": broken(lambda x: x.update(cluster=3)),
    "meta: input should be an object, not null": broken(lambda x: x.update(meta=None)),
    "meta.encoding: input should be a valid string": broken(lambda x: x["meta"].update(encoding=8)),
}  # fmt: skip


@pytest.mark.parametrize(("says", "record"), BROKEN.items(), ids=BROKEN)
def test_a_field_that_breaks_the_schema_is_named(tmp_path: Path, says: str, record: dict[str, Any]) -> None:
    assert not jsonschema.Draft202012Validator(json_schema()).is_valid(record)
    with pytest.raises(RecordError, match=says):
        Statement.from_dict(record)
    path = tmp_path / "out.jsonl"
    path.write_text(f"{to_line(FULL)}\n{json.dumps(record)}\n", encoding="utf-8")
    with pytest.raises(RecordError, match=f"out.jsonl, line 2: .*{says}") as caught:
        list(read_statements(path))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("says", "record"),
    [
        ("content: the spans .* are not as long", broken(lambda x: x.update(text="shorter"))),
        ("content.0: .5, 2. is not a half-open range", broken(lambda x: x.update(content=[[5, 2]]))),
        ("cue.spans: the spans .* are not as long", broken(lambda x: x["cue"].update(spans=[[0, 9]]))),
        ("via.spans: the spans .* are not as long", broken(lambda x: x["via"].update(text="a"))),
        ("confidence: input should be a finite number", broken(lambda x: x.update(confidence=float("nan")))),
    ],
)
def test_what_a_schema_cannot_say_is_checked_too(says: str, record: dict[str, Any]) -> None:
    for read in (Statement.from_dict, lambda values: Statement.from_json(json.dumps(values))):
        with pytest.raises(RecordError, match=says):
            read(record)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("not json", "invalid JSON: expected ident"),
        ("[1]", "input should be an object, not \\[1\\]"),
        ('{"doc": "\\ud800"}', "hex escape"),
        ("[" * 100_000, "recursion limit exceeded"),
    ],
)
def test_a_line_that_is_not_an_object_is_named_with_its_number(tmp_path: Path, line: str, says: str) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text(f"{to_line(FULL)}\n\n{line}\n", encoding="utf-8")
    with pytest.raises(RecordError, match=f"out.jsonl, line 3: not a statement of schema onrecord/1 .*{says}"):
        list(read_statements(path))


@pytest.mark.parametrize("record", [{"doc": object()}, {"doc": "\ud800"}, [("doc",)]])
def test_values_that_json_does_not_have_are_a_record_error(record: Any) -> None:
    with pytest.raises(RecordError, match="not a statement of schema onrecord/1"):
        Statement.from_dict(record)


@pytest.mark.parametrize("statement", [FULL, BARE])
def test_a_dictionary_has_the_values_of_the_line(statement: Statement) -> None:
    record = statement.to_dict()
    assert record == json.loads(to_line(statement))
    assert list(record)[:3] == ["schema", "doc", "id"]
    assert Statement.from_dict(record) == statement


def test_scores_have_names_in_python_and_in_json() -> None:
    assert FULL.stance[0].scores is not None
    assert FULL.stance[0].scores.oppose == 0.05
    assert FULL.to_dict()["stance"][0]["scores"] == {"support": 0.9, "oppose": 0.05, "neutral": 0.05}


def test_whole_numbers_are_probabilities_too() -> None:
    again = Statement.from_dict(BARE.to_dict() | {"confidence": 1})
    assert again.confidence == 1.0
    assert isinstance(again.confidence, float)


def test_a_byte_order_mark_is_no_part_of_the_first_line(tmp_path: Path) -> None:
    path = tmp_path / "statements.jsonl"
    path.write_text(to_line(FULL) + "\n", encoding="utf-8-sig")
    assert list(read_statements(path)) == [FULL]


def test_a_missing_file_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere"):
        list(read_statements(tmp_path / "nowhere.jsonl"))
