"""Windows and their labels as tensors, for training the quote model."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from onrecord.document import Span, Spans, Statement
from onrecord.text.windows import Window
from onrecord_models.decoding import find_cues
from onrecord_models.windows import TokenFeatures

IGNORED = -100

UNKNOWN = (-1, -1)
"""The source of a cue that nobody annotated."""

_UNSURE = 0.2
"""Probability from which a cue that nobody annotated is worth offering."""


@dataclass(frozen=True, slots=True)
class SoftLabels:
    """A teacher's logits for one window; see ``models.training.distillation``.

    Shapes: ``cues`` (tokens, 3), ``names`` (tokens, ``len(NAME_LABELS)``), ``switches`` (tokens), ``owners`` (tokens,
    1 + cues), ``starts`` and ``ends`` (cues, tokens), as in ``models.quote model``, for the cues of the example.
    """

    cues: Tensor
    names: Tensor
    switches: Tensor
    owners: Tensor
    starts: Tensor
    ends: Tensor


@dataclass(frozen=True, slots=True)
class Example:
    """A window with its labels, one a token.

    ``owners`` is 0 or 1 + the index of the cue whose content the token is. ``sources`` has the first and the last
    token of each cue's source, (0, 0) for none, `UNKNOWN` for cues that are offered though nobody annotated them.
    Windows of a names corpus have ``names``, those of annotated articles the rest, and those of articles without
    labels a ``soft labels`` alone.
    """

    window: TokenFeatures
    cues: list[tuple[int, int]]
    owners: list[int]
    sources: list[tuple[int, int]]
    names: list[int] | None = None
    soft: SoftLabels | None = None

    def __len__(self) -> int:
        return len(self.window.input_ids)

    @property
    def labelled(self) -> bool:
        """Whether statements are labelled, be it that there are none."""
        return bool(self.owners)

    def unannotated(self, logits: Tensor) -> list[tuple[int, int]]:
        """The cues seen in ``logits`` (tokens, 3) beside those of the example, surest first."""
        found = sorted(find_cues(logits, _UNSURE), key=lambda cue: -cue.score)
        return [c.tokens for c in found if all(c.tokens[1] <= start or end <= c.tokens[0] for start, end in self.cues)]

    def offering(self, cues: list[tuple[int, int]]) -> Example:
        """The same with these cues, which nobody annotated and which own nothing, among its own."""
        if not cues:
            return self
        known = zip(self.cues, self.sources, range(1, len(self.cues) + 1), strict=True)
        order = sorted([*known, *((cue, UNKNOWN, 0) for cue in cues)])
        renumbered = {old: new for new, (_, _, old) in enumerate(order, 1) if old}
        return replace(
            self,
            cues=[cue for cue, _, _ in order],
            owners=[renumbered.get(owner, 0) for owner in self.owners],
            sources=[source for _, source, _ in order],
        )


def statement_example(window: Window, statements: tuple[Statement, ...]) -> Example:
    """Labels of the statements whose cue lies in ``window``; a source or content outside of it is lost."""
    found: list[tuple[tuple[int, int], Statement]] = []
    for statement in statements:
        tokens = _tokens(window.spans, statement.cue.spans[:1]) if statement.cue else []
        if tokens:
            found.append(((tokens[0], tokens[-1] + 1), statement))
    found.sort(key=lambda pair: pair[0])
    cues: list[tuple[int, int]] = []
    sources: list[tuple[int, int]] = []
    owners = [0] * len(window.spans)
    for cue, statement in found:
        if cues and cue[0] < cues[-1][1]:
            continue
        cues.append(cue)
        source = _tokens(window.spans, statement.source.spans[:1]) if statement.source else []
        sources.append((source[0], source[-1]) if source else (0, 0))
        for piece in statement.content:
            tokens = _tokens(window.spans, (piece,))
            # From the first to the last, so that a separator inside a piece belongs to it.
            for token in range(tokens[0], tokens[-1] + 1) if tokens else ():
                owners[token] = owners[token] or len(cues)
    return Example(window, cues, owners, sources)


def _tokens(spans: list[Span], wanted: Spans) -> list[int]:
    return [i for i, span in enumerate(spans) if span.end > span.start and any(span.overlaps(want) for want in wanted)]


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded tensors, (batch, tokens) each but ``cues`` and ``sources`` (batch, cues, 2), ``present`` (batch, cues)."""

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


def collate(examples: list[Example]) -> Batch:
    """One batch; labels that an example lacks, and padding, are ``IGNORED``."""
    width = max(len(example) for example in examples)
    most = max([1, *(len(example.cues) for example in examples)])

    def pad(rows: list[list[int]], value: int) -> Tensor:
        return torch.tensor([row + [value] * (width - len(row)) for row in rows])

    cues = torch.zeros(len(examples), most, 2, dtype=torch.long)
    sources = torch.zeros(len(examples), most, 2, dtype=torch.long)
    present = torch.zeros(len(examples), most, dtype=torch.bool)
    for row, example in enumerate(examples):
        for column, (cue, source) in enumerate(zip(example.cues, example.sources, strict=True)):
            cues[row, column] = torch.tensor(cue)
            sources[row, column] = torch.tensor(source)
            present[row, column] = True
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
    )


def collate_soft_labels(soft_labels: list[SoftLabels]) -> SoftLabels:
    """The soft labels of a batch as one, with a first dimension for its windows; -inf for what a window has not."""
    width = max(len(soft.switches) for soft in soft_labels)
    most = max([1, *(len(soft.starts) for soft in soft_labels)])

    def pad(rows: list[Tensor], *shape: int) -> Tensor:
        padded = torch.full((len(rows), *shape), float("-inf"))
        for row, tensor in zip(padded, rows, strict=True):
            row[tuple(slice(size) for size in tensor.shape)] = tensor
        return padded

    return SoftLabels(
        cues=pad([one.cues for one in soft_labels], width, soft_labels[0].cues.shape[1]),
        names=pad([one.names for one in soft_labels], width, soft_labels[0].names.shape[1]),
        switches=pad([one.switches for one in soft_labels], width),
        owners=pad([one.owners for one in soft_labels], width, 1 + most),
        starts=pad([one.starts for one in soft_labels], most, width),
        ends=pad([one.ends for one in soft_labels], most, width),
    )


def _cue_labels(example: Example) -> list[int]:
    labels = [0] * len(example)
    for (start, end), source in zip(example.cues, example.sources, strict=True):
        if source != UNKNOWN:
            labels[start:end] = [1] + [2] * (end - start - 1)
    return labels


def batches(examples: list[Example], tokens: int, generator: random.Random) -> Iterator[list[Example]]:
    """Shuffled batches of at most ``tokens`` tokens, padding included, of windows of like length."""
    order = sorted(examples, key=lambda example: len(example) + generator.uniform(0, 12))
    groups: list[list[Example]] = [[]]
    for example in order:
        group = groups[-1]
        if group and (len(group) + 1) * max(len(e) for e in [example, *group]) > tokens:
            groups.append(group := [])
        group.append(example)
    generator.shuffle(groups)
    yield from (group for group in groups if group)
