"""BERT and MPNet compute what transformers' own compute, and are trained the same way."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from transformers import AutoConfig, AutoModel

from onrecord_models.encoder import build_encoder
from onrecord_models.transformer.layers import Transformer, is_built_here
from tests.conftest import TINY_ENCODER

BERT: dict[str, Any] = {**TINY_ENCODER, "vocab_size": 50, "num_hidden_layers": 2}
MPNET: dict[str, Any] = {**BERT, "model_type": "mpnet", "pad_token_id": 1, "max_position_embeddings": 514}


def published(settings: dict[str, Any]) -> Any:
    named = dict(settings)
    config = AutoConfig.for_model(named.pop("model_type"), **named)
    return AutoModel.from_config(config, add_pooling_layer=False).eval()


@pytest.mark.parametrize("settings", [BERT, MPNET])
@pytest.mark.parametrize("attention", ["sdpa", "eager"])
def test_published_weights_compute_the_same(settings: dict[str, Any], attention: str) -> None:
    torch.manual_seed(0)
    theirs, ours = published(settings), build_encoder(settings).eval()
    assert isinstance(ours, Transformer)
    for parameter in theirs.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    ours.load_state_dict(theirs.state_dict())
    ours.set_attn_implementation(attention)
    inputs, mask = torch.randn(3, 300, 16), torch.ones(3, 300, dtype=torch.long)
    mask[1, 7:] = 0
    with torch.no_grad():
        wanted = theirs(inputs_embeds=inputs, attention_mask=mask).last_hidden_state[mask == 1]
        found = ours(inputs_embeds=inputs, attention_mask=mask).last_hidden_state[mask == 1]
    assert torch.allclose(found, wanted, atol=1e-4)


def test_segments_are_told_apart() -> None:
    torch.manual_seed(0)
    theirs, ours = published(BERT), build_encoder(BERT).eval()
    ours.load_state_dict(theirs.state_dict())
    inputs, types = torch.randn(1, 6, 16), torch.tensor([[0, 0, 0, 1, 1, 1]])
    with torch.no_grad():
        wanted = theirs(inputs_embeds=inputs, token_type_ids=types).last_hidden_state
        assert torch.allclose(ours(inputs_embeds=inputs, token_type_ids=types).last_hidden_state, wanted, atol=1e-5)
        assert not torch.allclose(ours(inputs_embeds=inputs).last_hidden_state, wanted, atol=1e-2)


@pytest.mark.parametrize("settings", [BERT, MPNET])
def test_all_weights_get_gradients_with_either_kind_of_attention(settings: dict[str, Any]) -> None:
    torch.manual_seed(0)
    encoder = build_encoder(settings)
    gradients = []
    for attention in ("sdpa", "eager"):
        encoder.eval().set_attn_implementation(attention)
        encoder.zero_grad()
        encoder(inputs_embeds=torch.ones(1, 4, 16)).last_hidden_state.pow(3).sum().backward()
        gradients.append(
            {name: each.grad.clone() for name, each in encoder.named_parameters() if each.grad is not None}
        )
    assert gradients[0].keys() == {name for name, _ in encoder.named_parameters() if "word_embeddings" not in name}
    for name, gradient in gradients[0].items():
        assert torch.allclose(gradient, gradients[1][name], atol=1e-4), name


def test_another_kind_of_encoder_is_left_to_transformers() -> None:
    settings = {**BERT, "model_type": "roberta", "pad_token_id": 1}
    assert not is_built_here(settings) and not is_built_here({**BERT, "hidden_act": "relu"})
    assert type(build_encoder(settings)).__name__ == "RobertaModel"
