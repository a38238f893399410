"""Low-rank adapters: what `base` learned, small enough for the repository, over an encoder left as published.

To every linear map of the encoder's layers a trained product of two thin matrices is added (Hu et al., ICLR 2022). For
running, the products are merged into the weights, so that it takes no longer than with the encoder alone. Kept by hand
on purpose, in place of ``peft``: it is forty lines, and nothing else of that library is needed.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

SCALE = 2.0
"""The factor of the low-rank product."""


class AdaptedLinear(nn.Module):
    """A frozen linear map plus ``SCALE`` times a trained map of lower rank; computes in the frozen map's precision."""

    def __init__(self, linear: nn.Linear, rank: int) -> None:
        super().__init__()
        self.linear = linear.requires_grad_(False)
        self.down = nn.Parameter(torch.empty(rank, linear.in_features))
        self.up = nn.Parameter(torch.zeros(linear.out_features, rank))
        nn.init.normal_(self.down, std=linear.in_features**-0.5)

    def forward(self, inputs: Tensor) -> Tensor:
        """Maps (…, in features) to (…, out features)."""
        inputs = inputs.to(self.linear.weight.dtype)
        narrow = nn.functional.linear(inputs, self.down.to(inputs.dtype) * SCALE)
        mapped: Tensor = self.linear(inputs)
        return mapped + nn.functional.linear(narrow, self.up.to(inputs.dtype))


def adapt(encoder: Any, rank: int) -> None:
    """Freezes the encoder and puts an adapter on every linear map of its layers."""
    encoder.requires_grad_(False)
    for module in list(encoder.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, nn.Linear) and not isinstance(module, AdaptedLinear):
                setattr(module, name, AdaptedLinear(child, rank))


def merge(encoder: Any) -> None:
    """Undoes `adapt`, with what the adapters learned added into the weights."""
    for module in list(encoder.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, AdaptedLinear):
                with torch.no_grad():
                    child.linear.weight += (child.up @ child.down * SCALE).to(child.linear.weight.dtype)
                setattr(module, name, child.linear)


def adapted_names(encoder: Any, state: dict[str, Tensor]) -> dict[str, Tensor]:
    """The weights of a plain encoder under the names that they have in this adapted one."""
    inside = {name for name, module in encoder.named_modules() if isinstance(module, AdaptedLinear)}
    named = ((*name.rpartition("."), tensor) for name, tensor in state.items())
    return {(f"{owner}.linear.{own}" if owner in inside else f"{owner}{dot}{own}"): t for owner, dot, own, t in named}
