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
        default=2e-4, metadata=option("Peak learning rate of the encoder's upper layers, or of their adapters.")
    )
    head_learning_rate: float = field(default=8e-4, metadata=option("Peak learning rate of the heads."))
    seed: int = field(default=1, metadata=option("Random seed."))
    batch_tokens: int = 3000
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

    ``model`` is the name or folder of the model whose quote model the stance model goes with. ``adapter_rank`` 0 trains
    the upper ``layers`` layers themselves, anything above adapters on them. An epoch asks about ``targets`` targets of
    each article of ``stance_labels``, about another article's target in the share ``others`` of them, and about
    ``sentences`` sentences of each corpus of sentences. ``measured_labels`` are never trained on. ``teacher`` is asked
    about the same articles and sentences.

    Raises:
        SettingsError: a value is out of range.
    """

    model: str = field(metadata=option("Name or folder of the model whose quote model it is trained on top of."))
    corpora: Path = field(metadata=option("Folder of the public corpora, laid out as the documentation says."))
    output: Path = field(metadata=option("Folder for checkpoints, model and manifest.", short="-o"))
    stance_labels: tuple[Path, ...] = field(
        default=(), metadata=option("File of stances towards targets, by article; may be repeated.")
    )
    initial: Path | None = field(
        default=None, metadata=option("Start from the stance model of this run or model folder.", flag="--init")
    )
    measured_labels: tuple[Path, ...] = field(
        default=(),
        metadata=option("File of stances to measure on after each epoch; may be repeated.", flag="--measure"),
    )
    layers: int = field(default=3, metadata=option("Upper layers of the quote model's encoder that are read anew."))
    adapter_rank: int = field(default=0, metadata=option("Rank of the adapters on these layers; 0 to train them."))
    targets: int = field(default=2, metadata=option("Targets of each article that an epoch asks about."))
    sentences: int = field(default=2000, metadata=option("Sentences of each corpus of sentences in an epoch."))
    others: float = field(default=0.3, metadata=option("Share of the articles asked about another one's target."))
    teacher: str | None = field(
        default=None, metadata=option("Name or folder of a larger model to learn from: its probabilities of stances.")
    )
    teacher_share: float = field(
        default=0.5, metadata=option("Weight of the teacher's probabilities in the loss; labels get the rest.")
    )
    dropout: float = 0.1
    device: str = field(default="cpu", metadata=option("cpu, cuda, or auto (a GPU if there is one)."))
    threads: int = field(default=2, metadata=option("Processor threads to use."))

    def __post_init__(self) -> None:
        StanceLearning.__post_init__(self)
        check_device(self.device)
        check_count(self, 1, "layers", "targets", "threads")
        check_count(self, 0, "adapter_rank", "sentences")
        check_share(self, "others", "dropout")
        check_share(self, "teacher_share", of_all=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class StanceTuning:
    """Which model folder's stance model to choose the temperature of, and on which labels."""

    model: str = field(
        metadata=option("Name or folder of the model; its stance model's temperature is replaced.", argument=True)
    )
    corpora: Path = field(metadata=option("Folder of the public corpora, laid out as the documentation says."))
    stance_labels: tuple[Path, ...] = field(
        metadata=option("File of stances that it has not learned from; may be repeated.")
    )
    change_installed: bool = field(default=False, metadata=option("Change a model that comes with onrecord, in place."))
    device: str = field(default="cpu", metadata=option("cpu, cuda, or auto (a GPU if there is one)."))
    threads: int = field(default=2, metadata=option("Processor threads to use."))

    def __post_init__(self) -> None:
        check_count(self, 1, "threads")
        check_device(self.device)
