"""Checkpoints of a training run: weights and optimiser as safetensors, progress and settings as JSON; no pickle."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from transformers import PreTrainedModel

from onrecord.errors import SettingsError

PLACES = frozenset(["threads", "output", "corpora", "encoder"])
"""Settings that say where and how fast, not what: a run may go on with other ones."""


def save_checkpoint(
    model: PreTrainedModel,
    optimizer: torch.optim.Optimizer,
    folder: Path,
    settings: Mapping[str, object],
    epochs: int,
    *,
    history: list[dict[str, Any]] | None = None,
) -> None:
    """Writes beside the old checkpoint and renames, so that a kill leaves one of the two whole.

    ``epochs`` is how many are done, ``history`` what a run wants to remember of them.
    """
    fresh, old = folder.with_name("checkpoint.new"), folder.with_name("checkpoint.old")
    for leftover in (fresh, old):
        if leftover.exists() and folder.exists():
            shutil.rmtree(leftover)
    fresh.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(fresh)
    state = optimizer.state_dict()["state"]
    save_file(
        {f"{number}.{name}": tensor for number, values in state.items() for name, tensor in values.items()},
        fresh / "optimizer.safetensors",
    )
    progress: dict[str, Any] = {"epochs": epochs, "settings": {name: str(value) for name, value in settings.items()}}
    if history is not None:
        progress["history"] = history
    (fresh / "progress.json").write_text(json.dumps(progress, indent=2) + "\n")
    if folder.exists():
        folder.rename(old)
    fresh.rename(folder)
    if old.exists():
        shutil.rmtree(old)


def has_checkpoint(folder: Path) -> bool:
    """Whether there is one to go on from; puts back the old one if a kill came between the two renames."""
    old = folder.with_name("checkpoint.old")
    if not folder.exists() and old.exists():
        old.rename(folder)
    return folder.exists()


def resume(
    model: PreTrainedModel, optimizer: torch.optim.Optimizer, folder: Path, settings: Mapping[str, object]
) -> tuple[int, list[dict[str, Any]]]:
    """Loads weights and optimiser and returns the number of epochs done and the history.

    Raises:
        SettingsError: the checkpoint is of a run with other settings than these, ``PLACES`` aside.
    """
    progress = json.loads((folder / "progress.json").read_text())
    ours = {name: str(value) for name, value in settings.items() if name not in PLACES}
    if changed := [name for name, value in ours.items() if progress["settings"].get(name) != value]:
        raise SettingsError(
            f"{folder}: was begun with other settings ({', '.join(changed)}); give those again or another output folder"
        )
    model.load_state_dict(load_file(folder / "model.safetensors"))
    state = optimizer.state_dict()
    loaded: dict[int, dict[str, Tensor]] = {}
    for key, tensor in load_file(folder / "optimizer.safetensors").items():
        number, name = key.split(".", 1)
        loaded.setdefault(int(number), {})[name] = tensor
    optimizer.load_state_dict({"state": loaded, "param_groups": state["param_groups"]})
    return int(progress["epochs"]), list(progress.get("history", []))
