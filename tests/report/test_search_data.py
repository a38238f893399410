"""The data of the search: what words find, and that no text in it can become a script."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from onrecord.document import Article, Meta
from onrecord.report.search import index
from onrecord.report.search.words import search_words, shard_of
from onrecord.report.site import write_report
from tests.report_pages import ADA, FIRST, HOSTILE, PORT, SECOND, easton, hostile, put, said


def part(report: Path, name: str) -> Any:
    """A part of the data, whose file must be nothing but one assignment of JSON."""
    comment, assignment, end = (report / "search" / "data" / f"{name}.js").read_text(encoding="utf-8").split("\n")
    start = f'onrecord.data["{name}"] = '
    assert comment.startswith('// <meta name="generator" content="onrecord')
    assert (assignment[: len(start)], assignment[-1], end) == (start, ";", "")
    return json.loads(assignment[len(start) : -1])


def found(report: Path, word: str) -> list[int]:
    """The statements that have a word."""
    numbers = [int(distance, 36) for distance in part(report, f"w-{shard_of(word)}")[word].split()]
    return [sum(numbers[: at + 1]) for at in range(len(numbers))]


@pytest.fixture
def report(tmp_path: Path) -> Path:
    write_report(easton(), tmp_path / "report", put([FIRST, SECOND], tmp_path / "articles"))
    return tmp_path / "report"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("“The port’s MAYOR,” well-known", {"the", "ports", "mayor", "well", "known"}),
        ("Café Ørsted ﬁne", {"cafe", "ørsted", "fine"}),
        ("1,000 … —", {"1", "000"}),
        ("a_b", {"a", "b"}),
        ("", set()),
    ],
)
def test_words_are_without_case_accents_and_apostrophes(text: str, words: set[str]) -> None:
    assert search_words(text) == words


def test_the_collection_says_of_each_statement_who_where_and_which_stance(report: Path) -> None:
    data = part(report, "collection")
    assert data["targets"] == [PORT]
    assert [(row[1], row[3], row[6]) for row in data["articles"]] == [
        ("news/b.txt", "2026-03-05", 3),
        ("Easton argues", "2026-03-02", 3),
    ]
    names = [name for name, *_ in data["speakers"]]
    assert names[0] == "Ada Lund"  # those with most statements come first
    who = [[names[int(one, 36)] for one in one.split("+")] for one in data["said"].split(" ")]
    assert who == [["Omar Diallo"], ["Ada Lund"], ["NATO"], ["Ada Lund"], ["Ada Lund"], ["a driver"]]
    assert (data["forms"], data["stances"], data["repeats"]) == ("diidmi", ["nu-oos"], "")
    assert (data["acts"], data["sure"]) == ("----a-", "ieajgc")  # in twentieths: 0.9, 0.7, 0.5, 0.97, 0.8, 0.6


@pytest.mark.parametrize(
    ("confidence", "digit"), [(None, "-"), (0.0, "0"), (0.0499, "0"), (0.15, "3"), (0.95, "j"), (1.0, "k")]
)
def test_confidence_is_kept_in_whole_twentieths(confidence: float | None, digit: str, tmp_path: Path) -> None:
    write_report([replace(easton()[0], confidence=confidence, act="decision")], tmp_path / "report")
    data = part(tmp_path / "report", "collection")
    assert (data["sure"], data["acts"]) == (digit, "d")


def test_words_lead_to_statements_and_records_have_them_in_their_sentences(report: Path) -> None:
    assert found(report, "hundred") == [0, 3]
    assert found(report, "nato") == [1]
    assert set(part(report, "collection")["shards"]) == {
        path.stem[2:] for path in (report / "search" / "data").glob("w-*.js")
    }
    turns, fragment, confidence, act, two = part(report, "t0")[4]
    assert "".join(turns) == FIRST.text
    assert turns[1::2] == ["the plan", "a mistake"]
    assert (fragment, confidence, act, two) == ("#:~:text=the%20plan&text=a%20mistake", 0.8, "attitude", 0)


def test_what_a_copy_repeats_is_marked(tmp_path: Path) -> None:
    copy = Article("copy.txt", FIRST.text, Meta("Copied", "2026-03-03", duplicate_of="a.txt"))
    first = easton()[0]
    write_report([first, said(copy, 1, first.text, ADA), said(copy, 2, "a mistake", ADA)], tmp_path / "report")
    assert part(tmp_path / "report", "collection")["repeats"] == "100"


def test_many_statements_are_in_parts_and_many_words_pass_through_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "RECORDS", 2)
    monkeypatch.setattr(index, "_POSTINGS", 5)
    write_report(easton(), tmp_path / "report")
    assert [len(part(tmp_path / "report", f"t{number}")) for number in range(3)] == [2, 2, 2]
    assert found(tmp_path / "report", "hundred") == [0, 3]
    assert part(tmp_path / "report", "collection")["records"] == 2


@pytest.mark.parametrize("payload", HOSTILE)
def test_hostile_words_are_nothing_but_texts(payload: str, tmp_path: Path) -> None:
    statements, article = hostile(payload)
    write_report(statements, tmp_path / "report", put([article], tmp_path / "articles"))
    folder = tmp_path / "report" / "search" / "data"
    for path in folder.glob("*.js"):
        part(tmp_path / "report", path.stem)
        assert not set(path.read_text(encoding="utf-8")) & {"\x07", "\x1b", "\u202e", "\u2028"}
    assert part(tmp_path / "report", "collection")["articles"][0][5] == ""  # no address of such a kind is a link


def test_words_that_scripts_know_are_words_like_others(tmp_path: Path) -> None:
    article = Article("a.txt", "She said constructor __proto__ toString.", Meta())
    write_report([said(article, 1, "constructor __proto__ toString", ADA)], tmp_path / "report")
    assert found(tmp_path / "report", "constructor") == found(tmp_path / "report", "proto") == [0]


def test_a_report_with_search_data_can_be_replaced(report: Path) -> None:
    write_report([replace(one, stance=()) for one in easton()[:1]], report, force=True)
    assert part(report, "collection")["targets"] == []
