"""Training the coreference model on corpora of a few sentences, over a tiny quote model with the names of `small`."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from onrecord import Pipeline
from onrecord.errors import SettingsError
from onrecord_models.loading import hashes, load_quote_model
from onrecord_training.coreference import training
from onrecord_training.coreference.corpora import Material, read_material
from onrecord_training.coreference.settings import CoreferenceTraining
from onrecord_training.coreference.training import accuracy, build, train_coreference_model
from onrecord_training.packing.model_folder import add_coreference_model
from onrecord_training.packing.settings import CoreferencePacking
from tests.training.coreference.corpora import write_coreference_corpora


@pytest.fixture(scope="module")
def model(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny model, whose own names are random, with those of `small`."""
    folder = tmp_path_factory.mktemp("names") / "model"
    shutil.copytree(tiny_model, folder)
    path = folder / "quotes" / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "names_model": "small"}))
    return folder


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_coreference_corpora(tmp_path_factory.mktemp("corpora"))


def settings_of(model: Path, corpora: Path, output: Path) -> CoreferenceTraining:
    return CoreferenceTraining(
        model=str(model),
        corpora=corpora,
        output=output,
        labels=corpora / "labels.jsonl",
        epochs=3,
        adapter_rank=2,
        batch_tokens=300,
        learning_rate=5e-3,
        head_learning_rate=1e-2,
        threads=1,
    )


@pytest.fixture
def settings(model: Path, corpora: Path, tmp_path: Path) -> CoreferenceTraining:
    return settings_of(model, corpora, tmp_path / "run")


@pytest.fixture(scope="module")
def material(model: Path, corpora: Path) -> Material:
    """What the corpora teach; reading it takes longer than training."""
    return read_material(settings_of(model, corpora, Path()), "cpu")


def quiet(line: str) -> None:
    pass


def weights(run: Path) -> dict[str, torch.Tensor]:
    return load_file(run / "model" / "model.safetensors")


def test_every_corpus_gives_questions(material: Material) -> None:
    sizes = material.sizes()
    assert sizes["labelled"] >= 25
    assert sizes["synthetic"] >= 2
    assert sizes["choosing"] >= 5
    answers = [question.allowed for passage in material.labelled for question in passage.questions]
    assert any(allowed[-1] for allowed in answers), "some pronoun stands for nobody who is named"
    assert any(not allowed[-1] for allowed in answers)


def test_a_trained_model_answers_more_than_an_untrained_one_and_works_in_its_model_folder(
    settings: CoreferenceTraining, material: Material, model: Path, tmp_path: Path
) -> None:
    lines: list[str] = []
    train_coreference_model(settings, lines.append, "the command")
    assert any("choosing questions" in line for line in lines)
    manifest = json.loads((settings.output / "manifest.json").read_text())
    losses = [epoch["losses"]["loss"] for epoch in manifest["epochs"]]
    assert losses[-1] < 0.8 * losses[0]
    assert manifest["command"] == "the command"
    assert manifest["quote_model_sha256"] == hashes(model)["quotes/model.safetensors"]

    trained = build(settings, load_quote_model(model)[0], "cpu")
    before = accuracy(trained, material.labelled)
    trained.load_state_dict(weights(settings.output), strict=False)
    assert accuracy(trained, material.labelled) > max(before, 0.6)

    packed = tmp_path / "packed"
    shutil.copytree(model, packed)
    digest = add_coreference_model(CoreferencePacking(run=settings.output, model=packed), quiet)
    assert hashes(packed)["coreference/model.safetensors"] == digest
    assert Pipeline.load(str(packed)).extract("Ada Brandt met Omar Diallo. She said it went well.")


def test_the_manifest_says_which_speaker_labels_were_learned_from(
    settings: CoreferenceTraining, material: Material, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "read_material", lambda settings, device: material)
    path = tmp_path / "speakers.jsonl"
    path.write_text("labels of today\n", encoding="utf-8")
    train_coreference_model(replace(settings, speaker_labels=path, epochs=1), quiet)
    manifest = json.loads((settings.output / "manifest.json").read_text())
    assert manifest["speaker_labels_sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_run_killed_after_an_epoch_ends_with_the_weights_of_an_undisturbed_one(
    settings: CoreferenceTraining, material: Material, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "read_material", lambda settings, device: material)

    class KilledError(Exception):
        pass

    def die(line: str) -> None:
        if line.startswith("epoch 2/3 done"):
            raise KilledError

    train_coreference_model(settings, quiet)
    broken = replace(settings, output=tmp_path / "broken")
    with pytest.raises(KilledError):
        train_coreference_model(broken, die)
    assert not (broken.output / "model").exists()
    train_coreference_model(broken, quiet)
    whole, resumed = weights(settings.output), weights(broken.output)
    assert whole.keys() == resumed.keys()
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)


def test_a_quote_model_of_adapters_is_refused_before_the_corpora_are_read(
    settings: CoreferenceTraining, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quote_model, tokenizer = load_quote_model(Path(settings.model))
    quote_model.config.adapter_rank = 4
    monkeypatch.setattr(training, "load_quote_model", lambda folder: (quote_model, tokenizer))
    with pytest.raises(SettingsError, match="has adapters"):
        train_coreference_model(replace(settings, corpora=tmp_path / "no corpora"), quiet)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"epochs": 0}, "epochs is 0; expected a whole number, 1 or more"),
        ({"synthetic_passages": -1}, "synthetic_passages is -1"),
        ({"dropout": 1.0}, "dropout is 1.0; expected a share"),
        ({"device": "gpu"}, "device is 'gpu'; expected auto, cpu, cuda"),
    ],
)
def test_settings_say_what_was_found_and_what_is_expected(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        CoreferenceTraining(model="small", corpora=Path(), output=Path(), **wrong)  # type: ignore[arg-type]
