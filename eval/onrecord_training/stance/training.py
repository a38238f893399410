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
from onrecord_models.loading import lend_layers, load_quote_model, model_folder, part_folder
from onrecord_models.quote_model import QuoteModel
from onrecord_models.stance.inference import statement_logits
from onrecord_models.stance.model import OUTCOMES, StanceConfig, StanceModel
from onrecord_training.loop.batching import token_batches
from onrecord_training.loop.checkpoints import CheckpointFolder, learned_state
from onrecord_training.loop.devices import begin, lower_frozen, native_precision, place
from onrecord_training.loop.initialization import load_initial
from onrecord_training.loop.reading import ReadingReport
from onrecord_training.loop.schedule import Step, warm_up_by_share
from onrecord_training.loop.training import Task, TrainingLoop, layered_loop
from onrecord_training.manifest import digest, digests, lineage, write_manifest
from onrecord_training.stance.data import epoch_items, read_data, untaught
from onrecord_training.stance.items import UNLABELLED, Asked, Asking, all_targets, log_likelihoods
from onrecord_training.stance.measuring import fit_temperature, measure
from onrecord_training.stance.sentences import CORPORA
from onrecord_training.stance.settings import StanceLearning, StanceTraining
from onrecord_training.stance.states import StatesReader
from onrecord_training.stance.teaching import Teacher

_JITTER: Final = 40


class StanceTask(Task[list[Asked]]):
    """Training a stance model on what ``asked_in`` gives for an epoch; ``measured`` are measured after each.

    ``teacher_share`` is how much a teacher's probabilities count beside labels.
    """

    def __init__(
        self,
        model: StanceModel,
        settings: StanceLearning,
        asked_in: Callable[[int], list[Asked]],
        measured: dict[str, list[Asked]],
        teacher_share: float = 0.0,
    ) -> None:
        super().__init__(model)
        self._teacher_share = teacher_share
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
        taught = torch.cat([_taught(each) for each in batch]).to(device)
        return stance_loss(torch.cat(logits), labels, self._settings.smoothing, self._teacher_share * taught)[None]

    def seed(self, step: Step) -> None:
        """For dropout, once an epoch."""
        if step.batch == 0:
            torch.manual_seed(self._settings.seed * 1000 + step.epoch)

    def after_epoch(self, epoch: int) -> dict[str, Any]:
        scores = measure(self._stance_model, self._measured)
        return {"scores": scores} if scores else {}


def stance_loss(logits: Tensor, labels: Tensor, smoothing: float, taught: Tensor | None = None) -> Tensor:
    """The mean loss of statements, 0 if nothing is known of any (`log_likelihoods`).

    Shapes: ``logits`` and ``taught`` (statements, ``len(OUTCOMES)``), ``labels`` (statements,). The rows of ``taught``
    are a teacher's probabilities times how much they count beside the label, 0 to 1.
    """
    log_probabilities = logits.float().log_softmax(-1)
    loss = -(1 - smoothing) * log_likelihoods(log_probabilities, labels) - smoothing * log_probabilities.mean(-1)
    known = labels != UNLABELLED
    loss = loss * known
    if taught is not None:
        share = taught.sum(-1)
        loss = (1 - share) * loss - (taught * log_probabilities).sum(-1)
        known = known | (share > 0)
    return loss.sum() / known.sum().clamp(min=1)


def _taught(asked: Asked) -> Tensor:
    """(statements, ``len(OUTCOMES)``): a teacher's probabilities, 0 without one."""
    return torch.zeros(len(asked.labels), len(OUTCOMES)) if asked.taught is None else asked.taught.float()


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
    quote_model, tokenizer = load_quote_model(folder)
    model = build(settings, quote_model, device)
    if settings.initial:
        load_initial(model, settings.initial, "stance")
    on_read = ReadingReport(report)
    reader = StatesReader(quote_model, tokenizer, settings.layers, device)
    teach = untaught
    if settings.teacher:
        teach = Teacher(settings.teacher, settings.output / "taught", device, report).teach
    data = read_data(settings, reader.analyse, on_read, teach)
    del teach  # the teacher's models
    report(", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in data.sizes().items() if count))
    ask = Asking(reader.encode)

    def asked_in(epoch: int) -> list[Asked]:
        return ask(epoch_items(data, settings, epoch, random.Random(f"{settings.seed}/{epoch}")))

    measured = {name: ask(all_targets(items)) for name, items in data.measured.items()}
    task = StanceTask(model, settings, asked_in, measured, settings.teacher_share)
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
    if settings.teacher:
        teacher = part_folder(model_folder(settings.teacher), "stance")
        more["teacher_sha256"] = digest(teacher / "stance" / "model.safetensors")
    unnoted = ["model", "teacher", "stance_labels", "measured_labels"]  # digests of what is learned from are noted
    unnoted += [] if settings.teacher else ["teacher_share"]
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
