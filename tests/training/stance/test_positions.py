"""Fitting positions: on made-up stances, and with a model that has learned nothing on articles made for the test."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from onrecord.document import Article, Stance, StanceScores, Statement
from onrecord.errors import InputError, WeightsError
from onrecord.positions.model import FEATURES, OUTCOMES, Evidence, StanceSums, load_position_model
from onrecord_eval.tasks.positions import LabelledPosition, position_of
from onrecord_training.stance.positions import cross_validate, fit, fit_positions, read_positions
from tests.command import assert_one_clear_line, onrecord
from tests.eval.making import write

LIKELY = {"support": (0.75, 0.08), "oppose": (0.08, 0.75), "neutral": (0.1, 0.1)}


def made(number: int, seed: int, noise: float = 0.15) -> list[LabelledPosition]:
    """Positions of one to four statements, most of them neutral, judged with some noise."""
    generator = random.Random(seed)

    def judged(label: str) -> Evidence:
        support, oppose = (min(1.0, max(0.0, mean + generator.gauss(0, noise))) for mean in LIKELY[label])
        return Evidence(support, oppose, 0.95)

    found = []
    for _ in range(number):
        labels = generator.choices(["support", "oppose", "neutral"], [1, 1, 2], k=generator.randint(1, 4))
        found.append(LabelledPosition(position_of(labels), tuple(map(judged, labels))))
    return found


def test_the_fit_recovers_what_made_the_positions() -> None:
    model = fit(made(1200, 1))
    unseen = made(400, 2)
    assert sum(model.outcome(each.statements) == each.side for each in unseen) / len(unseen) > 0.9
    weights = {
        outcome: dict(zip(FEATURES, row, strict=True)) for outcome, row in zip(OUTCOMES, model.weights, strict=True)
    }
    assert weights["support"]["largest_support"] > 1 > -1 > weights["support"]["largest_oppose"]
    assert weights["oppose"]["largest_oppose"] > 1 > -1 > weights["oppose"]["largest_support"]
    assert min(weights["mixed"]["largest_support"], weights["mixed"]["largest_oppose"]) > 1
    assert max(weights["no side"]["largest_support"], weights["no side"]["largest_oppose"]) < -1
    assert weights["support"]["difference"] > weights["mixed"]["difference"] > weights["oppose"]["difference"]


def test_its_probabilities_are_as_sure_as_they_are_right() -> None:
    model = fit(made(1200, 1, noise=0.3))
    unseen = made(1200, 2, noise=0.3)
    found = [(model.probabilities(StanceSums.of(each.statements)), each.side) for each in unseen]
    right = sum(max(each, key=lambda name: each[name]) == side for each, side in found) / len(found)
    assert sum(max(each.values()) for each, _ in found) / len(found) == pytest.approx(right, abs=0.04)


def test_a_fit_on_one_side_alone_stays_finite_and_learns_it() -> None:
    supporters = [LabelledPosition("support", (Evidence(0.9, 0.0, 1.0),))] * 5
    model = fit(supporters)
    assert model.outcome(supporters[0].statements) == "support"
    assert max(abs(value) for row in model.weights for value in row) < 100


def test_cross_validation_leaves_out_whole_articles() -> None:
    positions = made(300, 3)
    articles = {f"{number}.txt": positions[number * 10 : number * 10 + 10] for number in range(30)}
    figures = cross_validate(articles)
    assert 0.8 < figures["accuracy"] < 1 and 0 < figures["log_loss"] < 0.6
    assert cross_validate(dict(reversed(articles.items()))) == figures
    assert cross_validate({"a.txt": positions}) == {}
    # Of four articles that are left out one by one, the one that contradicts the others is never right.
    clear = [LabelledPosition("support", (Evidence(0.9, 0.0, 1.0),))] * 10
    wrong = [LabelledPosition("oppose", (Evidence(0.9, 0.0, 1.0),))] * 10
    contradicted = {"a.txt": clear, "b.txt": clear, "c.txt": clear, "d.txt": wrong}
    assert cross_validate(contradicted)["accuracy"] == 3 / 4


def labels(path: Path, articles: int, side: str = "support") -> Path:
    lines = []
    for number in range(articles):
        text = f"Ada Lund praised port {number}.\n\nBo Berg said it would cost too much.\n\nIt rained, said Kim.\n"

        def at(words: str, text: str = text) -> list[list[int]]:
            return [[text.index(words), text.index(words) + len(words)]]

        statements = [
            {"content": at(f"port {number}"), "cue": at("praised"), "source": at("Ada Lund"), "stance": [side]},
            {
                "content": at("it would cost too much"),
                "cue": at("said"),
                "source": at("Bo Berg"),
                "stance": ["oppose"],
            },
            {"content": at("It rained"), "cue": at("said Kim")[:1], "source": at("Kim"), "stance": ["neutral"]},
        ]
        row = {"doc": f"{number}.txt", "text": text, "targets": [f"port {number}"], "statements": statements}
        lines.append(json.dumps(row))
    return write(path, "\n".join(lines) + "\n")


class Judge:
    def stances(self, article: Article, statements: Sequence[Statement]) -> list[list[Stance]]:
        scores = StanceScores(0.5, 0.25, 0.25)
        return [[Stance(each.target, "support", 0.5, scores, 0.8) for each in one.stance] for one in statements]


def test_positions_are_read_from_all_files_with_the_stances_of_the_judge(tmp_path: Path) -> None:
    files = [labels(tmp_path / "one.jsonl", 2), labels(tmp_path / "two.jsonl", 60, "neutral")]
    lines: list[str] = []
    articles = read_positions(Judge(), files, tmp_path, lines.append)
    assert [each.side for each in articles["0.txt"]] == ["support", "oppose", "no side", "no side", "oppose", "no side"]
    assert len(articles) == 60 and articles["59.txt"][0].statements == (Evidence(0.5, 0.25, 0.8),)
    assert lines == ["judged 50 of 62 articles"]
    with pytest.raises(InputError, match=r"empty\.jsonl: no statement has both a speaker and a labelled stance"):
        read_positions(Judge(), [write(tmp_path / "empty.jsonl", "")], tmp_path, lines.append)


def test_the_command_writes_weights_that_the_model_folder_is_then_used_with(tiny_model: Path, tmp_path: Path) -> None:
    model = tmp_path / "model"
    shutil.copytree(tiny_model, model)
    path = labels(tmp_path / "made" / "train.jsonl", 6)
    result = onrecord("train", "positions", model, "--corpora", tmp_path, "--stance-labels", path)
    assert result.returncode == 0, result.stderr
    assert "18 positions in 6 articles (6 support, 6 oppose, 0 mixed, 6 no side)" in result.stderr
    assert "cross-validated by article: accuracy" in result.stderr and "log loss" in result.stderr
    assert f"fitted: {model / 'stance' / 'positions.json'}" in result.stderr
    fitted = load_position_model(model)
    assert fitted != load_position_model()
    assert (fitted.fitted_on["articles"], fitted.fitted_on["positions"]) == (6, 18)
    assert list(fitted.fitted_on["stance_labels_sha256"]) == ["made/train.jsonl"]
    assert str(tmp_path) not in (model / "stance" / "positions.json").read_text(encoding="utf-8")


def test_a_folder_without_a_stance_model_is_refused_and_left_as_it_is(tiny_model: Path, tmp_path: Path) -> None:
    model = tmp_path / "model"
    shutil.copytree(tiny_model, model)
    shutil.rmtree(model / "stance")
    with pytest.raises(WeightsError, match="add-stance"):
        fit_positions(str(model), [labels(tmp_path / "train.jsonl", 1)], tmp_path, lambda line: None)
    assert not (model / "stance").exists()


def test_the_command_says_what_is_missing(tmp_path: Path) -> None:
    assert_one_clear_line(
        onrecord("train", "positions", tmp_path, "--corpora", tmp_path, "--stance-labels", tmp_path / "x.jsonl"),
        "no quotes/model.safetensors",
        status=1,
    )
    assert onrecord("train", "positions", tmp_path, "--corpora", tmp_path).returncode == 2
