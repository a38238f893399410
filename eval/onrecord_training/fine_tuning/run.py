"""What training further has around it: the labels that are read, and the model folder that is written.

After each epoch, and now and then, a checkpoint is written, from which the same command goes on after an interruption.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from onrecord.errors import InputError, OutputError
from onrecord.export.labels import read_labelled
from onrecord.files.console import counted
from onrecord_models.loading import hashes, model_folder, part_folder, store
from onrecord_models.quote_model import QuoteModel
from onrecord_models.stance.model import StanceModel
from onrecord_training.fine_tuning.settings import FineTuning
from onrecord_training.loop.checkpoints import CheckpointFolder, learned_state
from onrecord_training.loop.devices import begin
from onrecord_training.manifest import digest
from onrecord_training.packing.card import card

_SHARED: Final = ("tokenizer.json", "tokenizer_config.json", "embeddings.safetensors")
_KEPT: Final = {"quotes": (), "stance": ("quotes", "coreference")}
"""What a new part leaves as it is. Of a new quote model, stance and coreference model would be those of another one."""


class FineTuningRun:
    """One run: the folder of the model to start from, what there is to learn, the device and the checkpoint."""

    def __init__(self, settings: FineTuning, report: Callable[[str], None]) -> None:
        """Reads the labels and looks for a checkpoint.

        Raises:
            InputError, RecordError: the labels or an article cannot be read, or there are no statements.
            OutputError: there is a model in the output folder.
            SettingsError: the checkpoint is of a run with other settings or labels.
            WeightsError: the model to start from is missing.
        """
        if (settings.output / "quotes").exists() or settings.output.is_file():
            raise OutputError(f"{settings.output}: there is a model already; name a new folder")
        self._settings = settings
        self.initial = model_folder(settings.initial)
        report("reading the labels and their articles …")
        self.labelled = read_labelled(settings.gold, settings.articles)
        if not self.labelled:
            raise InputError(f"{settings.gold}: no statements in it to learn from")
        own = {name: value for name, value in asdict(settings).items() if name not in {"gold", "articles"}}
        self.checkpoint = CheckpointFolder(settings.output / "checkpoint", {**own, "labels": settings.digest()})
        self.device = begin(settings.device, settings.threads, settings.seed)

    @property
    def articles(self) -> str:
        """How many articles there are, in words."""
        return counted(len(self.labelled), "article")

    def finish(
        self,
        part: str,
        model: QuoteModel | StanceModel,
        sizes: Mapping[str, int],
        history: list[dict[str, Any]],
        command: str,
    ) -> Path:
        """Puts the new part, and what of the initial model goes with it, into the output folder, and returns that."""
        settings, initial, output = self._settings, self.initial, self._settings.output
        owner = part_folder(initial, part)
        for name in _SHARED:
            if (initial / name).is_file():
                shutil.copyfile(initial / name, output / name)
        kept = [other for other in _KEPT[part] if (initial / other).is_dir()]
        for other in kept:
            shutil.copytree(initial / other, output / other, dirs_exist_ok=True)
        whole = not isinstance(model, StanceModel) and not model.config.adapter_rank
        state = model.state_dict() if whole else learned_state(model)
        store(state, json.loads((owner / part / "config.json").read_text(encoding="utf-8")), output / part)
        old, before = _manifest(initial), _manifest(owner).get(part)
        manifest: dict[str, Any] = {other: old[other] for other in kept if other in old}
        manifest[part] = {
            "model": part,
            "command": command,
            "settings": {name: value for name, value in asdict(settings).items() if not isinstance(value, Path)},
            **self._foundation(part, before or {}),
            "data_sha256": {settings.gold.name: settings.digest()},
            "sizes": dict(sizes),
            "epochs": history,
            **({"initial": before} if before else {}),
        }
        shutil.rmtree(output / "checkpoint", ignore_errors=True)
        manifest["sha256"] = hashes(output)
        (output / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
        (output / "README.md").write_text(card(output.name, manifest), encoding="utf-8")
        return output

    def _foundation(self, part: str, before: Mapping[str, Any]) -> dict[str, Any]:
        """What the new part was trained over, as the trainings from scratch note it."""
        if part == "quotes":
            return {"encoder_sha256": before.get("encoder_sha256")}
        return {"quote_model_sha256": digest(self.initial / "quotes" / "model.safetensors")}


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / "manifest.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return found
