"""Low-rank adapters over a tiny encoder, and the encoder that they need from a cache."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import torch
from torch import nn

from onrecord.errors import WeightsError
from onrecord_models import fetching
from onrecord_models.adapters import AdaptedLinear, adapt, adapted_names, merge
from onrecord_models.encoder import build_encoder
from onrecord_models.loading import WEIGHTS, load_quote_model
from tests.conftest import TINY_ENCODER


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


def test_small_needs_no_fetching(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORD_CACHE", str(tmp_path))
    assert load_quote_model(WEIGHTS / "small")
