"""Settings of averaging runs and of putting their models into a model folder."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from onrecord.errors import SettingsError
from onrecord_training.settings import check_least, check_share, option


@dataclass(frozen=True, slots=True, kw_only=True)
class Averaging:
    """Which runs to average; without ``weights`` all count the same.

    Raises:
        SettingsError: there are fewer than two runs, or not one weight for each of them.
    """

    runs: tuple[Path, ...] = field(
        metadata=option(
            "Output folders of `onrecord train quotes`, of `stance` or of `coreference`, with the same seed or --init.",
            argument=True,
        )
    )
    output: Path = field(metadata=option("Folder for the averaged model and its manifest.", short="-o"))
    weights: tuple[float, ...] = field(
        default=(), metadata=option("Weight of a run; give one for each run, in the same order.", flag="--weight")
    )

    def __post_init__(self) -> None:
        if len(self.runs) < 2:
            raise SettingsError(f"{len(self.runs)} run given; expected two or more to average")
        if self.weights and len(self.weights) != len(self.runs):
            raise SettingsError(
                f"{len(self.weights)} weights for {len(self.runs)} runs; expected one weight for each run, or none"
            )
        if self.weights and (min(self.weights) < 0 or sum(self.weights) <= 0):
            raise SettingsError(
                f"weights are {', '.join(map(str, self.weights))}; expected shares, none below 0 and not all 0"
            )

    @property
    def shares(self) -> tuple[float, ...]:
        """The weights as shares of 1."""
        weights = self.weights or (1.0,) * len(self.runs)
        return tuple(weight / sum(weights) for weight in weights)


@dataclass(frozen=True, slots=True, kw_only=True)
class Packing:
    """Which run's quote model goes into the model folder ``output``.

    The last three are settings of the quote model; see ``QuoteModelConfig``.

    Raises:
        SettingsError: a value is out of range.
    """

    quote_run: Path = field(metadata=option("Output folder of `onrecord train quotes`.", argument=True))
    output: Path = field(metadata=option("Model folder to write.", short="-o"))
    cue_threshold: float = field(
        default=0.35, metadata=option("Lowest probability at which a token counts as part of a cue.")
    )
    switch_weight: float = field(
        default=1.3, metadata=option("Weight in decoding of where statements are predicted to begin and end.")
    )
    names_model: str | None = field(
        default=None, metadata=option("Find names with the quote model of this model instead.")
    )

    def __post_init__(self) -> None:
        check_share(self, "cue_threshold")
        check_least(self, 0, "switch_weight")


@dataclass(frozen=True, slots=True, kw_only=True)
class PartPacking:
    """Which run's stance or coreference model goes into which model folder."""

    run: Path = field(metadata=option("Output folder of its training.", argument=True))
    model: Path = field(
        metadata=option("Model folder to add it to; its quote model must be the one it was trained on.", argument=True)
    )
    other_quote_model: bool = field(
        default=False,
        metadata=option("Allow a different quote model; evaluate the result then."),
    )
