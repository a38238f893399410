"""Evaluation of positions: given speakers and labelled stances, with an oracle in place of the stance model."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from onrecord.document import Article, Stance, StanceScores, Statement
from onrecord.positions.model import Outcome, PositionModel, load_position_model
from onrecord_eval.corpora.stance_labels import read_stance_labels
from onrecord_eval.metrics.scores import BootstrapSettings
from onrecord_eval.registry import evaluate_corpus
from onrecord_eval.tables import evaluation_table
from onrecord_eval.tasks.positions import LabelledPosition, labelled_positions, position_of
from tests.eval.making import write

SENTENCES = (
    ("Ada Lund", "praised the port", "support"),
    ("Ada Lund", "liked the quay", "neutral"),
    ("Eva Berg", "loved the harbour", "support"),
    ("Eva Berg", "hated the cost", "oppose"),
    ("Bo Holm", "named the day", "neutral"),
    ("She", "cursed the noise", "oppose"),
    ("Kim", "saw the plan", None),
)


def record(*, entities: bool = False) -> dict[str, Any]:
    """An article with a sentence for each statement; its speakers are the sources, or entities by number."""
    text, statements = "", []
    names = list(dict.fromkeys(source for source, *_ in SENTENCES))
    for source, words, label in SENTENCES:
        start = len(text)
        text += f"{source} {words}.\n"
        verb = start + len(source) + 1
        content = [verb + words.index(" ") + 1, verb + len(words)]
        statements.append(
            {
                "content": [content],
                "cue": [[verb, verb + words.index(" ")]],
                "source": [[start, start + len(source)]],
                "stance": [label],
                **({"speakers": [names.index(source)]} if entities else {}),
            }
        )
    more = {"entities": [{"name": None if name == "She" else name} for name in names]} if entities else {}
    return {"doc": "one.txt", "text": text, "targets": ["the port"], "statements": statements, **more}


class Judge:
    """Gives each statement the stance it is labelled with, or what ``answers`` has for its text."""

    def __init__(self, answers: dict[str, tuple[float, float]] | None = None) -> None:
        self.answers = answers or {}
        self.stance_judge = self
        self.position_model: PositionModel = load_position_model()

    def stances(self, article: Article, statements: Sequence[Statement]) -> list[tuple[Stance, ...]]:
        return [tuple(self._judged(statement, stance) for stance in statement.stance) for statement in statements]

    def _judged(self, statement: Statement, labelled: Stance) -> Stance:
        certain = (float(labelled.label == "support"), float(labelled.label == "oppose"))
        support, oppose = self.answers.get(statement.text, certain)
        return replace(labelled, label="unclear", scores=StanceScores(support, oppose, 1 - support - oppose), about=1.0)


def positions(tmp_path: Path, **options: Any) -> list[LabelledPosition]:
    path = write(tmp_path / "labels.jsonl", json.dumps(record(**options)))
    (annotated,) = read_stance_labels(path, tmp_path)
    judge: Any = Judge()
    return labelled_positions(annotated, judge)


@pytest.mark.parametrize(
    ("labels", "side"),
    [
        (["support", "neutral"], "support"),
        (["oppose"], "oppose"),
        (["oppose", "neutral", "support"], "mixed"),
        (["neutral"], "no side"),
        ([], "no side"),
    ],
)
def test_labels_of_statements_add_up_to_a_position(labels: list[str], side: Outcome) -> None:
    assert position_of(labels) == side


def test_speakers_are_told_apart_by_name_and_statements_of_nobody_are_left_out(tmp_path: Path) -> None:
    found = positions(tmp_path)
    assert [(each.side, len(each.statements)) for each in found] == [("support", 2), ("mixed", 2), ("no side", 1)]
    assert found[1].statements == ((1, 0, 1), (0, 1, 1))


def test_speakers_with_an_id_need_no_name(tmp_path: Path) -> None:
    found = positions(tmp_path, entities=True)
    assert [(each.side, len(each.statements)) for each in found] == [
        ("support", 2),
        ("mixed", 2),
        ("no side", 1),
        ("oppose", 1),
    ]


def evaluated(tmp_path: Path, judge: Any) -> Any:
    labels = write(tmp_path / "labels.jsonl", json.dumps(record()))
    return evaluate_corpus(
        "positions", tmp_path, judge, labels=labels, settings=BootstrapSettings(samples=20)
    ).evaluation


def test_right_stances_give_right_positions(tmp_path: Path) -> None:
    result = evaluated(tmp_path, Judge())
    assert result.units == ("articles", 1)
    metrics = result.metrics()
    assert metrics["accuracy"].value == 1 and metrics["wrong_side"].value == 0
    assert {side: metrics[f"label.{side}.recall"].value for side in ("support", "mixed", "no side")} == {
        "support": 1,
        "mixed": 1,
        "no side": 1,
    }


def test_sides_that_are_taken_for_the_other_are_counted(tmp_path: Path) -> None:
    result = evaluated(tmp_path, Judge({"the port": (0.0, 1.0), "the harbour": (0.0, 0.0)}))
    metrics = result.metrics()
    assert metrics["accuracy"].value == pytest.approx(1 / 3)
    assert metrics["wrong_side"].value == 1  # mixed, taken for oppose, is no wrong side
    assert metrics["label.oppose.precision"].value == 0 and metrics["label.support.recall"].value == 0
    assert result.confusion.labels == ("support", "oppose", "mixed", "no side")
    assert result.confusion.counts == ((0, 1, 0, 0), (0, 0, 0, 0), (0, 1, 0, 0), (0, 0, 0, 1))
    assert "sides taken for the other" in evaluation_table(result)


def test_the_position_model_of_the_parts_decides(tmp_path: Path) -> None:
    judge = Judge()
    judge.position_model = PositionModel(((0.0,) * 6,) * 4, (0.0, 1.0, 0.0, 0.0))
    result = evaluated(tmp_path, judge)
    assert result.confusion.counts == ((0, 1, 0, 0), (0, 0, 0, 0), (0, 1, 0, 0), (0, 1, 0, 0))
