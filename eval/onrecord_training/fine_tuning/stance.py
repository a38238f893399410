"""Trains a stance model further on a user's own labels.

Nothing but the labels and their articles is read, by the model folder's quote model, which stays as it is.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from onrecord.document import Stance, Statement
from onrecord.errors import InputError
from onrecord.files.console import counted
from onrecord_eval.corpora.polnear import AnnotatedArticle
from onrecord_models.labels import STANCES
from onrecord_models.loading import lend_layers, load_quote_model, load_stance_model, part_folder
from onrecord_models.quote_model import QuoteModel
from onrecord_models.stance.model import StanceConfig, StanceModel
from onrecord_training.fine_tuning.run import FineTuningRun
from onrecord_training.fine_tuning.settings import FineTuning
from onrecord_training.loop.devices import lower_frozen, place
from onrecord_training.loop.initialization import load_initial
from onrecord_training.stance.data import read_items
from onrecord_training.stance.items import UNLABELLED, Asked, Asking, all_targets, without_speakers
from onrecord_training.stance.settings import StanceLearning
from onrecord_training.stance.states import StatesReader
from onrecord_training.stance.training import StanceTask, stance_loop

_WITHOUT_SPEAKERS: Final = 0.25
"""Share of the questions that are asked without speakers, because the pipeline does not always find one."""


def fine_tune_stance_model(settings: FineTuning, report: Callable[[str], None], command: str = "") -> Path:
    """Trains a stance model further on the stances of ``settings.gold`` and returns the new model's folder.

    A model without a stance model of its own starts from the one that it is used with. Stances labelled ``unclear``
    are not learned. The temperature stays as it was.

    Raises:
        InputError, RecordError: the labels or an article cannot be read, or there is nothing to learn from.
        OutputError: there is a model in ``settings.output``.
        WeightsError: ``settings.initial`` is not a model, or no stance model fits it.
    """
    run = FineTuningRun(settings, report)
    articles = [
        AnnotatedArticle(each.article, {"gold": tuple(map(_with_labels, each.statements))}) for each in run.labelled
    ]
    if not any(each.stance for annotated in articles for each in annotated.annotations["gold"]):
        raise InputError(f"{settings.gold}: none of its stances is {', '.join(STANCES[:-1])} or {STANCES[-1]}")
    report(f"loading {settings.initial} …")
    quote_model, tokenizer = load_quote_model(run.initial)
    model = load_stance_model(run.initial, quote_model)  # checks all files, and says what is wrong with them
    model = _trainable(model, run.initial, quote_model, run.device)  # before the quote model is lowered for reading
    reader = StatesReader(quote_model, tokenizer, model.config.layers, run.device)
    report(f"reading {run.articles} with the model …")
    drawn = all_targets(read_items(reader.analyse, articles))
    count = sum(label != UNLABELLED for _, target in drawn for label in target.labels)
    if not count:
        raise InputError(f"{settings.gold}: all its stances are in paragraphs that models do not read, such as menus")
    report(f"{counted(count, 'stance')} of {run.articles}")
    ask = Asking(reader.encode)

    def asked_in(epoch: int) -> list[Asked]:
        generator = random.Random(f"{settings.seed}/{epoch}")
        return ask(
            [
                (without_speakers(item) if generator.random() < _WITHOUT_SPEAKERS else item, target)
                for item, target in drawn
            ]
        )

    learning = StanceLearning(
        epochs=settings.epochs,
        seed=settings.seed,
        learning_rate=settings.learning_rate,
        head_learning_rate=settings.head_learning_rate,
    )
    history = stance_loop(StanceTask(model, learning, asked_in, measured={}), learning, run.checkpoint, report).run()
    return run.finish("stance", model, {"own_articles": len(articles), "own_stances": count}, history, command)


def _trainable(model: StanceModel, folder: Path, quote_model: QuoteModel, device: str) -> StanceModel:
    """The stance model that goes with a model folder, as training changes it."""
    if model.config.adapter_rank:  # the adapters were added into the weights
        model = StanceModel(StanceConfig.from_dict(model.config.to_dict()))
        lend_layers(model, quote_model)
        load_initial(model, part_folder(folder, "stance"), "stance")
        lower_frozen(model.encoder, device)
    place(model, device)
    return model


def _with_labels(statement: Statement) -> Statement:
    """The statement with those of its stances that can be learned from."""
    return replace(statement, stance=tuple(_label(stance) for stance in statement.stance if stance.label in STANCES))


def _label(stance: Stance) -> Stance:
    """Without what a model thought of ``about``: nobody corrected that, so it is no label."""
    return stance if stance.score is None else replace(stance, about=None)
