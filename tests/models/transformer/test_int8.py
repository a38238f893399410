"""Linear maps in eight bits: close to full precision, and no text changes another."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from onrecord_models.encoder import build_encoder
from onrecord_models.errors import SettingsError
from onrecord_models.transformer import int8
from onrecord_models.transformer.int8 import Int8Linear, is_supported, run_in_int8
from tests.conftest import TINY_ENCODER

MEASURED: dict[str, Any] = {**TINY_ENCODER, "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2}
needs_bytes = pytest.mark.skipif(not is_supported(), reason="this processor or torch multiplies no bytes")


def distance(one: Tensor, other: Tensor) -> float:
    return float((one - other).norm() / other.norm())


@needs_bytes
@pytest.mark.parametrize("shift", [0.0, 3.0])
def test_a_map_in_eight_bits_is_close_to_one_in_full_precision(shift: float) -> None:
    torch.manual_seed(0)
    linear, rows = nn.Linear(64, 48), torch.randn(20, 64) + shift
    with torch.inference_mode():
        assert distance(Int8Linear(linear.weight, linear.bias)(rows), linear(rows)) < 0.02


@needs_bytes
def test_a_token_with_great_values_does_not_change_what_others_become() -> None:
    torch.manual_seed(0)
    linear = nn.Linear(64, 48)
    rows, great = torch.randn(20, 64), 1000 * torch.ones(1, 64)
    lowered = Int8Linear(linear.weight, linear.bias)
    with torch.inference_mode():
        assert torch.equal(lowered(torch.cat([rows, great]))[:20], lowered(rows))


@needs_bytes
@pytest.mark.parametrize("kind", ["bert", "mpnet"])
def test_an_encoder_in_eight_bits_is_close_and_keeps_its_weights(kind: str) -> None:
    torch.manual_seed(0)
    encoder = build_encoder({**MEASURED, "model_type": kind}).eval()
    inputs, mask = torch.randn(2, 30, 64), torch.ones(2, 30)
    mask[1, 20:] = 0
    before = {name: tensor.clone() for name, tensor in encoder.state_dict().items()}
    with torch.inference_mode():
        full = encoder(inputs_embeds=inputs, attention_mask=mask).last_hidden_state[mask == 1]
        run_in_int8(encoder, "cpu")
        lowered = encoder(inputs_embeds=inputs, attention_mask=mask).last_hidden_state[mask == 1]
    assert 0 < distance(lowered, full) < 0.05
    assert before.keys() == encoder.state_dict().keys()
    assert all(torch.equal(tensor, before[name]) for name, tensor in encoder.state_dict().items())


def test_where_bytes_are_not_multiplied_the_message_says_what_to_choose(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = build_encoder(MEASURED)
    with pytest.raises(SettingsError, match="choose auto, bf16 or fp32"):
        run_in_int8(encoder, "cuda")
    monkeypatch.setattr(int8, "is_supported", lambda: False)
    with pytest.raises(SettingsError, match="x86 processors"):
        run_in_int8(encoder, "cpu")
    with pytest.raises(SettingsError, match="BERT and MPNet"):
        run_in_int8(nn.Linear(2, 2), "cpu")
