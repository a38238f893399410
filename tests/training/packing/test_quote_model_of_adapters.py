"""A model folder whose quote model is adapters over an encoder that is fetched."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from onrecord.errors import WeightsError
from onrecord_models import fetching
from onrecord_models.adapters import AdaptedLinear
from onrecord_models.loading import lend_layers, load_quote_model
from onrecord_models.stance.model import StanceConfig, StanceModel
from onrecord_training.quotes.settings import QuoteTraining
from onrecord_training.quotes.training import train_quote_model


def test_a_quote_model_of_adapters_is_stored_without_its_encoder_and_loaded_with_it(packed: Path) -> None:
    stored = load_file(packed / "quotes" / "model.safetensors")
    assert not any("word_embeddings" in name or name.endswith("linear.weight") for name in stored)
    assert not (packed / "embeddings.safetensors").exists()
    quote_model, _ = load_quote_model(packed)
    assert not any(isinstance(module, AdaptedLinear) for module in quote_model.modules())
    base = load_file(fetching.encoder_file())
    embeddings = quote_model.state_dict()["encoder.embeddings.word_embeddings.weight"]
    assert torch.equal(embeddings, base["embeddings.word_embeddings.weight"])


def test_a_missing_encoder_is_named_with_the_command_that_fetches_it(packed: Path) -> None:
    fetching.encoder_file().unlink()
    with pytest.raises(WeightsError, match="onrecord fetch base"):
        load_quote_model(packed)


def test_a_cached_encoder_of_another_kind_is_refused(packed: Path) -> None:
    save_file({"something": torch.zeros(1)}, fetching.encoder_file())
    with pytest.raises(WeightsError, match="lacks"):
        load_quote_model(packed)


def test_a_run_goes_on_from_the_weights_of_an_earlier_one(encoder: Path, corpora: Path, tmp_path: Path) -> None:
    base = QuoteTraining(
        encoder=encoder, corpora=corpora, output=tmp_path / "first", epochs=1, adapter_rank=4, threads=1
    )
    train_quote_model(base, lambda line: None)
    second = replace(
        base, output=tmp_path / "second", initial=tmp_path / "first", learning_rate=0.0, head_learning_rate=0.0
    )
    train_quote_model(second, lambda line: None)
    one, other = (load_file(tmp_path / run / "model" / "model.safetensors") for run in ("first", "second"))
    assert all(torch.equal(one[name], other[name]) for name in one)
    manifest = json.loads((tmp_path / "second" / "manifest.json").read_text())
    assert len(manifest["initial_sha256"]) == 64


def test_a_run_goes_on_from_a_packed_model(packed: Path, encoder: Path, corpora: Path, tmp_path: Path) -> None:
    settings = QuoteTraining(
        encoder=encoder, corpora=corpora, output=tmp_path / "more", initial=packed, epochs=1, adapter_rank=4,
        learning_rate=0.0, head_learning_rate=0.0, threads=1,
    )  # fmt: skip
    train_quote_model(settings, lambda line: None)
    one, other = (
        load_file(packed / "quotes" / "model.safetensors"),
        load_file(tmp_path / "more" / "model" / "model.safetensors"),
    )
    assert all(torch.equal(one[name].float(), other[name]) for name in one)


def test_adapters_on_all_layers_begin_with_the_published_encoder_not_with_the_quote_model(packed: Path) -> None:
    quote_model, _ = load_quote_model(packed)
    encoder = load_file(fetching.encoder_file())
    name = next(name for name, tensor in encoder.items() if ".attention." in name and tensor.dim() == 2)
    published = encoder[name]
    assert not torch.equal(quote_model.encoder.state_dict()[name], published), "the quote model has learned"
    model = StanceModel(StanceConfig(quote_model.config.encoder, layers=1, adapter_rank=2))
    lend_layers(model, quote_model)
    assert torch.equal(model.encoder.state_dict()[name.replace(".weight", ".linear.weight")], published)
    trained = {key for key, parameter in model.encoder.named_parameters() if parameter.requires_grad}
    assert trained and all(key.endswith((".down", ".up")) for key in trained)
