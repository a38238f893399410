"""Checkpoints of a training run: weights, optimiser and random state as safetensors, progress as JSON; no pickle."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from onrecord.errors import SettingsError
from onrecord_models.encoder import EncoderModel

PLACES = frozenset(["threads", "device", "output", "corpora", "encoder", "checkpoint_minutes"])
"""Settings that say where and how fast to train, not what: a run may go on with other ones."""


@dataclass(slots=True)
class Progress:
    """How far a run has come.

    ``epochs`` counts whole ones; of the epoch begun, ``batches`` are counted, ``seconds`` were spent and ``losses`` are
    the running means. ``steps`` counts the optimiser's steps in all; ``history`` has a record of each whole epoch.
    ``best`` is the highest score of an epoch so far, where the training keeps the best one, and ``best_state`` what was
    learned by then.
    """

    epochs: int = 0
    batches: int = 0
    seconds: float = 0.0
    losses: list[float] = field(default_factory=list)
    steps: int = 0
    history: list[dict[str, Any]] = field(default_factory=list)
    best: float | None = None
    best_state: dict[str, Tensor] = field(default_factory=dict)


_RECORDED: Final = tuple(each.name for each in fields(Progress) if each.name != "best_state")


def learned_state(model: EncoderModel) -> dict[str, Tensor]:
    """The parameters that training changes; what is frozen comes from the base encoder again."""
    return {name: p.detach().contiguous() for name, p in model.named_parameters() if p.requires_grad}


class CheckpointFolder:
    """The checkpoint of a run with given settings, in a folder of its own."""

    def __init__(self, folder: Path, settings: Mapping[str, object]) -> None:
        """Looks at what is there, before anything slow is done.

        Raises:
            SettingsError: the checkpoint is of a run with other settings than these, ``PLACES`` aside.
        """
        self._folder = folder
        self._settings = {name: str(value) for name, value in settings.items()}
        old = folder.with_name("checkpoint.old")
        if not folder.exists() and old.exists():  # the run was killed between the two renames
            old.rename(folder)
        if not folder.exists():
            return
        begun = self._record()["settings"]
        changed = [
            f"{name} was {begun.get(name)} and is {value}"
            for name, value in self._settings.items()
            if name not in PLACES and begun.get(name) != value
        ]
        if changed:
            raise SettingsError(
                f"{folder}: started with other settings ({', '.join(changed)}); use those or name another output folder"
            )

    def save(self, model: EncoderModel, optimizer: torch.optim.Optimizer, progress: Progress) -> None:
        """Writes beside the old checkpoint and renames, so that a kill leaves one of the two whole."""
        fresh, old = self._folder.with_name("checkpoint.new"), self._folder.with_name("checkpoint.old")
        for leftover in (fresh, old):
            if leftover.exists() and self._folder.exists():
                shutil.rmtree(leftover)
        fresh.mkdir(parents=True, exist_ok=True)
        save_file(learned_state(model), fresh / "model.safetensors")
        state = optimizer.state_dict()["state"]
        save_file(
            {f"{number}.{name}": tensor for number, values in state.items() for name, tensor in values.items()},
            fresh / "optimizer.safetensors",
        )
        save_file(_random_state(), fresh / "random.safetensors")
        if progress.best_state:
            save_file(progress.best_state, fresh / "best.safetensors")
        record = {name: getattr(progress, name) for name in _RECORDED}
        (fresh / "progress.json").write_text(json.dumps({**record, "settings": self._settings}, indent=2) + "\n")
        if self._folder.exists():
            self._folder.rename(old)
        fresh.rename(self._folder)
        if old.exists():
            shutil.rmtree(old)

    def resume(self, model: EncoderModel, optimizer: torch.optim.Optimizer) -> Progress:
        """How far the run had come, with weights, optimiser and random state as they were then; else a fresh start."""
        if not self._folder.exists():
            return Progress()
        model.load_state_dict(load_file(self._folder / "model.safetensors"), strict=False)
        loaded: dict[int, dict[str, Tensor]] = {}
        for key, tensor in load_file(self._folder / "optimizer.safetensors").items():
            number, name = key.split(".", 1)
            loaded.setdefault(int(number), {})[name] = tensor
        optimizer.load_state_dict({"state": loaded, "param_groups": optimizer.state_dict()["param_groups"]})
        _set_random_state(load_file(self._folder / "random.safetensors"))
        record = self._record()
        del record["settings"]
        best = self._folder / "best.safetensors"
        return Progress(**record, best_state=load_file(best) if best.exists() else {})

    def _record(self) -> dict[str, Any]:
        record: dict[str, Any] = json.loads((self._folder / "progress.json").read_text())
        return record


def _random_state() -> dict[str, Tensor]:
    state = {"cpu": torch.get_rng_state()}
    if torch.cuda.is_available():
        state["cuda"] = torch.cuda.get_rng_state()
    return state


def _set_random_state(state: Mapping[str, Tensor]) -> None:
    torch.set_rng_state(state["cpu"])
    if "cuda" in state and torch.cuda.is_available():
        torch.cuda.set_rng_state(state["cuda"])
