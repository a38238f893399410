"""The quote model's losses, against what annotators labelled and against soft labels."""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn

from onrecord_models.quote_model import PairScores, QuoteModel, Reading
from onrecord_training.loop.devices import native_precision
from onrecord_training.quotes.batches import Batch, collate, collate_soft_labels
from onrecord_training.quotes.examples import IGNORED, Example, SoftLabels

LOSSES: Final = ("cue", "owner", "source", "switch", "name", "act")
_FALSE_CUES: Final = 4
"""The most false cues of a window that are offered in training."""

_SWITCH_WEIGHT: Final = 3.0


def quote_losses(model: QuoteModel, examples: list[Example], masking: float, mask: int, teacher_share: float) -> Tensor:
    """(6,): the losses of a batch, in the order of ``LOSSES``; 0 where nothing says what is right.

    ``examples`` are of one kind: with names, with labelled statements, with those and soft labels, or with soft labels
    alone. ``masking`` is the share of tokens shown as ``mask``; ``teacher_share`` is the weight of soft labels, the
    rest that of labels.
    """
    device = model.device
    collated = collate(examples)
    hidden = torch.rand(collated.input_ids.shape) < masking  # on the processor, so that a GPU hides the same tokens
    batch = collated.to(device)
    shown = batch.input_ids.masked_fill(hidden.to(device), mask)
    with native_precision(device.type):
        reading = model(shown, batch.attention_mask, batch.cases, batch.quotations)
    if examples[0].names is not None:
        parts = torch.zeros(len(LOSSES), device=device)
        parts[LOSSES.index("name")] = _cross_entropy(reading.names, batch.names)
        return parts
    soft_labels = [example.soft for example in examples if example.soft]
    offered = batch
    if not soft_labels:
        # Cues that the model finds and annotators did not are offered too, so that they learn to own nothing.
        logits = reading.cues.detach().cpu()
        found = [example.unannotated(row[: len(example)]) for example, row in zip(examples, logits, strict=True)]
        pairs = zip(examples, found, strict=True)
        offered = collate([example.with_unannotated(cues[:_FALSE_CUES]) for example, cues in pairs]).to(device)
    padding = offered.attention_mask == 0
    with native_precision(device.type):
        scores = model.score_pairs(reading.hidden, padding, offered.paragraphs, offered.cues, offered.present)
    labelled = _label_losses(reading, scores, offered)
    if not soft_labels:
        return labelled
    soft = _soft_label_losses(reading, scores, collate_soft_labels(soft_labels).to(device), offered)
    return torch.lerp(labelled, soft, teacher_share) if examples[0].labelled else soft


def soft_cross_entropy(logits: Tensor, soft: Tensor, where: Tensor) -> Tensor:
    """Mean cross-entropy against the probabilities of ``soft``, over the rows where ``where`` is true, or 0.

    Shapes: ``logits`` and ``soft`` (…, choices), -inf for what cannot be chosen; ``where`` (…).
    """
    if not where.any():
        return torch.zeros((), device=logits.device)
    wanted = soft[where].softmax(-1)
    learned = logits[where].float().log_softmax(-1).masked_fill(wanted == 0, 0.0)
    return -(wanted * learned).sum(-1).mean()


def _label_losses(reading: Reading, scores: PairScores, batch: Batch) -> Tensor:
    zero = torch.zeros((), device=batch.owners.device)
    source = zero
    annotated = batch.present & (batch.sources[..., 0] >= 0)
    if annotated.any():
        target = batch.sources[annotated]
        source = 0.5 * (
            nn.functional.cross_entropy(scores.starts[annotated], target[:, 0])
            + nn.functional.cross_entropy(scores.ends[annotated], target[:, 1])
        )
    return torch.stack(
        [
            _cross_entropy(reading.cues, batch.cue_labels),
            _cross_entropy(scores.owners, batch.owners),
            source,
            _switch_loss(reading.switches, batch),
            zero,
            zero if scores.acts is None else _cross_entropy(scores.acts, batch.acts),
        ]
    )


def _soft_label_losses(reading: Reading, scores: PairScores, soft: SoftLabels, batch: Batch) -> Tensor:
    there = batch.attention_mask > 0
    follow = there[:, 1:]
    switches = nn.functional.binary_cross_entropy_with_logits(
        reading.switches[:, 1:].float()[follow], soft.switches[:, 1:].sigmoid()[follow]
    )
    starts = soft_cross_entropy(scores.starts, soft.starts, batch.present)
    ends = soft_cross_entropy(scores.ends, soft.ends, batch.present)
    return torch.stack(
        [
            soft_cross_entropy(reading.cues, soft.cues, there),
            soft_cross_entropy(scores.owners, soft.owners, there),
            0.5 * (starts + ends),
            switches * _SWITCH_WEIGHT,
            soft_cross_entropy(reading.names, soft.names, there),
            torch.zeros((), device=there.device)
            if scores.acts is None
            else soft_cross_entropy(scores.acts, soft.acts, batch.present & soft.acts.isfinite().all(-1)),
        ]
    )


def _cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    if not (labels != IGNORED).any():
        return torch.zeros((), device=logits.device)
    return nn.functional.cross_entropy(logits.flatten(0, 1).float(), labels.flatten(), ignore_index=IGNORED)


def _switch_loss(logits: Tensor, batch: Batch) -> Tensor:
    labelled = (batch.owners[:, 1:] != IGNORED) & (batch.owners[:, :-1] != IGNORED)
    if not labelled.any():
        return torch.zeros((), device=logits.device)
    target = (batch.owners[:, 1:] != batch.owners[:, :-1]).float()
    wrong = nn.functional.binary_cross_entropy_with_logits(logits[:, 1:].float()[labelled], target[labelled])
    return wrong * _SWITCH_WEIGHT
