"""Low-rank adapters over a tiny encoder, and a model folder that has them."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from onrecord.errors import WeightsError
from onrecord_models import fetching
from onrecord_models.adapters import AdaptedLinear, adapt, adapted_names, merge
from onrecord_models.encoder import build_encoder
from onrecord_models.loading import WEIGHTS, load_quote_model
from onrecord_training.packing.model_folder import pack
from onrecord_training.packing.settings import Packing
from onrecord_training.quotes.settings import QuoteTraining
from onrecord_training.quotes.training import train_quote_model
from tests.conftest import TINY_ENCODER
from tests.training.quotes.test_quotes_training import corpora, encoder

__all__ = ["corpora", "encoder"]


def learn_something(model: nn.Module) -> None:
    for module in model.modules():
        if isinstance(module, AdaptedLinear):
            nn.init.normal_(module.up, std=0.1)


def test_fresh_adapters_change_nothing_and_merged_ones_compute_the_same() -> None:
    torch.manual_seed(0)
    plain = build_encoder(TINY_ENCODER).eval()
    inputs = torch.randn(2, 5, plain.config.hidden_size)
    before = plain(inputs_embeds=inputs).last_hidden_state
    adapt(plain, 4)
    assert torch.allclose(plain(inputs_embeds=inputs).last_hidden_state, before, atol=1e-6)
    learn_something(plain)
    learned = plain(inputs_embeds=inputs).last_hidden_state
    assert not torch.allclose(learned, before, atol=1e-2)
    merge(plain)
    assert not any(isinstance(module, AdaptedLinear) for module in plain.modules())
    assert torch.allclose(plain(inputs_embeds=inputs).last_hidden_state, learned, atol=1e-5)


def test_only_adapters_of_an_adapted_encoder_are_trained() -> None:
    model = build_encoder(TINY_ENCODER)
    names = set(model.state_dict())
    state = model.state_dict()
    adapt(model, 4)
    assert all(name.endswith((".down", ".up")) for name, p in model.named_parameters() if p.requires_grad)
    assert len(adapted_names(model, state)) == len(names)
    assert not model.load_state_dict(adapted_names(model, state), strict=False).unexpected_keys


@pytest.fixture
def packed(encoder: Path, corpora: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model folder with a quote model of adapters, whose encoder lies in a cache of the test's own."""
    cache = tmp_path / "cache"
    monkeypatch.setenv("ONRECORD_CACHE", str(cache))
    fetching.encoder_file().parent.mkdir(parents=True)
    shutil.copy(encoder / "model.safetensors", fetching.encoder_file())
    settings = QuoteTraining(
        encoder=encoder, corpora=corpora, output=tmp_path / "run", epochs=1, adapter_rank=4, threads=1
    )
    train_quote_model(settings, lambda line: None)
    pack(Packing(quote_run=tmp_path / "run", output=tmp_path / "tiny"), lambda line: None)
    return tmp_path / "tiny"


def test_a_quote_model_of_adapters_is_stored_without_its_encoder_and_loaded_with_it(packed: Path) -> None:
    stored = load_file(packed / "quotes" / "model.safetensors")
    assert not any("word_embeddings" in name or name.endswith("linear.weight") for name in stored)
    assert not (packed / "embeddings.safetensors").exists()
    quote_model, _ = load_quote_model(packed)
    assert not any(isinstance(module, AdaptedLinear) for module in quote_model.modules())
    base = load_file(fetching.encoder_file())
    embeddings = quote_model.state_dict()["encoder.embeddings.word_embeddings.weight"]
    assert torch.equal(embeddings, base["embeddings.word_embeddings.weight"])


def test_without_the_encoder_the_way_to_get_it_is_told(packed: Path) -> None:
    fetching.encoder_file().unlink()
    with pytest.raises(WeightsError, match="onrecord fetch base"):
        load_quote_model(packed)


def test_a_cached_encoder_of_another_kind_is_refused(packed: Path) -> None:
    save_file({"something": torch.zeros(1)}, fetching.encoder_file())
    with pytest.raises(WeightsError, match="lacks"):
        load_quote_model(packed)


def test_fetching_takes_a_file_with_the_published_hash_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORD_CACHE", str(tmp_path / "cache"))
    source = tmp_path / "model.safetensors"
    source.write_bytes(b"an encoder")
    with pytest.raises(WeightsError, match="not the published encoder"):
        fetching.fetch_encoder(source, lambda line: None)
    assert not fetching.encoder_file().exists()
    monkeypatch.setattr(fetching, "SHA256", hashlib.sha256(b"an encoder").hexdigest())
    assert fetching.fetch_encoder(source, lambda line: None).read_bytes() == b"an encoder"
    assert source.exists()
    lines: list[str] = []
    fetching.fetch_encoder(None, lines.append)
    assert len(lines) == 1 and "already there" in lines[0]
    assert [path.name for path in fetching.encoder_file().parent.iterdir()] == ["model.safetensors"]


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


def test_small_needs_no_fetching(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORD_CACHE", str(tmp_path))
    assert load_quote_model(WEIGHTS / "small")
