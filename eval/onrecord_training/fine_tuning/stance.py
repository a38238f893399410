"""Trains a stance model further on a user's own labels."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from onrecord.errors import InputError, SettingsError
from onrecord.export.labels import LabelledArticle
from onrecord.stages.base import Analysis
from onrecord.stages.stance import stance_input
from onrecord.targets.target import Target
from onrecord.text.segmentation import segment
from onrecord_models.fetching import require_encoder
from onrecord_models.loading import load_scorer, load_tokenizer, stance_folder
from onrecord_models.stance_model import LABELS, StanceModel
from onrecord_training.fine_tuning.run import FineTuningRun
from onrecord_training.fine_tuning.settings import FineTuning
from onrecord_training.loop.devices import place
from onrecord_training.loop.initialization import load_encoder, load_initial
from onrecord_training.stance.examples import Labelled
from onrecord_training.stance.settings import StanceLearning
from onrecord_training.stance.training import StanceTask, stance_loop

_WITHOUT_SPEAKER: Final = 0.25
"""Share of examples shown without their speaker, because the pipeline does not always find one."""


def fine_tune_stance_model(settings: FineTuning, report: Callable[[str], None], command: str = "") -> Path:
    """Trains a stance model further on the stances of ``settings.gold`` and returns the new model's folder.

    Stances labelled ``unclear`` are not learned. The temperature stays as it was.

    Raises:
        InputError, RecordError: the labels or an article cannot be read, or there is nothing to learn from.
        OutputError: there is a model in ``settings.output``.
        SettingsError: ``settings.initial`` has no stance model of its own.
        WeightsError: ``settings.initial`` is not a model.
    """
    run = FineTuningRun(settings, report)
    if stance_folder(run.initial) != run.initial:
        raise SettingsError(
            f"{settings.initial} has no stance model of its own; start from a model that has one, as --init small"
        )
    labelled = [example for article in run.labelled for example in _stances(article)]
    if not labelled:
        raise InputError(f"{settings.gold}: none of its stances is {', '.join(LABELS[:-1])} or {LABELS[-1]}")
    model = _trainable(run.initial, run.device)
    learning = StanceLearning(
        epochs=settings.epochs,
        seed=settings.seed,
        learning_rate=settings.learning_rate,
        head_learning_rate=settings.head_learning_rate,
    )
    report(f"{len(labelled)} stances of {run.articles}")

    def examples_of(epoch: int) -> list[Labelled]:
        generator = random.Random(f"{settings.seed}/{epoch}")
        return [
            (replace(shown, speaker="") if generator.random() < _WITHOUT_SPEAKER else shown, label)
            for shown, label in labelled
        ]

    task = StanceTask(model, load_tokenizer(run.initial), learning, examples_of, measured={})
    history = stance_loop(task, learning, run.checkpoint, report).run()
    sizes = {"own_articles": len(run.labelled), "own_stances": len(labelled)}
    return run.finish("stance", model, sizes, history, command)


def _trainable(folder: Path, device: str) -> StanceModel:
    """The stance model of a model folder, as training changes it."""
    model = load_scorer(folder, "cpu").model
    if model.config.adapter_rank:  # the adapters were added into the weights
        model = StanceModel(model.config)
        load_encoder(model, require_encoder().parent, device)
        load_initial(model, folder, "stance")
    model.encoder.get_input_embeddings().weight.requires_grad_(False)
    place(model, device)
    return model


def _stances(labelled: LabelledArticle) -> list[Labelled]:
    """What the pipeline would show the model for each labelled stance, and the label."""
    analysis = Analysis(labelled.article, segment(labelled.article.text))
    return [
        (stance_input(analysis, statement, Target(stance.target)), stance.label)
        for statement in labelled.statements
        for stance in statement.stance
        if stance.label in LABELS
    ]
