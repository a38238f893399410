"""Chooses the temperature of a model folder's stance model: how sure it may be of what it says."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import torch

from onrecord.errors import InputError
from onrecord.files.atomic import replacing
from onrecord_models.errors import WeightsError
from onrecord_models.inference import choose_device
from onrecord_models.loading import load_quote_model, load_stance_model
from onrecord_training.loop.reading import ReadingReport
from onrecord_training.settings import own_folder
from onrecord_training.stance.data import read_items, read_labelled
from onrecord_training.stance.items import Asking, all_targets
from onrecord_training.stance.measuring import fit_temperature
from onrecord_training.stance.settings import StanceTuning
from onrecord_training.stance.states import StatesReader


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
    quote_model, tokenizer = load_quote_model(folder)
    model = load_stance_model(folder, quote_model).to(device).eval()
    reader = StatesReader(quote_model, tokenizer, model.config.layers, device)
    on_read = ReadingReport(report)
    items = [
        item
        for labels in settings.stance_labels
        for item in read_items(reader.analyse, read_labelled(labels, settings.corpora), on_read)
    ]
    if not items:
        raise InputError(f"{', '.join(map(str, settings.stance_labels))}: no statement in it has a stance")
    temperature = fit_temperature(model, Asking(reader.encode)(all_targets(items)))
    config: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    report(f"the temperature was {config['calibration']}")
    with replacing(path) as file:
        file.write(json.dumps({**config, "calibration": temperature}, indent=2, sort_keys=True) + "\n")
    return temperature
