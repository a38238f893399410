"""The training loop of every model: epochs of batches, a falling learning rate, checkpoints, progress.

Written by hand on purpose, in place of ``transformers.Trainer``: a run that was killed at any moment continues to
exactly the weights of an undisturbed one, and batches are bounded by tokens. Trainer offers neither unless most of
its parts are overridden.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

import torch
from torch import Tensor, nn

from onrecord.errors import InputError
from onrecord_models.encoder import EncoderModel
from onrecord_training.loop.checkpoints import CheckpointFolder, Progress, learned_state
from onrecord_training.loop.optimizer import build_optimizer
from onrecord_training.loop.schedule import Schedule, Step

Batch = TypeVar("Batch")

_SHOWN_EVERY = 50
"""Batches between two lines of progress."""

_SMOOTHING = 0.98
"""Weight of the losses before in the running mean that is shown."""


class Task(ABC, Generic[Batch]):
    """What one model's training has of its own: its batches and what they cost.

    ``loss_names`` name the parts of the loss, ``best_by`` the figure of `after_epoch` by which the best epoch is kept;
    without it the last one is.
    """

    loss_names: tuple[str, ...] = ("loss",)
    best_by: str | None = None

    def __init__(self, model: EncoderModel) -> None:
        self.model = model

    @abstractmethod
    def batches(self, epoch: int) -> list[Batch]:
        """The batches of an epoch, counted from 0; the same ones whenever the epoch is asked for."""

    @abstractmethod
    def losses(self, batch: Batch) -> Tensor:
        """(len(loss_names),): the parts of the loss, whose sum is minimised."""

    def seed(self, step: Step) -> None:
        """Seeds torch before a step, where a task does not draw all its random numbers from one stream."""

    def after_epoch(self, epoch: int) -> dict[str, Any]:
        """What the record of an epoch says in addition to batches, seconds and losses, such as scores."""
        return {}


class LayeredSettings(Protocol):
    """Settings of a training whose lower layers learn more slowly; see `build_optimizer` for the rates."""

    @property
    def learning_rate(self) -> float: ...
    @property
    def head_learning_rate(self) -> float: ...
    @property
    def layer_decay(self) -> float: ...
    @property
    def weight_decay(self) -> float: ...
    @property
    def epochs(self) -> int: ...
    @property
    def checkpoint_minutes(self) -> float: ...


@dataclass(slots=True)
class TrainingLoop(Generic[Batch]):
    """One run of training ``task.model``.

    The parameter groups of ``optimizer`` have their highest learning rate as ``peak``. A checkpoint is written after
    each of the ``epochs``, and in between when the last one is ``checkpoint_minutes`` old. ``report`` gets lines of
    progress.
    """

    task: Task[Batch]
    optimizer: torch.optim.Optimizer
    schedule: Schedule
    checkpoint: CheckpointFolder
    epochs: int
    report: Callable[[str], None]
    checkpoint_minutes: float = 10.0
    _saved: float = field(default_factory=time.monotonic, init=False)

    def run(self) -> list[dict[str, Any]]:
        """Trains, from the checkpoint if there is one, and returns a record of each epoch.

        Raises:
            InputError: an epoch has no batches.
        """
        task, progress = self.task, self.checkpoint.resume(self.task.model, self.optimizer)
        if progress.steps:
            self.report(f"continuing after epoch {progress.epochs}, batch {progress.batches}")
        while progress.epochs < self.epochs:
            batches = task.batches(progress.epochs)
            if not batches:
                raise InputError("the corpora and labels given hold nothing to learn from; check their folders")
            self._train_epoch(batches, progress)
            started = time.monotonic()
            figures = task.after_epoch(progress.epochs)
            seconds = round(progress.seconds + time.monotonic() - started)
            losses = {name: round(value, 4) for name, value in self._named(progress.losses).items()}
            progress.history.append({"batches": len(batches), "seconds": seconds, "losses": losses, **figures})
            progress.epochs, progress.batches, progress.seconds, progress.losses = progress.epochs + 1, 0, 0.0, []
            self._keep_best(progress)
            self._save(progress)
            shown = "".join(f"; {name} {_shown(value)}" for name, value in figures.items())
            self.report(f"epoch {progress.epochs}/{self.epochs} done in {seconds} s{shown}")
        if progress.best_state:
            task.model.load_state_dict(progress.best_state, strict=False)
        return progress.history

    def _train_epoch(self, batches: list[Batch], progress: Progress) -> None:
        """Trains on the batches that ``progress`` leaves of an epoch."""
        model = self.task.model
        model.train()
        mean = torch.tensor(progress.losses, device=model.device)
        first, before, started = progress.batches, progress.seconds, time.monotonic()
        for number in range(first, len(batches)):
            step = Step(progress.epochs, number, len(batches), self.epochs, progress.steps)
            self.task.seed(step)
            for group in self.optimizer.param_groups:
                group["lr"] = self.schedule(group["peak"], step)
            parts = self.task.losses(batches[number])
            parts.sum().backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            self.optimizer.step()
            self.optimizer.zero_grad(set_to_none=True)
            mean = mean * _SMOOTHING + parts.detach() * (1 - _SMOOTHING) if len(mean) else parts.detach()
            progress.batches, progress.steps = number + 1, progress.steps + 1
            progress.seconds = before + time.monotonic() - started
            due = time.monotonic() - self._saved > self.checkpoint_minutes * 60
            shown = number % _SHOWN_EVERY == _SHOWN_EVERY - 1
            if due or shown or number + 1 == len(batches):
                progress.losses = mean.tolist()  # only now and then, because a GPU has to be waited for
            if shown:
                left = (time.monotonic() - started) / (number + 1 - first)
                left *= len(batches) * (self.epochs - progress.epochs) - number
                losses = " ".join(f"{name} {value:.3f}" for name, value in self._named(progress.losses).items())
                place = f"epoch {progress.epochs + 1}/{self.epochs} batch {number + 1}/{len(batches)}"
                self.report(f"{place}: {losses}; {left / 60:.0f} min left")
            if due:
                self._save(progress)

    def _save(self, progress: Progress) -> None:
        self.checkpoint.save(self.task.model, self.optimizer, progress)
        self._saved = time.monotonic()

    def _named(self, losses: list[float]) -> dict[str, float]:
        return dict(zip(self.task.loss_names, losses, strict=True))

    def _keep_best(self, progress: Progress) -> None:
        if self.task.best_by is None:
            return
        score = progress.history[-1][self.task.best_by]
        if progress.best is None or score > progress.best:
            progress.best = score
            progress.best_state = {name: tensor.clone() for name, tensor in learned_state(self.task.model).items()}


def layered_loop(
    task: Task[Batch],
    settings: LayeredSettings,
    schedule: Schedule,
    checkpoint: CheckpointFolder,
    report: Callable[[str], None],
) -> TrainingLoop[Batch]:
    """The loop that trains ``task`` with the optimiser of ``settings``."""
    optimizer = build_optimizer(
        task.model,
        learning_rate=settings.learning_rate,
        head_learning_rate=settings.head_learning_rate,
        layer_decay=settings.layer_decay,
        weight_decay=settings.weight_decay,
    )
    return TrainingLoop(task, optimizer, schedule, checkpoint, settings.epochs, report, settings.checkpoint_minutes)


def _shown(value: object) -> str:
    return " ".join(f"{name} {part}" for name, part in value.items()) if isinstance(value, dict) else str(value)
