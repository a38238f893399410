"""Models that go on where a quote model's lower layers end, with copies of its upper ones."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from onrecord_models.adapters import adapted_names
from onrecord_models.encoder import EncoderModel
from onrecord_models.quote_model import QuoteModel


def borrow(model: EncoderModel, quote_model: QuoteModel, *, trained: bool = False) -> None:
    """Fills a model's ``config.layers`` layers with the upper ones of its quote model.

    They are frozen, adapters aside; with ``trained`` they are not.
    """
    config: Any = model.config
    lowest = quote_model.encoder.config.num_hidden_layers - config.layers
    layers: dict[str, Tensor] = {}
    for name, tensor in quote_model.encoder.state_dict().items():
        inner = name.removeprefix("encoder.")
        if inner == name:
            continue
        if inner.startswith("layer."):
            number, rest = inner.removeprefix("layer.").split(".", 1)
            if int(number) < lowest:
                continue
            inner = f"layer.{int(number) - lowest}.{rest}"
        layers[f"encoder.{inner}"] = tensor.detach().clone()
    model.encoder.load_state_dict(adapted_names(model.encoder, layers), strict=False)
    for name, parameter in model.encoder.named_parameters():
        within = name.startswith("encoder.") and not name.startswith("embeddings.")
        parameter.requires_grad_(name.endswith((".down", ".up")) or (trained and within))
