"""What an evaluation found, whatever was evaluated, and the floors it can be held to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from onrecord.errors import SettingsError
from onrecord_eval.metrics.scores import BootstrapSettings, Estimate, Score


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often each gold label (row) was predicted as each label (column); fractions where annotators are averaged.

    ``abstained`` has one count per row: no stance on that target, or ``unclear``.
    """

    labels: tuple[str, ...]
    counts: tuple[tuple[float, ...], ...]
    abstained: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Predictions with a confidence in ``[low, high)``: how many, their mean confidence, the part that was right."""

    low: float
    high: float
    count: float
    confidence: float | None
    accuracy: float | None


@dataclass(frozen=True, slots=True)
class Threshold:
    """Content precision, recall and F1 (IoU ≥ 0.5) if only predictions at least this confident are kept."""

    threshold: float
    precision: float | None
    recall: float | None
    f1: float | None


@dataclass(frozen=True, slots=True)
class Calibration:
    """Whether ``confidence`` means what it says."""

    bins: tuple[CalibrationBin, ...]
    thresholds: tuple[Threshold, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All figures of one evaluation.

    ``scores`` have precision, recall and F1 by name (``linked``, ``linked.direct``), ``figures`` are single
    numbers (``stance.accuracy``). ``units`` says what was counted and resampled: articles, sentences, claims.
    """

    title: str
    units: tuple[str, int]
    scores: dict[str, Score]
    figures: dict[str, Estimate]
    bootstrap: BootstrapSettings
    confusion: Confusion | None = None
    calibration: Calibration | None = None
    notes: tuple[str, ...] = ()

    def metrics(self) -> dict[str, Estimate]:
        """Every figure under the name that ``--fail-under`` knows it by."""
        parts = {
            f"{name}.{part}": getattr(score, part)
            for name, score in self.scores.items()
            for part in ("precision", "recall", "f1")
        }
        return parts | self.figures


def parse_floor(floor: str) -> tuple[str, float]:
    """Name and number of ``METRIC=VALUE``.

    Raises:
        SettingsError: it is not of that form, or the value is not between 0 and 1.
    """
    name, separator, value = floor.partition("=")
    try:
        number = float(value)
    except ValueError:
        separator = ""
    if not separator or not 0 <= number <= 1:
        raise SettingsError(
            f"--fail-under takes METRIC=VALUE with a value from 0 to 1, as in linked.f1=0.7, not {floor!r}"
        )
    return name.strip(), number


def check_floors(result: Evaluation, floors: Sequence[str]) -> list[str]:
    """One sentence for each floor that ``result`` falls under; an undefined figure falls under any floor.

    Raises:
        SettingsError: a floor is malformed or names no metric of this evaluation; the message lists them.
    """
    metrics = result.metrics()
    fallen = []
    for name, floor in (parse_floor(floor) for floor in floors):
        if name not in metrics:
            near = get_close_matches(name, metrics, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise SettingsError(f"no metric {name!r} in this evaluation{hint}; it has {', '.join(metrics)}")
        value = metrics[name].value
        if value is None:
            fallen.append(f"{name} is undefined, because there was nothing to count; the floor is {floor:g}")
        elif value < floor:
            fallen.append(f"{name} is {value:.3f}, under the floor of {floor:g}")
    return fallen
