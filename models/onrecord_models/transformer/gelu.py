"""GELU in pieces of few sizes: oneDNN makes code for every shape that it is given, and keeps it."""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

_LEAST: Final = 6
_MOST: Final = 16
"""Pieces have two to the power of so many values, at least and at most; vectors have multiples of the least."""


def gelu(values: Tensor) -> Tensor:
    """The same as torch's, to the bit: what it does to a value does not depend on the others."""
    if torch.is_grad_enabled() or not values.is_cpu or not values.numel():
        return functional.gelu(values)
    flat = values.flatten()
    whole, rest = divmod(len(flat), 1 << _MOST)
    sizes = [1 << _MOST] * whole + [1 << power for power in reversed(range(_LEAST, _MOST)) if rest >> power & 1]
    sizes += [odd] if (odd := rest % (1 << _LEAST)) else []
    return torch.cat([functional.gelu(piece) for piece in flat.split(sizes)]).view_as(values)


class Gelu(nn.Module):
    """The same as a module."""

    def forward(self, values: Tensor) -> Tensor:
        return gelu(values)
