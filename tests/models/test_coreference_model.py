"""The coreference model: the quote model's upper layers again, its scores, and which folder's model is loaded."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from onrecord.errors import WeightsError
from onrecord_models import loading
from onrecord_models.adapters import AdaptedLinear
from onrecord_models.coreference_model import CoreferenceConfig, CoreferenceModel
from onrecord_models.encoder import ready
from onrecord_models.inference import QuoteModelRunner
from onrecord_models.loading import load_coreference_model, load_quote_model, part_folder
from onrecord_models.quote_model import QuoteModel, QuoteModelConfig
from onrecord_models.upper_layers import borrow
from onrecord_models.windows import TokenFeatures
from tests.conftest import TINY_ENCODER

DEEP_ENCODER: dict[str, Any] = {**TINY_ENCODER, "num_hidden_layers": 3}


def pair(adapter_rank: int = 2) -> tuple[QuoteModel, CoreferenceModel]:
    """A quote model of three layers and an untrained coreference model over the upper two."""
    torch.manual_seed(0)
    quote_model = QuoteModel(QuoteModelConfig(DEEP_ENCODER)).eval()
    config = CoreferenceConfig(
        DEEP_ENCODER, 2, 8, adapter_rank, anaphor_sizes=(2,), entity_sizes=(2, 3), pair_sizes=(4,)
    )
    model = CoreferenceModel(config).eval()
    borrow(model, quote_model)
    return quote_model, model


def features(*words: int) -> TokenFeatures:
    nothing = [0] * len(words)
    return TokenFeatures(list(words), nothing, nothing, nothing)


@pytest.mark.parametrize("adapter_rank", [0, 2])
def test_an_untrained_model_makes_of_kept_states_what_the_quote_model_makes_of_the_text(adapter_rank: int) -> None:
    quote_model, model = pair(adapter_rank)
    runner = QuoteModelRunner(quote_model, upper=2)
    (batch,) = runner.encode([features(101, 2000, 2001, 2002, 102)])
    with torch.inference_mode():
        hidden = model(batch.lower[2][:, :5], torch.ones(1, 5, dtype=torch.long))
    assert torch.allclose(hidden, batch.reading.hidden[:, :5], atol=1e-5)


def test_states_of_each_window_are_kept_without_padding_where_they_are_asked_for() -> None:
    windows = [features(101, 2000, 102), features(101, 2000, 2001, 2002, 102)]
    readings = QuoteModelRunner(pair()[0], upper=1).read(windows)
    assert [(each.states.shape, each.states.dtype) for each in readings if each.states is not None] == [
        (torch.Size([len(window.input_ids), 16]), torch.bfloat16) for window in windows
    ]
    assert all(each.states is None for each in QuoteModelRunner(pair()[0]).read(windows))


def test_a_stance_model_with_another_number_of_layers_gets_the_states_that_go_into_those() -> None:
    quote_model, windows = pair()[0], [features(101, 2000, 102)]
    runner = QuoteModelRunner(quote_model, upper=2)
    runner.keep_for_stance(2)
    assert runner.read(windows)[0].stance_states is None  # they are the same
    runner.keep_for_stance(1)
    (both,) = runner.read(windows)
    for upper, kept in ((2, both.states), (1, both.stance_states)):
        (alone,) = QuoteModelRunner(quote_model, upper=upper).read(windows)
        assert kept is not None and alone.states is not None and torch.equal(kept, alone.states)
    assert both.states is not None and both.stance_states is not None
    assert not torch.equal(both.states, both.stance_states)


def test_only_adapters_and_heads_are_trained() -> None:
    _, model = pair()
    frozen = [name for name, parameter in model.named_parameters() if not parameter.requires_grad]
    assert frozen
    assert all(name.startswith("encoder.") and not name.endswith((".down", ".up")) for name in frozen)


@pytest.mark.parametrize("adapter_rank", [0, 2])
def test_it_runs_in_half_precision_with_adapters_and_without(adapter_rank: int) -> None:
    _, model = pair(adapter_rank)
    states, mask = torch.randn(2, 5, 16), torch.ones(2, 5, dtype=torch.long)
    with torch.inference_mode():
        full = model(states, mask)
        half = ready(model, "cpu", "bf16")(states.to(torch.bfloat16), mask)
    assert half.dtype == torch.float32
    assert torch.allclose(full, half, atol=0.1)


def test_padding_changes_nothing() -> None:
    _, model = pair()
    states = torch.randn(1, 5, 16)
    padded = torch.cat([states, torch.randn(1, 3, 16)], 1)
    mask = torch.tensor([[1] * 5 + [0] * 3])
    with torch.inference_mode():
        assert torch.allclose(model(padded, mask)[:, :5], model(states, mask[:, :5]), atol=1e-5)


def test_mentions_are_scored_for_the_question_they_belong_to() -> None:
    _, model = pair()
    torch.manual_seed(1)
    anaphors, mentions = torch.randn(2, 32), torch.randn(3, 32)
    asked = torch.tensor([[0], [1]])
    pairs, candidates = torch.tensor([[0], [3], [1]]), torch.tensor([[0, 2], [1, 0], [1, 1]])
    far, questions = torch.tensor([False, True, False]), torch.tensor([0, 1, 1])

    def score(rows: list[int], numbers: list[int]) -> tuple[torch.Tensor, torch.Tensor]:
        own = torch.tensor([numbers.index(number) for number in questions[rows].tolist()])
        with torch.inference_mode():
            return model.score(
                anaphors[numbers], asked[numbers], mentions[rows], far[rows], pairs[rows], candidates[rows], own
            )

    together, none = score([0, 1, 2], [0, 1])
    assert together.shape == (3,) and none.shape == (2,)
    first, none_of_first = score([0], [0])
    second, none_of_second = score([1, 2], [1])
    assert torch.allclose(together, torch.cat([first, second]), atol=1e-6)
    assert torch.allclose(none, torch.cat([none_of_first, none_of_second]), atol=1e-6)


# Loading


@pytest.fixture
def folder(tiny_model: Path, tmp_path: Path) -> Path:
    """A model folder without a coreference model of its own."""
    shutil.copytree(tiny_model, tmp_path / "model")
    shutil.rmtree(tmp_path / "model" / "coreference")
    return tmp_path / "model"


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the models that come with onrecord, without any in it."""
    monkeypatch.setattr(loading, "WEIGHTS", tmp_path / "weights")
    (tmp_path / "weights").mkdir()
    return tmp_path / "weights"


def test_a_folder_with_a_coreference_model_uses_its_own(tiny_model: Path, shipped: Path) -> None:
    assert part_folder(tiny_model, "coreference") == tiny_model


def test_a_folder_without_one_uses_the_shipped_one_of_its_encoders_size(
    folder: Path, tiny_model: Path, shipped: Path
) -> None:
    for name, size in (("alpha", 32), ("beta", 16)):
        shutil.copytree(tiny_model / "coreference", shipped / name / "coreference")
        path = shipped / name / "coreference" / "config.json"
        config = json.loads(path.read_text())
        path.write_text(json.dumps({**config, "encoder": {**config["encoder"], "hidden_size": size}}))
    assert part_folder(folder, "coreference") == shipped / "beta"
    model = load_coreference_model(folder, load_quote_model(folder)[0])
    stored = load_file(tiny_model / "coreference" / "model.safetensors")
    assert torch.equal(model.pair_head.weight, stored["pair_head.weight"].float())


def test_where_none_fits_the_size_and_what_to_do_are_named(folder: Path, shipped: Path) -> None:
    with pytest.raises(
        WeightsError, match=r"no coreference/ in it.*an encoder of size 16;.*train coreference.*add-coreference"
    ):
        load_coreference_model(folder, load_quote_model(folder)[0])


def test_a_loaded_model_is_the_quote_models_layers_with_what_was_learned_merged_in(tiny_model: Path) -> None:
    quote_model, _ = load_quote_model(tiny_model)
    model = load_coreference_model(tiny_model, quote_model)
    assert not any(isinstance(module, AdaptedLinear) for module in model.modules())
    one = model.encoder.encoder.layer[0].attention.self.query.weight
    assert torch.allclose(one, quote_model.encoder.encoder.layer[0].attention.self.query.weight, atol=1e-4)


def test_weights_of_another_training_are_refused(tiny_model: Path, tmp_path: Path) -> None:
    shutil.copytree(tiny_model, tmp_path / "model")
    path = tmp_path / "model" / "coreference" / "model.safetensors"
    stored = load_file(path)
    quote_model, _ = load_quote_model(tiny_model)
    save_file({name: tensor for name, tensor in stored.items() if name != "pair_head.bias"}, path)
    with pytest.raises(WeightsError, match=r"model\.safetensors: weights do not fit config\.json"):
        load_coreference_model(tmp_path / "model", quote_model)
    save_file({**stored, "pair_head.weight": torch.zeros(1, 3)}, path)
    with pytest.raises(WeightsError, match=r"weights do not fit config.json .*pair_head.weight"):
        load_coreference_model(tmp_path / "model", quote_model)


def test_a_bias_for_other_kinds_of_questions_is_refused() -> None:
    with pytest.raises(ValueError, match="none_bias has 2 values for 3 kinds of question"):
        CoreferenceConfig(anaphor_sizes=(3, 2), none_bias=(0.5, 1.0))
