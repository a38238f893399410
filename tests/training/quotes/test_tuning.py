"""Choosing how a quote model decodes, on the articles that training leaves out."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from onrecord import Pipeline
from onrecord.document import Span, Statement
from onrecord.errors import InputError
from onrecord_eval.corpora.polnear import read_polnear, set_aside
from onrecord_eval.metrics.scores import BootstrapSettings
from onrecord_eval.metrics.statements import ScoredArticle
from onrecord_eval.run import evaluate_statements
from onrecord_models.decoding import calibrate
from onrecord_models.quote_model import QuoteModel
from onrecord_training.quotes.settings import QuoteTuning
from onrecord_training.quotes.tuning import CUE_THRESHOLDS, SWITCH_WEIGHTS, fit_confidence, tune_quote_model


@pytest.fixture
def model(tiny_model: Path, tmp_path: Path) -> Path:
    shutil.copytree(tiny_model, tmp_path / "model")
    return tmp_path / "model"


@pytest.fixture
def left_out(corpora: Path) -> Path:
    """The corpora with three articles more, of those that training leaves out."""
    split = corpora / "polnear" / "data" / "train"
    for name in [name for name in map(str, range(200)) if set_aside(name) or set_aside(f"{name}.txt")][:3]:
        shutil.copy(split / "text" / "one.txt", split / "text" / f"{name}.txt")
        shutil.copy(split / "attributions" / "one_ab12.ann", split / "attributions" / f"{name}_ab12.ann")
    return corpora


def scores_of(folder: Path, corpora: Path) -> dict[str, float]:
    """What the model in a folder reaches by itself on the articles left out."""
    pipeline = Pipeline.load(str(folder), device="cpu")
    articles = [
        ScoredArticle(each.article.doc, each.article.text, tuple(each.annotations.values()), tuple(found))
        for each in read_polnear(corpora / "polnear" / "data" / "train")
        if set_aside(each.article.doc)
        for found in pipeline.extract_articles([each.article])
    ]
    assert articles
    result = evaluate_statements("left out", articles, BootstrapSettings(samples=0))
    return {name: result.scores[name].f1.value or 0.0 for name in ("content_exact", "content_iou", "linked")}


def test_the_best_of_what_was_tried_is_written_and_reached_by_the_model(model: Path, left_out: Path) -> None:
    lines: list[str] = []
    tuned = tune_quote_model(QuoteTuning(model=str(model), corpora=left_out, threads=1), lines.append)
    tried = [[float(number) for number in re.findall(r"[\d.]+", line)] for line in lines if line.startswith("cue thr")]
    assert len(tried) == len(CUE_THRESHOLDS) + len(SWITCH_WEIGHTS) - 1
    best = max(tried, key=lambda numbers: sum(numbers[2:]))
    assert (tuned.cue_threshold, tuned.switch_weight) == (best[0], best[1])
    assert sum(tuned.scores.values()) > min(sum(numbers[2:]) for numbers in tried)
    config = json.loads((model / "quotes" / "config.json").read_text())
    assert (config["cue_threshold"], config["switch_weight"]) == (tuned.cue_threshold, tuned.switch_weight)
    assert tuple(config["confidence"]) == tuned.confidence
    assert scores_of(model, left_out) == pytest.approx(tuned.scores)


def test_articles_are_encoded_once_whatever_is_tried(
    model: Path, left_out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passes: list[int] = []
    original = QuoteModel.forward

    def counting(self: QuoteModel, *inputs: object) -> object:
        passes.append(1)
        return original(self, *inputs)  # type: ignore[arg-type]

    monkeypatch.setattr(QuoteModel, "forward", counting)
    tune_quote_model(QuoteTuning(model=str(model), corpora=left_out, threads=1), lambda line: None)
    names = [each.article.doc for each in read_polnear(left_out / "polnear" / "data" / "train")]
    assert len(passes) == sum(map(set_aside, names)) > 1


def test_confidence_is_the_chance_of_matching_the_gold() -> None:
    text = "a b c d e f g h i j k l m n o p"

    def statement(start: int, confidence: float | None = None) -> Statement:
        return Statement(
            "t", "t", text[start], (Span(start, start + 1),), "indirect", Span(0, 1), confidence=confidence
        )

    # Of four with a score of .9 three are right, of four with a score of .2 one is.
    predicted = tuple(statement(2 * index, 0.9 if index < 4 else 0.2) for index in range(8))
    gold = tuple(statement(2 * index) for index in (0, 1, 2, 4))
    slope, offset = fit_confidence([ScoredArticle("t", text, (gold,), predicted)])
    assert calibrate(0.9, slope, offset) == pytest.approx(0.75, abs=0.01)
    assert calibrate(0.2, slope, offset) == pytest.approx(0.25, abs=0.01)


def test_corpora_of_which_nothing_was_left_out_are_refused(model: Path, corpora: Path) -> None:
    split = corpora / "polnear" / "data" / "train"
    for path in [path for path in (split / "text").iterdir() if set_aside(path.stem) or set_aside(path.name)]:
        path.unlink()
    before = (model / "quotes" / "config.json").read_bytes()
    with pytest.raises(InputError, match="none of the articles that training leaves out"):
        tune_quote_model(QuoteTuning(model=str(model), corpora=corpora, threads=1), lambda line: None)
    assert (model / "quotes" / "config.json").read_bytes() == before
