"""A coreference model's scores of the candidates of a batch of questions, and its losses."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from onrecord_models.coreference_model import CoreferenceModel
from onrecord_training.coreference.questions import Passage


def scores(model: CoreferenceModel, batch: Sequence[Passage]) -> list[Tensor]:
    """For each question of the batch, in order, the logits of its candidates and, last, of "none of them"."""
    hidden = model(*(rows.to(model.device) for rows in _windows(batch))).float()
    questions = [(row, question) for row, passage in enumerate(batch) for question in passage.questions]
    pairs = [
        (row, number, pair)
        for number, (row, question) in enumerate(questions)
        for own in question.options
        for pair in own
    ]

    def tensor(values: Sequence[object]) -> Tensor:
        return torch.tensor(values, device=model.device)

    asked = tensor([question.anaphor for _, question in questions])
    offered = tensor([pair.tokens or (-1, -1) for _, _, pair in pairs])
    asked_rows = tensor([row for row, _ in questions])
    offered_rows = tensor([row for row, _, _ in pairs])
    mentions = torch.cat([hidden[offered_rows, offered[:, side].clamp(min=0)] for side in (0, 1)], -1)
    scored, none = model.score(
        torch.cat([hidden[asked_rows, asked[:, side]] for side in (0, 1)], -1),
        mentions * (offered[:, :1] >= 0),  # zeros for somebody who is not mentioned in the window
        tensor([pair.features for _, _, pair in pairs]),
        tensor([number for _, number, _ in pairs]),
    )
    parts = iter(scored.split([len(own) for _, question in questions for own in question.options]))
    return [
        torch.stack([*(torch.logsumexp(next(parts), 0) for _ in question.options), none[number]])
        for number, (_, question) in enumerate(questions)
    ]


def losses(model: CoreferenceModel, batch: Sequence[Passage]) -> Tensor:
    """(questions,): the negative log-likelihood that one of the allowed answers is given."""
    questions = [question for passage in batch for question in passage.questions]
    allowed = [torch.tensor(question.allowed, device=model.device) for question in questions]
    return torch.stack(
        [
            torch.logsumexp(logits, 0) - torch.logsumexp(logits[own], 0)
            for logits, own in zip(scores(model, batch), allowed, strict=True)
        ]
    )


def _windows(batch: Sequence[Passage]) -> list[Tensor]:
    windows = [passage.window for passage in batch]
    width = max(len(window.input_ids) for window in windows)
    rows = (
        [window.input_ids for window in windows],
        [[1] * len(window.input_ids) for window in windows],
        [window.cases for window in windows],
        [window.quotations for window in windows],
    )
    return [torch.tensor([row + [0] * (width - len(row)) for row in kind]) for kind in rows]
