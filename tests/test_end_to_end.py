"""The shipped model on real articles and on texts written for the purpose."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest

from onrecord import Pipeline
from onrecord.document import Statement
from onrecord.files.records import read_statements
from onrecord.tables.statements import who
from tests.conftest import ARTICLES, ROOT
from tests.runs.running import extract

TARGET = "the Russia–South Ossetia treaty on alliance and integration"


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("out") / "statements.jsonl"
    extract(Path("small"), ARTICLES, path, targets=(TARGET,))
    return path


@pytest.fixture(scope="module")
def statements(output: Path) -> list[Statement]:
    """What the shipped model finds in the five articles, which hold 53 statements by the gold set."""
    found = list(read_statements(output))
    assert len(found) >= 40
    assert {statement.doc for statement in found} == {path.name for path in ARTICLES.glob("*.txt")}
    return found


def test_every_span_is_the_text_it_says(statements: list[Statement]) -> None:
    for statement in statements:
        text = (ARTICLES / statement.doc).read_bytes().decode(statement.meta.encoding or "")
        mentions = [mention for mention in (statement.cue, statement.source, statement.via) if mention]
        for spans, shown in [(statement.content, statement.text), *((m.spans, m.text) for m in mentions)]:
            assert " … ".join(text[start:end] for start, end in spans) == shown


def test_most_quotations_of_the_articles_come_out_with_their_source(statements: list[Statement]) -> None:
    gold = [s for s in read_statements(ROOT / "data" / "gold" / "gold.jsonl") if s.form == "direct" and s.source]
    right = 0
    for wanted in gold:
        best = [s for s in statements if s.doc == wanted.doc and s.content[0].overlaps(wanted.content[0])]
        right += any(s.source and wanted.source and s.source.spans[0].overlaps(wanted.source.spans[0]) for s in best)
    assert right >= 0.9 * len(gold)


def test_nothing_comes_out_of_boilerplate(statements: list[Statement]) -> None:
    everything = "".join(path.read_bytes().decode("utf-8", errors="replace") for path in ARTICLES.glob("*.txt"))
    boilerplate = [
        "Меню",
        "Show more news",
        "Social media",
        "SENIOR MEMBER",
        "Messages",
        "Maxim Shipenkov",
        "Sally Bokhua",
    ]
    assert all(words in everything for words in boilerplate)
    for statement in statements:
        text = (ARTICLES / statement.doc).read_bytes().decode(statement.meta.encoding or "")
        context = text[slice(*statement.context)]
        assert not any(words in context for words in boilerplate), statement.text


def test_every_statement_has_a_stance_on_the_target(statements: list[Statement]) -> None:
    for statement in statements:
        (stance,) = statement.stance
        assert stance.target == TARGET
        assert stance.scores is not None
        support, oppose, neutral = stance.scores.support, stance.scores.oppose, stance.scores.neutral
        assert stance.score == max(support, oppose, neutral)
        assert abs(support + oppose + neutral - 1) < 0.001


def test_one_entity_has_one_name_and_id_in_the_whole_collection(output: Path) -> None:
    names: dict[str, set[str]] = defaultdict(set)
    articles: dict[str, set[str]] = defaultdict(set)
    for line in output.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        for speaker in record["speakers"]:
            if speaker["id"]:
                names[speaker["id"]].add(speaker["name"])
                articles[speaker["id"]].add(record["doc"])
    assert all(len(of_one_id) == 1 for of_one_id in names.values())
    assert max(map(len, articles.values())) >= 3  # some people speak in several articles


def test_direct_indirect_and_mixed_statements_of_a_new_text(small: Pipeline) -> None:
    found = small.extract(
        "Mayor Ada Brandt said on Monday that the harbour would stay open.\n\n"
        "“We will not close it,” Brandt told reporters.\n\n"
        "Omar Diallo, a union leader, called the decision “a gift to the town.”\n"
    )
    forms = {statement.form: who(statement) for statement in found}
    assert forms["indirect"] == "Ada Brandt"
    assert forms["direct"] == "Ada Brandt"
    assert forms["mixed"] == "Omar Diallo"


ODD_TEXTS = ["", " \n ", "No.", "“", "said", "'' '' ''", "a" * 5000, "“Yes” " * 300]


@pytest.mark.parametrize("odd", ODD_TEXTS)
def test_odd_text_before_a_statement_does_not_hide_it(small: Pipeline, odd: str) -> None:
    for statement in small.extract(odd):
        assert " … ".join(odd[start:end] for start, end in statement.content) == statement.text != ""
    found = small.extract(f"{odd}\n\n“We will not close the harbour,” said Ada Brandt, the mayor of Easton.\n")
    assert [who(statement) for statement in found if "close the harbour" in statement.text] == ["Ada Brandt"]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("Rosa “Tata” Quiroga", "Rosa Quiroga"),
        ("The Wet'suwet'en Hereditary Council", "Wet'suwet'en Hereditary Council"),
        ("The newspaper Al-Rai", "Al-Rai"),
        ("Weston News", "Weston News"),
        ("The Weston Fire Department", "Weston Fire Department"),
        ("The OPCW director Fernando Arias", "Fernando Arias"),
    ],
)
def test_names_come_out_whole(small: Pipeline, source: str, name: str) -> None:
    (statement,) = small.extract(f"{source} said that the harbour would close in May.")
    assert [speaker.name for speaker in statement.speakers] == [name]
