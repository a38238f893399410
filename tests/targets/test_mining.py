"""Targets proposed for a collection."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from onrecord.document import Span, Speaker, Statement
from onrecord.files.records import to_line
from onrecord.targets import mining as proposals
from onrecord.targets.mining import Proposal, propose_targets
from onrecord.targets.target import read_targets
from tests.command import assert_one_clear_line, onrecord

ADA = Speaker("Ada Lund", "ada-lund", "person")
BO = Speaker("Bo Berg", "bo-berg", "person")
SAID = [
    ("a.txt", "we support the port expansion", ADA),
    ("a.txt", "The port expansion will ruin the bay.", BO),
    ("a.txt", "they oppose Lund’s port expansions", BO),
    ("b.txt", "nobody voted for the port expansion in Easton", ADA),
    ("b.txt", "the council of Easton opposes lower taxes", ADA),
    ("c.txt", "they oppose lower taxes", BO),
    ("c.txt", "it rained on Easton", Speaker(None, None, "person", description="a driver")),
]


def statements(said: Sequence[tuple[str, str, Speaker]]) -> list[Statement]:
    return [
        Statement(
            doc, f"{doc}#{number}", text, (Span(0, len(text)),), "direct", Span(0, len(text)), speakers=(speaker,)
        )
        for number, (doc, text, speaker) in enumerate(said, 1)
    ]


def proposed(said: Sequence[tuple[str, str, Speaker]], limit: int = 20) -> list[Proposal]:
    return propose_targets(lambda: statements(said), limit)


def test_what_most_statements_are_about_comes_first_with_its_counts_and_an_example_an_article() -> None:
    first = proposed(SAID)[0]
    assert (first.target, first.statements, first.speakers, first.articles) == ("the port expansion", 4, 2, 2)
    assert [example.id for example in first.examples] == ["a.txt#1", "b.txt#4"]
    assert first.examples[0].text == "we support the port expansion"


def test_a_part_that_does_not_stand_alone_is_not_proposed_beside_the_whole() -> None:
    targets = {row.target for row in proposed(SAID)}
    assert "Easton" in targets
    assert not targets & {"port", "the port", "expansion", "expansions"}


def test_verbs_and_function_words_are_not_targets() -> None:
    said = [("a.txt", f"they oppose and reject it and ruin the {noun}", ADA) for noun in ("bay", "bay", "port")]
    assert [row.target for row in proposed(said)] == ["the bay"]


def test_what_one_statement_repeats_counts_once() -> None:
    assert proposed([("a.txt", "the bay, the bay, the bay", ADA)]) == []


def test_the_proposals_are_the_same_when_rare_phrases_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    rare = [(f"r{n}.txt", f"the w{chr(97 + n % 26)}{chr(97 + n // 26)}x fell", ADA) for n in range(400)]
    said = [*rare[:200], *SAID, *rare[200:], *SAID]
    undisturbed = proposed(said, 1)
    monkeypatch.setattr(proposals, "_MOST_COUNTED", 150)
    assert proposed(said, 1) == undisturbed


def test_the_command_prints_a_table_json_and_a_file_of_targets(tmp_path: Path) -> None:
    path = tmp_path / "statements.jsonl"
    path.write_text("".join(f"{to_line(one)}\n" for one in statements(SAID)), encoding="utf-8")
    table = onrecord("targets", str(path)).stdout.splitlines()
    assert table[0].split()[:4] == ["statements", "speakers", "articles", "target"]
    assert table[1].split()[:6] == ["4", "2", "2", "the", "port", "expansion"]
    rows = [json.loads(line) for line in onrecord("targets", str(path), "--json").stdout.splitlines()]
    assert rows[0]["examples"][1]["id"] == "b.txt#4"
    file = tmp_path / "targets.toml"
    file.write_text(onrecord("targets", str(path), "--toml").stdout, encoding="utf-8")
    assert [target.name for target in read_targets(file)] == [row["target"] for row in rows]


def test_a_folder_is_to_be_read_first(tmp_path: Path) -> None:
    assert_one_clear_line(onrecord("targets", str(tmp_path)), "read it first: onrecord extract")
