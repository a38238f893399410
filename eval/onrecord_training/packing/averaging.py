"""Averages the weights of trained models: the mean finds more than each of them (Wortsman et al., ICML 2022).

They must begin alike, with the same base encoder and the same seed or initial run; else their heads do not correspond.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from onrecord.errors import InputError, SettingsError
from onrecord_training.packing.settings import Averaging


def average_runs(settings: Averaging, report: Callable[[str], None], command: str = "") -> Path:
    """Writes a run's folder with the weighted mean of the runs' models, and returns the model's folder.

    What a run's model lacks, as one packed without its word embeddings does, is taken from the first one.

    Raises:
        InputError: a run has no finished model.
        SettingsError: the models differ in their parts or sizes.
    """
    runs, output = settings.runs, settings.output
    for run in runs:
        if not (run / "model" / "model.safetensors").is_file():
            raise InputError(
                f"{run}: no finished model in it; expected model/ and manifest.json, as `onrecord train` writes them"
            )
    report(f"averaging {len(runs)} models …")
    states = [load_file(run / "model" / "model.safetensors") for run in runs]
    mean = {}
    for name, first in states[0].items():
        others = [state.get(name, first) for state in states]
        if any(other.shape != first.shape for other in others):
            raise SettingsError(f"{name} has another shape in one of the runs; average runs of one architecture")
        if all(torch.equal(other, first) for other in others):
            mean[name] = first  # a weighted sum of what was frozen would differ from it in the last places
            continue
        parts = (other.float() * share for other, share in zip(others, settings.shares, strict=True))
        mean[name] = torch.stack(list(parts)).sum(0)
    shutil.copytree(runs[0] / "model", output / "model", dirs_exist_ok=True)
    save_file(mean, output / "model" / "model.safetensors")
    manifests = [json.loads((run / "manifest.json").read_text(encoding="utf-8")) for run in runs]
    record: dict[str, Any] = {**manifests[0], "command": command, "epochs": []}
    record.pop("scores", None)  # those of the first run, not of the average
    record["averaged"] = [
        {"weight": share, **manifest} for share, manifest in zip(settings.shares, manifests, strict=True)
    ]
    (output / "manifest.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    return output / "model"
