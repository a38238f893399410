"""Layers as they are run, not trained: a block of rows at a time, so that memory does not grow with what is read.

oneDNN makes code for every number of rows that a map is given, and keeps half a megabyte with each. Batches have all
multiples of sixteen rows up to a thousand and more; blocks have few, and stay in the processor's cache on the way
through the perceptron.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.nn.functional import layer_norm, linear

from onrecord_models.transformer.layers import Layer, Transformer

_BLOCK: Final = 256
"""Rows of a block, a multiple of the widths of batches. Half of it is slower, twice of it needs twice the memory."""

RowMap = Callable[[Tensor], Tensor]
"""(rows, out features) of (rows, in features)."""


class RunningLayer:
    """Computes what its layer does, with the linear maps that ``make`` gives for weights and biases."""

    def __init__(self, layer: Layer, make: Callable[[Tensor, Tensor], RowMap]) -> None:
        query, key, value, output, norm = layer.attention.maps()
        inner, outer = layer.intermediate.dense, layer.output.dense
        self._three = make(*_joined(query, key, value))
        self._output, self._inner, self._outer = (make(each.weight, each.bias) for each in (output, inner, outer))
        self._norms = norm, layer.output.LayerNorm
        self._mixing = layer.mixing

    def __call__(self, states: Tensor, bias: Tensor) -> Tensor:
        """States (batch, tokens, hidden size) of the same; ``bias`` goes to the scores of the attention."""
        shape = states.shape
        rows = states.reshape(-1, shape[-1])
        three = torch.cat([self._three(block) for block in rows.split(_BLOCK)])
        query, key, value = three.view(*shape[:-1], 3 * shape[-1]).chunk(3, -1)
        mixed = self._mixing(query, key, value, bias).view_as(rows)
        blocks = zip(mixed.split(_BLOCK), rows.split(_BLOCK), strict=True)
        return torch.cat([self._after_mixing(*both) for both in blocks]).view(shape)

    def _after_mixing(self, mixed: Tensor, rows: Tensor) -> Tensor:
        rows = _normalized(self._output(mixed) + rows, self._norms[0])
        return _normalized(self._outer(torch.ops.aten.gelu_(self._inner(rows))) + rows, self._norms[1])


def run_in_blocks(encoder: Any) -> None:
    """Lets the layers of an encoder that is built here run in blocks from now on, in the precision of its weights."""
    if isinstance(encoder, Transformer):
        for layer in encoder.encoder.layers:
            layer.running = RunningLayer(layer, _map)


def _map(weight: Tensor, bias: Tensor) -> RowMap:
    return lambda rows: linear(rows.to(weight.dtype), weight, bias)


def _joined(*maps: nn.Linear) -> tuple[Tensor, Tensor]:
    """The weights and biases of several maps as of one; the maps keep theirs as parts of it."""
    weight, bias = torch.cat([each.weight for each in maps]), torch.cat([each.bias for each in maps])
    sizes = [each.out_features for each in maps]
    for each, of_weight, of_bias in zip(maps, weight.split(sizes), bias.split(sizes), strict=True):
        each.weight.data, each.bias.data = of_weight.detach(), of_bias.detach()
    return weight.detach(), bias.detach()


def _normalized(rows: Tensor, norm: nn.LayerNorm) -> Tensor:
    return layer_norm(rows, norm.normalized_shape, norm.weight, norm.bias, norm.eps)
