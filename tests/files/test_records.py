from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from onrecord.document import Mention, Meta, Span, Speaker, Stance, Statement
from onrecord.errors import InputError, RecordError
from onrecord.files.records import from_record, json_schema, read_statements, to_line, without_duplicates

FULL = Statement(
    doc="a.txt",
    id="a.txt#1",
    text="“Yes,” … “and no.”",
    content=(Span(0, 6), Span(12, 21)),
    form="direct",
    context=Span(0, 21),
    cue=Mention("said", (Span(7, 11),)),
    source=Mention("Brandt", (Span(30, 36),)),
    speakers=(Speaker("Ada Brandt", "ada-brandt", "person", "mayor", None, ("Brandt",)),),
    via=Mention("the agency", (Span(40, 50),)),
    stance=(Stance("the harbour", "support", 0.9, (0.9, 0.05, 0.05)), Stance("the plan", "unclear", None, None)),
    confidence=0.5,
    cluster="c0ffee",
    attribution_conflict=True,
    meta=Meta(language="en", encoding="utf-8", duplicate_of="b.txt"),
)
BARE = Statement("b.txt", "b.txt#1", "x", (Span(0, 1),), "indirect", Span(0, 1))


@pytest.mark.parametrize("statement", [FULL, BARE])
def test_a_line_reads_back_to_the_same_statement(statement: Statement) -> None:
    assert from_record(json.loads(to_line(statement))) == statement


@pytest.mark.parametrize("statement", [FULL, BARE])
def test_a_line_follows_the_schema(statement: Statement) -> None:
    jsonschema.Draft202012Validator(json_schema()).validate(json.loads(to_line(statement)))


def test_the_schema_rejects_a_line_with_another_version() -> None:
    record = json.loads(to_line(FULL)) | {"schema": "onrecord/9"}
    assert not jsonschema.Draft202012Validator(json_schema()).is_valid(record)


def test_unknown_fields_are_allowed_for_the_schema_grows() -> None:
    record = json.loads(to_line(FULL)) | {"new": 1}
    assert from_record(record) == FULL
    assert jsonschema.Draft202012Validator(json_schema()).is_valid(record)


def test_a_line_of_an_earlier_version_has_fewer_fields() -> None:
    record = json.loads(to_line(FULL))
    del record["attribution_conflict"], record["meta"]["duplicate_of"]
    assert jsonschema.Draft202012Validator(json_schema()).is_valid(record)
    old = from_record(record)
    assert (old.attribution_conflict, old.meta.duplicate_of) == (False, None)


def test_articles_that_are_copies_can_be_left_out() -> None:
    assert list(without_duplicates([FULL, BARE])) == [BARE]


@pytest.mark.parametrize(
    ("line", "says"), [("not json", "line 2"), ('{"schema": "onrecord/1"}', "no field"), ("[1]", "line 2")]
)
def test_a_line_that_is_no_statement_is_named_with_its_number(tmp_path: Path, line: str, says: str) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text(f"{to_line(FULL)}\n{line}\n", encoding="utf-8")
    with pytest.raises(RecordError, match=says):
        list(read_statements(path))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("meta", None), ("meta", []), ("doc", 7), ("text", None), ("text", "shorter"), ("form", "loud"),
        ("content", []), ("content", [[5, 2]]), ("content", [[0, 1e999]]), ("content", [[0, True]]),
        ("speakers", [{"name": 3}]), ("speakers", "Ada"), ("stance", [{"target": None}]), ("confidence", "high"),
        ("cue", {"text": "said", "spans": [[0, 9]]}), ("context", [1]), ("attribution_conflict", "yes"), ("cluster", 3),
    ],
)  # fmt: skip
def test_a_field_of_the_wrong_kind_is_a_record_error(tmp_path: Path, field: str, value: object) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text(json.dumps(json.loads(to_line(FULL)) | {field: value}) + "\n", encoding="utf-8")
    with pytest.raises(RecordError, match="line 1"):
        list(read_statements(path))


def test_a_line_nested_too_deeply_is_a_record_error(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text("[" * 100_000 + "\n", encoding="utf-8")
    with pytest.raises(RecordError, match="line 1"):
        list(read_statements(path))


def test_a_missing_file_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere"):
        list(read_statements(tmp_path / "nowhere.jsonl"))
