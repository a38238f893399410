"""Runs a stance model over questions: rows of like length together, then all statements of an article at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from onrecord_models.encoder import ready
from onrecord_models.inference import batches, pad
from onrecord_models.stance.model import StanceModel, StanceQuestion, lay_out, pool

Outcomes = tuple[float, float, float, float]
"""Probabilities of support, oppose, no side and another subject."""


@dataclass(frozen=True, slots=True)
class Row:
    """What is read at once: a window of a question, as `lay_out` gives it, and which question and window that is."""

    question: int
    window: int
    states: Tensor
    parts: list[int]
    shift: int


class StanceRunner:
    """A stance model that is ready to judge; results in ``bf16`` and ``fp32`` differ in the last places."""

    def __init__(self, model: StanceModel, device: str = "cpu", precision: str = "fp32") -> None:
        self.model = ready(model, device, precision)
        self.device = device

    @torch.inference_mode()
    def judge(self, questions: Sequence[StanceQuestion]) -> list[list[Outcomes]]:
        """Calibrated probabilities for each statement of each question, rounded to four places."""
        judged: list[list[Outcomes]] = []
        for logits in statement_logits(self.model, questions, self.device):
            four = torch.softmax(logits.double() / self.model.config.calibration, dim=-1)
            judged.append([(a, b, c, d) for a, b, c, d in four.round(decimals=4).tolist()])
        return judged


def statement_logits(model: StanceModel, questions: Sequence[StanceQuestion], device: str) -> list[Tensor]:
    """For each question (statements, ``len(OUTCOMES)``): the logits, in the order of the statements."""
    rows = rows_of(questions)
    pooled: list[dict[int, Tensor]] = [{} for _ in questions]
    for indices in batches([len(row.parts) for row in rows], device):
        together = [rows[index] for index in indices]
        for row, hidden in zip(together, read_rows(model, together, device), strict=True):
            question = questions[row.question]
            own = [number for number, each in enumerate(question.article.statements) if each.window == row.window]
            statements = [question.article.statements[number] for number in own]
            found = pool(hidden, statements, row.shift, len(question.target))
            pooled[row.question].update(zip(own, found, strict=True))
    logits: list[Tensor] = []
    for question, found_in in zip(questions, pooled, strict=True):
        speakers = torch.tensor([statement.speaker for statement in question.article.statements], device=device)
        vectors = [found_in[number] for number in range(len(speakers))]
        logits.append(model.judge(torch.stack(vectors), speakers) if vectors else torch.zeros(0, 4, device=device))
    return logits


def rows_of(questions: Sequence[StanceQuestion]) -> list[Row]:
    """The windows of the questions, in their order."""
    return [
        Row(number, window, *lay_out(question, window))
        for number, question in enumerate(questions)
        for window in range(len(question.article.windows))
    ]


def read_rows(model: StanceModel, rows: Sequence[Row], device: str) -> Tensor:
    """(rows, tokens, hidden size): hidden states of the rows, the shorter ones filled up."""
    parts = pad([row.parts for row in rows], device)
    mask = pad([[1] * len(row.parts) for row in rows], device)
    states = torch.zeros(*parts.shape, rows[0].states.shape[1], dtype=rows[0].states.dtype, device=device)
    for number, row in enumerate(rows):
        states[number, : len(row.parts)] = row.states.to(device)
    hidden: Tensor = model(states, mask, parts)
    return hidden
