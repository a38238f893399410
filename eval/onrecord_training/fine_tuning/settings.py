"""Settings of training a model further on a user's own labels."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from onrecord_training.settings import check_count, check_device, check_least, option


@dataclass(frozen=True, slots=True, kw_only=True)
class FineTuning:
    """Settings of training a model further on labels of one's own.

    ``doc`` of each statement in ``gold`` is relative to ``articles``. Learning rates are the highest ones, of the
    encoder's last layer and of the heads.

    Raises:
        SettingsError: a value is out of range.
    """

    gold: Path = field(metadata=option("Your labelled statements to learn from; needs --articles."))
    articles: Path = field(metadata=option("Folder of the articles that --gold labels."))
    output: Path = field(metadata=option("Model folder to write.", short="-o"))
    initial: str = field(default="small", metadata=option("Name or folder of the model to start from.", flag="--init"))
    epochs: int = field(default=4, metadata=option("Passes over the labels."))
    learning_rate: float = field(default=1e-4, metadata=option("Peak learning rate of the encoder."))
    head_learning_rate: float = field(default=3e-4, metadata=option("Peak learning rate of the heads."))
    seed: int = field(default=1, metadata=option("Random seed."))
    device: str = field(default="cpu", metadata=option("cpu, cuda, or auto (a GPU if there is one)."))
    threads: int = field(default=2, metadata=option("Processor threads to use."))

    def __post_init__(self) -> None:
        check_count(self, 1, "epochs", "threads")
        check_least(self, 0, "learning_rate", "head_learning_rate")
        check_device(self.device)

    def digest(self) -> str:
        """SHA-256 of the labels."""
        return hashlib.sha256(self.gold.read_bytes()).hexdigest()
