"""The optimiser of every training: AdamW, with lower layers of the encoder learning more slowly."""

from __future__ import annotations

import torch
from torch import nn

from onrecord_models.encoder import EncoderModel


def depth_of(name: str) -> int:
    """How many layers end where this parameter of an encoder is used: 0 for embeddings and what all layers share."""
    parts = name.split(".")
    return int(parts[parts.index("layer") + 1]) + 1 if "layer" in parts else 0


def freeze_below(model: EncoderModel, layers: int, inputs: tuple[str, ...] = ()) -> None:
    """Keeps the encoder as it is, except for its ``layers`` upper layers, and the modules ``inputs`` that feed it.

    What was trained on the states below those layers then stays as good as it was.
    """
    last_kept = model.encoder.config.num_hidden_layers - layers
    for name, parameter in model.named_parameters():
        part = name.partition(".")[0]
        if part in inputs or (part == "encoder" and depth_of(name) <= last_kept):
            parameter.requires_grad_(False)


def build_optimizer(
    model: EncoderModel,
    *,
    learning_rate: float,
    head_learning_rate: float,
    weight_decay: float,
    layer_decay: float = 1.0,
) -> torch.optim.AdamW:
    """AdamW over what is trained in ``model``; ``peak`` of a parameter group is its highest learning rate.

    The encoder's last layer gets ``learning_rate``, each layer below ``layer_decay`` times that of the one above it,
    and everything outside the encoder ``head_learning_rate``.
    """
    layers = model.encoder.config.num_hidden_layers
    groups: dict[float, list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        peak = head_learning_rate
        if name.startswith("encoder."):
            peak = learning_rate * layer_decay ** (layers - depth_of(name))
        groups.setdefault(peak, []).append(parameter)
    return torch.optim.AdamW(
        [
            {"params": parameters, "peak": peak, "lr": 0.0, "weight_decay": weight_decay}
            for peak, parameters in groups.items()
        ],
        betas=(0.9, 0.98),
    )
