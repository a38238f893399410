"""Settings of writing soft labels."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from onrecord_training.settings import check_count, check_device, option


@dataclass(frozen=True, slots=True, kw_only=True)
class Distillation:
    """What soft labels are made of.

    The quote model of ``teacher`` reads PolNeAR's training articles except the tenth set aside, the labelled newswire
    articles ``labels_repeats`` times, the wholly labelled articles, and the unlabelled ones in ``texts``, each in a
    random variant of its own.

    Raises:
        SettingsError: a value is out of range.
    """

    teacher: str = field(metadata=option("Name or folder of the larger model, which labels the text.", argument=True))
    encoder: Path = field(metadata=option("Folder of the smaller model's base encoder, for its tokenizer."))
    corpora: Path = field(metadata=option("Folder of the public corpora, laid out as the documentation says."))
    output: Path = field(metadata=option("Folder for the soft labels.", short="-o"))
    labels: Path | None = field(default=None, metadata=option("File of labelled newswire articles to read as well."))
    labels_repeats: int = field(
        default=1, metadata=option("Number of variants in which each article of --labels is read.")
    )
    article_labels: tuple[Path, ...] = field(
        default=(),
        metadata=option("File of wholly labelled articles to read as well, as in data/world; may be repeated."),
    )
    act_labels: Path | None = field(
        default=None,
        metadata=option("File that says what kind of act the statements of PolNeAR and --labels report, as data/acts."),
    )
    texts: Path | None = field(default=None, metadata=option("Folder of articles without labels to read as well."))
    seed: int = field(default=1, metadata=option("Random seed."))
    device: str = field(default="cpu", metadata=option("cpu, cuda, or auto (a GPU if there is one)."))
    threads: int = field(default=2, metadata=option("Processor threads to use."))

    def __post_init__(self) -> None:
        check_count(self, 1, "labels_repeats", "threads")
        check_device(self.device)
