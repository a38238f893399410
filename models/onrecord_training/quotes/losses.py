"""What the quote model's answers cost, beside what annotators labelled and beside what a teacher says."""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn

from onrecord_models.quote_model import PairScores, QuoteModel, Reading
from onrecord_training.loop.initialization import native_precision
from onrecord_training.quotes.batches import IGNORED, Batch, Example, SoftLabels, collate, collate_soft_labels

LOSSES: Final = ("cue", "owner", "source", "switch", "name")
_FALSE_CUES: Final = 4
"""How many false cues a window is offered at most in training."""

_SWITCH_WEIGHT: Final = 3.0


def quote_losses(model: QuoteModel, examples: list[Example], masking: float, mask: int, teacher_share: float) -> Tensor:
    """The five losses of a batch, in the order of ``LOSSES``; 0 where nothing says what is right.

    ``examples`` are of one kind: with names, with labelled statements, with those and soft labels, or with soft labels
    alone. ``masking`` is the share of tokens shown as ``mask``; ``teacher_share`` is what a soft labels counts beside
    labels.
    """
    batch = collate(examples)
    hidden = torch.rand(batch.input_ids.shape) < masking
    with native_precision():
        reading = model(batch.input_ids.masked_fill(hidden, mask), batch.attention_mask, batch.cases, batch.quotations)
    if examples[0].names is not None:
        parts = torch.zeros(len(LOSSES))
        parts[LOSSES.index("name")] = _cross_entropy(reading.names, batch.names)
        return parts
    soft_labels = [example.soft for example in examples if example.soft]
    # Cues that the tagger finds and the annotators did not are offered too, so that they learn to own nothing.
    offered = batch
    if not soft_labels:
        seen = [one.unannotated(row[: len(one)]) for one, row in zip(examples, reading.cues.detach(), strict=True)]
        offered = collate([one.offering(cues[:_FALSE_CUES]) for one, cues in zip(examples, seen, strict=True)])
    padding = offered.attention_mask == 0
    with native_precision():
        scores = model.score_pairs(reading.hidden, padding, offered.paragraphs, offered.cues, offered.present)
    labelled = _labelled_losses(reading, scores, offered)
    if not soft_labels:
        return labelled
    taught = _taught_losses(reading, scores, collate_soft_labels(soft_labels), offered)
    return torch.lerp(labelled, taught, teacher_share) if examples[0].labelled else taught


def disagreement(logits: Tensor, taught: Tensor, where: Tensor) -> Tensor:
    """Mean cross-entropy against the teacher's probabilities, over the rows where ``where`` is true; 0 if it never is.

    Shapes: ``logits`` and ``taught`` (…, choices), -inf for what is no choice; ``where`` (…).
    """
    if not where.any():
        return torch.zeros(())
    wanted = taught[where].softmax(-1)
    learned = logits[where].float().log_softmax(-1).masked_fill(wanted == 0, 0.0)
    return -(wanted * learned).sum(-1).mean()


def _labelled_losses(reading: Reading, scores: PairScores, batch: Batch) -> Tensor:
    source = torch.zeros(())
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
            torch.zeros(()),
        ]
    )


def _taught_losses(reading: Reading, scores: PairScores, taught: SoftLabels, batch: Batch) -> Tensor:
    there = batch.attention_mask > 0
    follow = there[:, 1:]
    switches = nn.functional.binary_cross_entropy_with_logits(
        reading.switches[:, 1:].float()[follow], taught.switches[:, 1:].sigmoid()[follow]
    )
    starts = disagreement(scores.starts, taught.starts, batch.present)
    ends = disagreement(scores.ends, taught.ends, batch.present)
    return torch.stack(
        [
            disagreement(reading.cues, taught.cues, there),
            disagreement(scores.owners, taught.owners, there),
            0.5 * (starts + ends),
            switches * _SWITCH_WEIGHT,
            disagreement(reading.names, taught.names, there),
        ]
    )


def _cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    if not (labels != IGNORED).any():
        return torch.zeros(())
    return nn.functional.cross_entropy(logits.flatten(0, 1).float(), labels.flatten(), ignore_index=IGNORED)


def _switch_loss(logits: Tensor, batch: Batch) -> Tensor:
    labelled = (batch.owners[:, 1:] != IGNORED) & (batch.owners[:, :-1] != IGNORED)
    if not labelled.any():
        return torch.zeros(())
    target = (batch.owners[:, 1:] != batch.owners[:, :-1]).float()
    wrong = nn.functional.binary_cross_entropy_with_logits(logits[:, 1:].float()[labelled], target[labelled])
    return wrong * _SWITCH_WEIGHT
