"""Files of people as others publish them: recognized by what is in them, read, and checked."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from onrecord.collection.listed_people import Given, People
from onrecord.collection.people_file import check_people, read_people
from onrecord.document import Speaker
from onrecord.errors import InputError
from tests.command import assert_one_clear_line, onrecord

POPOLO: dict[str, Any] = {
    "persons": [
        {
            "id": "p1",
            "name": "Ada Lund",
            "other_names": [{"name": "Ada Berg"}, {"name": "Lund"}, {"note": "none"}],
            "memberships": [{"organization_id": "o2", "role": "chair"}],
        },
        {"id": "p2", "given_name": "Ada", "family_name": "Lund"},
        {"id": "p3"},
        "p4",
    ],
    "organizations": [
        {"id": "o1", "name": "Green Party", "classification": "party"},
        {"id": "o2", "name": "Norland Parliament", "classification": "legislature", "other_names": [{"name": "NP"}]},
    ],
    "areas": [{"id": "a1", "name": "Easton"}],
    "posts": [{"id": "t1", "label": "mayor", "area": {"name": "Weston"}}],
    "memberships": [
        {"person_id": "p1", "organization_id": "o2", "on_behalf_of_id": "o1", "area_id": "a1", "role": "member"},
        {"person_id": "p2", "post_id": "t1"},
        {"person_id": "nobody"},
        17,
    ],
}

ENTITIES = [
    {
        "id": "Q1",
        "caption": "Ada Lund",
        "schema": "Person",
        "properties": {
            "name": ["Ада Лунд", "Ada Lund"],
            "alias": ["Ada Berg", "Lund"],
            "weakAlias": ["The Admiral"],
            "position": ["minister of fisheries"],
            "political": ["Green Party"],
            "country": ["dk"],
        },
    },
    {"id": "V1", "schema": "Vessel", "properties": {"name": ["Ada Lund"]}},
    {"id": "C1", "schema": "Company", "properties": {"name": ["Easton Port Ltd"], "jurisdiction": ["gb"]}},
    {"id": "N1", "schema": "Person", "properties": {}},
    {"id": "O1", "schema": "Occupancy", "properties": {"holder": ["Q1"], "post": ["T1"]}},
    {"id": "T1", "schema": "Position", "properties": {"name": ["mayor of Easton"]}},
]

LEGISLATORS = """\
# Members of Congress
- id:
    bioguide: R000001
    wikidata: Q11
    fec: [H1, H2]
  name:
    first: Ada
    middle: D.
    last: Lund
    nickname: Addie
    official_full: Ada D. Lund
  bio: {birthday: 1958-07-16, gender: F}
  terms:
  - {type: rep, start: '2003-01-07', state: AL, district: 3, party: Republican}
  - type: sen
    state: 'NO'
    party: Republican
- id: {bioguide: R000002}
  name: {first: Ada, last: Lund, official_full: Ada Lund}
  terms:
  - {type: rep, state: MI, party: Democrat, caucus: Independent}
"""

WIKIDATA_CSV = (
    "position,positionLabel,item,itemLabel,itemAltLabel,partyLabel,birthplaceLabel\r\n"
    "http://www.wikidata.org/entity/Q9,mayor,"
    'http://www.wikidata.org/entity/Q1,Ada Lund,"Ada Berg, Lund",Greens,Oslo\r\n'
    "http://www.wikidata.org/entity/Q8,minister,http://www.wikidata.org/entity/Q1,Ada Lund,,Greens,Oslo\r\n"
    "http://www.wikidata.org/entity/Q8,minister,http://www.wikidata.org/entity/Q2,Q2,,,\r\n"
)

WIKIDATA_JSON = {
    "head": {"vars": ["person", "personLabel", "countryLabel"]},
    "results": {
        "bindings": [
            {
                "person": {"type": "uri", "value": "http://www.wikidata.org/entity/Q1"},
                "personLabel": {"type": "literal", "xml:lang": "en", "value": "Ada Lund"},
                "countryLabel": {"type": "literal", "value": "Norway"},
            },
            {"person": {"type": "uri", "value": "http://www.wikidata.org/entity/Q2"}},
        ]
    },
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "people"  # no suffix: the content tells


def write(file: Path, content: str | bytes | Any) -> Path:
    if not isinstance(content, (str, bytes)):
        content = json.dumps(content, ensure_ascii=False)
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def lines_of(entities: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(entity) + "\n" for entity in entities)


def entries(people: People) -> dict[str | None, Given]:
    return {people[number].id: people[number] for number in range(len(people))}


def found(people: People, name: str) -> list[str | None]:
    return [people[number].id for number in people.candidates(Speaker(name, None, "person"))]


def test_popolo_gives_names_parties_places_and_roles(file: Path) -> None:
    check = check_people(write(file, POPOLO))
    people = check.people
    assert people.format == "Popolo"
    ada = entries(people)["p1"]
    assert (ada.kind, ada.parties, ada.places) == ("person", ("Green Party",), ("Easton",))
    assert ada.roles == ("chair of Norland Parliament",)
    assert (entries(people)["p2"].roles, entries(people)["p2"].places) == (("mayor",), ("Weston",))
    assert entries(people)["o2"].kind == "organization"
    assert found(people, "Ada Berg") == ["p1"]
    assert found(people, "Ada Lund") == ["p1", "p2"]
    assert [fault.where for fault in check.faults] == ["persons[2]", "persons[3]"]


@pytest.mark.parametrize("array", [False, True])
def test_entities_give_names_positions_and_countries(file: Path, array: bool) -> None:
    check = check_people(write(file, ENTITIES if array else lines_of(ENTITIES)))
    people = check.people
    assert people.format == "FollowTheMoney entities"
    ada, port = entries(people)["Q1"], entries(people)["C1"]
    assert ada.name == "Ada Lund"
    assert ada.roles == ("minister of fisheries", "mayor of Easton")
    assert (ada.parties, ada.places) == (("Green Party",), ("Denmark",))
    assert (port.kind, port.places) == ("organization", ("United Kingdom",))
    assert found(people, "Ada Berg") == ["Q1"]
    assert found(people, "The Admiral") == []
    assert len(people) == 2
    assert [fault.reason for fault in check.faults] == ["no name"]


def test_blank_lines_before_entities_do_not_matter(file: Path) -> None:
    people = read_people(write(file, "\n\n" + lines_of(ENTITIES)))
    assert (people.format, len(people)) == ("FollowTheMoney entities", 2)


def test_nested_positions_of_entities_are_read(file: Path) -> None:
    post = {"id": "T1", "schema": "Position", "caption": "mayor of Easton", "properties": {"name": ["mayor of Easton"]}}
    occupancy = {"id": "O1", "schema": "Occupancy", "properties": {"post": [post]}}
    person = {"id": "Q1", "schema": "Person", "properties": {"name": ["Ada Lund"], "positionOccupancies": [occupancy]}}
    assert entries(read_people(write(file, lines_of([person]))))["Q1"].roles == ("mayor of Easton",)


def test_legislators_give_offices_states_and_every_form_of_the_name(file: Path) -> None:
    people = read_people(write(file, LEGISLATORS))
    assert people.format == "legislators of the unitedstates project"
    ada, other = entries(people)["R000001"], entries(people)["R000002"]
    assert ada.roles == ("United States representative", "United States senator")
    assert (ada.parties, ada.places) == (("Republican",), ("Alabama", "NO"))  # a text, not false
    assert other.parties == ("Democrat", "Independent")
    assert found(people, "Addie Lund") == found(people, "Ada D. Lund") == ["R000001"]
    assert found(people, "Ada Lund") == ["R000001", "R000002"]


def test_legislators_may_be_json(file: Path) -> None:
    item = {
        "id": {"bioguide": "R1"},
        "name": {"first": "Ada", "last": "Lund"},
        "terms": [{"type": "sen", "state": "OH"}],
    }
    people = read_people(write(file, [item]))
    assert (entries(people)["R1"].name, entries(people)["R1"].places) == ("Ada Lund", ("Ohio",))


def test_rows_of_a_query_are_one_person_an_item(file: Path) -> None:
    check = check_people(write(file, WIKIDATA_CSV))
    people = check.people
    assert people.format == "Wikidata query result, CSV"
    ada = entries(people)["Q1"]
    assert (ada.kind, ada.roles, ada.parties) == (None, ("mayor", "minister"), ("Greens",))
    assert ada.places == ()  # where somebody was born does not tell
    assert found(people, "Ada Berg") == ["Q1"]
    assert [(fault.where, fault.reason) for fault in check.faults] == [
        ("line 4", "Q2 has no label in the query's language")
    ]


def test_a_query_may_be_json_of_either_kind(file: Path) -> None:
    simple = [{"person": "http://www.wikidata.org/entity/Q1", "personLabel": "Ada Lund", "countryLabel": "Norway"}]
    for content in (WIKIDATA_JSON, simple):
        people = check_people(write(file, content)).people
        assert people.format == "Wikidata query result, JSON"
        assert (entries(people)["Q1"].name, entries(people)["Q1"].places) == ("Ada Lund", ("Norway",))


def test_one_word_names_nobody_who_has_two(file: Path) -> None:
    for content in (POPOLO, lines_of(ENTITIES), WIKIDATA_CSV):
        assert found(read_people(write(file, content)), "Lund") == []
    pele = {"id": "Q2", "schema": "Person", "properties": {"name": ["Pelé"]}}
    assert found(read_people(write(file, lines_of([pele]))), "Pele") == ["Q2"]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_byte_order_mark_does_not_matter(file: Path, mark: bytes) -> None:
    for content in (json.dumps(POPOLO), lines_of(ENTITIES), LEGISLATORS, WIKIDATA_CSV, "name\nAda Lund\n"):
        assert len(check_people(write(file, mark + content.encode())).people) >= 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"persons": [', "line 1: not JSON"),
        ("[" * 100_000, "line 1: not JSON"),
        ("[" + "9" * 5000 + "]", "line 1: not JSON"),
        ('{"results": 3}', "line 1: JSON of no kind that is read here"),
        ("[]", "line 1: JSON of no kind that is read here"),
        (b'{"persons": ["\xff"]}', "not UTF-8"),
        (lines_of(ENTITIES) + '{"id": "cut', "line 7: not JSON"),
        ("- [a\n- b: }\n", "not the YAML of a list"),
        ("- &a [x]\n- *a\n", "line 2: not the YAML of a list (an alias"),
        ("- " + "[" * 50 + "]" * 50, "nested too deep"),
        ("- x\n", "line 1: not a legislator"),
        ("- !!python/object/apply:os.system ['true']\n", "line 1: not a legislator"),
        ('item,itemLabel\n"http://www.wikidata.org/entity/Q1,Ada\n', "not CSV"),
        ("item,itemLabel\n", "no people in it"),
        ('{"persons": [{"id": "p1"}]}', "no people in it (persons[0]: no name)"),
        ("", "line 1: empty"),
        (b"\x89PNG\r\n", "not UTF-8"),
    ],
)
def test_a_bad_file_is_one_clear_line(file: Path, content: str | bytes, said: str) -> None:
    with pytest.raises(InputError) as raised:
        read_people(write(file, content))
    assert str(raised.value).startswith(str(file))
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)
    assert onrecord("people", "check", file).returncode == 1


def test_names_that_are_none_are_left_out_and_counted(file: Path) -> None:
    names = ["Ada\nLund", "…", "x" * 300, "\ud800", "Eva Berg"]
    persons = [{"id": f"p{number}", "name": name} for number, name in enumerate(names)]
    file.write_text(json.dumps({"persons": persons}), encoding="utf-8")
    people = read_people(file)
    assert (len(people), people.unusable) == (1, 4)
    result = onrecord("people", "check", file)
    assert result.returncode == 1
    assert "4 entries cannot be used" in result.stdout
    assert all(line.isprintable() for line in result.stdout.splitlines())


def test_values_of_another_kind_than_expected_are_no_traceback(file: Path) -> None:
    odd: list[Any] = [None, 3, "x", [], {}, [None], {"name": {}}]
    for value in odd:
        person = {"id": value, "name": "Ada Lund", "other_names": value, "memberships": value}
        popolo = {"persons": [person], "organizations": value, "memberships": value, "areas": value}
        assert len(check_people(write(file, popolo)).people) == 1
        entity = {
            "id": value,
            "schema": "Person",
            "properties": {"name": ["Ada Lund"], "alias": value, "country": value},
        }
        assert len(check_people(write(file, lines_of([entity]))).people) == 1
        legislator = {
            "id": {"bioguide": value},
            "name": {"official_full": "Ada Lund", "first": value},
            "terms": [value],
            "other_names": value,
        }
        assert len(check_people(write(file, [legislator])).people) == 1
        row = {"item": "http://www.wikidata.org/entity/Q1", "itemLabel": "Ada Lund", "partyLabel": value}
        assert len(check_people(write(file, [row])).people) == 1


def test_check_says_format_numbers_shared_names_and_faults(file: Path) -> None:
    result = onrecord("people", "check", write(file, POPOLO))
    assert result.returncode == 1
    assert result.stdout.splitlines() == [
        "format: Popolo",
        "2 people, 2 organizations",
        "1 name is shared; where an article does not tell whom it means, there is no id:",
        "  Ada Lund: p1 (chair of Norland Parliament, Green Party, Easton); p2 (mayor, Weston)",
        "2 entries cannot be used:",
        "  persons[2]: no name",
        "  persons[3]: not an object",
    ]


def test_check_of_a_good_file_is_a_success(file: Path) -> None:
    result = onrecord("people", "check", write(file, "name,id,kind\nAda Lund,Q1,person\nEva Berg,Q2,\n"))
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines() == ["format: CSV with onrecord's columns", "1 person, 1 entry without a kind"]


def test_check_lists_all_mistakes_of_the_users_own_file(file: Path) -> None:
    result = onrecord("people", "check", write(file, "name,id\nAda Lund,Q1\n,Q2\nAda Lund,Q3\nEva\n"))
    assert result.returncode == 1
    assert [line.split(":")[0] for line in result.stdout.splitlines() if line.startswith("  ")] == [
        "  line 3",
        "  line 4",
        "  line 5",
    ]


def test_check_says_when_nothing_tells_people_apart(file: Path) -> None:
    persons = [{"id": f"p{number}", "name": "Ada Lund"} for number in range(30)]
    result = onrecord("people", "check", write(file, {"persons": persons}))
    assert "nothing here tells them apart" in result.stdout
    many = [{"id": f"p{number}{twin}", "name": f"Ada Lu{'x' * number}nd"} for number in range(30) for twin in "ab"]
    shown = onrecord("people", "check", write(file, {"persons": many})).stdout
    assert "… and 10 more (--all)" in shown
    assert "more (--all)" not in onrecord("people", "check", file, "--all").stdout


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    assert_one_clear_line(onrecord("people", "check", tmp_path / "none"), "none: cannot be read", status=1)
    assert_one_clear_line(onrecord("people", "check", tmp_path), "cannot be read", status=1)


def test_people_may_come_through_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(lines_of(ENTITIES).encode(),))
    writer.start()
    try:
        assert len(read_people(pipe)) == 2
    finally:
        writer.join()


@pytest.mark.slow
def test_a_run_gives_ids_where_articles_tell_and_says_where_they_do_not(tmp_path: Path) -> None:
    news = tmp_path / "news"
    news.mkdir()
    people = [("R1", "OH", "Republican", "sen"), ("R2", "TX", "Democrat", "rep")]
    legislators = [
        {
            "id": {"bioguide": identifier},
            "name": {"first": "John", "last": "Smith"},
            "terms": [{"type": office, "state": state, "party": party}],
        }
        for identifier, state, party, office in people
    ]
    who = {
        "a": "Republican senator John Smith of Ohio",
        "b": "Rep. John Smith (D-Texas)",
        "c": "John Smith",
        "d": "John Smith, a resident,",
    }
    for name, words in who.items():
        text = (
            f"The council met on Monday.\n\n“The bridge will open in spring,” {words} said.\n\nThe weather was fine.\n"
        )
        (news / f"{name}.txt").write_text(text, encoding="utf-8")
    output = tmp_path / "out.jsonl"
    result = onrecord("extract", news, "-o", output, "--people", write(tmp_path / "list", legislators))
    assert result.returncode == 0, result.stderr
    assert "without an id, as several people listed have the name: John Smith in 2 articles" in result.stderr
    lines = [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]
    found = {line["doc"][0]: [speaker["id"] for speaker in line["speakers"]] for line in lines}
    assert found == {"a": ["R1"], "b": ["R2"], "c": [None], "d": [None]}
    record = json.loads((tmp_path / "out.run.json").read_text(encoding="utf-8"))["people"]
    assert record["format"] == "legislators of the unitedstates project"
    assert record["open_names"] == {"John Smith": 2}
