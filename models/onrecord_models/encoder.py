"""What the quote model and the stance model have in common: a transformer, and heads that start small."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel, PretrainedConfig, PreTrainedModel

_WITH_POOLER = frozenset(["bert", "mpnet", "roberta"])


def build_encoder(settings: dict[str, Any]) -> Any:
    """An untrained transformer from its configuration as a dictionary, without the pooler, which is not needed."""
    named = dict(settings)
    config = AutoConfig.for_model(named.pop("model_type"), **named)
    return AutoModel.from_config(config, **({"add_pooling_layer": False} if config.model_type in _WITH_POOLER else {}))


_Model = TypeVar("_Model", bound="EncoderModel")


class EncoderModel(PreTrainedModel):
    """A model with its transformer in ``encoder``."""

    base_model_prefix = "encoder"
    encoder: Any
    lowered = False
    """Whether the encoder's linear maps compute in half precision and the rest in full."""

    def encode(self, embedded: Tensor, attention_mask: Tensor, **inputs: Tensor) -> Tensor:
        """Hidden states (batch, tokens, hidden size) of what is embedded in the same shape.

        An encoder that is not trained itself may be kept in half precision; it then computes in that from end to
        end, with no casts between, which is up to a third faster on a CPU than autocast.
        """
        with self.computing(embedded.device.type):
            output = self.encoder(
                inputs_embeds=embedded.to(self.encoder.dtype), attention_mask=attention_mask, **inputs
            )
        hidden: Tensor = output.last_hidden_state
        return hidden if self.training else hidden.float()

    def computing(self, kind: str) -> AbstractContextManager[Any]:
        """What the encoder computes under on this kind of device, in the precision that its weights are kept in."""
        if self.encoder.dtype != torch.float32:
            return torch.autocast(kind, enabled=False)
        return torch.autocast(kind, dtype=torch.bfloat16) if self.lowered else nullcontext()

    def _init_weights(self, module: nn.Module) -> None:
        if isinstance(module, (nn.Linear, nn.Embedding)):
            nn.init.normal_(module.weight, std=0.02)
            if isinstance(module, nn.Linear) and module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.LayerNorm):
            nn.init.ones_(module.weight)
            nn.init.zeros_(module.bias)


def register(config: type[PretrainedConfig], model: type[EncoderModel]) -> None:
    """Lets ``AutoConfig`` and ``AutoModel`` of transformers find both by the ``model_type`` in a ``config.json``."""
    AutoConfig.register(config.model_type, config, exist_ok=True)
    AutoModel.register(config, model, exist_ok=True)


def ready(model: _Model, device: str, precision: str) -> _Model:
    """The model as it is run, not trained: on its device, the encoder in ``precision``, ``bf16`` or ``fp32``.

    An encoder with adapters was trained over half precision from end to end, and so it is run. One that was trained
    itself has only its linear maps in it: sums and norms in half precision change what it finds. So do heads, which
    are in full precision anyway, as they take a thirtieth of the time.
    """
    model = model.to(device).eval()  # type: ignore[arg-type]
    if precision == "bf16" and getattr(model.config, "adapter_rank", None):
        model.encoder.to(torch.bfloat16)
    elif precision == "bf16":
        model.lowered = True
        for module in model.encoder.modules():
            if isinstance(module, nn.Linear):
                module.to(torch.bfloat16)
    return model
