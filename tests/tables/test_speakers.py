"""Who speaks how often, where, and with which stance, as a table and as JSON lines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from onrecord.document import Form, Span, Speaker, Stance, StanceLabel, StanceScores, Statement
from onrecord.errors import SettingsError
from onrecord.files.records import to_line
from onrecord.queries.speakers import SpeakerQueries
from onrecord.queries.store import Store
from onrecord.tables.speakers import json_lines, speaker_table
from tests.command import assert_one_clear_line, onrecord

ADA = Speaker("Ada Lund", "ada-lund", "person", "mayor of Easton")
EVA = Speaker("Eva Berg", "eva-berg", "person")
UNION = Speaker("Port Union", "port-union", "organization")
DRIVER = Speaker(None, None, "person", description="a driver")


def statement(
    doc: str, *speakers: Speaker, form: Form = "direct", stance: Sequence[Stance] = (), number: int = 1
) -> Statement:
    return Statement(
        doc, f"{doc}#{number}", "x", (Span(0, 1),), form, Span(0, 1), speakers=speakers, stance=tuple(stance)
    )


def port(label: StanceLabel, support: float, oppose: float) -> Stance:
    return Stance(
        "the port", label, max(support, oppose), StanceScores(support, oppose, round(1 - support - oppose, 4))
    )


MANY = [
    statement("a.txt", ADA, stance=[port("support", 0.9, 0.0)]),
    statement("a.txt", ADA, form="mixed", stance=[port("neutral", 0.2, 0.1)]),
    statement("b.txt", ADA, EVA, form="indirect", stance=[port("oppose", 0.1, 0.8)]),
    statement("b.txt", UNION, stance=[port("oppose", 0.0, 1.0)]),
    statement("b.txt", DRIVER, stance=[port("unclear", 0.3, 0.3)]),
    statement("b.txt", DRIVER),
    statement("c.txt", DRIVER),
    statement("c.txt", UNION),
    statement("c.txt", UNION),
    statement("c.txt"),
]


def table(statements: Sequence[Statement], **options: Any) -> list[str]:
    with Store(statements) as store:
        return list(speaker_table(SpeakerQueries(store), **options))


def records(statements: Sequence[Statement], **options: Any) -> list[dict[str, Any]]:
    with Store(statements) as store:
        return [json.loads(line) for line in json_lines(SpeakerQueries(store), **options)]


def names(statements: Sequence[Statement], **options: Any) -> list[str]:
    return [record["name"] for record in records(statements, **options) if record["name"]]


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def test_statements_articles_and_forms_are_counted_for_everybody_who_speaks() -> None:
    ada = records(MANY)[0]
    assert (ada["name"], ada["id"], ada["kind"], ada["role"]) == ("Ada Lund", "ada-lund", "person", "mayor of Easton")
    assert (ada["statements"], ada["articles"]) == (3, 2)
    assert ada["forms"] == {"direct": 1, "mixed": 1, "indirect": 1}
    assert {record["name"] for record in records(MANY)} == {"Ada Lund", "Eva Berg", "Port Union", None}


def test_a_speaker_keeps_the_name_that_some_lines_leave_empty() -> None:
    said = [
        statement("a.txt", replace(ADA, name="")),
        statement("a.txt", ADA),
        statement("b.txt", replace(ADA, name="")),
    ]
    assert [(record["name"], record["statements"]) for record in records(said)] == [("Ada Lund", 3)]


def test_of_two_speakers_with_one_id_in_a_statement_the_named_one_counts() -> None:
    for speakers in ((ADA, replace(ADA, name="")), (replace(ADA, name=""), ADA)):
        assert [(record["name"], record["statements"]) for record in records([statement("a.txt", *speakers)])] == [
            ("Ada Lund", 1)
        ]


def test_stances_are_counted_with_shares_and_the_mean_lean() -> None:
    (stance,) = records(MANY)[0]["stance"]
    assert stance["counts"] == {"support": 1, "oppose": 1, "neutral": 1, "unclear": 0}
    assert stance["shares"]["support"] == 0.3333
    assert stance["mean"] == pytest.approx((0.9 + 0.1 - 0.7) / 3, abs=1e-4)


def test_labels_without_probabilities_have_no_mean() -> None:
    (record,) = records([statement("a.txt", ADA, stance=[Stance("the port", "support")])])
    assert record["stance"][0]["mean"] is None
    assert record["stance"][0]["statements"] == 1


def test_articles_are_counted_once_however_the_lines_are_ordered() -> None:
    mixed = [statement("a.txt", ADA), statement("b.txt", ADA), statement("a.txt", ADA, number=2)]
    assert records(mixed)[0]["articles"] == 2


def test_the_commonest_name_kind_and_role_are_given() -> None:
    other = Speaker("A. Lund", "ada-lund", "unknown", "Mayor")
    (record,) = records([statement("a", other), statement("b", ADA), statement("c", ADA)])
    assert (record["name"], record["kind"], record["roles"]) == ("Ada Lund", "person", ["mayor of Easton", "Mayor"])


def test_speakers_without_an_id_differ_by_name() -> None:
    gold = [Speaker("Ada Lund"), Speaker("ADA LUND"), Speaker("Eva Berg")]
    assert [record["statements"] for record in records([statement("a", one) for one in gold])] == [2, 1]


def test_unnamed_speakers_are_one_per_article_and_description() -> None:
    unnamed = [record for record in records(MANY) if record["name"] is None]
    assert [(one["description"], one["doc"], one["statements"]) for one in unnamed] == [
        ("a driver", "b.txt", 2),
        ("a driver", "c.txt", 1),
    ]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("statements", ["Ada Lund", "Port Union", "Eva Berg"]),
        ("articles", ["Ada Lund", "Port Union", "Eva Berg"]),
        ("name", ["Ada Lund", "Eva Berg", "Port Union"]),
        ("stance", ["Ada Lund", "Eva Berg", "Port Union"]),
    ],
)
def test_the_order_can_be_chosen(sort: str, expected: list[str]) -> None:
    assert names(MANY, sort=sort) == expected


def test_those_without_a_stance_come_last_by_stance() -> None:
    both = [statement("a", EVA), statement("a", EVA), statement("a", UNION, stance=[port("oppose", 0.0, 1.0)])]
    assert names(both, sort="stance") == ["Port Union", "Eva Berg"]


def test_one_target_can_be_chosen() -> None:
    mayor = Stance("the mayor", "support", 0.9, StanceScores(0.9, 0.0, 0.1))
    both = [statement("a", ADA, stance=[port("oppose", 0.0, 1.0), mayor])]
    assert [one["target"] for one in records(both)[0]["stance"]] == ["the port", "the mayor"]
    assert [one["target"] for one in records(both, target="the mayor")[0]["stance"]] == ["the mayor"]
    with pytest.raises(SettingsError, match="--target"):
        records(both, sort="stance")
    assert names(both, sort="stance", target="the mayor") == ["Ada Lund"]


def test_an_order_or_target_that_is_not_there_is_an_error_before_any_line() -> None:
    for options in ({"sort": "age"}, {"target": "the bridge"}):
        with Store(MANY) as store, pytest.raises(SettingsError, match=r"'the port'|statements, articles, name, stance"):
            next(speaker_table(SpeakerQueries(store), **options))  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="extract"):
        table([statement("a", ADA)], sort="stance")


def test_the_table_fits_eighty_columns_and_says_who_how_often_and_where_they_stand() -> None:
    long = Speaker("Ada " + "Lund" * 30, "x", "person", "mayor " * 40)
    lines = table(
        [*MANY, statement("d", long, stance=[Stance("the port " * 20, "support", 0.9, StanceScores(0.9, 0.0, 0.1))])]
    )
    assert max(map(cell_len, lines)) == 80
    start = next(index for index, line in enumerate(lines) if line.startswith("Ada Lund "))
    assert lines[start].split()[2:] == ["3", "2", "1", "1", "1"]
    assert lines[start + 1] == "  person, mayor of Easton"
    assert lines[start + 2].split()[:4] == ["the", "port", "1", "33%"]
    assert lines[start + 2].endswith("+0.10")


def test_figures_line_up_whatever_the_width_of_the_name() -> None:
    names = ("田中角栄", "Zoe\u0308 Rui\u0301z", "👩 Lund", "田中" * 30, "Ada Lund")
    odd = [statement("a", Speaker(name, name), stance=[port("oppose", 0.0, 1.0)]) for name in names]
    rows = [line for line in table(odd) if line.endswith("–         –") or line.endswith("–      –         –")]
    assert len(rows) == len(names)
    assert {cell_len(row) for row in rows} == {80}


def test_the_unnamed_are_counted_or_listed_apart() -> None:
    lines = table(MANY)
    assert lines[-2:] == [
        "and 2 speakers without a name in 3 statements (--unnamed)",
        "and 1 statement without a speaker",
    ]
    listed = table(MANY, unnamed=True)
    start = listed.index("without a name:")
    assert listed[start + 1].split() == ["a", "driver", "2", "1", "2", "–", "–"]
    assert listed[start + 2] == "  person, b.txt"


def test_what_a_limit_leaves_out_is_counted() -> None:
    assert "… and 2 more" in table(MANY, limit=1)
    assert len(records(MANY, limit=2)) == 2


def test_a_file_without_speakers_gives_a_table_that_says_so() -> None:
    assert table([statement("a")])[-1] == "and 1 statement without a speaker"
    assert records([]) == []


def test_what_articles_hold_cannot_steer_the_terminal() -> None:
    nasty = "Ada\x1b[2J\n\u202eLund\x07"
    speaker = Speaker(nasty, "x", "person", nasty)
    lines = table([statement("a\x1b", speaker, Speaker(None, description=nasty), stance=[Stance(nasty, "support")])])
    lines += table([statement("a\x1b", Speaker(None, description=nasty))], unnamed=True)
    assert sum(line.startswith("Ada [2J Lund ") for line in lines) == 2
    assert all(line.isprintable() for line in lines)


def test_a_mean_of_nothing_has_no_sign() -> None:
    assert table([statement("a", ADA, stance=[port("neutral", 0.001, 0.002)])])[-1].endswith("+0.00")


def test_the_command_prints_a_table_json_lines_or_one_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text("".join(f"{to_line(one)}\n" for one in MANY), encoding="utf-8")
    shown = onrecord("speakers", path, "--limit", "1")
    assert shown.returncode == 0
    assert shown.stdout.splitlines()[2].split() == ["Ada", "Lund", "3", "2", "1", "1", "1"]
    lines = onrecord("speakers", path, "--json", "--sort", "name").stdout.splitlines()
    assert [json.loads(line)["name"] for line in lines] == ["Ada Lund", "Eva Berg", "Port Union", None, None]
    wrong = onrecord("speakers", path, "--sort", "age")
    assert wrong.stdout == ""
    assert_one_clear_line(wrong, "cannot sort by 'age'; choose one of statements, articles, name, stance", status=2)
    path.write_text("no json\n", encoding="utf-8")
    assert_one_clear_line(onrecord("speakers", path), f"{path}, line 1: not a statement of schema onrecord/1")
