"""Examples of the quote model as padded tensors."""

from __future__ import annotations

from dataclasses import dataclass, fields

import torch
from torch import Tensor

from onrecord_training.quotes.examples import IGNORED, UNKNOWN, Example, SoftLabels


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded tensors, (batch, tokens) each but ``cues`` and ``sources`` (batch, cues, 2), ``present`` and ``acts``
    (batch, cues).
    """

    input_ids: Tensor
    attention_mask: Tensor
    cases: Tensor
    quotations: Tensor
    paragraphs: Tensor
    cue_labels: Tensor
    owners: Tensor
    names: Tensor
    cues: Tensor
    sources: Tensor
    present: Tensor
    acts: Tensor

    def to(self, device: torch.device) -> Batch:
        """The same on another device."""
        return Batch(**{each.name: getattr(self, each.name).to(device) for each in fields(self)})


def collate(examples: list[Example]) -> Batch:
    """One batch; labels that an example lacks, and padding, are ``IGNORED``."""
    width = max(len(example) for example in examples)
    most = max([1, *(len(example.cues) for example in examples)])

    def pad(rows: list[list[int]], value: int) -> Tensor:
        return torch.tensor([row + [value] * (width - len(row)) for row in rows])

    cues = torch.zeros(len(examples), most, 2, dtype=torch.long)
    sources = torch.zeros(len(examples), most, 2, dtype=torch.long)
    present = torch.zeros(len(examples), most, dtype=torch.bool)
    acts = torch.full((len(examples), most), IGNORED)
    for row, example in enumerate(examples):
        for column, (cue, source) in enumerate(zip(example.cues, example.sources, strict=True)):
            cues[row, column] = torch.tensor(cue)
            sources[row, column] = torch.tensor(source)
            present[row, column] = True
        acts[row, : len(example.acts)] = torch.tensor(example.acts, dtype=torch.long)
    unlabelled = [[IGNORED] * len(example) for example in examples]
    windows = [example.window for example in examples]
    return Batch(
        input_ids=pad([window.input_ids for window in windows], 0),
        attention_mask=pad([[1] * len(example) for example in examples], 0),
        cases=pad([window.cases for window in windows], 0),
        quotations=pad([window.quotations for window in windows], 0),
        paragraphs=pad([window.paragraphs for window in windows], 0),
        cue_labels=pad(
            [_cue_labels(e) if e.labelled else u for e, u in zip(examples, unlabelled, strict=True)], IGNORED
        ),
        owners=pad([e.owners or u for e, u in zip(examples, unlabelled, strict=True)], IGNORED),
        names=pad([e.names or u for e, u in zip(examples, unlabelled, strict=True)], IGNORED),
        cues=cues,
        sources=sources,
        present=present,
        acts=acts,
    )


def collate_soft_labels(soft_labels: list[SoftLabels]) -> SoftLabels:
    """The soft labels of a batch as one, with a first dimension for its windows, filled up with -inf."""
    width = max(len(soft.switches) for soft in soft_labels)
    most = max([1, *(len(soft.starts) for soft in soft_labels)])

    def pad(rows: list[Tensor], *shape: int) -> Tensor:
        padded = torch.full((len(rows), *shape), float("-inf"))
        for row, tensor in zip(padded, rows, strict=True):
            row[tuple(slice(size) for size in tensor.shape)] = tensor
        return padded

    return SoftLabels(
        cues=pad([soft.cues for soft in soft_labels], width, soft_labels[0].cues.shape[1]),
        names=pad([soft.names for soft in soft_labels], width, soft_labels[0].names.shape[1]),
        switches=pad([soft.switches for soft in soft_labels], width),
        owners=pad([soft.owners for soft in soft_labels], width, 1 + most),
        starts=pad([soft.starts for soft in soft_labels], most, width),
        ends=pad([soft.ends for soft in soft_labels], most, width),
        acts=pad([soft.acts for soft in soft_labels], most, soft_labels[0].acts.shape[1]),
    )


def _cue_labels(example: Example) -> list[int]:
    labels = [IGNORED if owner == IGNORED else 0 for owner in example.owners]
    for (start, end), source in zip(example.cues, example.sources, strict=True):
        if source != UNKNOWN:
            labels[start:end] = [1] + [2] * (end - start - 1)
    return labels
