"""Trains a stance model that judges pairs, as the shipped ones do, further on a user's own labels."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from onrecord.errors import InputError
from onrecord.files.console import counted
from onrecord_models.fetching import require_encoder
from onrecord_models.labels import STANCES
from onrecord_models.loading import load_tokenizer, part_folder
from onrecord_models.stance.pairs import PairConfig, PairModel
from onrecord_training.fine_tuning.run import FineTuningRun
from onrecord_training.fine_tuning.settings import FineTuning
from onrecord_training.loop.devices import place
from onrecord_training.loop.initialization import load_encoder, load_initial
from onrecord_training.loop.schedule import warm_up_by_share
from onrecord_training.loop.training import layered_loop
from onrecord_training.stance.pair_task import PairTask, labelled_pairs
from onrecord_training.stance.settings import StanceLearning


def fine_tune_pairs(
    run: FineTuningRun, model: PairModel, settings: FineTuning, report: Callable[[str], None], command: str
) -> Path:
    """Trains ``model``, as it was loaded from ``run.initial``, and returns the new model's folder.

    Raises:
        InputError: there is nothing to learn from.
    """
    labelled = [pair for each in run.labelled for pair in labelled_pairs(each.article, each.statements)]
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
    tokenizer = load_tokenizer(part_folder(run.initial, "stance"))
    task = PairTask(model, tokenizer, learning, lambda epoch: labelled)
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
