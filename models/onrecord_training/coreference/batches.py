"""Passages with questions as tensors, and what a coreference model's answers to them cost."""

from __future__ import annotations

import random
from collections.abc import Sequence

import torch
from torch import Tensor

from onrecord_models.coreference_model import CoreferenceModel
from onrecord_training.coreference.data import Passage


def batches(passages: Sequence[Passage], tokens: int, generator: random.Random) -> list[list[Passage]]:
    """Shuffled batches of at most ``tokens`` tokens, padding included, of passages of like length."""
    order = sorted(passages, key=lambda one: len(one.window.input_ids) + generator.uniform(0, 12))
    groups: list[list[Passage]] = [[]]
    for one in order:
        group = groups[-1]
        if group and (len(group) + 1) * max(len(other.window.input_ids) for other in [one, *group]) > tokens:
            groups.append(group := [])
        group.append(one)
    generator.shuffle(groups)
    return [group for group in groups if group]


def scores(model: CoreferenceModel, batch: Sequence[Passage]) -> list[Tensor]:
    """For each question of the batch, in order, the logits of its candidates and, last, of "none of them"."""
    hidden = model(*_windows(batch)).float()
    questions = [(row, question) for row, passage in enumerate(batch) for question in passage.questions]
    pairs = [
        (row, number, pair)
        for number, (row, question) in enumerate(questions)
        for own in question.options
        for pair in own
    ]
    asked = torch.tensor([question.anaphor for _, question in questions])
    offered = torch.tensor([pair.tokens or (-1, -1) for _, _, pair in pairs])
    asked_rows = torch.tensor([row for row, _ in questions])
    offered_rows = torch.tensor([row for row, _, _ in pairs])
    mentions = torch.cat([hidden[offered_rows, offered[:, side].clamp(min=0)] for side in (0, 1)], -1)
    scored, none = model.score(
        torch.cat([hidden[asked_rows, asked[:, side]] for side in (0, 1)], -1),
        mentions * (offered[:, :1] >= 0),  # zeros for who is not mentioned in the window
        torch.tensor([pair.features for _, _, pair in pairs]),
        torch.tensor([number for _, number, _ in pairs]),
    )
    parts = iter(scored.split([len(own) for _, question in questions for own in question.options]))
    return [
        torch.stack([*(torch.logsumexp(next(parts), 0) for _ in question.options), none[number]])
        for number, (_, question) in enumerate(questions)
    ]


def losses(model: CoreferenceModel, batch: Sequence[Passage]) -> Tensor:
    """(questions,): the negative log-likelihood that one of the allowed answers is given."""
    questions = [question for passage in batch for question in passage.questions]
    return torch.stack(
        [
            torch.logsumexp(logits, 0) - torch.logsumexp(logits[torch.tensor(question.allowed)], 0)
            for logits, question in zip(scores(model, batch), questions, strict=True)
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
