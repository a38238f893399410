"""A fitted model of the side that somebody takes: from the stances of their statements to one position.

It is a multinomial logistic regression over six features (`StanceSums.features`), since a mean would let one strong
statement disappear among many that take no side. Its weights are a JSON file::

    {"features": ["statements", …], "outcomes": ["support", …], "weights": [[0.1, …], …], "bias": [0.1, …],
     "fitted_on": {…}}

with a row of weights and a bias for each outcome. A model folder may have its own, ``stance/positions.json``, which
`onrecord train positions` writes.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, Self, get_args

from onrecord.document import Stance
from onrecord.errors import WeightsError

Outcome = Literal["support", "oppose", "mixed", "no side"]
Side = Literal["support", "oppose", "mixed", "no side", "unclear"]

OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)
FEATURES: Final = ("statements", "largest_support", "largest_oppose", "support", "oppose", "difference")

FILE: Final = "positions.json"
_DEFAULT: Final = Path(__file__).parent / "data" / FILE


class Evidence(NamedTuple):
    """What one statement says of a target: the probabilities that it supports it, opposes it, and is about it."""

    support: float
    oppose: float
    about: float

    @classmethod
    def of(cls, stance: Stance) -> Self:
        """That of a stance. A label without probabilities is certain; what takes a side is about the target."""
        if stance.scores is None:
            support, oppose = float(stance.label == "support"), float(stance.label == "oppose")
        else:
            support, oppose = stance.scores.support, stance.scores.oppose
        return cls(support, oppose, support + oppose if stance.about is None else stance.about)


class StanceSums(NamedTuple):
    """What the model needs to know of all statements of a speaker towards a target.

    ``about``, ``support`` and ``oppose`` are sums of probabilities, and so expected numbers of statements.
    """

    about: float
    largest_support: float
    largest_oppose: float
    support: float
    oppose: float

    @classmethod
    def of(cls, statements: Iterable[Evidence]) -> Self:
        """Those of statements, which may be none.

        >>> StanceSums.of([Evidence(0.75, 0.0, 1.0), Evidence(0.25, 0.5, 0.75)])
        StanceSums(about=1.75, largest_support=0.75, largest_oppose=0.5, support=1.0, oppose=0.5)
        """
        every = list(statements)
        supports, opposes = [each.support for each in every], [each.oppose for each in every]
        about = sum(each.about for each in every)
        return cls(about, max(supports, default=0), max(opposes, default=0), sum(supports), sum(opposes))

    def features(self) -> tuple[float, ...]:
        """The values of `FEATURES`. Sums are logarithmic but for the difference, which tells mixed from one-sided."""
        return (
            math.log1p(self.about),
            self.largest_support,
            self.largest_oppose,
            math.log1p(self.support),
            math.log1p(self.oppose),
            self.support - self.oppose,
        )


@dataclass(frozen=True, slots=True)
class Position:
    """The side that somebody takes towards ``target``, by all their statements in ``doc`` or, if None, everywhere.

    ``speaker`` is their id and ``name`` their name; a speaker without a name belongs to one article, ``doc``, and has
    only a ``description``. ``side`` is the most probable one of ``probabilities`` (support, oppose, mixed, no side),
    or ``unclear`` if its ``probability`` is below the minimum that was asked for. ``deciding`` are the ids of the
    statements that speak most for it, at most three. ``statements`` counts those with a stance towards the target.
    """

    speaker: str | None
    name: str | None
    description: str | None
    target: str
    doc: str | None
    side: Side
    probability: float
    probabilities: dict[Outcome, float]
    deciding: tuple[str, ...]
    statements: int

    @property
    def likeliest(self) -> Outcome:
        """The most probable side, even if that is ``unclear``."""
        return most_probable(self.probabilities)

    def to_dict(self) -> dict[str, Any]:
        """Plain values: texts, numbers, a dictionary and a list."""
        return {**asdict(self), "deciding": list(self.deciding)}


@dataclass(frozen=True, slots=True)
class PositionModel:
    """The weights: a row and a bias for each of `OUTCOMES`, one weight for each of `FEATURES`."""

    weights: tuple[tuple[float, ...], ...]
    bias: tuple[float, ...]
    fitted_on: Mapping[str, Any] = field(default_factory=dict)

    def probabilities(self, sums: StanceSums) -> dict[Outcome, float]:
        """The probability of each outcome; they add up to 1."""
        features = sums.features()
        logits = [
            bias + sum(weight * value for weight, value in zip(row, features, strict=True))
            for row, bias in zip(self.weights, self.bias, strict=True)
        ]
        odds = [math.exp(logit - max(logits)) for logit in logits]
        return {outcome: each / sum(odds) for outcome, each in zip(OUTCOMES, odds, strict=True)}

    def outcome(self, statements: Iterable[Evidence]) -> Outcome:
        """What these statements of one speaker most probably add up to."""
        return most_probable(self.probabilities(StanceSums.of(statements)))

    def to_dict(self) -> dict[str, Any]:
        """The plain values of its file."""
        named = {"features": list(FEATURES), "outcomes": list(OUTCOMES)}
        rows = [list(row) for row in self.weights]
        return {**named, "weights": rows, "bias": list(self.bias), "fitted_on": dict(self.fitted_on)}


def most_probable(probabilities: Mapping[Outcome, float]) -> Outcome:
    """The most probable outcome; of equals the last, which says least."""
    return max(OUTCOMES, key=lambda outcome: (probabilities[outcome], OUTCOMES.index(outcome)))


def load_position_model(folder: Path | None = None) -> PositionModel:
    """The weights of a model folder; those that come with onrecord if it has none of its own, or without a folder.

    Raises:
        WeightsError: the file is damaged, or is not of this release.
    """
    own = folder / "stance" / FILE if folder else None
    path = own if own and own.is_file() else _DEFAULT
    try:
        return _model(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, OverflowError) as error:
        advice = "reinstall onrecord" if path == _DEFAULT else "fit it again with `onrecord train positions`"
        raise WeightsError(f"{path}: does not hold the weights for positions ({error}); {advice}") from error


def _model(values: Any) -> PositionModel:
    """The model of a file's values; raises ValueError if they are not those of one."""
    entries = values if isinstance(values, dict) else {}
    for name, known in (("features", FEATURES), ("outcomes", OUTCOMES)):
        if entries.get(name) != list(known):
            raise ValueError(f"{name}: expected {', '.join(known)}")
    rows = entries.get("weights")
    if not isinstance(rows, list) or len(rows) != len(OUTCOMES):
        raise ValueError(f"weights: expected {len(OUTCOMES)} rows")
    fitted_on = entries.get("fitted_on")
    return PositionModel(
        tuple(_numbers("weights", row, len(FEATURES)) for row in rows),
        _numbers("bias", entries.get("bias"), len(OUTCOMES)),
        fitted_on if isinstance(fitted_on, dict) else {},
    )


def _numbers(name: str, values: Any, number: int) -> tuple[float, ...]:
    right = isinstance(values, list) and len(values) == number
    if not right or not all(type(value) in (int, float) and math.isfinite(value) for value in values):
        raise ValueError(f"{name}: expected {number} finite numbers")
    return tuple(map(float, values))
