"""Runs a quote model over windows: batches by length, two passes of heads, decoding."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from itertools import groupby
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn.functional import linear

from onrecord_models.decoding import (
    CueRange,
    WindowReading,
    calibrate,
    decode_statements,
    find_cues,
    find_names,
    find_roles,
)
from onrecord_models.encoder import ready
from onrecord_models.errors import SettingsError
from onrecord_models.quote_model import QuoteModel, Reading
from onrecord_models.transformer.int8 import is_supported
from onrecord_models.windows import TokenFeatures

_PROCESSOR_TOKENS: Final = 1024
_MOST_TOKENS: Final = 32_768


@dataclass(frozen=True, slots=True)
class Decoding:
    """The settings of ``QuoteModelConfig`` that turn scores into statements."""

    cue_threshold: float
    switch_weight: float
    confidence: tuple[float, float] = (1.0, 0.0)


@dataclass(frozen=True, slots=True)
class EncodedBatch:
    """The outputs of the encoder and the token heads for some windows; every way of decoding them begins here.

    ``indices`` are the windows' places among those that were encoded, ``lengths`` their tokens. Shapes: ``padding`` and
    ``paragraphs`` (batch, tokens); ``lower``, by a number of upper layers, (batch, tokens, hidden size), what they were
    given.
    """

    indices: list[int]
    lengths: list[int]
    reading: Reading
    padding: Tensor
    paragraphs: Tensor
    lower: dict[int, Tensor] = field(default_factory=dict)


class QuoteModelRunner:
    """A quote model that is ready to read in ``bf16``, ``fp32`` or ``int8``; results differ in the last places.

    With ``upper`` layers, each `WindowReading` has the states that go into that many upper layers of the encoder, for a
    coreference model that goes on from there.
    """

    def __init__(self, model: QuoteModel, device: str = "cpu", precision: str = "fp32", upper: int = 0) -> None:
        self.model = ready(model, device, precision)
        self.device = device
        self.upper = upper
        self.stance_upper = upper
        self._lower: dict[int, Tensor] = {}
        self._keep_states(upper)

    def keep_for_stance(self, upper: int) -> None:
        """From now on, keeps also the states that go into so many upper layers, for a stance model."""
        if upper not in {self.upper, self.stance_upper}:
            self._keep_states(upper)
        self.stance_upper = upper

    def _keep_states(self, upper: int) -> None:
        if upper:
            self.model.encoder.encoder.layer[-upper].register_forward_pre_hook(partial(self._keep, upper))

    def _keep(self, layers: int, _: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        self._lower[layers] = inputs[0]

    @property
    def window_size(self) -> int:
        """Tokens of a window at most, as in training."""
        return int(self.model.config.window_size)

    @property
    def decoding(self) -> Decoding:
        """The settings of decoding that the model was packed with."""
        config = self.model.config
        return Decoding(config.cue_threshold, config.switch_weight, tuple(config.confidence))

    def read(self, windows: Sequence[TokenFeatures]) -> list[WindowReading]:
        """What each window holds, in the given order. Batches depend on nothing but ``windows``."""
        return self.decode(self.encode(windows), self.decoding)

    @torch.inference_mode()
    def encode(self, windows: Sequence[TokenFeatures]) -> Iterator[EncodedBatch]:
        """The windows' batches, encoded one after the other as they are asked for."""
        for indices in batches([len(window.input_ids) for window in windows], self.device):
            yield self._encode(indices, [windows[index] for index in indices])

    @torch.inference_mode()
    def decode(self, encoded: Iterable[EncodedBatch], decoding: Decoding) -> list[WindowReading]:
        """What each window holds, in the order in which the windows were given to `encode`."""
        readings: dict[int, WindowReading] = {}
        for batch in encoded:
            readings.update(zip(batch.indices, self._decode(batch, decoding), strict=True))
        return [readings[index] for index in range(len(readings))]

    def _encode(self, indices: list[int], windows: list[TokenFeatures]) -> EncodedBatch:
        input_ids = pad([window.input_ids for window in windows], self.device)
        mask = pad([[1] * len(window.input_ids) for window in windows], self.device)
        cases = pad([window.cases for window in windows], self.device)
        quotations = pad([window.quotations for window in windows], self.device)
        paragraphs = pad([window.paragraphs for window in windows], self.device)
        reading: Reading = self.model(input_ids, mask, cases, quotations)
        lengths = [len(window.input_ids) for window in windows]
        return EncodedBatch(indices, lengths, reading, mask == 0, paragraphs, dict(self._lower))

    def _decode(self, batch: EncodedBatch, decoding: Decoding) -> list[WindowReading]:
        reading, lengths = batch.reading, batch.lengths
        cue_logits, names = reading.cues.float().cpu(), reading.names.float().cpu()
        switches = reading.switches.float().cpu()
        roles = None if reading.roles is None else reading.roles.float().cpu()
        threshold = decoding.cue_threshold
        cues = [find_cues(logits[:length], threshold) for logits, length in zip(cue_logits, lengths, strict=True)]
        ranges, present = self._cue_tensors(cues)
        scores = self.model.score_pairs(reading.hidden, batch.padding, batch.paragraphs, ranges, present)
        owners, starts, ends = scores.owners.float().cpu(), scores.starts.float().cpu(), scores.ends.float().cpu()
        acts = None if scores.acts is None else scores.acts.cpu()
        found: list[WindowReading] = []
        for row, length in enumerate(lengths):
            count = len(cues[row])
            statements = decode_statements(
                cues[row],
                owners[row, :length, : 1 + count],
                starts[row, :count, :length],
                ends[row, :count, :length],
                switches[row, :length],
                decoding.switch_weight,
                None if acts is None else acts[row, :count],
            )
            calibrated = [replace(each, score=calibrate(each.score, *decoding.confidence)) for each in statements]
            kept = {upper: lower[row, :length].to(torch.bfloat16, copy=True) for upper, lower in batch.lower.items()}
            own, deeper = kept.get(self.upper), kept.get(self.stance_upper)
            other = None if self.stance_upper == self.upper else deeper
            told = [] if roles is None else find_roles(roles[row, :length])
            found.append(WindowReading(find_names(names[row, :length]), calibrated, told, own, other))
        return found

    def _cue_tensors(self, cues: list[list[CueRange]]) -> tuple[Tensor, Tensor]:
        most = max([1, *(len(row) for row in cues)])
        ranges = torch.zeros(len(cues), most, 2, dtype=torch.long)
        present = torch.zeros(len(cues), most, dtype=torch.bool)
        for row, found in enumerate(cues):
            for column, cue in enumerate(found):
                ranges[row, column] = torch.tensor(cue.tokens)
                present[row, column] = True
        return moved(ranges, self.device), moved(present, self.device)


class LowerReader:
    """The lower layers of a quote model alone, to train a stance model that goes on from them.

    Its readings have the states and nothing else.
    """

    def __init__(self, model: QuoteModel, upper: int, device: str = "cpu", precision: str = "fp32") -> None:
        """Takes the ``upper`` upper layers off ``model``."""
        layers = model.encoder.encoder.layer
        del layers[len(layers) - upper :]
        self._runner = QuoteModelRunner(model, device, precision)

    @property
    def window_size(self) -> int:
        """Tokens of a window at most, as in training."""
        return self._runner.window_size

    def read(self, windows: Sequence[TokenFeatures]) -> list[WindowReading]:
        """The states of each window, in the given order."""
        found: dict[int, WindowReading] = {}
        for batch in self._runner.encode(windows):
            for row, (index, length) in enumerate(zip(batch.indices, batch.lengths, strict=True)):
                states = batch.reading.hidden[row, :length].to(torch.bfloat16, copy=True)
                found[index] = WindowReading([], [], states=states)
        return [found[index] for index in range(len(windows))]


@cache
def batch_tokens(device: str) -> int:
    """Tokens of a batch, padding included.

    On a CPU, more than a thousand are not faster and waste more on padding. A GPU needs many: a thousand for each GiB
    that it has, since a token needs up to an eighth of a MiB where there is a cue in every sentence.
    """
    if not device.startswith("cuda"):
        return _PROCESSOR_TOKENS
    gibibytes = torch.cuda.get_device_properties(torch.device(device)).total_memory >> 30
    return min(max(gibibytes, 1) * 1024, _MOST_TOKENS)


def moved(tensor: Tensor, device: str) -> Tensor:
    """A tensor on its device; on the way to a GPU through pinned memory, so that the program goes on meanwhile."""
    return tensor.pin_memory().to(device, non_blocking=True) if device.startswith("cuda") else tensor.to(device)


WIDTHS: Final = 16
"""Batches are this many tokens wide, or a multiple: oneDNN keeps code and buffers for every shape that it has seen."""


def batches(lengths: Sequence[int], device: str) -> Iterator[list[int]]:
    """Indices of what goes through an encoder together, by its ``lengths`` in tokens, longest first.

    All of a batch are padded to the same width, whatever else there is to read: in half precision, a text would
    otherwise be read differently alone than among others.
    """
    room = batch_tokens(device)
    order = sorted(range(len(lengths)), key=lambda index: (-lengths[index], index))
    for width, group in groupby(order, key=lambda index: padded_width(lengths[index])):
        alike, rows = list(group), max(1, room // width)
        yield from (alike[start : start + rows] for start in range(0, len(alike), rows))


def padded_width(length: int) -> int:
    """Tokens, padding included, that so many are read with."""
    return math.ceil(length / WIDTHS) * WIDTHS


def pad(rows: Sequence[list[int]], device: str) -> Tensor:
    """(rows, longest, rounded up): the rows with zeros at their ends."""
    width = padded_width(max(len(row) for row in rows))
    return moved(torch.tensor([row + [0] * (width - len(row)) for row in rows]), device)


def choose_device(wanted: str) -> str:
    """``auto`` as ``cuda`` where there is one, else ``cpu``; anything else as it is.

    Raises:
        SettingsError: there is no such device.
    """
    available = torch.cuda.is_available()
    if wanted == "auto":
        return "cuda" if available else "cpu"
    if not re.fullmatch(r"cpu|cuda(:\d+)?", wanted):
        raise SettingsError(f"no device {wanted!r}; expected auto, cpu, cuda or cuda:NUMBER")
    if wanted != "cpu" and not available:
        raise SettingsError("torch finds no GPU; use --device cpu, or install a CUDA build of torch")
    return wanted


def choose_precision(device: str) -> str:
    """The fastest that finds the same: bf16 where the hardware multiplies it natively, else fp32.

    Emulated bf16 is slower than fp32. int8 is never chosen, since it changes more of what is found.
    """
    return "fp32" if lacking("bf16", device) else "bf16"


def lacking(precision: str, device: str) -> str | None:
    """What is missing for ``precision`` to be faster than fp32 on ``device``; None if nothing is."""
    if precision == "int8":
        return None if device == "cpu" and is_supported() else "needs an x86 processor with AVX2"
    if precision != "bf16":
        return None
    if device.startswith("cuda"):
        return None if torch.cuda.is_bf16_supported() else "needs a GPU that multiplies in bf16"
    abilities = torch.cpu.get_capabilities()
    native = abilities.get("avx512_bf16") or abilities.get("amx_bf16")
    return (
        None
        if native and _multiplies_faster_in_bf16()
        else "needs a processor that multiplies in bf16 (AVX512-BF16 or AMX)"
    )


@cache
def _multiplies_faster_in_bf16() -> bool:
    """Whether oneDNN does what the processor can: `ONEDNN_MAX_CPU_ISA` may hold it to older instructions.

    It says itself if those have no bf16 at all; whether it would emulate bf16 takes a measurement. Native bf16 needs
    under half of fp32's time, emulated bf16 twice as long: noise between does not change the answer.
    """
    if not torch.ops.mkldnn._is_mkldnn_bf16_supported():
        return False
    kinds = (torch.float32, torch.bfloat16)
    operands = [(torch.ones(128, 384, dtype=kind), torch.ones(1536, 384, dtype=kind)) for kind in kinds]
    fastest = [math.inf, math.inf]
    with torch.inference_mode():
        for _ in range(8):  # the first one prepares the kernels
            for index, (rows, weights) in enumerate(operands):
                started = time.perf_counter()
                linear(rows, weights)
                fastest[index] = min(fastest[index], time.perf_counter() - started)
    return fastest[1] < fastest[0]


def use_threads(threads: int | None) -> None:
    """Lets torch use this many processor threads; None leaves torch's own choice."""
    if threads is not None:
        torch.set_num_threads(threads)
