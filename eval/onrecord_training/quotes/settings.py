"""Settings of training the quote model."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from onrecord.errors import SettingsError
from onrecord_training.settings import check_count, check_device, check_least, check_positive, check_share, option

NAME_SIZE: Final = 192
"""Width of the hidden layer of the head for names, if nothing else is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteLearning:
    """How the quote model learns, whatever it learns from.

    Learning rates are the highest ones, ``learning_rate`` that of the encoder's last layer; each layer below has
    ``layer_decay`` times that of the one above it. ``masking`` is the share of tokens hidden from the encoder, so that
    it learns from what surrounds a name or a verb. ``batch_tokens`` include padding.
    """

    epochs: int = field(default=4, metadata=option("Passes over the statements."))
    learning_rate: float = field(
        default=3e-4, metadata=option("Peak learning rate of the encoder, or of its adapters.")
    )
    head_learning_rate: float = field(default=1e-3, metadata=option("Peak learning rate of the heads."))
    names_share: float = field(default=0.25, metadata=option("Share of the batches that teach names."))
    teacher_share: float = field(
        default=0.5, metadata=option("Weight of soft labels in the loss; annotators' labels get the rest.")
    )
    seed: int = field(default=1, metadata=option("Random seed."))
    batch_tokens: int = 2400
    layer_decay: float = 0.95
    weight_decay: float = 0.01
    warmup_steps: int = 50
    masking: float = 0.03
    checkpoint_minutes: float = 10.0

    def __post_init__(self) -> None:
        check_count(self, 1, "epochs", "batch_tokens")
        check_count(self, 0, "warmup_steps")
        check_least(self, 0, "learning_rate", "head_learning_rate")
        check_positive(self, "layer_decay", "checkpoint_minutes")
        check_share(self, "names_share", "masking", "weight_decay")
        check_share(self, "teacher_share", of_all=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteTraining(QuoteLearning):
    """Settings of one training run.

    ``adapter_rank`` 0 trains the encoder, anything above adapters on a frozen one. An epoch reads ``polnear_share`` of
    PolNeAR's articles, ``labels_repeats`` times those of ``labels`` and ``article_repeats`` times those of
    ``article_labels``, whose names are learned, too. With ``soft_labels`` it reads those in place of PolNeAR. Only the
    ``layers`` upper layers learn, or all if that is 0.

    Raises:
        SettingsError: a value is out of range, or two settings exclude each other.
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
    labels_repeats: int = field(default=1, metadata=option("How often an epoch reads each article of --labels."))
    article_labels: tuple[Path, ...] = field(
        default=(),
        metadata=option("File of wholly labelled articles, as in data/world and data/invented; may be repeated."),
    )
    article_repeats: int = field(
        default=1, metadata=option("How often an epoch reads each article of --article-labels.")
    )
    act_labels: Path | None = field(
        default=None,
        metadata=option("File that says what kind of act the statements of PolNeAR and --labels report, as data/acts."),
    )
    polnear_share: float = field(default=1.0, metadata=option("Share of PolNeAR's articles that each epoch reads."))
    soft_labels: Path | None = field(
        default=None,
        metadata=option("Learn from this output of `onrecord train soft-labels` instead of PolNeAR and --labels."),
    )
    layers: int = field(
        default=0,
        metadata=option(
            "Train only this many upper layers, so that a stance model that goes on from those below stays as good; "
            "0, the default, for all."
        ),
    )
    adapter_rank: int = field(
        default=0, metadata=option("Train adapters of this rank instead of the encoder; 0, the default, for none.")
    )
    dropout: float = field(default=0.1, metadata=option("Dropout of the encoder's hidden states."))
    device: str = field(default="cpu", metadata=option("cpu, cuda, or auto (a GPU if there is one)."))
    threads: int = field(default=2, metadata=option("Processor threads to use."))

    def __post_init__(self) -> None:
        QuoteLearning.__post_init__(self)
        check_count(self, 1, "labels_repeats", "article_repeats", "threads")
        check_count(self, 0, "adapter_rank", "layers")
        check_share(self, "dropout")
        check_share(self, "polnear_share", of_all=True)
        check_device(self.device)
        if self.soft_labels and self.labels:
            raise SettingsError(
                "--soft-labels cannot be combined with --labels: soft labels include the labelled articles they were "
                "made from; leave the labels out"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadTraining:
    """Settings of training one head of a packed quote model anew, over the states of its encoder.

    ``size`` is the width of its hidden layers. A step learns from four runs of 1,024 tokens.

    Raises:
        SettingsError: a value is out of range.
    """

    model: str = field(metadata=option("Name or folder of the model; this head of it is replaced.", argument=True))
    corpora: Path = field(metadata=option("Folder of the public corpora, laid out as the documentation says."))
    measure: tuple[Path, ...] = field(
        default=(), metadata=option("File of labelled articles to measure the head on; may be repeated.")
    )
    size: int = field(default=NAME_SIZE, metadata=option("Width of the head's hidden layers."))
    share: float = field(default=1.0, metadata=option("Share of the texts to learn from."))
    epochs: int = field(default=3, metadata=option("Passes over the states of all texts."))
    learning_rate: float = field(default=2e-3, metadata=option("Peak learning rate."))
    seed: int = field(default=1, metadata=option("Random seed."))
    change_installed: bool = field(default=False, metadata=option("Change a model that comes with onrecord, in place."))
    device: str = field(default="cpu", metadata=option("cpu, cuda, or auto (a GPU if there is one)."))
    threads: int = field(default=2, metadata=option("Processor threads to use."))

    def __post_init__(self) -> None:
        check_count(self, 1, "size", "epochs", "threads")
        check_positive(self, "learning_rate")
        check_share(self, "share", of_all=True)
        check_device(self.device)


@dataclass(frozen=True, slots=True, kw_only=True)
class NameTraining(HeadTraining):
    """Settings of training the head for names."""

    article_labels: tuple[Path, ...] = field(
        default=(), metadata=option("File of articles whose speakers are labelled; may be repeated.")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleTraining(HeadTraining):
    """Settings of training the head that finds what articles say people are."""

    size: int = field(default=128, metadata=option("Width of the head's hidden layers."))
    epochs: int = field(default=9, metadata=option("Passes over the states of all texts."))
    learning_rate: float = field(default=3e-3, metadata=option("Peak learning rate."))
    role_labels: tuple[Path, ...] = field(
        default=(), metadata=option("File of articles whose people's roles are labelled; may be repeated.")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteTuning:
    """Which packed quote model to choose the settings of decoding for, and where the corpora are."""

    model: str = field(metadata=option("Name or folder of the model; its settings are replaced.", argument=True))
    corpora: Path = field(metadata=option("Folder of the public corpora, laid out as the documentation says."))
    change_installed: bool = field(default=False, metadata=option("Change a model that comes with onrecord, in place."))
    device: str = field(default="cpu", metadata=option("cpu, cuda, or auto (a GPU if there is one)."))
    threads: int = field(default=2, metadata=option("Processor threads to use."))

    def __post_init__(self) -> None:
        check_count(self, 1, "threads")
        check_device(self.device)
