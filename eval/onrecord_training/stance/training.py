"""Trains the stance model over a finished quote model, on articles and sentences whose stances are labelled.

Everything random derives from the seed and the epoch.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import torch
from safetensors.torch import save_file
from torch import Tensor

from onrecord.errors import SettingsError
from onrecord_models.loading import lend_layers, load_quote_model, load_tokenizer, model_folder
from onrecord_models.quote_model import QuoteModel
from onrecord_models.stance.inference import statement_logits
from onrecord_models.stance.model import StanceConfig, StanceModel
from onrecord_training.loop.batching import token_batches
from onrecord_training.loop.checkpoints import CheckpointFolder, learned_state
from onrecord_training.loop.devices import begin, lower_frozen, native_precision, place
from onrecord_training.loop.initialization import load_initial
from onrecord_training.loop.reading import ReadingReport
from onrecord_training.loop.schedule import Step, warm_up_by_share
from onrecord_training.loop.training import Task, TrainingLoop, layered_loop
from onrecord_training.manifest import digest, digests, lineage, write_manifest
from onrecord_training.stance.data import epoch_items, read_data
from onrecord_training.stance.items import NEUTRAL, NO_SIDE, UNLABELLED, Asked, Asking, all_targets
from onrecord_training.stance.measuring import fit_temperature, measure
from onrecord_training.stance.sentences import CORPORA
from onrecord_training.stance.settings import StanceLearning, StanceTraining
from onrecord_training.stance.states import StatesReader

_JITTER: Final = 40


class StanceTask(Task[list[Asked]]):
    """Training a stance model on what ``asked_in`` gives for an epoch; ``measured`` are measured after each."""

    def __init__(
        self,
        model: StanceModel,
        settings: StanceLearning,
        asked_in: Callable[[int], list[Asked]],
        measured: dict[str, list[Asked]],
    ) -> None:
        super().__init__(model)
        self._stance_model, self._settings, self._asked_in, self._measured = model, settings, asked_in, measured

    def batches(self, epoch: int) -> list[list[Asked]]:
        generator = random.Random(f"{self._settings.seed}/{epoch}/batches")
        tokens = self._settings.batch_tokens
        return token_batches(self._asked_in(epoch), len, tokens=tokens, generator=generator, jitter=_JITTER)

    def losses(self, batch: list[Asked]) -> Tensor:
        device = self.model.device
        with native_precision(device.type):
            logits = statement_logits(self._stance_model, [each.question for each in batch], device.type)
        labels = torch.tensor([label for each in batch for label in each.labels], device=device)
        return stance_loss(torch.cat(logits), labels, self._settings.smoothing)[None]

    def seed(self, step: Step) -> None:
        """For dropout, once an epoch."""
        if step.batch == 0:
            torch.manual_seed(self._settings.seed * 1000 + step.epoch)

    def after_epoch(self, epoch: int) -> dict[str, Any]:
        scores = measure(self._stance_model, self._measured)
        return {"scores": scores} if scores else {}


def stance_loss(logits: Tensor, labels: Tensor, smoothing: float) -> Tensor:
    """The mean loss of statements, 0 if none is labelled; `NEUTRAL` allows for both kinds of neutral.

    Shapes: ``logits`` (statements, ``len(OUTCOMES)``), ``labels`` (statements,).
    """
    log_probabilities = logits.float().log_softmax(-1)
    right = log_probabilities.gather(1, labels.clamp(0, NO_SIDE + 1)[:, None]).squeeze(1)
    right = torch.where(labels == NEUTRAL, log_probabilities[:, NO_SIDE:].logsumexp(-1), right)
    loss = -(1 - smoothing) * right - smoothing * log_probabilities.mean(-1)
    labelled = labels != UNLABELLED
    return (loss * labelled).sum() / labelled.sum().clamp(min=1)


def train_stance_model(settings: StanceTraining, report: Callable[[str], None], command: str = "") -> Path:
    """Trains, or goes on training, and returns the folder with the finished model.

    ``report`` gets lines of progress. ``command`` is noted in ``manifest.json`` beside the model's folder.

    Raises:
        InputError: a corpus is missing or damaged.
        SettingsError: a run with other settings was begun, or the quote model has fewer layers.
        WeightsError: the model is missing or damaged.
    """
    checkpoint = CheckpointFolder(settings.output / "checkpoint", asdict(settings))
    device = begin(settings.device, settings.threads, settings.seed)
    report(f"loading {settings.model} …")
    folder = model_folder(settings.model)
    quote_model, _ = load_quote_model(folder)
    model = build(settings, quote_model, device)
    if settings.initial:
        load_initial(model, settings.initial, "stance")
    on_read = ReadingReport(report)
    reader = StatesReader(quote_model, load_tokenizer(folder), settings.layers, device)
    data = read_data(settings, reader.analyse, on_read)
    report(", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in data.sizes().items() if count))
    ask = Asking(reader.encode)

    def asked_in(epoch: int) -> list[Asked]:
        return ask(epoch_items(data, settings, epoch, random.Random(f"{settings.seed}/{epoch}")))

    measured = {name: ask(all_targets(items)) for name, items in data.measured.items()}
    task = StanceTask(model, settings, asked_in, measured)
    history = stance_loop(task, settings, checkpoint, report).run()
    report("choosing the temperature …")
    model.config.calibration = fit_temperature(model, ask(all_targets(data.held_out)))
    scores = measure(model, measured)
    report(f"temperature {model.config.calibration}: " + " ".join(f"{name} {value}" for name, value in scores.items()))
    part = settings.output / "model"
    part.mkdir(parents=True, exist_ok=True)
    save_file(learned_state(model), part / "model.safetensors")
    model.config.save_pretrained(part)
    more: dict[str, Any] = {"temperature": model.config.calibration, "scores": scores}
    more |= {"quote_model_sha256": digest(folder / "quotes" / "model.safetensors")}
    more |= lineage("stance", None, settings.initial)
    more["stance_labels_sha256"] = digests(settings.stance_labels)
    unnoted = ("model", "stance_labels", "measured_labels")  # the digests of the labels are noted
    record = {name: value for name, value in asdict(settings).items() if name not in unnoted}
    write_manifest(settings.output / "manifest.json", "stance", record, CORPORA, data.sizes(), history, command, **more)
    return part


def stance_loop(
    task: StanceTask, settings: StanceLearning, checkpoint: CheckpointFolder, report: Callable[[str], None]
) -> TrainingLoop[list[Asked]]:
    """The loop that trains ``task``, with the optimiser and the schedule of ``settings``."""
    return layered_loop(task, settings, warm_up_by_share(settings.warmup), checkpoint, report)


def build(settings: StanceTraining, quote_model: QuoteModel, device: str) -> StanceModel:
    """An untrained stance model over a quote model; frozen weights in the precision they are trained over."""
    deep = quote_model.encoder.config.num_hidden_layers
    if settings.layers > deep:
        raise SettingsError(f"layers is {settings.layers}; the quote model has {deep}")
    encoder = {**quote_model.config.encoder, "hidden_dropout_prob": settings.dropout}
    config = StanceConfig(encoder, layers=settings.layers, adapter_rank=settings.adapter_rank)
    model = StanceModel(config)
    lend_layers(model, quote_model)
    if settings.adapter_rank:
        lower_frozen(model.encoder, device)
    place(model, device)
    return model
