"""Models that go on where a quote model's lower layers end, with copies of its upper ones."""

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
    model.encoder.load_state_dict(adapted_names(model.encoder, layers), strict=False, assign=True)
    for name, parameter in model.encoder.named_parameters():
        within = name.startswith("encoder.") and not name.startswith("embeddings.")
        parameter.requires_grad_(name.endswith((".down", ".up")) or (trained and within))
