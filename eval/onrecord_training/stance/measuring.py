"""How good and how well calibrated a stance model is on labelled statements, and the temperature that calibrates it."""

from __future__ import annotations

import random
from collections.abc import Sequence

import torch
from torch import Tensor

from onrecord_eval.metrics.components import count_label, label_figures
from onrecord_eval.metrics.scores import Totals
from onrecord_models.labels import STANCES
from onrecord_models.stance.inference import statement_logits
from onrecord_models.stance.model import StanceModel
from onrecord_training.loop.batching import token_batches
from onrecord_training.loop.devices import native_precision
from onrecord_training.stance.items import NO_SIDE, OTHER_SUBJECT, UNLABELLED, Asked, log_likelihoods

_TOKENS = 12000


def measure(model: StanceModel, measured: dict[str, list[Asked]]) -> dict[str, float]:
    """For each set macro-F1, accuracy, expected calibration error, and the share of sides that are read as the other.

    Where it is labelled, ``about`` is the share of neutral statements that are rightly told to be about the target or
    not.
    """
    scores: dict[str, float] = {}
    for name, questions in measured.items():
        logits, labels = answers(model, questions)
        four = torch.softmax(logits.double() / model.config.calibration, dim=-1)
        three = torch.cat([four[:, :NO_SIDE], four[:, NO_SIDE:].sum(-1, keepdim=True)], dim=-1)
        gold = [STANCES[min(label, NO_SIDE)] for label in labels.tolist()]
        predicted = [STANCES[index] for index in three.argmax(-1).tolist()]
        scores[f"{name}_macro_f1"] = _macro_f1(gold, predicted)
        right = [a == b for a, b in zip(gold, predicted, strict=True)]
        scores[f"{name}_accuracy"] = round(sum(right) / max(1, len(right)), 4)
        sided = [pair for pair in zip(gold, predicted, strict=True) if pair[0] != STANCES[-1]]
        wrong = sum(other not in (side, STANCES[-1]) for side, other in sided)
        scores[f"{name}_wrong_side"] = round(wrong / max(1, len(sided)), 4)
        scores[f"{name}_ece"] = round(calibration_error(three, right), 4)
        known = (labels == NO_SIDE) | (labels == OTHER_SUBJECT)
        if known.any():
            told = four[known, OTHER_SUBJECT] > 0.5
            scores[f"{name}_about"] = round(float((told == (labels[known] == OTHER_SUBJECT)).double().mean()), 4)
    return scores


def calibration_error(probabilities: Tensor, right: Sequence[bool], bins: int = 10) -> float:
    """Expected calibration error of the most likely label, over ``bins`` equally wide bins."""
    gaps = [0.0] * bins
    for top, is_right in zip(probabilities.max(-1).values.tolist(), right, strict=True):
        gaps[min(int(top * bins), bins - 1)] += top - is_right
    return sum(map(abs, gaps)) / max(1, len(right))


def fit_temperature(model: StanceModel, questions: Sequence[Asked]) -> float:
    """The temperature, two places, from 0.5 to 5, under which the labels are most likely."""
    if not questions:
        return 1.0
    logits, labels = answers(model, questions)

    def surprise(temperature: float) -> float:
        return -float(log_likelihoods((logits / temperature).log_softmax(-1), labels).mean())

    return min((step / 100 for step in range(50, 501, 5)), key=surprise)


def answers(model: StanceModel, questions: Sequence[Asked]) -> tuple[Tensor, Tensor]:
    """(statements, ``len(OUTCOMES)``) logits and (statements,) labels of all statements that are labelled."""
    model.eval()
    logits: list[Tensor] = []
    labels: list[int] = []
    with torch.inference_mode(), native_precision(model.device.type):
        for batch in token_batches(questions, len, tokens=_TOKENS, generator=random.Random(0)):
            logits += statement_logits(model, [each.question for each in batch], model.device.type)
            labels += [label for each in batch for label in each.labels]
    every, known = torch.cat(logits).float().cpu(), torch.tensor(labels)
    return every[known != UNLABELLED], known[known != UNLABELLED]


def _macro_f1(gold: Sequence[str], predicted: Sequence[str]) -> float:
    present = [label for label in STANCES if label in gold]
    totals = Totals(float)
    for right, answer in zip(gold, predicted, strict=True):
        for name, value in count_label(right, answer, present).items():
            totals[name] += value
    return round(label_figures(present)["macro_f1"](totals) or 0.0, 4)
