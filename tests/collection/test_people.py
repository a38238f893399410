"""The file of people: how it is read, which speakers its entries match, and how a run uses it."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from onrecord.collection.people_file import People, read_people
from onrecord.collection.speakers import CollectionSpeakers
from onrecord.document import Kind, Span, Speaker, Statement
from onrecord.errors import InputError, OutputError, SettingsError
from onrecord.files.sqlite import Database
from onrecord.pipeline import PipelineSettings
from onrecord.reading import find_inputs
from onrecord.runs import run as batch
from onrecord.runs.run import RunSettings, run
from tests.command import assert_one_clear_line, onrecord


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "people.csv"


def people(file: Path, text: str) -> People:
    file.write_text(text, encoding="utf-8")
    return read_people(file)


def found(known: People, name: str, *aliases: str, kind: Kind = "person") -> str | None:
    number = known.find(Speaker(name, "x", kind, aliases=aliases))
    return None if number is None else known[number].name


def final(known: People, articles: Sequence[Speaker]) -> list[Speaker]:
    """The final speaker of each article."""
    statements = [
        Statement(f"{n}.txt", f"{n}.txt#1", "Yes", (Span(0, 3),), "direct", Span(0, 3), speakers=(speaker,))
        for n, speaker in enumerate(articles)
    ]
    with Database() as database:
        speakers = CollectionSpeakers(database, known)
        for statement in statements:
            speakers.add(statement)
        speakers.finish()
        return [speakers.with_final_names(statement).speakers[0] for statement in statements]


def test_rows_of_one_name_are_one_entry(file: Path) -> None:
    known = people(file, "name,alias,id,kind,role\nAda Lund,A. B. Lund,Q1,person,mayor\nAda Lund,Ada Berg,,,\n")
    assert len(known) == 1
    assert (known[0].id, known[0].kind, known[0].role) == ("Q1", "person", "mayor")
    assert found(known, "Ada Berg") == found(known, "A.B. Lund") == "Ada Lund"


@pytest.mark.parametrize("name", ["ADA LUND", "Dr. Ada Lund", "ada lünd", "Mayor Ada Lund", "Ada  Lund,"])
def test_case_accents_punctuation_and_titles_do_not_matter(file: Path, name: str) -> None:
    assert found(people(file, "name\nAda Lund\n"), name) == "Ada Lund"


def test_a_surname_matches_only_where_the_article_has_linked_it(file: Path) -> None:
    known = people(file, "name\nAda Lund\n")
    assert found(known, "Lund") is None
    assert found(known, "Ada Lund", "Lund") == "Ada Lund"
    assert found(known, "Lund", "Ada Lund") == "Ada Lund"
    assert found(known, "Ada B. Lund", "Ada Lund", "Lund") == "Ada Lund"


def test_a_surname_given_as_an_alias_belongs_to_nobody_else(file: Path) -> None:
    known = people(file, "name,alias\nAda Lund,Lund\n")
    assert found(known, "Lund") == "Ada Lund"
    assert found(known, "Eva Lund", "Lund") is None


def test_an_article_that_mixes_two_entries_matches_neither(file: Path) -> None:
    known = people(file, "name\nAda Lund\nEva Berg\n")
    assert found(known, "A. L. Lund", "Ada Lund", "Eva Berg") is None
    assert found(known, "Ada Lund", "Eva Berg") == "Ada Lund"


def test_organizations_are_matched_by_their_words_and_acronyms(file: Path) -> None:
    known = people(
        file, "name,alias,kind\nUS State Department,,organization\nNorth Sea Treaty Office,NSTO,organization\n"
    )
    assert found(known, "U.S. Department of State", kind="organization") == "US State Department"
    assert found(known, "US Justice Department", kind="organization") is None
    assert found(known, "North Sea Office", "NSTO", kind="organization") == "North Sea Treaty Office"


def test_the_file_wins_over_what_was_found(file: Path) -> None:
    known = people(file, "name,alias,id,kind,role\nAda Lund,Ada Berg,Q1,person,mayor of Easton\nLund Group,,,,\n")
    ada, berg, surname, group = final(
        known,
        [
            Speaker("Dr. Ada Lund", "x", "person", "doctor"),
            Speaker("Ada Berg", "x", "unknown"),
            Speaker("Lund", "x", "person"),
            Speaker("Lund Group", "x", "organization", "maker of ships"),
        ],
    )
    assert (ada.name, ada.id, ada.kind, ada.role) == ("Ada Lund", "Q1", "person", "mayor of Easton")
    assert ada.aliases == ("Dr. Ada Lund",)
    assert (berg.name, berg.id, berg.kind) == ("Ada Lund", "Q1", "person")
    assert surname.id == "Q1"  # the collection has one Lund only
    assert (group.id, group.kind, group.role) == ("lund-group", "organization", "maker of ships")


def test_a_listed_person_is_not_split_and_two_are_not_joined(file: Path) -> None:
    known = people(file, "name,id\nAda Lund,Q1\nAda B. Lund,Q2\n")
    speakers = [
        Speaker("Ada Lund", "x", "person", "mayor of Easton"),
        Speaker("Ada Lund", "x", "person", "folk singer"),
        Speaker("Ada B. Lund", "x", "person"),
    ]
    assert [one.id for one in final(known, speakers)] == ["Q1", "Q1", "Q2"]


def test_an_id_of_the_file_is_given_to_nobody_else(file: Path) -> None:
    known = people(file, "name,id\nAda Lund,eva-berg\n")
    ada, eva = final(known, [Speaker("Ada Lund", "x", "person"), Speaker("Eva Berg", "x", "person")])
    assert (ada.id, eva.id) == ("eva-berg", "eva-berg-2")


def test_unnamed_speakers_are_never_matched(file: Path) -> None:
    known = people(file, "name,alias\nAda Lund,the mayor\n")
    assert known.find(Speaker(None, None, "person", description="the mayor")) is None


def test_a_spreadsheet_s_own_csv_is_read(file: Path) -> None:
    file.write_bytes(b'\xef\xbb\xbfName,ID\r\n"Lund, Ada",Q1\r\n\r\n"Eva\xc3\xa9 Berg",Q2\r\n')
    known = read_people(file)
    assert [known[0].name, known[1].name] == ["Lund, Ada", "Evaé Berg"]


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        (b"", 1, "empty"),
        (b"name,surname\nAda,Lund\n", 1, "unknown column 'surname'"),
        (b"name;id\nAda;Q1\n", 1, "commas"),
        (b"name,name\nAda,Lund\n", 1, "twice"),
        (b"alias,id\nLund,Q1\n", 1, "no column 'name'"),
        (b"name,id\nAda Lund,Q1\n,Q2\n", 3, "no name"),
        (b"name,kind\nAda Lund,human\n", 2, "unknown kind 'human'"),
        (b"name,id\nAda Lund,Q1,person\n", 2, "3 fields where the header has 2"),
        (b"name,id\nAda Lund\n", 2, "1 field where the header has 2"),
        (b"name,alias\nAda Lund,Lund\nEva Lund,LUND\n", 3, "is also a name of 'Ada Lund' (line 2)"),
        (b"name,alias\nAda Lund,\nEva Lund,Dr. Ada Lund\n", 3, "is also a name of 'Ada Lund' (line 2)"),
        (b"name,id\nAda Lund,Q1\nAda Lund,Q2\n", 3, "the id 'Q2' here and 'Q1' above"),
        (b"name,id\nAda Lund,Q1\nEva Berg,Q1\n", 3, "id 'Q1' already belongs to 'Ada Lund' (line 2)"),
        (b"name\nAda Lund\n\xff\xfe\n", 3, "not UTF-8"),
        (b'name\nEva "B"\n"x"y\n', 3, "not CSV"),
        (b'name\n"Ada Lund\n', 2, "not CSV"),
        (b"name\nAda\x00Lund\n", 2, "control characters"),
        (b'name\n"Ada\nLund"\n', 2, "control characters"),
        (b"name\n...\n", 2, "no letters"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(file: Path, content: bytes, line: int, said: str) -> None:
    file.write_bytes(content)
    with pytest.raises(InputError) as raised:
        read_people(file)
    assert str(raised.value).startswith(f"{file}, line {line}: ")
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere.csv", tmp_path):
        with pytest.raises(InputError, match=str(path)):
            read_people(path)


def test_a_wrong_file_is_one_line_before_any_work(news: Path, file: Path, tmp_path: Path) -> None:
    file.write_text("name,nick\nAda,Lund\n", encoding="utf-8")
    result = onrecord("extract", news, "-o", tmp_path / "out.jsonl", "--people", file)
    assert_one_clear_line(result, "people.csv, line 1", "nick", status=1)
    assert not (tmp_path / "out.jsonl").exists()


def test_a_run_names_the_file_and_a_changed_one_is_noticed(
    tiny_model: Path, news: Path, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "out.jsonl"

    def extract(restart: bool = False) -> None:
        settings = PipelineSettings(str(tiny_model), "cpu", "fp32")
        run(
            find_inputs([news]),
            settings,
            RunSettings(output, shard_size=2, people=file, restart=restart),
            io.StringIO(),
        )

    file.write_text("name,id\nAda Brandt,Q1\n", encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(batch, "_finalise", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        for _ in range(2):
            with pytest.raises(KeyboardInterrupt):
                extract()
    file.write_text("name,id\nAda Brandt,Q2\n", encoding="utf-8")
    with pytest.raises(OutputError, match="changed since: people;"):
        extract()
    extract(restart=True)
    record = json.loads((tmp_path / "out.run.json").read_text(encoding="utf-8"))
    assert record["people"] == {"file": str(file), "sha256": read_people(file).digest, "entries": 1}


def test_the_file_of_people_is_never_overwritten(tiny_model: Path, news: Path, file: Path) -> None:
    file.write_text("name\nAda Brandt\n", encoding="utf-8")
    settings = PipelineSettings(str(tiny_model), "cpu", "fp32")
    with pytest.raises(SettingsError, match=r"people\.csv is the file given with --people; choose another output"):
        run(find_inputs([news]), settings, RunSettings(file, shard_size=2, people=file), io.StringIO())
    assert file.read_text(encoding="utf-8") == "name\nAda Brandt\n"
