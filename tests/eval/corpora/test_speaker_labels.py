"""Labels of who is behind each source, over an article written for the test, and how answers to them are scored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from onrecord.document import Article, Speaker, Statement
from onrecord.errors import InputError
from onrecord_eval.corpora.speaker_labels import LabelledSources, read_speaker_labels
from onrecord_eval.metrics.scores import BootstrapSettings, total
from onrecord_eval.metrics.speakers import count_speakers, speaker_figures
from onrecord_eval.tasks.speakers import score_speakers

TEXT = "Mayor Ada Brandt praised the port. She said “fares will fall”. A resident called it “a folly”.\n"
ADA = Speaker("Ada Brandt", kind="person", aliases=("Brandt",))
EVA = Speaker("Eva Lund", kind="person")
RESIDENT = Speaker(None, kind="person", description="A resident")


def at(words: str) -> list[int]:
    return [TEXT.index(words), TEXT.index(words) + len(words)]


def record() -> dict[str, Any]:
    ada = {
        "name": "Ada Brandt",
        "kind": "person",
        "gender": "f",
        "aliases": ["Brandt"],
        "role": [at("Mayor")],
        "mentions": [at("Ada Brandt"), at("She")],
    }
    resident = {"name": None, "kind": "person", "description": [at("A resident")], "mentions": [at("A resident")]}
    rows = [
        ("the port", "praised", "Mayor Ada Brandt", "name", [0]),
        ("“fares will fall”", "said", "She", "pronoun", [0]),
        ("“a folly”", "called", "A resident", "description", [1]),
    ]
    return {
        "doc": "corpus/text/one.txt",
        "sha256": hashlib.sha256(TEXT.encode()).hexdigest(),
        "entities": [ada, resident],
        "statements": [
            {"content": [at(content)], "cue": [at(cue)], "source": [at(source)], "mention": kind, "speakers": speakers}
            for content, cue, source, kind, speakers in rows
        ],
    }


def read(tmp_path: Path, labels: dict[str, Any]) -> list[LabelledSources]:
    (tmp_path / "corpus" / "text").mkdir(parents=True, exist_ok=True)
    (tmp_path / "corpus" / "text" / "one.txt").write_text(TEXT, encoding="utf-8")
    path = tmp_path / "labels.jsonl"
    path.write_text(json.dumps(labels) + "\n", encoding="utf-8")
    return list(read_speaker_labels(path, tmp_path))


def test_statements_have_the_entities_behind_their_sources(tmp_path: Path) -> None:
    (article,) = read(tmp_path, record())
    assert [[speaker.name for speaker in statement.speakers] for statement in article.statements] == [
        ["Ada Brandt"],
        ["Ada Brandt"],
        [None],
    ]
    assert article.statements[0].speakers[0].role == "Mayor"
    assert article.statements[2].speakers[0].description == "A resident"
    assert article.kinds == ("name", "pronoun", "description")
    assert [TEXT[slice(*span)] for span in article.entities[0].mentions] == ["Ada Brandt", "She"]
    assert article.entities[0].gender == "f"


def test_statements_have_their_acts_where_they_are_labelled(tmp_path: Path) -> None:
    labels = record()
    labels["statements"][1]["act"] = "expressed"
    (article,) = read(tmp_path, labels)
    assert [statement.act for statement in article.statements] == [None, "expressed", None]


def test_a_text_of_our_own_is_in_the_labels_themselves(tmp_path: Path) -> None:
    labels = record()
    del labels["sha256"]
    path = tmp_path / "labels.jsonl"
    path.write_text(json.dumps({**labels, "doc": "made/one", "text": TEXT}) + "\n", encoding="utf-8")
    (article,) = read_speaker_labels(path, tmp_path / "no corpora")
    assert (article.article.doc, article.article.text) == ("made/one", TEXT)
    assert [statement.source.text for statement in article.statements if statement.source] == [
        "Mayor Ada Brandt",
        "She",
        "A resident",
    ]


def test_what_is_not_labelled_may_be_null(tmp_path: Path) -> None:
    labels = record()
    labels["entities"][0] |= {"role": None, "description": None}
    (article,) = read(tmp_path, labels)
    assert (article.entities[0].speaker.role, article.entities[0].speaker.description) == (None, None)


@pytest.mark.parametrize(
    "fault", [{"mention": "surname"}, {"speakers": [7]}, {"source": "Ada"}], ids=["kind", "entity", "source"]
)
def test_a_record_that_is_not_one_is_refused_with_its_line(tmp_path: Path, fault: dict[str, Any]) -> None:
    broken = record()
    broken["statements"][0] |= fault
    with pytest.raises(InputError, match=r"labels\.jsonl:1: not a labelled article .*see data/speakers"):
        read(tmp_path, broken)


@pytest.mark.parametrize(
    ("gold", "predicted", "right", "wrong"),
    [
        ([ADA], [Speaker("Brandt", kind="person")], 1, 0),
        ([ADA], [EVA], 0, 1),
        ([ADA], [], 0, 0),
        ([ADA], [RESIDENT], 0, 0),
        ([RESIDENT], [RESIDENT], 1, 0),
        ([RESIDENT], [ADA], 0, 1),
        ([], [ADA], 0, 1),
        ([], [], 1, 0),
        ([ADA, EVA], [ADA], 0, 0),
        ([ADA], [ADA, EVA], 0, 1),
    ],
)
def test_a_name_is_wrong_where_the_labels_have_another_or_none(
    gold: Sequence[Speaker], predicted: Sequence[Speaker], right: int, wrong: int
) -> None:
    counts = count_speakers(gold, predicted, "description")
    assert (counts["right"], counts["wrong"]) == (right, wrong)
    assert (counts["right.description"], counts["wrong.description"]) == (right, wrong)


def test_shares_are_of_all_statements_and_of_those_with_each_kind_of_mention() -> None:
    counts = total([count_speakers([ADA], [EVA], "pronoun"), count_speakers([ADA], [ADA], "name")])
    figures = speaker_figures()
    assert figures["wrong"](counts) == 0.5
    assert figures["wrong.pronoun"](counts) == 1
    assert figures["right.name"](counts) == 1
    assert figures["right.several"](counts) is None


class Asked:
    """The parts of a pipeline that give every statement to Ada Brandt, and note what they were asked."""

    def __init__(self) -> None:
        self.asked: list[Statement] = []

    @property
    def speaker_finder(self) -> Asked:
        return self

    def speakers(self, article: Article, statements: Sequence[Statement]) -> list[tuple[Speaker, ...]]:
        self.asked += statements
        return [(ADA,) for _ in statements]


def test_the_pipeline_is_asked_without_being_told_the_speakers(tmp_path: Path) -> None:
    parts = Asked()
    found = score_speakers("speakers", read(tmp_path, record()), parts, BootstrapSettings(samples=0))  # type: ignore[arg-type]
    assert [statement.speakers for statement in parts.asked] == [(), (), ()]
    figures = {name: estimate.value for name, estimate in found.evaluation.metrics().items()}
    assert figures["right"] == pytest.approx(2 / 3)
    assert figures["wrong"] == pytest.approx(1 / 3)
    assert figures["speaker_name.precision"] == pytest.approx(2 / 3)
    assert figures["speaker_name.recall"] == 1
