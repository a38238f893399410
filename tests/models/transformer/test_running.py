"""Layers that run in blocks: the same results, to the bit, with few shapes that oneDNN could keep something for."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from onrecord_models.encoder import build_encoder
from onrecord_models.transformer import gelu as in_pieces
from onrecord_models.transformer import running
from onrecord_models.transformer.gelu import Gelu, gelu
from onrecord_models.transformer.running import RunningLayer, run_in_blocks
from tests.conftest import TINY_ENCODER

ENCODER: dict[str, Any] = {**TINY_ENCODER, "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2}


def inputs(rows: int, tokens: int) -> tuple[Tensor, Tensor]:
    mask = torch.ones(rows, tokens)
    mask[0, -3:] = 0
    return torch.randn(rows, tokens, 64), mask


@pytest.mark.parametrize("kind", ["bert", "mpnet"])
def test_an_encoder_in_blocks_gives_the_same_and_keeps_its_weights(kind: str) -> None:
    torch.manual_seed(0)
    encoder = build_encoder({**ENCODER, "model_type": kind}).eval()
    before = {name: tensor.clone() for name, tensor in encoder.state_dict().items()}
    states, mask = inputs(7, 80)  # two blocks and a remainder
    with torch.inference_mode():
        whole = encoder(inputs_embeds=states, attention_mask=mask).last_hidden_state
        run_in_blocks(encoder)
        parts = encoder(inputs_embeds=states, attention_mask=mask).last_hidden_state
    assert torch.allclose(parts, whole, atol=1e-6)
    assert before.keys() == encoder.state_dict().keys()
    assert all(torch.equal(tensor, before[name]) for name, tensor in encoder.state_dict().items())


def test_maps_are_given_few_numbers_of_rows_whatever_is_read() -> None:
    encoder = build_encoder(ENCODER).eval()
    given: set[int] = set()

    def counting(weight: Tensor, bias: Tensor) -> running.RowMap:
        def apply(rows: Tensor) -> Tensor:
            given.add(len(rows))
            return functional.linear(rows, weight, bias)

        return apply

    for layer in encoder.encoder.layers:
        layer.running = RunningLayer(layer, counting)
    with torch.inference_mode():
        for width in range(16, 272, 16):
            for rows in range(1, 1024 // width + 1):
                encoder(inputs_embeds=torch.zeros(rows, width, 64), attention_mask=torch.ones(rows, width))
    assert len(given) <= 16


@pytest.mark.parametrize("shape", [(1,), (3, 5), (2, 33, 7, 64), (4, 0, 8), (2, 40_000)])
def test_gelu_in_pieces_is_the_same_to_the_bit(shape: tuple[int, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    values = torch.randn(shape)
    expected = functional.gelu(values)
    sizes: set[int] = set()

    class Counting:
        @staticmethod
        def gelu(piece: Tensor) -> Tensor:
            sizes.add(piece.numel())
            return functional.gelu(piece)

    monkeypatch.setattr(in_pieces, "functional", Counting)
    with torch.inference_mode():
        assert torch.equal(gelu(values), expected)
        assert torch.equal(Gelu()(values), expected)
    assert all(size < 64 or size in {64 << power for power in range(11)} for size in sizes)


def test_training_goes_through_gelu_as_it_is() -> None:
    values = torch.randn(5, requires_grad=True)
    gelu(values).sum().backward()
    wanted = values.detach().clone().requires_grad_()
    nn.GELU()(wanted).sum().backward()
    assert values.grad is not None and wanted.grad is not None
    assert torch.equal(values.grad, wanted.grad)
