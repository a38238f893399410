"""Training of the stance model on made-up data: resumed runs, templates, claims."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from transformers import BertConfig, BertModel, BertTokenizerFast

from onrecord.errors import SettingsError, WeightsError
from onrecord_eval.corpora.perspectrum import Perspective
from onrecord_models import fetching
from onrecord_models.loading import load_scorer, store
from onrecord_models.stance_model import LABELS, StanceInput
from onrecord_training.stance.claims import gerund, vary_claim
from onrecord_training.stance.contrast import contrast_examples, split_templates
from onrecord_training.stance.data import read_data, without_known
from onrecord_training.stance.measuring import calibration_error
from onrecord_training.stance.settings import StanceTraining
from onrecord_training.stance.templates import ACTORS, MATTERS, PROPOSALS
from onrecord_training.stance.training import train_stance_model


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A tiny base encoder, and corpora of a few sentences that follow the corpora's formats."""
    root = tmp_path_factory.mktemp("sources")
    encoder, corpora = root / "encoder", root / "corpora"
    torch.manual_seed(1)
    sizes = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
    BertModel(BertConfig(vocab_size=40, **sizes), add_pooling_layer=False).save_pretrained(encoder)
    letters = [*"abcdefghijklmnopqrstuvwxyz", ".", ",", "'"]
    (encoder / "vocab.txt").write_text(
        "\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", *letters]) + "\n"
    )
    BertTokenizerFast.from_pretrained(encoder).save_pretrained(encoder)

    def lines(name: str, rows: list[dict[str, object]]) -> None:
        (corpora / name).parent.mkdir(parents=True, exist_ok=True)
        (corpora / name).write_text("".join(json.dumps(row) + "\n" for row in rows))

    for split in ("train", "devtest_mt"):
        rows: list[dict[str, object]] = []
        for index in range(24):
            sentence = f"Ada Brandt number {index} opened the harbour."
            target = {"from": 0, "to": 10, "polarity": 2.0 + 2 * (index % 3)}
            rows.append({"sentence_normalized": sentence, "targets": [target]})
        lines(f"newsmtsc/{split}.jsonl", rows)
    for split in ("train", "dev"):
        lines(
            f"perspectrum/{split}.jsonl",
            [
                {
                    "claim_id": index // 2,
                    "claim": f"Harbours should open number {index // 2}",
                    "perspective": f"Ships {index} need room.",
                    "stance": ("support", "undermine")[index % 2],
                }
                for index in range(24)
            ],
        )
    return encoder, corpora


def settings(sources: tuple[Path, Path], output: Path, **changes: int) -> StanceTraining:
    sizes = {
        "threads": 1,
        "epochs": 2,
        "batch_tokens": 500,
        "contrast": 40,
        "unrelated_claims": 5,
        "unrelated_statements": 5,
    }
    return StanceTraining(encoder=sources[0], corpora=sources[1], output=output, **{**sizes, "threads": 1, **changes})  # type: ignore[arg-type]


def test_a_resumed_run_ends_with_the_weights_of_an_undisturbed_one(sources: tuple[Path, Path], tmp_path: Path) -> None:
    lines: list[str] = []
    whole = train_stance_model(settings(sources, tmp_path / "whole"), lines.append, "onrecord train stance")
    assert any("epoch 2/2 done" in line for line in lines)

    def stop(line: str) -> None:
        if "epoch 1/2 done" in line:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_stance_model(settings(sources, tmp_path / "halved"), stop)
    assert not (tmp_path / "halved" / "model").exists()
    halved = train_stance_model(settings(sources, tmp_path / "halved"), lines.append)
    ours, theirs = load_file(whole / "model.safetensors"), load_file(halved / "model.safetensors")
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)

    base = load_file(sources[0] / "model.safetensors")
    frozen = "embeddings.word_embeddings.weight"
    assert torch.equal(ours[f"encoder.{frozen}"], base[frozen])
    assert not torch.equal(
        ours["encoder.embeddings.position_embeddings.weight"], base["embeddings.position_embeddings.weight"]
    )

    manifest = json.loads((tmp_path / "whole" / "manifest.json").read_text())
    assert manifest["command"] == "onrecord train stance"
    assert len(manifest["epochs"]) == 2
    assert {"newsmtsc_macro_f1", "perspectrum_macro_f1", "contrast_macro_f1"} <= manifest["scores"].keys()
    assert str(tmp_path) not in json.dumps(manifest)


def test_a_stance_model_of_adapters_is_stored_without_its_encoder_and_loaded_over_it(
    sources: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained = train_stance_model(settings(sources, tmp_path / "run", adapter_rank=4, epochs=1), lambda line: None)
    folder = tmp_path / "tiny"
    shutil.copytree(trained, folder)
    store(
        load_file(trained / "model.safetensors"), json.loads((trained / "config.json").read_text()), folder / "stance"
    )
    stored = load_file(folder / "stance" / "model.safetensors")
    assert not any("word_embeddings" in name or name.endswith("linear.weight") for name in stored)
    monkeypatch.setenv("ONRECORD_CACHE", str(tmp_path / "cache"))
    fetching.encoder_file().parent.mkdir(parents=True)
    shutil.copy(sources[0] / "model.safetensors", fetching.encoder_file())
    scores = load_scorer(folder, "cpu").score([StanceInput("the harbour", "It opened.", "It opened.")])
    assert sum(scores[0]) == pytest.approx(1, abs=1e-3)
    halved = load_scorer(folder, "cpu", "bf16").score([StanceInput("the harbour", "It opened.", "It opened.")])
    assert halved[0] == pytest.approx(scores[0], abs=0.02)
    fetching.encoder_file().unlink()
    with pytest.raises(WeightsError, match="onrecord fetch base"):
        load_scorer(folder, "cpu")


def test_a_checkpoint_of_other_settings_is_refused(sources: tuple[Path, Path], tmp_path: Path) -> None:
    train_stance_model(settings(sources, tmp_path, epochs=1), print)
    with pytest.raises(SettingsError, match="seed"):
        train_stance_model(settings(sources, tmp_path, epochs=1, seed=2), print)


@pytest.mark.parametrize("wrong", [{"epochs": 0}, {"contrast": -1}, {"smoothing": 1}])
def test_settings_are_validated(sources: tuple[Path, Path], tmp_path: Path, wrong: dict[str, int]) -> None:
    with pytest.raises(SettingsError, match=next(iter(wrong))):
        settings(sources, tmp_path, **wrong)


@pytest.mark.parametrize("unseen", [False, True])
def test_contrast_examples_are_filled_in_and_repeatable(unseen: bool) -> None:
    examples = contrast_examples(300, random.Random(2), unseen)
    assert examples == contrast_examples(300, random.Random(2), unseen)
    labels = [label for _, label in examples]
    assert all(labels.count(label) > 50 for label in LABELS)
    for one, _ in examples:
        assert one.statement
        assert one.statement in one.context
        assert not set("{}<>|()") & set(one.context + one.target + one.speaker)


def test_held_out_templates_are_not_trained_on() -> None:
    for group in (MATTERS, PROPOSALS, ACTORS):
        for templates in group.values():
            seen, unseen = split_templates(templates, False), split_templates(templates, True)
            assert seen
            assert unseen
            assert not set(seen) & set(unseen)
            assert len(seen) + len(unseen) == len(templates)


def test_claims_are_negated_with_their_label() -> None:
    generator = random.Random(1)
    varied = {vary_claim("We should ban harbours.", "support", generator) for _ in range(60)}
    assert ("We should not ban harbours", "oppose") in varied
    assert ("banning harbours", "support") in varied
    assert all((" not " in claim) == (label == "oppose") for claim, label in varied)


@pytest.mark.parametrize(
    ("verb", "form"),
    [("ban", "banning"), ("legalise", "legalising"), ("lie", "lying"), ("free", "freeing"), ("support", "supporting")],
)
def test_a_gerund_is_spelled_right(verb: str, form: str) -> None:
    assert gerund(verb) == form


def test_the_calibration_error_is_how_far_confidence_is_from_being_right() -> None:
    sure = [(1.0, 0.0, 0.0)] * 4
    assert calibration_error(sure, ["support"] * 4) == 0
    assert calibration_error(sure, ["support", "oppose"] * 2) == pytest.approx(0.5)


def test_claims_whose_perspectives_were_trained_on_are_not_measured() -> None:
    taught = [Perspective("1", "Harbours should open", "Ships need room.", "support")]
    measured = [
        Perspective("2", "Open all harbours", "ships need room", "support"),
        Perspective("2", "Open all harbours", "Harbours cost money.", "oppose"),
        Perspective("3", "Ferries should be free", "Fares keep the old at home.", "support"),
    ]
    assert without_known(measured, taught) == measured[2:]


def test_labelled_targets_are_trained_on_and_some_articles_of_them_held_out(
    sources: tuple[Path, Path], tmp_path: Path
) -> None:
    corpora = sources[1]
    text = "Mayor Ada Brandt praised the port."
    rows = []
    for index in range(24):
        path = corpora / "texts" / f"{index}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        statement = {"content": [[25, 33]], "cue": [[17, 24]], "source": [[0, 16]], "stance": ["support", "oppose"]}
        digest = hashlib.sha256(text.encode()).hexdigest()
        targets = [f"port {index}", f"closing port {index}"]
        rows.append({"doc": f"texts/{index}.txt", "sha256": digest, "targets": targets, "statements": [statement]})
    labels = tmp_path / "stances.jsonl"
    labels.write_text("".join(json.dumps(row) + "\n" for row in rows))
    data = read_data(replace(settings(sources, tmp_path / "run"), stance_labels=labels))
    held_out = data.measured["held_out_targets"]
    assert 0 < len(held_out) < 24
    assert len(held_out) + sum(len(examples) for _, examples in data.labelled) == 48
    assert {one.target for one, _ in held_out}.isdisjoint(target for target, _ in data.labelled)
    assert {one.speaker for one, _ in held_out} == {"Mayor Ada Brandt"}
