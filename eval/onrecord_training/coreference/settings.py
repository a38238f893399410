"""Settings of training the coreference model."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from onrecord_training.settings import check_count, check_device, check_least, check_positive, check_share, option


@dataclass(frozen=True, slots=True, kw_only=True)
class CoreferenceTraining:
    """Settings of one training run.

    ``model`` is the name or folder of the model whose quote model the coreference model goes with. ``adapter_rank`` 0
    leaves that one's layers as they are. Epochs take the labelled articles as they are and with other names by turns.
    Learning rates are the highest ones; they rise over the share ``warmup`` of the run. ``batch_tokens`` count padding.

    Raises:
        SettingsError: a value is out of range.
    """

    model: str = field(
        metadata=option("Name or folder of the model whose quote model it is trained on top of.", argument=True)
    )
    corpora: Path = field(metadata=option("Folder of the public corpora, laid out as the documentation says."))
    output: Path = field(metadata=option("Folder for checkpoints, model and manifest.", short="-o"))
    speaker_labels: tuple[Path, ...] = field(
        default=(), metadata=option("File of labels of who is behind each source; may be repeated.")
    )
    initial: Path | None = field(
        default=None,
        metadata=option("Start from the coreference model of this run or model folder.", flag="--init"),
    )
    layers: int = field(
        default=3, metadata=option("Upper layers of the quote model's encoder that are read anew with adapters.")
    )
    adapter_rank: int = field(default=48, metadata=option("Rank of the adapters on these layers; 0 for none."))
    renamings: int = field(
        default=1, metadata=option("Further copies of the labelled articles with other names in them.")
    )
    learning_rate: float = field(default=5e-4, metadata=option("Peak learning rate of the adapters."))
    head_learning_rate: float = field(default=1e-3, metadata=option("Peak learning rate of the heads."))
    epochs: int = field(
        default=5,
        metadata=option("Passes over the questions; 0 only chooses bias and temperature, for an average of runs."),
    )
    seed: int = field(default=1, metadata=option("Random seed."))
    batch_tokens: int = 2000
    weight_decay: float = 0.01
    warmup: float = 0.06
    dropout: float = 0.1
    checkpoint_minutes: float = 10.0
    device: str = field(default="cpu", metadata=option("cpu, cuda, or auto (a GPU if there is one)."))
    threads: int = field(default=2, metadata=option("Processor threads to use."))

    def __post_init__(self) -> None:
        check_count(self, 1, "layers", "batch_tokens", "threads")
        check_count(self, 0, "epochs", "adapter_rank", "renamings")
        check_least(self, 0, "learning_rate", "head_learning_rate")
        check_positive(self, "checkpoint_minutes")
        check_share(self, "warmup", "dropout", "weight_decay")
        check_device(self.device)
