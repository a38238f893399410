"""Trains the stance model on NewsMTSC, Perspectrum, labelled statements of newswire, contrast pairs and unrelated
statements of PolNeAR.

Everything random derives from the seed and the epoch.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor, nn
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from onrecord_models.stance_model import (
    LABELS,
    EncodedInput,
    StanceConfig,
    StanceModel,
    StanceScorer,
    collate,
    encode_input,
)
from onrecord_training.loop.batching import token_batches
from onrecord_training.loop.checkpoints import CheckpointFolder, learned_state
from onrecord_training.loop.devices import begin, native_precision, place
from onrecord_training.loop.initialization import encoder_settings, load_encoder, load_initial
from onrecord_training.loop.schedule import Step, warm_up_by_share
from onrecord_training.loop.training import Task, TrainingLoop, layered_loop
from onrecord_training.manifest import digest, lineage, write_manifest
from onrecord_training.stance.data import NEWSMTSC, PERSPECTRUM, POLNEAR, epoch_examples, read_data
from onrecord_training.stance.examples import Labelled
from onrecord_training.stance.measuring import fit_temperature, measure
from onrecord_training.stance.settings import StanceLearning, StanceTraining

_DATA: Final = (*NEWSMTSC, *PERSPECTRUM, POLNEAR)
_JITTER: Final = 6


@dataclass(frozen=True, slots=True)
class _Example:
    encoded: EncodedInput
    label: int


class StanceTask(Task[list[_Example]]):
    """Training a stance model on the examples that ``examples_of`` gives for an epoch.

    After each epoch the model is measured on the sets of ``measured``, by name.
    """

    def __init__(
        self,
        model: StanceModel,
        tokenizer: PreTrainedTokenizerBase,
        settings: StanceLearning,
        examples_of: Callable[[int], list[Labelled]],
        measured: dict[str, list[Labelled]],
    ) -> None:
        super().__init__(model)
        self._stance_model, self._tokenizer, self._settings = model, tokenizer, settings
        self._examples_of, self._measured = examples_of, measured
        self.examples = 0
        """Examples of the last epoch."""

    def batches(self, epoch: int) -> list[list[_Example]]:
        size, settings = self._stance_model.config.window_size, self._settings
        examples = self._examples_of(epoch)
        self.examples = len(examples)
        encoded = [
            _Example(encode_input(shown, self._tokenizer, size), LABELS.index(label)) for shown, label in examples
        ]
        generator = random.Random(f"{settings.seed}/{epoch}/batches")
        return token_batches(encoded, _length, tokens=settings.batch_tokens, generator=generator, jitter=_JITTER)

    def losses(self, batch: list[_Example]) -> Tensor:
        device = self.model.device
        tensors = collate([example.encoded for example in batch], int(self._tokenizer.pad_token_id or 0))
        inputs = (tensors.input_ids, tensors.attention_mask, tensors.parts)
        with native_precision(device.type):
            logits = self.model(*(tensor.to(device) for tensor in inputs))
        labels = torch.tensor([example.label for example in batch], device=device)
        smoothing = self._settings.smoothing
        return nn.functional.cross_entropy(logits.float(), labels, label_smoothing=smoothing)[None]

    def seed(self, step: Step) -> None:
        """For dropout, once an epoch."""
        if step.batch == 0:
            torch.manual_seed(self._settings.seed * 1000 + step.epoch)

    def after_epoch(self, epoch: int) -> dict[str, Any]:
        scores = measure(StanceScorer(self._stance_model, self._tokenizer), self._measured)
        return {"examples": self.examples, **({"scores": scores} if scores else {})}


def _length(example: _Example) -> int:
    return len(example.encoded)


def train_stance_model(settings: StanceTraining, report: Callable[[str], None], command: str = "") -> Path:
    """Trains, or goes on training, and returns the folder with the finished model.

    ``report`` gets lines of progress. ``command`` is noted in ``manifest.json`` beside the model's folder.

    Raises:
        InputError: a corpus is missing or damaged.
        SettingsError: the encoder or the model to start from does not fit, or a run with other settings was begun.
    """
    checkpoint = CheckpointFolder(settings.output / "checkpoint", asdict(settings))
    report("loading the encoder …")
    device = begin(settings.device, settings.threads, settings.seed)
    tokenizer = AutoTokenizer.from_pretrained(settings.encoder)
    model = _build(settings, device)
    report("reading the corpora …")
    data = read_data(settings)
    report(", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in data.sizes().items() if count))

    def examples_of(epoch: int) -> list[Labelled]:
        return epoch_examples(data, settings, random.Random(f"{settings.seed}/{epoch}"))

    history = stance_loop(
        StanceTask(model, tokenizer, settings, examples_of, data.measured), settings, checkpoint, report
    ).run()
    report("choosing the temperature …")
    model.config.calibration = fit_temperature(model, tokenizer, data.calibration)
    scores = measure(StanceScorer(model, tokenizer), data.measured)
    report(f"temperature {model.config.calibration}: " + " ".join(f"{name} {value}" for name, value in scores.items()))
    if settings.adapter_rank:
        model.save_pretrained(settings.output / "model", state_dict=learned_state(model))
    else:
        model.save_pretrained(settings.output / "model")
    tokenizer.save_pretrained(settings.output / "model")
    more = {"temperature": model.config.calibration, "scores": scores}
    more |= lineage("stance", settings.labels, settings.initial)
    if settings.stance_labels:
        more["stance_labels_sha256"] = digest(settings.stance_labels)
    sizes = {**data.sizes(), "examples_an_epoch": history[-1]["examples"]}
    used = [name for name in _DATA if (settings.corpora / name).exists()]
    write_manifest(settings.output / "manifest.json", "stance", asdict(settings), used, sizes, history, command, **more)
    return settings.output / "model"


def stance_loop(
    task: StanceTask, settings: StanceLearning, checkpoint: CheckpointFolder, report: Callable[[str], None]
) -> TrainingLoop[list[_Example]]:
    """The loop that trains ``task``, with the optimiser and the schedule of ``settings``."""
    return layered_loop(task, settings, warm_up_by_share(settings.warmup), checkpoint, report)


def _build(settings: StanceTraining, device: str) -> StanceModel:
    encoder = encoder_settings(settings.encoder, settings.dropout)
    model = StanceModel(StanceConfig(encoder=encoder, adapter_rank=settings.adapter_rank))
    load_encoder(model, settings.encoder, device)
    if settings.initial:
        load_initial(model, settings.initial, "stance")
    place(model, device)
    return model
