"""Linear maps in eight bits: where a processor has no half precision, products of bytes are its fastest ones.

A weight is a whole number from -127 to 127 times a factor of its output. The inputs of a token are whole numbers from 0
to 255 between its least and its greatest, so that what a token becomes does not depend on what it is read with. Sums,
norms, GELU and attention are in full precision. oneDNN multiplies, through operators of torch that are meant for its
compiler; torch's own dynamic quantization has one factor for all tokens of a batch, which is further off and lets texts
change each other.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import torch
from torch import Tensor

from onrecord_models.errors import SettingsError
from onrecord_models.transformer.layers import Transformer
from onrecord_models.transformer.running import RunningLayer

_TINY: Final = 1e-6


class Int8Linear:
    """A linear map in eight bits of rows in full precision."""

    def __init__(self, weight: Tensor, bias: Tensor) -> None:
        weight = weight.detach().float()
        self._scales = weight.abs().amax(1).clamp(min=_TINY) / 127
        whole = (weight / self._scales[:, None]).round().to(torch.int8)
        self._zeros = torch.zeros(len(whole), dtype=torch.long)
        self._packed = torch.ops.onednn.qlinear_prepack(whole, None)
        self._sums = (whole.float() * self._scales[:, None]).sum(1)
        self._bias = bias.detach().float()

    def __call__(self, rows: Tensor) -> Tensor:
        """(rows, out features) of (rows, in features)."""
        least = rows.amin(-1, keepdim=True)
        step = (rows.amax(-1, keepdim=True) - least).clamp_(min=_TINY).div_(255)
        whole = torch.addcmul(0.5 - least / step, rows, step.reciprocal()).to(torch.uint8)  # which rounds down
        product: Tensor = torch.ops.onednn.qlinear_pointwise(
            whole, 1.0, 0, self._packed, self._scales, self._zeros, None, 1.0, 0, torch.float32, "none", [], ""
        )
        torch.addcmul(self._bias, product, step, out=product)
        return product.addcmul_(least, self._sums)


def run_in_int8(encoder: Any, device: str) -> None:
    """Lets an encoder's layers compute in eight bits from now on; its weights stay as they are.

    Raises:
        SettingsError: this cannot be done here; the message says what can.
    """
    if not isinstance(encoder, Transformer):
        raise SettingsError("precision int8 is for BERT and MPNet encoders; choose fp32 or bf16")
    if device != "cpu" or not is_supported():
        raise SettingsError("precision int8 is for x86 processors with AVX2; choose auto, bf16 or fp32")
    for layer in encoder.encoder.layers:
        layer.running = RunningLayer(layer, Int8Linear)


@cache
def is_supported() -> bool:
    """Whether torch and this processor multiply bytes."""
    abilities = torch.cpu.get_capabilities()
    if not abilities.get("avx2") or not torch.backends.mkldnn.is_available():
        return False
    try:
        found = Int8Linear(torch.eye(16), torch.zeros(16))(torch.ones(1, 16))
    except (RuntimeError, AttributeError, NotImplementedError):
        return False
    return bool(torch.allclose(found, torch.ones(1, 16), atol=0.1))
