"""Averages the weights of trained quote models: the mean reads better than each (Wortsman et al., ICML 2022).

They must share their start: the same base encoder and the same seed or initial run, else their heads do not correspond.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from onrecord.errors import InputError, SettingsError


def average_runs(runs: Sequence[Path], weights: Sequence[float], output: Path, command: str = "") -> Path:
    """Writes a run's folder like those of ``runs`` with the weighted mean of their models.

    What a run's model lacks, as one packed without its word embeddings does, is taken from the first one.

    Raises:
        InputError: a run has no finished model.
        SettingsError: the numbers of runs and weights differ, or the models are not alike.
    """
    if len(runs) < 2 or len(weights) != len(runs):
        raise SettingsError(f"{len(weights)} weights for {len(runs)} runs; give one weight for each of at least two")
    total = sum(weights)
    if min(weights) < 0 or total <= 0:
        raise SettingsError("weights are shares: none below 0, and not all 0")
    for run in runs:
        if not (run / "model" / "model.safetensors").is_file():
            raise InputError(
                f"{run}: no finished quote model there; `onrecord train quotes` writes model/ and manifest.json"
            )
    states = [load_file(run / "model" / "model.safetensors") for run in runs]
    mean = {}
    for name, first in states[0].items():
        others = [state.get(name, first) for state in states]
        if any(other.shape != first.shape for other in others):
            raise SettingsError(f"{name} has another shape in one of the runs; average runs of one architecture")
        if all(torch.equal(other, first) for other in others):
            mean[name] = first  # a weighted sum of what was frozen would differ from it in the last places
            continue
        parts = (other.float() * (weight / total) for other, weight in zip(others, weights, strict=True))
        mean[name] = torch.stack(list(parts)).sum(0)
    shutil.copytree(runs[0] / "model", output / "model", dirs_exist_ok=True)
    save_file(mean, output / "model" / "model.safetensors")
    manifests = [json.loads((run / "manifest.json").read_text(encoding="utf-8")) for run in runs]
    record: dict[str, Any] = {**manifests[0], "command": command, "epochs": []}
    record["averaged"] = [{"weight": w / total, **one} for w, one in zip(weights, manifests, strict=True)]
    (output / "manifest.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    return output / "model"
