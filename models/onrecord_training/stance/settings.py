"""Settings of a training run of the stance model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from onrecord.errors import SettingsError


@dataclass(frozen=True, slots=True)
class StanceTraining:
    """Settings of one training run.

    ``encoder`` is a folder with a base encoder (config, tokenizer, model.safetensors); ``corpora`` one with
    ``newsmtsc``, ``perspectrum`` and ``polnear``; checkpoints, the model and its manifest go to ``output``.
    ``initial`` is the output folder of an earlier run, or a model folder, to start from. ``labels`` is a file of
    labelled newswire articles, read ``labels_repeats`` times an epoch, ``stance_labels`` one of articles with stances
    towards several targets, read once; ``measured_labels`` is one of newswire that is measured on after each epoch
    and never trained on.

    ``adapter_rank`` 0 trains the encoder, anything above adapters on a frozen one.
    ``contrast``, ``unrelated_claims`` and ``unrelated_statements`` are numbers of examples an epoch.
    """

    encoder: Path
    corpora: Path
    output: Path
    initial: Path | None = None
    labels: Path | None = None
    measured_labels: Path | None = None
    labels_repeats: int = 3
    stance_labels: Path | None = None
    adapter_rank: int = 0
    epochs: int = 4
    seed: int = 1
    batch_tokens: int = 1800
    learning_rate: float = 2e-4
    head_learning_rate: float = 5e-4
    layer_decay: float = 0.9
    weight_decay: float = 0.01
    warmup: float = 0.06
    smoothing: float = 0.05
    dropout: float = 0.1
    contrast: int = 3000
    unrelated_claims: int = 1200
    unrelated_statements: int = 1200
    threads: int = 1

    def __post_init__(self) -> None:
        if self.epochs < 1:
            raise SettingsError(f"epochs is {self.epochs}; at least 1 is needed")
        for name in ("warmup", "smoothing", "dropout"):
            if not 0 <= getattr(self, name) < 1:
                raise SettingsError(f"{name} is {getattr(self, name)}; it is a share, from 0 to below 1")
        for name in ("contrast", "unrelated_claims", "unrelated_statements"):
            if getattr(self, name) < 0:
                raise SettingsError(f"{name} is {getattr(self, name)}; it is a number of examples, 0 or more")
