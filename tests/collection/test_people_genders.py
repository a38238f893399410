"""Genders in files of people: read from every format, and given to the speakers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from onrecord.collection.people_file import read_people
from onrecord.collection.people_lists.entries import gender_of
from onrecord.collection.speakers import CollectionSpeakers
from onrecord.document import Span, Speaker, Statement
from onrecord.errors import InputError
from onrecord.files.sqlite import Database

LEGISLATOR = {
    "id": {"bioguide": "L000001"},
    "name": {"first": "Ada", "last": "Lund"},
    "bio": {"gender": "F"},
    "terms": [{"type": "sen", "state": "OH"}],
}
ENTITY = {
    "id": "Q1",
    "caption": "Ada Lund",
    "schema": "Person",
    "properties": {"name": ["Ada Lund"], "gender": ["female"]},
}


@pytest.mark.parametrize(
    "content",
    [
        "name,gender\nAda Lund,feminine\n",
        "name,alias,gender\nAda Lund,Ada Berg,\nAda Lund,,F\n",
        {"persons": [{"id": "p1", "name": "Ada Lund", "gender": "female"}]},
        f"{json.dumps(ENTITY)}\n",
        [LEGISLATOR],
        "item,itemLabel,sexorgenderLabel\nhttp://www.wikidata.org/entity/Q1,Ada Lund,female\n",
    ],
)
def test_every_format_may_say_a_gender(tmp_path: Path, content: Any) -> None:
    path = tmp_path / "people"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    people = read_people(path)
    assert [people[number].gender for number in range(len(people))] == ["feminine"]


@pytest.mark.parametrize("value", ["", "unknown", "non-binary", None, 3, ["male", "female"], {"a": "male"}])
def test_what_names_no_gender_or_two_is_none(value: Any) -> None:
    assert gender_of(value) is None


def test_a_gender_that_is_none_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("name,gender\nAda Lund,yes\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"people\.csv, line 2: unknown gender 'yes'"):
        read_people(path)


@pytest.mark.parametrize(("row", "gender"), [("Ada Lund,feminine", "feminine"), ("Ada Lund,", "masculine")])
def test_the_file_takes_precedence_over_the_text(tmp_path: Path, row: str, gender: str) -> None:
    path = tmp_path / "people.csv"
    path.write_text(f"name,gender\n{row}\n", encoding="utf-8")
    speaker = Speaker("Ada Lund", "ada-lund", "person", gender="masculine", source_type="named person")
    statement = Statement("a", "a#1", "No.", (Span(0, 3),), "direct", Span(0, 3), speakers=(speaker,))
    with Database() as database:
        speakers = CollectionSpeakers(database, read_people(path))
        speakers.add(statement)
        speakers.finish()
        (final,) = speakers.with_final_names(statement).speakers
    assert (final.gender, final.source_type) == (gender, "named person")
