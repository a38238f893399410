"""Training the stance model that judges each statement by itself, on a few made-up articles and sentences."""

from __future__ import annotations

import json
import math
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from onrecord.document import Article, Span, Stance, Statement
from onrecord.errors import SettingsError
from onrecord_models.loading import article_model, judges_pairs, load_quote_model, load_stance_model
from onrecord_models.stance.classifier import StanceInput
from onrecord_models.stance.pairs import PairModel
from onrecord_training.packing.model_folder import add_part
from onrecord_training.packing.settings import PartPacking
from onrecord_training.stance import pair_training
from onrecord_training.stance.pair_task import Labelled, labelled_pairs
from onrecord_training.stance.pair_training import epoch_pairs, fit_temperature, train_pair_model
from onrecord_training.stance.settings import PairStanceTraining
from tests.training.stance.corpora import LABELS, write_stance_corpora
from tests.training.trained_runs import assert_killed_run_ends_alike, quiet


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_stance_corpora(tmp_path_factory.mktemp("corpora"))


@pytest.fixture
def settings(encoder: Path, corpora: Path, tmp_path: Path) -> PairStanceTraining:
    return PairStanceTraining(
        encoder=encoder,
        corpora=corpora,
        output=tmp_path / "run",
        stance_labels=(corpora / LABELS,),
        epochs=2,
        sentences=5,
        learning_rate=1e-3,
        head_learning_rate=3e-3,
        threads=1,
    )


def test_a_trained_judge_goes_into_a_model_folder_and_names_a_second_one(
    settings: PairStanceTraining, tiny_model: Path, tmp_path: Path
) -> None:
    lines: list[str] = []
    assert train_pair_model(settings, lines.append, "onrecord train pair-stance …") == settings.output / "model"
    manifest = json.loads((settings.output / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["sizes"]["articles"] >= 18 and manifest["sizes"]["held_out"] > 0
    assert manifest["temperature"] > 0
    assert any("epoch 2/2" in line and "held_out" in line for line in lines)
    folder = tmp_path / "model"
    shutil.copytree(tiny_model, folder)
    add_part(PartPacking(run=settings.output, model=folder, article_model=str(tiny_model)), "stance")
    assert judges_pairs(folder) and article_model(folder) == str(tiny_model)
    assert f"| judges together with | the stance model of `{tiny_model}`" in (folder / "README.md").read_text("utf-8")
    assert isinstance(load_stance_model(folder, load_quote_model(folder)[0]), PairModel)


def test_a_killed_run_ends_with_the_same_weights(settings: PairStanceTraining, tmp_path: Path) -> None:
    assert_killed_run_ends_alike(train_pair_model, settings, "epoch 1/2 done", tmp_path / "broken")


def test_only_a_judge_of_pairs_can_have_a_second_one(
    settings: PairStanceTraining, tiny_model: Path, tmp_path: Path
) -> None:
    train_pair_model(replace(settings, epochs=1), quiet)
    pairs = tmp_path / "pairs"
    shutil.copytree(tiny_model, pairs)
    add_part(PartPacking(run=settings.output, model=pairs), "stance")
    with pytest.raises(SettingsError, match="doesn't read articles"):
        add_part(PartPacking(run=settings.output, model=pairs, article_model=str(pairs)), "stance")
    path = settings.output / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"quote_model_sha256": "0"}), encoding="utf-8")
    with pytest.raises(SettingsError, match="leave out --article-model"):
        packing = PartPacking(run=settings.output, model=pairs, other_quote_model=True, article_model=str(tiny_model))
        add_part(packing, "stance")


def pair(target: str, label: str) -> Labelled:
    return StanceInput(target, "it is a folly", "She said it is a folly.", "Bo"), label


def test_an_epoch_reads_all_sides_and_some_of_the_neutral_stances(settings: PairStanceTraining) -> None:
    article = [pair("port", "oppose"), *[pair("port", "neutral")] * 200]
    found = epoch_pairs([article] * 10, {}, replace(settings, neutral_share=0.25), 0)
    labels = [label for _, label in found]
    assert labels.count("oppose") == 10
    assert 400 < labels.count("neutral") < 600
    assert len(epoch_pairs([article] * 10, {}, replace(settings, neutral_share=1.0, share=0.5), 0)) == 5 * 201


def test_a_claim_put_the_other_way_round_turns_the_sides_of_the_whole_article(settings: PairStanceTraining) -> None:
    claim = "the port is a folly"
    seen = set()
    for epoch in range(60):
        found = epoch_pairs([[pair(claim, "support"), pair(claim, "oppose")]], {}, settings, epoch)
        (first, label), (second, other) = found
        assert first.target == second.target and {label, other} == {"support", "oppose"}
        assert (" not " in first.target) == (label == "oppose")
        seen.add(label)
    assert seen == {"support", "oppose"}


def test_sentences_differ_from_epoch_to_epoch(settings: PairStanceTraining) -> None:
    sentences = {"claims": [pair(f"port {number}", "support") for number in range(10)]}
    targets = [{shown.target for shown, _ in epoch_pairs([], sentences, settings, epoch)} for epoch in (0, 1)]
    assert targets == [{f"port {number}" for number in range(5)}, {f"port {number}" for number in range(5, 10)}]


def test_neutral_is_as_likely_again_as_it_was_before_some_of_it_was_left_out(
    settings: PairStanceTraining, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    biases: dict[float, Any] = {}
    for share in (1.0, 0.5):
        monkeypatch.setattr(pair_training, "epoch_pairs", lambda *_: [pair("port", "oppose"), pair("port", "neutral")])
        run = replace(settings, output=tmp_path / str(share), neutral_share=share)
        train_pair_model(run, quiet)
        biases[share] = load_file(run.output / "model" / "model.safetensors")["classifier.3.bias"]
    assert (biases[0.5] - biases[1.0]).tolist() == pytest.approx([0, 0, math.log(2)], abs=1e-5)


def test_the_temperature_is_the_one_under_which_the_labels_are_likeliest() -> None:
    logits = torch.tensor([[2.0, 0.0, 0.0]] * 4)
    sure, doubtful = torch.tensor([0, 0, 0, 0]), torch.tensor([0, 0, 1, 2])
    assert fit_temperature(logits, sure) == 0.5
    assert fit_temperature(logits, doubtful) > 1.5
    assert fit_temperature(logits[:0], sure[:0]) == 1.0


def test_a_target_without_words_is_not_asked_about() -> None:
    text = "Omar praised the club."
    whole = Span(0, len(text))
    stances = (Stance("’", "support"), Stance("the club", "support"))
    statement = Statement("a", "a#1", text, (whole,), "indirect", whole, stance=stances)
    assert [shown.target for shown, _ in labelled_pairs(Article("a", text), [statement])] == ["the club"]
