"""Training the stance model on a few made-up articles and sentences, over a tiny quote model."""

from __future__ import annotations

import json
import math
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from onrecord import Pipeline
from onrecord.errors import InputError, SettingsError
from onrecord_models.loading import hashes, load_quote_model, load_stance_model
from onrecord_training.manifest import digest
from onrecord_training.packing.card import card
from onrecord_training.packing.model_folder import add_part
from onrecord_training.packing.settings import PartPacking
from onrecord_training.stance import measuring, training
from onrecord_training.stance.data import StanceData, read_data, read_items, read_labelled
from onrecord_training.stance.items import NEUTRAL, NO_SIDE, OPPOSE, OTHER_SUBJECT, SUPPORT, UNLABELLED
from onrecord_training.stance.measuring import calibration_error, fit_temperature, measure
from onrecord_training.stance.settings import StanceTraining
from onrecord_training.stance.teaching import Teacher
from onrecord_training.stance.training import build, stance_loss, train_stance_model
from tests.training.stance.corpora import LABELS, MEASURED, write_stance_corpora
from tests.training.trained_runs import assert_killed_run_ends_alike, quiet, weights


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_stance_corpora(tmp_path_factory.mktemp("corpora"))


def settings_of(model: Path, corpora: Path, output: Path) -> StanceTraining:
    return StanceTraining(
        model=str(model),
        corpora=corpora,
        output=output,
        stance_labels=(corpora / LABELS,),
        measured_labels=(corpora / MEASURED,),
        epochs=2,
        layers=1,
        sentences=5,
        batch_tokens=300,
        learning_rate=1e-3,
        head_learning_rate=3e-3,
        threads=1,
    )


@pytest.fixture
def settings(tiny_model: Path, corpora: Path, tmp_path: Path) -> StanceTraining:
    return settings_of(tiny_model, corpora, tmp_path / "run")


@pytest.fixture(scope="module")
def data(tiny_model: Path, corpora: Path, tiny_reader: Pipeline) -> StanceData:
    """What the corpora teach in four epochs; reading it takes longer than training."""
    return read_data(replace(settings_of(tiny_model, corpora, Path()), epochs=4), tiny_reader.analyse)


@pytest.fixture
def read_before(data: StanceData, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trainings take the data that was read already."""
    monkeypatch.setattr(training, "read_data", lambda *_: data)


# The loss


def loss_of(rows: list[list[float]], labels: list[int], smoothing: float = 0.0) -> float:
    return float(stance_loss(torch.tensor(rows), torch.tensor(labels), smoothing))


ROW = [2.0, 0.5, 1.0, -1.0]
PROBABILITIES = torch.tensor(ROW).softmax(-1).tolist()


@pytest.mark.parametrize("label", [SUPPORT, OPPOSE, NO_SIDE, OTHER_SUBJECT])
def test_the_loss_of_a_known_outcome_is_its_surprise(label: int) -> None:
    assert loss_of([ROW], [label]) == pytest.approx(-math.log(PROBABILITIES[label]), abs=1e-5)


def test_neutral_may_be_either_kind_of_neutral() -> None:
    both = PROBABILITIES[NO_SIDE] + PROBABILITIES[OTHER_SUBJECT]
    assert loss_of([ROW], [NEUTRAL]) == pytest.approx(-math.log(both), abs=1e-5)
    logits = torch.zeros(1, 4, requires_grad=True)
    stance_loss(logits, torch.tensor([NEUTRAL]), 0.0).backward()
    assert logits.grad is not None
    support, oppose, no_side, other = logits.grad[0].tolist()
    assert support == pytest.approx(oppose) and support > 0
    assert no_side == pytest.approx(other) and no_side < 0


def test_what_is_not_labelled_neither_counts_nor_teaches() -> None:
    labelled = loss_of([ROW, [0.0] * 4], [OPPOSE, SUPPORT])
    assert loss_of([ROW, [9.0, 0, 0, 0], [0.0] * 4], [OPPOSE, UNLABELLED, SUPPORT]) == pytest.approx(labelled)
    logits = torch.randn(2, 4, requires_grad=True)
    nothing = stance_loss(logits, torch.tensor([UNLABELLED] * 2), 0.1)
    nothing.backward()
    assert nothing.item() == 0
    assert logits.grad is not None and not logits.grad.any()


def test_smoothing_gives_every_outcome_a_share() -> None:
    every = -sum(map(math.log, PROBABILITIES)) / 4
    expected = 0.9 * -math.log(PROBABILITIES[OPPOSE]) + 0.1 * every
    assert loss_of([ROW], [OPPOSE], 0.1) == pytest.approx(expected, abs=1e-5)


def test_a_teachers_probabilities_count_by_their_share_and_also_where_no_label_is() -> None:
    said = [0.6, 0.1, 0.2, 0.1]
    taught = -sum(share * math.log(probability) for share, probability in zip(said, PROBABILITIES, strict=True))
    labelled = -math.log(PROBABILITIES[OPPOSE])

    def loss(labels: list[int], shares: list[float]) -> float:
        weighted = torch.tensor([[share * each for each in said] for share in shares])
        return float(stance_loss(torch.tensor([ROW] * len(labels)), torch.tensor(labels), 0.0, weighted))

    assert loss([OPPOSE], [0.0]) == pytest.approx(labelled, abs=1e-5)
    assert loss([OPPOSE], [0.25]) == pytest.approx(0.75 * labelled + 0.25 * taught, abs=1e-5)
    assert loss([OPPOSE, UNLABELLED], [0.0, 1.0]) == pytest.approx((labelled + taught) / 2, abs=1e-5)
    assert loss([OPPOSE, UNLABELLED], [1.0, 0.0]) == pytest.approx(taught, abs=1e-5)


# Measuring


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes `answers` give these logits and labels; the model is asked for its temperature alone."""

    def answer(probabilities: list[list[float]], labels: list[int], calibration: float = 1.0) -> Any:
        logits = torch.tensor(probabilities).clamp(min=1e-6).log()
        monkeypatch.setattr(measuring, "answers", lambda model, questions: (logits, torch.tensor(labels)))
        return SimpleNamespace(config=SimpleNamespace(calibration=calibration))

    return answer


def test_scores_count_both_kinds_of_neutral_as_one(answered: Any) -> None:
    model = answered(
        [
            [0.7, 0.1, 0.1, 0.1],  # right
            [0.7, 0.1, 0.1, 0.1],  # the wrong side
            [0.3, 0.1, 0.29, 0.31],  # neutral, and about the target, which it isn't
            [0.05, 0.05, 0.1, 0.8],  # right, about something else
            [0.1, 0.1, 0.7, 0.1],  # right: neutral of whatever kind
            [0.1, 0.2, 0.6, 0.1],  # a side that is missed
        ],
        [SUPPORT, OPPOSE, OTHER_SUBJECT, OTHER_SUBJECT, NEUTRAL, OPPOSE],
    )
    scores = measure(model, {"dev": [None]})  # type: ignore[list-item]
    assert scores["dev_accuracy"] == pytest.approx(4 / 6, abs=1e-4)
    assert scores["dev_wrong_side"] == pytest.approx(1 / 3, abs=1e-4)
    assert scores["dev_about"] == 0.5
    assert scores["dev_macro_f1"] == pytest.approx((2 / 3 + 0 + 6 / 7) / 3, abs=1e-3)
    assert 0 < scores["dev_ece"] < 0.5
    assert "dev_about" not in measure(answered([[0.7, 0.1, 0.1, 0.1]], [SUPPORT]), {"dev": []})
    assert measure(model, {}) == {}


def test_the_calibration_error_is_how_far_confidence_is_from_being_right() -> None:
    sure = torch.tensor([[1.0, 0.0, 0.0]] * 4)
    assert calibration_error(sure, [True] * 4) == 0
    assert calibration_error(sure, [True, False] * 2) == pytest.approx(0.5)


def test_the_temperature_is_the_one_under_which_the_labels_are_likeliest(answered: Any) -> None:
    doubtful = answered([[0.97, 0.01, 0.01, 0.01]] * 4, [SUPPORT, SUPPORT, OPPOSE, NEUTRAL])
    assert fit_temperature(doubtful, [None]) > 2  # type: ignore[list-item]
    sure = answered([[0.55, 0.15, 0.15, 0.15]] * 4, [SUPPORT] * 4)
    assert fit_temperature(sure, [None]) == 0.5  # type: ignore[list-item]
    assert fit_temperature(sure, []) == 1.0


# A run


@pytest.mark.usefixtures("read_before")
def test_a_trained_model_has_learned_and_works_in_its_model_folder(
    settings: StanceTraining, data: StanceData, tiny_model: Path, tmp_path: Path
) -> None:
    lines: list[str] = []
    settings = replace(settings, epochs=5, sentences=0, others=0.1, smoothing=0.0, dropout=0.0)
    part = train_stance_model(settings, lines.append, "the command")
    assert part == settings.output / "model"
    manifest = json.loads((settings.output / "manifest.json").read_text())
    losses = [epoch["losses"]["loss"] for epoch in manifest["epochs"]]
    assert losses[-1] < 0.6 * losses[0]
    assert manifest["model"] == "stance" and manifest["command"] == "the command"
    assert manifest["quote_model_sha256"] == hashes(tiny_model)["quotes/model.safetensors"]
    assert manifest["sizes"] == data.sizes()
    labels = settings.stance_labels[0]
    assert manifest["stance_labels_sha256"] == {LABELS: digest(labels)}
    assert {"layers", "adapter_rank", "others", "seed"} <= manifest["settings"].keys()
    assert not {"model", "stance_labels", "measured_labels"} & manifest["settings"].keys()
    assert manifest["temperature"] == json.loads((part / "config.json").read_text())["calibration"]
    expected = {f"other_{figure}" for figure in ("macro_f1", "accuracy", "wrong_side", "ece", "about")}
    assert manifest["scores"].keys() == manifest["epochs"][-1]["scores"].keys() == expected
    assert manifest["scores"]["other_about"] > 0.9  # rain is another subject than the port
    assert any("other_macro_f1" in line for line in lines)

    packed = tmp_path / "packed"
    shutil.copytree(tiny_model, packed)
    added = add_part(PartPacking(run=settings.output, model=packed), "stance")
    assert hashes(packed)["stance/model.safetensors"] == added
    loaded = load_stance_model(packed, load_quote_model(packed)[0])
    assert loaded.config.calibration == manifest["temperature"]
    stored = weights(settings.output)
    assert all(torch.allclose(loaded.state_dict()[name], tensor, atol=1e-2) for name, tensor in stored.items())
    pipeline = Pipeline.load(str(packed), device="cpu", precision="fp32", targets=("port 3",))
    found = pipeline.extract("Mayor Ada Brandt praised port 3 on Monday.\n\nBo Berg called port 3 a folly.")
    assert found and all(each.stance[0].about is not None for each in found)
    written = (packed / "README.md").read_text()
    for row in ("| trained with | `the command` |", "| size: sentences of directed sentiment | 20 |"):
        assert row in written
    assert "accuracy on whether a neutral statement is about the target" in written
    assert card("packed", json.loads((packed / "manifest.json").read_text())) == written


@pytest.mark.usefixtures("read_before")
def test_what_is_stored_is_what_was_learned(settings: StanceTraining, tiny_model: Path, tmp_path: Path) -> None:
    train_stance_model(replace(settings, epochs=1), quiet)
    adapted = replace(settings, output=tmp_path / "adapted", epochs=1, adapter_rank=2)
    train_stance_model(adapted, quiet)
    layers, adapters = weights(settings.output), weights(adapted.output)
    assert not any("embeddings" in name.removeprefix("part_embeddings") for name in (*layers, *adapters))
    assert "encoder.encoder.layer.0.attention.self.query.weight" in layers
    own = [name for name in adapters if name.startswith("encoder.")]
    assert own and all(name.endswith((".down", ".up")) for name in own)
    packed = tmp_path / "packed"
    shutil.copytree(tiny_model, packed)
    for output in (settings.output, adapted.output):
        add_part(PartPacking(run=output, model=packed), "stance")
        assert load_stance_model(packed, load_quote_model(packed)[0])


@pytest.mark.usefixtures("read_before")
def test_a_run_killed_after_an_epoch_ends_with_the_weights_of_an_undisturbed_one(
    settings: StanceTraining, tmp_path: Path
) -> None:
    assert_killed_run_ends_alike(train_stance_model, settings, "epoch 1/2 done", tmp_path / "broken")


@pytest.mark.usefixtures("read_before")
def test_a_run_can_start_from_an_earlier_one_or_from_a_model_folder(
    settings: StanceTraining, tiny_model: Path, tmp_path: Path
) -> None:
    train_stance_model(replace(settings, epochs=1), quiet, "first")
    packed = tmp_path / "packed"
    shutil.copytree(tiny_model, packed)
    add_part(PartPacking(run=settings.output, model=packed), "stance")
    for name, initial, exactly in (("after-run", settings.output, 0.0), ("after-folder", packed, 1e-3)):
        again = replace(settings, output=tmp_path / name, initial=initial, epochs=1)
        train_stance_model(replace(again, learning_rate=0.0, head_learning_rate=0.0), quiet)
        first, second = weights(settings.output), weights(again.output)
        assert all(torch.allclose(first[key], second[key], atol=exactly) for key in first)
        assert json.loads((again.output / "manifest.json").read_text())["initial"]["command"] == "first"


def test_a_model_comes_nearer_to_its_teacher_which_is_asked_once(
    settings: StanceTraining, tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sure = tmp_path / "sure"
    shutil.copytree(tiny_model, sure)
    learned = load_file(sure / "stance" / "model.safetensors")
    learned["outcome_head.1.bias"][SUPPORT] += 4  # whatever labels say
    save_file(learned, sure / "stance" / "model.safetensors")
    settings = replace(settings, teacher=str(sure), teacher_share=1.0, epochs=8, sentences=2, others=0.0)
    train_stance_model(settings, quiet)
    manifest = json.loads((settings.output / "manifest.json").read_text())
    losses = [epoch["losses"]["loss"] for epoch in manifest["epochs"]]
    assert losses[-1] < 0.6 * losses[0]
    assert manifest["teacher_sha256"] == digest(sure / "stance" / "model.safetensors")
    assert str(sure) not in (settings.output / "manifest.json").read_text()

    packed = tmp_path / "packed"
    shutil.copytree(tiny_model, packed)
    add_part(PartPacking(run=settings.output, model=packed), "stance")
    found = Pipeline.load(str(packed), targets=("port 3",)).extract("Bo Berg called port 3 a folly.")
    assert found and {each.stance[0].label for each in found} == {"support"}

    before, asked = weights(settings.output), sorted((settings.output / "taught").iterdir())
    (settings.output / "manifest.json").unlink()
    shutil.rmtree(settings.output / "checkpoint")
    monkeypatch.setattr("onrecord_training.stance.teaching.StanceRunner.judge", None)  # not asked again
    train_stance_model(settings, quiet)
    assert all(torch.equal(before[name], tensor) for name, tensor in weights(settings.output).items())
    assert sorted((settings.output / "taught").iterdir()) == asked
    shutil.rmtree(settings.output / "checkpoint")
    with pytest.raises(TypeError):  # other sentences are other questions
        train_stance_model(replace(settings, seed=2), quiet)


def test_an_item_of_which_a_teacher_was_shown_other_statements_stays_untaught(
    tiny_model: Path, tiny_reader: Pipeline, corpora: Path, tmp_path: Path
) -> None:
    labelled = list(read_labelled(corpora / LABELS, corpora))[:3]
    items = list(read_items(tiny_reader.analyse, labelled))
    fewer = replace(items[1], article=replace(items[1].article, statements=items[1].article.statements[:1]))
    taught = Teacher(str(tiny_model), tmp_path, "cpu", quiet).teach([items[0], fewer, items[2]], labelled)
    said = [[target.taught for target in item.targets] for item in taught]
    assert said[1] == [None, None]
    for each in (*said[0], *said[2]):
        assert each is not None and each.shape == (4, 4)
        assert torch.allclose(each.float().sum(-1), torch.ones(4), atol=1e-2)


@pytest.mark.usefixtures("read_before")
def test_a_checkpoint_of_other_settings_is_refused(settings: StanceTraining) -> None:
    train_stance_model(replace(settings, epochs=1), quiet)
    with pytest.raises(SettingsError, match="seed"):
        train_stance_model(replace(settings, epochs=1, seed=2), quiet)


@pytest.mark.usefixtures("read_before")
def test_a_run_without_anything_to_learn_from_says_so(
    settings: StanceTraining, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "read_data", lambda *_: StanceData([], {}, [], {}))
    with pytest.raises(InputError, match="nothing to learn from"):
        train_stance_model(settings, quiet)


def test_more_layers_than_the_quote_model_has_are_refused_before_the_corpora_are_read(
    settings: StanceTraining, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match="layers is 3; the quote model has 1"):
        train_stance_model(replace(settings, corpora=tmp_path / "no corpora", layers=3), quiet)


def test_an_untrained_model_has_the_quote_models_layers(settings: StanceTraining, tiny_model: Path) -> None:
    quote_model, _ = load_quote_model(tiny_model)
    name = "encoder.layer.0.attention.self.query"
    below = quote_model.encoder.state_dict()[f"{name}.weight"]
    for rank, inner in ((0, name), (2, f"{name}.linear")):
        model = build(replace(settings, adapter_rank=rank), quote_model, "cpu")
        assert torch.allclose(model.encoder.state_dict()[f"{inner}.weight"].float(), below, atol=1e-2)
        assert model.encoder.config.hidden_dropout_prob == settings.dropout


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"epochs": 0}, "epochs is 0; expected a whole number, 1 or more"),
        ({"layers": 0}, "layers is 0"),
        ({"targets": 0}, "targets is 0"),
        ({"sentences": -1}, "sentences is -1"),
        ({"others": 1.0}, "others is 1.0; expected a share"),
        ({"teacher_share": 1.1}, "teacher_share is 1.1"),
        ({"smoothing": 1}, "smoothing is 1; expected a share"),
        ({"device": "gpu"}, "device is 'gpu'; expected auto, cpu, cuda"),
    ],
)
def test_settings_say_what_was_found_and_what_is_expected(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        StanceTraining(model="small", corpora=Path(), output=Path(), **wrong)
