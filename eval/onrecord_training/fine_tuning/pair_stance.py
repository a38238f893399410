"""Trains a stance model that judges pairs, as the shipped ones do, further on a user's own labels."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import torch
from torch import Tensor, nn

from onrecord.errors import InputError
from onrecord.export.labels import LabelledArticle
from onrecord.files.console import counted
from onrecord.stages.base import Analysis
from onrecord.stages.stance.judges import stance_input
from onrecord.targets.target import Target
from onrecord.text.segmentation import segment
from onrecord_models.fetching import require_encoder
from onrecord_models.labels import STANCES
from onrecord_models.loading import load_tokenizer, part_folder
from onrecord_models.stance.classifier import StanceInput
from onrecord_models.stance.pairs import EncodedInput, PairConfig, PairModel, collate, encode_input
from onrecord_models.transformer.tokenizer import FastTokenizer
from onrecord_training.fine_tuning.run import FineTuningRun
from onrecord_training.fine_tuning.settings import FineTuning
from onrecord_training.loop.batching import token_batches
from onrecord_training.loop.devices import native_precision, place
from onrecord_training.loop.initialization import load_encoder, load_initial
from onrecord_training.loop.schedule import Step, warm_up_by_share
from onrecord_training.loop.training import Task, layered_loop
from onrecord_training.stance.settings import StanceLearning

_WITHOUT_SPEAKER: Final = 0.25
"""Share of the statements that are shown without a speaker, because the pipeline does not always find one."""

_BATCH_TOKENS: Final = 1800
_JITTER: Final = 6


@dataclass(frozen=True, slots=True)
class _Example:
    encoded: EncodedInput
    label: int

    def __len__(self) -> int:
        return len(self.encoded)


class _PairTask(Task[list[_Example]]):
    """Training on labelled statements; every epoch leaves out other speakers."""

    def __init__(
        self,
        model: PairModel,
        tokenizer: FastTokenizer,
        settings: StanceLearning,
        labelled: list[tuple[StanceInput, str]],
    ) -> None:
        super().__init__(model)
        self._tokenizer, self._settings, self._labelled = tokenizer, settings, labelled
        self._size: int = model.config.window_size

    def batches(self, epoch: int) -> list[list[_Example]]:
        generator = random.Random(f"{self._settings.seed}/{epoch}")
        examples = []
        for shown, label in self._labelled:
            told = replace(shown, speaker="") if generator.random() < _WITHOUT_SPEAKER else shown
            examples.append(_Example(encode_input(told, self._tokenizer, self._size), STANCES.index(label)))
        return token_batches(examples, len, tokens=_BATCH_TOKENS, generator=generator, jitter=_JITTER)

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


def fine_tune_pairs(
    run: FineTuningRun, model: PairModel, settings: FineTuning, report: Callable[[str], None], command: str
) -> Path:
    """Trains ``model``, as it was loaded from ``run.initial``, and returns the new model's folder.

    Raises:
        InputError: there is nothing to learn from.
    """
    labelled = [example for article in run.labelled for example in _stances(article)]
    if not labelled:
        raise InputError(f"{settings.gold}: none of its stances is {', '.join(STANCES[:-1])} or {STANCES[-1]}")
    model = _trainable(model, run.initial, run.device)
    learning = StanceLearning(
        epochs=settings.epochs,
        seed=settings.seed,
        learning_rate=settings.learning_rate,
        head_learning_rate=settings.head_learning_rate,
    )
    report(f"{counted(len(labelled), 'stance')} of {run.articles}")
    task = _PairTask(model, load_tokenizer(part_folder(run.initial, "stance")), learning, labelled)
    history = layered_loop(task, learning, warm_up_by_share(learning.warmup), run.checkpoint, report).run()
    sizes = {"own_articles": len(run.labelled), "own_stances": len(labelled)}
    return run.finish("stance", model, sizes, history, command)


def _trainable(model: PairModel, folder: Path, device: str) -> PairModel:
    """The stance model as training changes it."""
    if model.config.adapter_rank:  # the adapters were added into the weights
        model = PairModel(PairConfig.from_dict(model.config.to_dict()))
        load_encoder(model, require_encoder().parent, device)
        load_initial(model, part_folder(folder, "stance"), "stance")
    model.encoder.get_input_embeddings().weight.requires_grad_(False)
    place(model, device)
    return model


def _stances(labelled: LabelledArticle) -> list[tuple[StanceInput, str]]:
    """What the pipeline would show the model for each labelled stance, and the label."""
    analysis = Analysis(labelled.article, segment(labelled.article.text))
    return [
        (stance_input(analysis, statement, Target(stance.target)), stance.label)
        for statement in labelled.statements
        for stance in statement.stance
        if stance.label in STANCES
    ]
