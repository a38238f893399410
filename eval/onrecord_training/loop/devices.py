"""Where a training computes, and in which precision: a processor, or a GPU."""

from __future__ import annotations

import torch
from torch import nn

from onrecord_models.encoder import EncoderModel
from onrecord_models.inference import choose_device, choose_precision


def begin(device: str, threads: int, seed: int) -> str:
    """Sets torch's threads and seed and returns the device to train on; ``auto`` is a GPU where there is one.

    Raises:
        SettingsError: there is no such device.
    """
    chosen = choose_device(device)
    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    return chosen


def native_precision(device: str) -> torch.autocast:
    """Makes linear maps compute in half precision where ``device`` multiplies it natively; emulated it is slower."""
    kind = device.partition(":")[0]
    return torch.autocast(kind, dtype=torch.bfloat16, enabled=choose_precision(device) == "bf16")


def lower_frozen(encoder: nn.Module, device: str) -> None:
    """Keeps what is not trained in half precision where ``device`` multiplies it natively."""
    if choose_precision(device) == "bf16":
        for parameter in encoder.parameters():
            if not parameter.requires_grad:
                parameter.data = parameter.data.to(torch.bfloat16)


def place(model: EncoderModel, device: str) -> None:
    """Moves ``model`` to the device it is trained on."""
    if device == "cpu":
        # In bf16 on a processor, fused attention takes up to four times as long as the plain one.
        model.encoder.set_attn_implementation("eager")
    model.to(device)
