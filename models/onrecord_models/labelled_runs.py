"""Runs of tokens that have one label, such as names, from the scores of B and I of every class."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from torch import Tensor

_SURELY_NONE = math.log(0.99)
"""The logarithm of the probability from which a token is taken to be outside of all runs."""


class LabelledRun(NamedTuple):
    """Tokens from ``start`` to ``end``, exclusive, of a class by its number; ``score`` is their mean probability."""

    start: int
    end: int
    label: int
    score: float


def labelled_runs(logits: Tensor) -> Iterator[LabelledRun]:
    """The runs in order; logits (tokens, 1 + 2 × classes): outside, then B and I of each class.

    They are the likeliest sequence of labels in which I follows nothing but B or I of its class (Viterbi), so that
    ``Fox News`` is one name although ``Fox`` alone looks more like a person.
    """
    rows: list[list[float]] = logits.float().log_softmax(-1).tolist()
    for is_open, run in groupby(range(len(rows)), lambda token: rows[token][0] < _SURELY_NONE):
        if is_open:
            tokens = list(run)
            yield from _runs([rows[token] for token in tokens], tokens[0])


def _runs(rows: list[list[float]], first: int) -> Iterator[LabelledRun]:
    """The runs among tokens from ``first`` on, by the logarithms of their labels' probabilities."""
    labels = _likeliest_labels(rows)
    for start, label in enumerate(labels):
        if label % 2 == 1:  # begins a run
            end = next((at for at in range(start + 1, len(labels)) if labels[at] != label + 1), len(labels))
            chances = [math.exp(row[label]) for row, label in zip(rows[start:end], labels[start:end], strict=True)]
            yield LabelledRun(first + start, first + end, label // 2, math.fsum(chances) / len(chances))


def _likeliest_labels(rows: list[list[float]]) -> list[int]:
    scores = [-math.inf if label and label % 2 == 0 else chance for label, chance in enumerate(rows[0])]
    before: list[list[int]] = []
    for row in rows[1:]:
        best = max(range(len(scores)), key=scores.__getitem__)
        # I goes on from the better of B and I of its class, all else from whatever is best.
        origins = [
            best if not label or label % 2 == 1 else max(label - 1, label, key=scores.__getitem__)
            for label in range(len(row))
        ]
        scores = [scores[origin] + chance for origin, chance in zip(origins, row, strict=True)]
        before.append(origins)
    labels = [max(range(len(scores)), key=scores.__getitem__)]
    for origins in reversed(before):
        labels.append(origins[labels[-1]])
    return labels[::-1]
