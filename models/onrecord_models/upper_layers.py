"""Models that go on where a quote model's lower layers end, with copies of its upper ones or with published ones."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from onrecord_models.adapters import adapted_names, merged_state
from onrecord_models.encoder import EncoderModel
from onrecord_models.quote_model import QuoteModel


def borrow(model: EncoderModel, quote_model: QuoteModel, *, trained: bool = False) -> None:
    """Fills a model's ``config.layers`` layers with the upper ones of its quote model.

    They are frozen, adapters aside; with ``trained`` they are not.
    """
    config: Any = model.config
    lender = quote_model.encoder.encoder
    layers: dict[str, Tensor] = {}
    for number, layer in enumerate(lender.layer[len(lender.layer) - config.layers :]):
        layers |= {f"layer.{number}.{name}": tensor for name, tensor in merged_state(layer).items()}
    layers |= {name: tensor for name, tensor in lender.state_dict().items() if not name.startswith("layer.")}
    layers = {f"encoder.{name}": tensor.detach().to(torch.float32, copy=True) for name, tensor in layers.items()}
    _fill(model, layers, trained)


def adapts_published(model: EncoderModel, quote_model: QuoteModel) -> bool:
    """Whether a model's adapters are on all layers of the encoder that its quote model adapts, too.

    It then shares only the embeddings with that one, and its adapters begin with the published weights.
    """
    config: Any = model.config
    both = bool(config.adapter_rank and quote_model.config.adapter_rank)
    return both and config.layers == quote_model.encoder.config.num_hidden_layers


def take_published(model: EncoderModel, published: dict[str, Tensor]) -> None:
    """Fills the layers of a model that `adapts_published` with the encoder's published weights, which stay frozen."""
    layers = {name: tensor.float() for name, tensor in published.items() if name.startswith("encoder.")}
    _fill(model, layers, trained=False)


def _fill(model: EncoderModel, layers: dict[str, Tensor], trained: bool) -> None:
    model.encoder.load_state_dict(adapted_names(model.encoder, layers), strict=False, assign=True)
    for name, parameter in model.encoder.named_parameters():
        parameter.requires_grad_(name.endswith((".down", ".up")) or (trained and name.startswith("encoder.")))
