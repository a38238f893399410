"""Checkpoints of a training run: what is learned and the optimiser as safetensors, progress as JSON; no pickle."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from transformers import PreTrainedModel

from onrecord.errors import SettingsError

PLACES = frozenset(["threads", "output", "corpora", "encoder", "checkpoint_minutes"])
"""Settings that say where and how fast, not what: a run may go on with other ones."""


@dataclass(slots=True)
class Progress:
    """How far a run has come: whole epochs, batches of the one begun, seconds spent in it, a record of each done."""

    epochs: int = 0
    batches: int = 0
    seconds: float = 0.0
    history: list[dict[str, Any]] = field(default_factory=list)


def learned_state(model: PreTrainedModel) -> dict[str, Tensor]:
    """The parameters that training changes; what is frozen comes from the base encoder again."""
    return {name: p.detach().contiguous() for name, p in model.named_parameters() if p.requires_grad}


def save_checkpoint(
    model: PreTrainedModel,
    optimizer: torch.optim.Optimizer,
    folder: Path,
    settings: Mapping[str, object],
    progress: Progress,
) -> None:
    """Writes beside the old checkpoint and renames, so that a kill leaves one of the two whole."""
    fresh, old = folder.with_name("checkpoint.new"), folder.with_name("checkpoint.old")
    for leftover in (fresh, old):
        if leftover.exists() and folder.exists():
            shutil.rmtree(leftover)
    fresh.mkdir(parents=True, exist_ok=True)
    save_file(learned_state(model), fresh / "model.safetensors")
    state = optimizer.state_dict()["state"]
    save_file(
        {f"{number}.{name}": tensor for number, values in state.items() for name, tensor in values.items()},
        fresh / "optimizer.safetensors",
    )
    record: dict[str, Any] = {
        "epochs": progress.epochs,
        "batches": progress.batches,
        "seconds": progress.seconds,
        "history": progress.history,
        "settings": {name: str(value) for name, value in settings.items()},
    }
    (fresh / "progress.json").write_text(json.dumps(record, indent=2) + "\n")
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
) -> Progress:
    """Loads weights and optimiser and returns how far the run had come.

    Raises:
        SettingsError: the checkpoint is of a run with other settings than these, ``PLACES`` aside.
    """
    record = json.loads((folder / "progress.json").read_text())
    ours = {name: str(value) for name, value in settings.items() if name not in PLACES}
    if changed := [name for name, value in ours.items() if record["settings"].get(name) != value]:
        raise SettingsError(
            f"{folder}: was begun with other settings ({', '.join(changed)}); give those again or another output folder"
        )
    model.load_state_dict(load_file(folder / "model.safetensors"), strict=False)
    state = optimizer.state_dict()
    loaded: dict[int, dict[str, Tensor]] = {}
    for key, tensor in load_file(folder / "optimizer.safetensors").items():
        number, name = key.split(".", 1)
        loaded.setdefault(int(number), {})[name] = tensor
    optimizer.load_state_dict({"state": loaded, "param_groups": state["param_groups"]})
    return Progress(record["epochs"], record["batches"], record["seconds"], record["history"])
