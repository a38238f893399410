"""How good and how well calibrated a stance model is on labelled examples, and the temperature that calibrates it."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn
from transformers import PreTrainedTokenizerBase

from onrecord_eval.metrics.components import count_label, label_figures
from onrecord_eval.metrics.scores import Totals
from onrecord_models.stance_model import LABELS, StanceModel, StanceScorer
from onrecord_training.stance.examples import Labelled


def measure(scorer: StanceScorer, measured: dict[str, list[Labelled]]) -> dict[str, float]:
    """Macro-F1, accuracy and expected calibration error of each set, rounded to four places.

    Where no example is neutral, as in Perspectrum, neutral answers count as misses, and ``forced_f1`` is the macro-F1
    of the likelier of the two sides.
    """
    scores: dict[str, float] = {}
    for name, examples in measured.items():
        probabilities = scorer.score([shown for shown, _ in examples])
        gold = [label for _, label in examples]
        predicted = [LABELS[max(range(3), key=three.__getitem__)] for three in probabilities]
        present = [label for label in LABELS if label in gold]
        scores[f"{name}_macro_f1"] = _macro_f1(gold, predicted, present)
        scores[f"{name}_accuracy"] = _rounded(sum(map(str.__eq__, gold, predicted)) / len(gold))
        scores[f"{name}_ece"] = _rounded(calibration_error(probabilities, gold))
        if "neutral" not in present:
            forced = [LABELS[0] if three[0] >= three[1] else LABELS[1] for three in probabilities]
            scores[f"{name}_forced_f1"] = _macro_f1(gold, forced, present)
    return scores


def calibration_error(
    probabilities: Sequence[tuple[float, float, float]], gold: Sequence[str], bins: int = 10
) -> float:
    """Expected calibration error of the most likely label, over ``bins`` equally wide bins."""
    gaps = [0.0] * bins
    for three, label in zip(probabilities, gold, strict=True):
        top = max(three)
        gaps[min(int(top * bins), bins - 1)] += top - (LABELS[three.index(top)] == label)
    return sum(map(abs, gaps)) / max(1, len(gold))


def fit_temperature(model: StanceModel, tokenizer: PreTrainedTokenizerBase, examples: Sequence[Labelled]) -> float:
    """The temperature, two places, from 0.5 to 5, under which the labels of ``examples`` are most likely."""
    probabilities = StanceScorer(model, tokenizer, temperature=1.0).score([shown for shown, _ in examples])
    labels = torch.tensor([LABELS.index(label) for _, label in examples])
    if not len(labels):
        return 1.0
    logits = torch.tensor(probabilities).clamp(min=1e-4).log()
    candidates = [step / 100 for step in range(50, 501)]
    return min(candidates, key=lambda each: float(nn.functional.cross_entropy(logits / each, labels)))


def _macro_f1(gold: Sequence[str], predicted: Sequence[str], labels: Sequence[str]) -> float:
    totals = Totals(float)
    for right, answer in zip(gold, predicted, strict=True):
        for name, value in count_label(right, answer, labels).items():
            totals[name] += value
    return _rounded(label_figures(labels)["macro_f1"](totals) or 0.0)


def _rounded(value: float) -> float:
    return round(value, 4)
