"""Training the coreference model on corpora of a few sentences, over a tiny quote model."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from onrecord import Pipeline, pipeline
from onrecord.errors import SettingsError
from onrecord.settings import PipelineSettings
from onrecord.stages.base import Analysis
from onrecord.stages.names import NerStage
from onrecord.stages.speakers.ranking import calibrated
from onrecord_models.coreference_model import CoreferenceModel
from onrecord_models.loading import hashes, load_quote_model
from onrecord_training.coreference import training
from onrecord_training.coreference.corpora import Material, read_material
from onrecord_training.coreference.questions import Passage
from onrecord_training.coreference.settings import CoreferenceTraining
from onrecord_training.coreference.training import (
    CoreferenceTask,
    accuracy,
    answers,
    build,
    calibrate,
    is_right,
    train_coreference_model,
)
from onrecord_training.packing.model_folder import add_part
from onrecord_training.packing.settings import PartPacking
from tests.stages.making import make_names
from tests.training.coreference.corpora import PEOPLE, write_coreference_corpora
from tests.training.trained_runs import assert_killed_run_ends_alike, quiet, weights


class ByHand(NerStage):
    """Finds the made-up people, renamed ones, too, in place of the tiny model, whose own names are random."""

    def process(self, analyses: list[Analysis]) -> list[Analysis]:
        given, surnames = zip(*(name.split() for name, _ in PEOPLE), strict=True)
        people = [f"{one} {other}" for one in given for other in surnames]
        return [replace(each, names=make_names(each.article.text, person=people)) for each in analyses]


@pytest.fixture(scope="module")
def model(tiny_model: Path) -> Path:
    return tiny_model


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_coreference_corpora(tmp_path_factory.mktemp("corpora"))


def settings_of(model: Path, corpora: Path, output: Path) -> CoreferenceTraining:
    return CoreferenceTraining(
        model=str(model),
        corpora=corpora,
        output=output,
        speaker_labels=(corpora / "labels.jsonl",),
        epochs=3,
        layers=1,
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
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "NerStage", ByHand)
        chosen = PipelineSettings(str(model), device="cpu", precision="fp32")
        reader = Pipeline.reading(chosen, load_quote_model(model)[0], 1)
    return read_material(settings_of(model, corpora, Path()), reader)


@pytest.fixture
def read_before(material: Material, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trainings take the material that was read already."""
    monkeypatch.setattr(training, "read_material", lambda settings, reader, on_read: material)


def test_every_corpus_gives_questions_of_every_kind(material: Material) -> None:
    sizes = material.sizes()
    assert sizes["public"] >= 15
    assert sizes["labelled"] >= 30
    assert sizes["choosing"] >= 5
    asked = [each for passage in material.sources[0] for each in passage.questions]
    assert {each.question.plural for each in asked} == {False, True}
    assert {each.allowed[-1] for each in asked} == {False, True}
    several = [each for each in asked if each.question.plural and not each.allowed[-1]]
    assert several and all(sum(each.allowed) == 2 for each in several)
    assert any(len({feminine for _, feminine in passage.genders}) == 2 for passage in material.sources[0])


def test_renamed_articles_are_as_many_with_the_same_answers(material: Material) -> None:
    plain, other = material.sources
    assert [[each.allowed for each in one.questions] for one in plain] == [
        [each.allowed for each in one.questions] for one in other
    ]
    texts = [{passage.states.analysis.article.text for passage in variant} for variant in material.sources]
    assert texts[0] != texts[1]


def test_epochs_take_the_articles_as_they_are_and_renamed_by_turns(
    settings: CoreferenceTraining, material: Material, model: Path
) -> None:
    task = CoreferenceTask(build(settings, load_quote_model(model)[0], "cpu"), settings, material)
    for epoch in range(3):
        passages = {id(passage) for batch in task.batches(epoch) for passage in batch}
        assert passages == {id(passage) for passage in [*material.public, *material.sources[epoch % 2]]}


@pytest.mark.usefixtures("read_before")
def test_a_trained_model_answers_more_than_an_untrained_one_and_works_in_its_model_folder(
    settings: CoreferenceTraining, material: Material, model: Path, tmp_path: Path
) -> None:
    lines: list[str] = []
    train_coreference_model(replace(settings, epochs=8), lines.append, "the command")
    assert any("choosing questions" in line for line in lines)
    manifest = json.loads((settings.output / "manifest.json").read_text())
    losses = [epoch["losses"]["answers"] for epoch in manifest["epochs"]]
    assert losses[-1] < 0.8 * losses[0]
    assert manifest["command"] == "the command"
    assert manifest["quote_model_sha256"] == hashes(model)["quotes/model.safetensors"]
    assert manifest["sizes"] == material.sizes()

    trained = build(settings, load_quote_model(model)[0], "cpu")
    before = accuracy(trained, material.sources[0])
    trained.load_state_dict(weights(settings.output), strict=False)
    assert accuracy(trained, material.sources[0]) > max(before, 0.6)

    packed = tmp_path / "packed"
    shutil.copytree(model, packed)
    digest = add_part(PartPacking(run=settings.output, model=packed), "coreference")
    assert hashes(packed)["coreference/model.safetensors"] == digest
    assert Pipeline.load(str(packed)).extract("Ada Brandt met Omar Diallo. She said it went well.")


@pytest.mark.usefixtures("read_before")
def test_the_manifest_says_which_speaker_labels_were_learned_from(
    settings: CoreferenceTraining, tmp_path: Path
) -> None:
    paths = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    for path in paths:
        path.write_text(f"labels of {path.stem}\n", encoding="utf-8")
    train_coreference_model(replace(settings, speaker_labels=paths, epochs=1), quiet)
    manifest = json.loads((settings.output / "manifest.json").read_text())
    assert manifest["speaker_labels_sha256"] == {
        f"{tmp_path.name}/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest() for path in paths
    }
    assert manifest["settings"]["renamings"] == 1


@pytest.mark.usefixtures("read_before")
def test_a_run_killed_after_an_epoch_ends_with_the_weights_of_an_undisturbed_one(
    settings: CoreferenceTraining, tmp_path: Path
) -> None:
    assert_killed_run_ends_alike(train_coreference_model, settings, "epoch 2/3 done", tmp_path / "broken")


@pytest.mark.usefixtures("read_before")
def test_a_run_can_start_from_an_earlier_one(settings: CoreferenceTraining, tmp_path: Path) -> None:
    train_coreference_model(replace(settings, epochs=1), quiet)
    again = replace(settings, output=tmp_path / "again", initial=settings.output, epochs=1)
    again = replace(again, learning_rate=0.0, head_learning_rate=0.0)
    train_coreference_model(again, quiet)
    first, second = weights(settings.output), weights(again.output)
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_calibration_makes_answers_no_worse_and_their_chances_no_less_likely(
    settings: CoreferenceTraining, material: Material, model: Path
) -> None:
    trained = build(settings, load_quote_model(model)[0], "cpu")
    passages = material.sources[0]
    before = balance(trained, passages)
    calibrate(trained, passages)
    assert all(bias in training.BIASES for bias in trained.config.none_bias)
    assert all(heat in training.TEMPERATURES for heat in trained.config.score_temperature)
    assert all(now >= then for now, then in zip(balance(trained, passages), before, strict=True))
    calibrated_ones = unlikeliness(trained, passages)
    trained.config.score_temperature = (1.0, 1.0)
    assert calibrated_ones <= unlikeliness(trained, passages)


def balance(model: CoreferenceModel, passages: list[Passage]) -> tuple[float, float]:
    """Right answers less one and a half for each with a wrong name, about one and about several."""
    found = [0.0, 0.0]
    for answered, logits in answers(model, passages):
        plural = answered.question.plural
        shifted = calibrated(model, logits, answered.question)
        names = (shifted[:-1] > shifted[-1]) if plural else (shifted[:-1] >= shifted.max())
        wrong = any(given and not allowed for given, allowed in zip(names.tolist(), answered.allowed, strict=False))
        found[plural] += is_right(answered, shifted) - 1.5 * wrong
    return found[0], found[1]


def unlikeliness(model: CoreferenceModel, passages: list[Passage]) -> float:
    """The negative log-likelihood of the right answers to questions about one."""
    found = 0.0
    for answered, logits in answers(model, passages):
        if not answered.question.plural:
            chances = calibrated(model, logits, answered.question).softmax(-1)
            found -= float(chances[torch.tensor(answered.allowed)].sum().log())
    return found


def test_calibration_without_questions_changes_nothing(settings: CoreferenceTraining, model: Path) -> None:
    trained = build(settings, load_quote_model(model)[0], "cpu")
    calibrate(trained, [])
    assert (trained.config.none_bias, trained.config.score_temperature) == ((0.0,) * 10, (1.0, 1.0))
    assert accuracy(trained, []) == 0


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"epochs": -1}, "epochs is -1; expected a whole number, 0 or more"),
        ({"renamings": -1}, "renamings is -1"),
        ({"layers": 0}, "layers is 0"),
        ({"dropout": 1.0}, "dropout is 1.0; expected a share"),
        ({"device": "gpu"}, "device is 'gpu'; expected auto, cpu, cuda"),
    ],
)
def test_settings_say_what_was_found_and_what_is_expected(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        CoreferenceTraining(model="small", corpora=Path(), output=Path(), **wrong)  # type: ignore[arg-type]


def test_more_layers_than_the_quote_model_has_are_refused_before_the_corpora_are_read(
    settings: CoreferenceTraining, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match="layers is 3; the quote model has 1"):
        train_coreference_model(replace(settings, corpora=tmp_path / "no corpora", layers=3), quiet)
