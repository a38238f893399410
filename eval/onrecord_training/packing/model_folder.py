"""Puts trained models into one model folder, laid out as `onrecord_models.loading` describes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from safetensors.torch import load_file

from onrecord.errors import InputError
from onrecord_models.loading import hashes, store
from onrecord_training.packing.card import card
from onrecord_training.packing.settings import CoreferencePacking, Packing

_QUOTES = "quotes/model.safetensors"
_SPECIAL = ("cls_token", "sep_token", "pad_token", "unk_token", "mask_token")


def pack(settings: Packing, report: Callable[[str], None], command: str = "") -> dict[str, str]:
    """Writes the model folder ``settings.output`` from training runs' folders and returns its weights' hashes.

    Raises:
        InputError: a run has no finished model.
        WeightsError: the two were not trained from one base encoder.
    """
    quote_run, stance_run, output = settings.quote_run, settings.stance_run, settings.output
    kept = quote_run.resolve() == output.resolve()
    runs = {**({} if kept else {"quotes": quote_run}), **({"stance": stance_run} if stance_run else {})}
    for part, run in runs.items():
        if not (run / "model" / "model.safetensors").is_file() or not (run / "manifest.json").is_file():
            raise InputError(
                f"{run}: no finished {part} model in it; expected model/ and manifest.json, "
                f"as `onrecord train {part}` writes them"
            )
    manifest: dict[str, Any] = {}
    if kept:
        if not (output / "quotes" / "model.safetensors").is_file():
            raise InputError(
                f"{output}: not a model folder with a quote model to keep; name a run of `onrecord train quotes`"
            )
        manifest["quotes"] = _manifest(output)["quotes"]
    output.mkdir(parents=True, exist_ok=True)
    before = _manifest(output)
    for stale in ("stance",) if kept else ("embeddings.safetensors", "quotes", "stance"):
        path = output / stale
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    for part, run in runs.items():
        config = json.loads((run / "model" / "config.json").read_text(encoding="utf-8"))
        if part == "quotes":
            names = ("cue_threshold", "switch_weight", "names_model")
            config.update({name: getattr(settings, name) for name in names})
        store(load_file(run / "model" / "model.safetensors"), config, output / part)
        manifest[part] = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    if not kept:
        _pack_tokenizer(quote_run / "model", output)
    if "coreference" in before and _fitting(before["coreference"]) == hashes(output)[_QUOTES]:
        manifest["coreference"] = before["coreference"]
    else:  # one of another quote model
        shutil.rmtree(output / "coreference", ignore_errors=True)
    _write(manifest, output)
    return hashes(output)


def add_coreference_model(settings: CoreferencePacking, report: Callable[[str], None], command: str = "") -> str:
    """Puts the coreference model of a training run into a model folder and returns its weights' hash.

    ``other_quote_model`` lets it go with a quote model that it was not trained over, such as a closely related one.

    Raises:
        InputError: the run has no finished coreference model, or it was trained over another quote model.
    """
    run, output = settings.run, settings.model
    record = run / "manifest.json"
    if not (run / "model" / "model.safetensors").is_file() or not record.is_file():
        raise InputError(
            f"{run}: no finished coreference model in it; expected model/ and manifest.json, "
            "as `onrecord train coreference` writes them"
        )
    trained = json.loads(record.read_text(encoding="utf-8"))
    quote_model = hashes(output).get(_QUOTES)
    if quote_model != trained.get("quote_model_sha256"):
        if not settings.other_quote_model:
            raise InputError(
                f"{run}: was trained over another quote model than the one in {output}; train it over that one, or "
                "pack it with --other-quote-model and measure the result"
            )
        trained["goes_with_sha256"] = quote_model
    config = json.loads((run / "model" / "config.json").read_text(encoding="utf-8"))
    store(load_file(run / "model" / "model.safetensors"), config, output / "coreference")
    _write(_manifest(output) | {"coreference": trained}, output)
    return hashes(output)["coreference/model.safetensors"]


def _fitting(coreference: dict[str, Any]) -> str:
    """The hash of the quote model that a coreference model goes with, by its entry in a manifest."""
    return str(coreference.get("goes_with_sha256", coreference["quote_model_sha256"]))


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / "manifest.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return found


def _write(manifest: dict[str, Any], output: Path) -> None:
    manifest["sha256"] = hashes(output)
    (output / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    (output / "README.md").write_text(card(output.name, manifest), encoding="utf-8")


def _pack_tokenizer(folder: Path, output: Path) -> None:
    """The tokenizer without the base model's truncation and padding, which would cut articles short."""
    tokenizer = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    tokenizer.update(truncation=None, padding=None)
    (output / "tokenizer.json").write_text(json.dumps(tokenizer, ensure_ascii=False), encoding="utf-8")
    settings = json.loads((folder / "tokenizer_config.json").read_text(encoding="utf-8"))
    special = {name: settings[name] for name in _SPECIAL}
    (output / "tokenizer_config.json").write_text(f"{json.dumps(special, indent=2)}\n", encoding="utf-8")
