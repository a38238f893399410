"""Chooses the temperature of a model folder's stance model: how sure it may be of what it says."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from onrecord.errors import InputError
from onrecord.files.atomic import replacing
from onrecord_models.errors import WeightsError
from onrecord_models.inference import choose_device
from onrecord_models.loading import load_quote_model, load_stance_model, load_tokenizer
from onrecord_models.stance.model import StanceModel
from onrecord_models.stance.pairs import PairModel
from onrecord_training.loop.reading import OnRead, ReadingReport
from onrecord_training.settings import own_folder
from onrecord_training.stance import pair_training
from onrecord_training.stance.data import read_items, read_labelled
from onrecord_training.stance.items import Asking, all_targets
from onrecord_training.stance.measuring import fit_temperature
from onrecord_training.stance.pair_task import labelled_pairs
from onrecord_training.stance.settings import StanceTuning
from onrecord_training.stance.states import StatesReader

_MOST_PAIRS = 2000
"""Statements, drawn at random, that a model which judges each by itself is shown."""


def tune_stance_model(settings: StanceTuning, report: Callable[[str], None]) -> float:
    """Writes the temperature under which the labels are most likely into the stance model's config.json.

    Use labels that the model has not learned from; on the others it is too sure.

    Raises:
        InputError: a file of labels is missing or damaged, or nothing in it is labelled.
        SettingsError: the model comes with onrecord, and the settings do not say that it may be changed.
        WeightsError: the model is missing or damaged, or has no stance model of its own.
    """
    folder = own_folder(settings.model, settings.change_installed)
    path = folder / "stance" / "config.json"
    if not path.is_file():
        raise WeightsError(f"{path.parent}: no stance model in it; put one in with `onrecord train add-stance`")
    torch.set_num_threads(settings.threads)
    report(f"loading {settings.model} …")
    device = choose_device(settings.device)
    quote_model, _ = load_quote_model(folder)
    model = load_stance_model(folder, quote_model).to(device).eval()
    if isinstance(model, PairModel):
        temperature = _of_pairs(model, folder, settings)
    else:
        reader = StatesReader(quote_model, load_tokenizer(folder), model.config.layers, device)
        temperature = _of_articles(model, reader, settings, ReadingReport(report))
    config: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    report(f"the temperature was {config['calibration']}")
    with replacing(path) as file:
        file.write(json.dumps({**config, "calibration": temperature}, indent=2, sort_keys=True) + "\n")
    return temperature


def _of_articles(model: StanceModel, reader: StatesReader, settings: StanceTuning, on_read: OnRead) -> float:
    items = [
        item
        for path in settings.stance_labels
        for item in read_items(reader.analyse, read_labelled(path, settings.corpora), on_read)
    ]
    if not items:
        raise _nothing(settings)
    return fit_temperature(model, Asking(reader.encode)(all_targets(items)))


def _of_pairs(model: PairModel, folder: Path, settings: StanceTuning) -> float:
    every = [each for path in settings.stance_labels for each in read_labelled(path, settings.corpora)]
    pairs = [pair for each in every for pair in labelled_pairs(each.article, next(iter(each.annotations.values())))]
    if not pairs:
        raise _nothing(settings)
    chosen = random.Random(1).sample(pairs, min(_MOST_PAIRS, len(pairs)))
    return pair_training.fit_temperature(*pair_training.answers(model, load_tokenizer(folder), chosen))


def _nothing(settings: StanceTuning) -> InputError:
    return InputError(f"{', '.join(map(str, settings.stance_labels))}: no statement in it has a stance")
