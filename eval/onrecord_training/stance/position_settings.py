"""Settings of fitting how a speaker's stances add up to a position."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from onrecord_training.settings import option


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionFitting:
    """Which model's stances are added up, and the labels that say what they should come to.

    The model had better not have learned from these labels: it would be too sure of them.
    """

    model: str = field(
        metadata=option("Name or folder of the model; its stance model judges, and gets the weights.", argument=True)
    )
    corpora: Path = field(metadata=option("Folder of the public corpora, laid out as the documentation says."))
    stance_labels: tuple[Path, ...] = field(
        metadata=option("File of stances towards targets, by article; may be repeated.")
    )
    change_installed: bool = field(default=False, metadata=option("Change a model that comes with onrecord, in place."))
