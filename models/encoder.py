"""What the reader and the stance model have in common: a transformer, and heads that start small."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel, PreTrainedModel

_WITH_POOLER = frozenset(["bert", "mpnet", "roberta"])


def build_encoder(settings: dict[str, Any]) -> Any:
    """An untrained transformer from its configuration as a dictionary, without the pooler that nobody needs."""
    named = dict(settings)
    config = AutoConfig.for_model(named.pop("model_type"), **named)
    return AutoModel.from_config(config, **({"add_pooling_layer": False} if config.model_type in _WITH_POOLER else {}))


class EncoderModel(PreTrainedModel):
    """A model with its transformer in ``encoder``."""

    base_model_prefix = "encoder"
    encoder: Any

    def encode(self, embedded: Tensor, attention_mask: Tensor) -> Tensor:
        """Hidden states (batch, tokens, hidden size) of what is embedded in the same shape.

        A frozen encoder may be kept in half precision; it then computes in that from end to end, with no casts
        between, which trains a third faster on a CPU than autocast does.
        """
        precision: torch.dtype = self.encoder.dtype
        half = precision != torch.float32
        with torch.autocast(embedded.device.type, enabled=False) if half else nullcontext():
            output = self.encoder(inputs_embeds=embedded.to(precision), attention_mask=attention_mask)
        hidden: Tensor = output.last_hidden_state
        return hidden

    def _init_weights(self, module: nn.Module) -> None:
        if isinstance(module, (nn.Linear, nn.Embedding)):
            nn.init.normal_(module.weight, std=0.02)
            if isinstance(module, nn.Linear) and module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.LayerNorm):
            nn.init.ones_(module.weight)
            nn.init.zeros_(module.bias)
