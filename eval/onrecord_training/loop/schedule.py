"""How a learning rate rises to its peak and falls to nothing over a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """Where in a run the next step of the optimiser is.

    ``epoch`` and ``batch`` count those before it, the latter in this epoch; ``batches`` are those of this epoch,
    ``epochs`` those of the run; ``steps`` counts the steps before it in the run, whose epochs may differ in length.
    """

    epoch: int
    batch: int
    batches: int
    epochs: int
    steps: int

    @property
    def share(self) -> float:
        """The share of the run that is done, from 0 to below 1."""
        return (self.epoch + self.batch / self.batches) / self.epochs


Schedule = Callable[[float, Step], float]
"""The learning rate of a step, from the highest one and the step."""


def warm_up_by_steps(steps: int) -> Schedule:
    """Falls linearly over the run, times a rise over the first ``steps`` steps."""

    def rate(peak: float, step: Step) -> float:
        rise = min(1.0, (step.epoch * step.batches + step.batch + 1) / steps) if steps else 1.0
        return peak * (1 - step.share) * rise

    return rate


def warm_up_by_share(share: float) -> Schedule:
    """Falls linearly over the run, times a rise over the first ``share`` of it."""

    def rate(peak: float, step: Step) -> float:
        rise = min(1.0, (step.share + 1e-3) / share) if share else 1.0
        return peak * rise * (1 - step.share)

    return rate


def warm_up_then_fall(share: float) -> Schedule:
    """Rises linearly over the first ``share`` of the run and falls linearly over the rest."""

    def rate(peak: float, step: Step) -> float:
        number, every = step.steps + 1, step.batches * step.epochs
        rise = number / (share * every) if share else 1.0
        return peak * min(rise, max(0.0, (every - number) / (every * (1 - share))))

    return rate
