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


def merge(encoder: Any, precision: torch.dtype = torch.float32) -> None:
    """Undoes `adapt`, with what the adapters learned added into the weights.

    All weights are then of ``precision``, and none of them lies in a file that is mapped into memory. One after the
    other is merged, so that there are never two of all.
    """
    merged: set[nn.Parameter] = set()
    for module in list(encoder.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, AdaptedLinear):
                child.linear.weight = nn.Parameter(_sum(child).to(precision), requires_grad=False)
                setattr(module, name, child.linear)
                merged.add(child.linear.weight)
    for parameter in encoder.parameters():
        if merged and parameter not in merged:
            parameter.data = parameter.data.to(precision, copy=True)


def merged_state(part: nn.Module) -> dict[str, Tensor]:
    """The weights of a part of an encoder as they are after `merge`, which they need not be."""
    state: dict[str, Tensor] = part.state_dict()
    for name, module in part.named_modules():
        if isinstance(module, AdaptedLinear):
            for own in module.state_dict():
                del state[f"{name}.{own}"]
            state |= {f"{name}.weight": _sum(module), f"{name}.bias": module.linear.bias}
    return state


def _sum(adapted: AdaptedLinear) -> Tensor:
    """The weight of a frozen map and of what was learned."""
    weight, up, down = (each.detach().float() for each in (adapted.linear.weight, adapted.up, adapted.down))
    return weight + up @ down * SCALE


def adapted_names(encoder: Any, state: dict[str, Tensor]) -> dict[str, Tensor]:
    """The weights of a plain encoder under the names that they have in this adapted one."""
    inside = {name for name, module in encoder.named_modules() if isinstance(module, AdaptedLinear)}
    named = ((*name.rpartition("."), tensor) for name, tensor in state.items())
    return {(f"{owner}.linear.{own}" if owner in inside else f"{owner}{dot}{own}"): t for owner, dot, own, t in named}
