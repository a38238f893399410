"""Settings of training the stance model."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from onrecord_training.settings import check_count, check_device, check_least, check_positive, check_share, option


@dataclass(frozen=True, slots=True, kw_only=True)
class StanceLearning:
    """How the stance model learns, whatever it learns from.

    Learning rates are the highest ones, ``learning_rate`` that of the encoder's last layer; each layer below has
    ``layer_decay`` times that of the one above it. They rise over the share ``warmup`` of the run. ``smoothing`` is
    that of labels. ``batch_tokens`` include padding.
    """

    epochs: int = field(default=4, metadata=option("Passes over the training data."))
    learning_rate: float = field(
        default=2e-4, metadata=option("Peak learning rate of the encoder, or of its adapters.")
    )
    head_learning_rate: float = field(default=5e-4, metadata=option("Peak learning rate of the heads."))
    seed: int = field(default=1, metadata=option("Random seed."))
    batch_tokens: int = 1800
    layer_decay: float = 0.9
    weight_decay: float = 0.01
    warmup: float = 0.06
    smoothing: float = 0.05
    checkpoint_minutes: float = 10.0

    def __post_init__(self) -> None:
        check_count(self, 1, "epochs", "batch_tokens")
        check_least(self, 0, "learning_rate", "head_learning_rate")
        check_positive(self, "layer_decay", "checkpoint_minutes")
        check_share(self, "warmup", "smoothing", "weight_decay")


@dataclass(frozen=True, slots=True, kw_only=True)
class StanceTraining(StanceLearning):
    """Settings of one training run.

    ``adapter_rank`` 0 trains the encoder, anything above adapters on a frozen one. ``labels`` are read
    ``labels_repeats`` times an epoch, ``stance_labels`` once, and ``measured_labels`` are never trained on.
    ``contrast``, ``unrelated_claims`` and ``unrelated_statements`` are numbers of examples in an epoch.

    Raises:
        SettingsError: a value is out of range.
    """

    encoder: Path = field(
        metadata=option("Folder of the base encoder: config.json, tokenizer.json, model.safetensors.")
    )
    corpora: Path = field(metadata=option("Folder of the public corpora, laid out as the documentation says."))
    output: Path = field(metadata=option("Folder for checkpoints, model and manifest.", short="-o"))
    initial: Path | None = field(
        default=None,
        metadata=option("Start from this run or model folder; with --gold, small or base, too.", flag="--init"),
    )
    labels: Path | None = field(
        default=None, metadata=option("File of labelled newswire articles to learn from as well.")
    )
    labels_repeats: int = field(default=3, metadata=option("How often an epoch reads each article of --labels."))
    stance_labels: Path | None = field(
        default=None, metadata=option("File of stances towards several targets per article, to learn from as well.")
    )
    measured_labels: Path | None = field(
        default=None,
        metadata=option("File of labelled newswire articles to measure on after each epoch.", flag="--measure"),
    )
    adapter_rank: int = field(
        default=0, metadata=option("Train adapters of this rank instead of the encoder; 0, the default, for none.")
    )
    dropout: float = 0.1
    contrast: int = 3000
    unrelated_claims: int = 1200
    unrelated_statements: int = 1200
    device: str = field(default="cpu", metadata=option("cpu, cuda, or auto (a GPU if there is one)."))
    threads: int = field(default=2, metadata=option("Processor threads to use."))

    def __post_init__(self) -> None:
        StanceLearning.__post_init__(self)
        check_count(self, 1, "labels_repeats", "threads")
        check_count(self, 0, "adapter_rank", "contrast", "unrelated_claims", "unrelated_statements")
        check_share(self, "dropout")
        check_device(self.device)
