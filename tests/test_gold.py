"""The gold set and its two passes: spans, entities, stances and ids are sound."""

from __future__ import annotations

from pathlib import Path

import pytest

from onrecord.document import Statement
from onrecord.files.records import read_statements
from tests.conftest import ARTICLES, ROOT

GOLD = ROOT / "data" / "gold"
TARGET = "the Russia–South Ossetia treaty on alliance and integration"
FILES = ["pass-1.jsonl", "pass-2.jsonl", "gold.jsonl"]


def load(name: str) -> list[Statement]:
    statements = list(read_statements(GOLD / name))
    assert len(statements) >= 50
    return statements


def text_of(statement: Statement) -> str:
    return Path(ARTICLES / statement.doc).read_bytes().decode("utf-8")


@pytest.mark.parametrize("name", FILES)
def test_every_span_slices_to_its_text(name: str) -> None:
    for statement in load(name):
        text = text_of(statement)
        mentions = [m for m in (statement.cue, statement.source, statement.via) if m]
        for spans, shown in [(statement.content, statement.text), *((m.spans, m.text) for m in mentions)]:
            assert " … ".join(text[start:end] for start, end in spans) == shown, statement.id
            assert list(spans) == sorted(spans)


@pytest.mark.parametrize("name", FILES)
def test_every_entity_has_one_name(name: str) -> None:
    seen: dict[str, str] = {}
    for statement in load(name):
        for speaker in statement.speakers:
            assert (speaker.name is None) == (speaker.id is None)
            assert speaker.name or speaker.description
            if speaker.name:
                assert seen.setdefault(str(speaker.id), speaker.name) == speaker.name
                for alias in speaker.aliases:
                    assert seen.get(alias, speaker.name) == speaker.name


@pytest.mark.parametrize("name", FILES)
def test_every_statement_has_a_stance_towards_the_one_target(name: str) -> None:
    for statement in load(name):
        assert [stance.target for stance in statement.stance] == [TARGET]
        assert statement.stance[0].label in {"support", "oppose", "neutral"}


def test_ids_are_unique_and_all_articles_are_labelled() -> None:
    gold = load("gold.jsonl")
    assert len({statement.id for statement in gold}) == len(gold)
    assert {statement.doc for statement in gold} == {path.name for path in ARTICLES.glob("*.txt")}
