"""Counts that add up over articles, the figures drawn from them, and their bootstrap intervals."""

from __future__ import annotations

import math
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import mul
from typing import Final

from onrecord.errors import SettingsError

Counts = Mapping[str, float]
"""What was counted in one article, by name. Every figure is a function of the sum of these over articles."""

COUNTED: Final = ("gold", "predicted", "found", "right")
DRAWN: Final = ("precision", "recall", "f1")
"""What a score is drawn from, and what is drawn."""

Totals = defaultdict[str, float]
"""Counts while they are taken; a name never counted is 0."""

Figure = Callable[[Totals], float | None]
"""Draws a figure from summed counts; None where there is nothing to divide by."""


@dataclass(frozen=True, slots=True)
class BootstrapSettings:
    """A percentile bootstrap over articles: ``samples`` resamples with replacement, drawn from ``seed``."""

    samples: int = 1000
    seed: int = 13
    level: float = 0.95

    def __post_init__(self) -> None:
        if self.samples < 0:
            raise SettingsError(f"bootstrap samples must be 0 (no intervals) or more, not {self.samples}")
        if not 0 < self.level < 1:
            raise SettingsError(f"the level of an interval must lie between 0 and 1, not {self.level}; usual is 0.95")


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and the bounds of its interval; all are None if there was nothing to count."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """Precision, recall and F1 with the counts behind them, which are fractions where annotators are averaged.

    ``found`` counts in the gold, ``right`` among the predictions; for one-to-one matches they are the same.
    """

    gold: float
    predicted: float
    found: float
    right: float
    precision: Estimate
    recall: Estimate
    f1: Estimate


def ratio(part: float, whole: float) -> float | None:
    """``part / whole``; None if there is no whole."""
    return part / whole if whole else None


def f1_score(found: float, gold: float, right: float, predicted: float) -> float | None:
    """Harmonic mean of precision and recall: 0 where only one side has anything, None where neither has."""
    if not gold and not predicted:
        return None
    if found == right:
        return 2 * found / (gold + predicted)
    recall, precision = ratio(found, gold) or 0.0, ratio(right, predicted) or 0.0
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def add_tally(counts: Totals, name: str, gold: float, predicted: float, matched: float) -> None:
    """Adds to the counts that the score ``name`` is drawn from, one-to-one matches given."""
    counts[f"{name}.gold"] += gold
    counts[f"{name}.predicted"] += predicted
    counts[f"{name}.found"] += matched
    counts[f"{name}.right"] += matched


def score_figures(name: str) -> dict[str, Figure]:
    """Precision, recall and F1 of what ``add_tally`` counted under ``name``."""
    gold, predicted, found, right = (f"{name}.{part}" for part in COUNTED)
    return {
        f"{name}.precision": lambda counts: ratio(counts[right], counts[predicted]),
        f"{name}.recall": lambda counts: ratio(counts[found], counts[gold]),
        f"{name}.f1": lambda counts: f1_score(counts[found], counts[gold], counts[right], counts[predicted]),
    }


def total(articles: Sequence[Counts]) -> Totals:
    """The sum of the counts of all articles."""
    names = {name for counts in articles for name in counts}
    # fsum, so that averaged annotators (thirds, sixths) add up the same in every order.
    return defaultdict(float, {name: math.fsum(counts.get(name, 0) for counts in articles) for name in names})


def estimate(
    articles: Sequence[Counts], figures: Mapping[str, Figure], settings: BootstrapSettings
) -> dict[str, Estimate]:
    """Every figure over all ``articles``, with the interval of its values over resampled ones.

    A resample in which a figure is undefined is left out of that figure's interval.
    """
    sums = total(articles)
    values = {name: figure(sums) for name, figure in figures.items()}
    drawn: dict[str, list[float]] = {name: [] for name in figures}
    names = sorted({name for counts in articles for name in counts})
    columns = {name: [counts.get(name, 0) for counts in articles] for name in names}
    generator = random.Random(settings.seed)
    for _ in range(settings.samples if articles else 0):
        times = Counter(generator.choices(range(len(articles)), k=len(articles)))
        weights = [times[index] for index in range(len(articles))]
        sums = defaultdict(float, {name: sum(map(mul, column, weights)) for name, column in columns.items()})
        for name, figure in figures.items():
            if (value := figure(sums)) is not None:
                drawn[name].append(value)
    return {name: _with_interval(value, drawn[name], settings.level) for name, value in values.items()}


def _with_interval(value: float | None, drawn: list[float], level: float) -> Estimate:
    if value is None or not drawn:
        return Estimate(value)
    drawn.sort()
    return Estimate(value, _quantile(drawn, (1 - level) / 2), _quantile(drawn, (1 + level) / 2))


def _quantile(ordered: Sequence[float], part: float) -> float:
    """Linear interpolation between the two nearest values."""
    position = part * (len(ordered) - 1)
    below = math.floor(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


def collect_score(name: str, counts: Counts, estimates: Mapping[str, Estimate]) -> Score:
    """The score ``name`` from the summed counts and the estimates of its figures."""
    gold, predicted, found, right = (counts.get(f"{name}.{part}", 0.0) for part in COUNTED)
    precision, recall, f1 = (estimates[f"{name}.{part}"] for part in DRAWN)
    return Score(gold, predicted, found, right, precision, recall, f1)
