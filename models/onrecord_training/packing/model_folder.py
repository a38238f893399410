"""Puts a trained quote model and a trained stance model into one model folder, as ``models.loading`` describes it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from string import Template
from typing import Any

from safetensors.torch import load_file

from onrecord.errors import InputError
from onrecord_models.loading import hashes, store

_CARD = Path(__file__).parent / "card.md"
_ENCODERS = {
    "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db": (
        "all-MiniLM-L6-v2 (Apache-2.0, 22 M parameters, uncased): its word embeddings are kept as they are and\n"
        "shared by both parts, all other weights are tuned"
    ),
    "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658": (
        "all-mpnet-base-v2 (Apache-2.0, 110 M parameters, uncased), which stays as published and is fetched by\n"
        "`onrecord fetch base`: here are low-rank adapters on all its layers, and the heads"
    ),
}
_QUOTES = "quotes/model.safetensors"
_SPECIAL = ("cls_token", "sep_token", "pad_token", "unk_token", "mask_token")


def pack(
    quote_model: Path,
    stance: Path | None,
    output: Path,
    cue_threshold: float = 0.35,
    switch_weight: float = 1.3,
    names_model: str | None = None,
) -> dict[str, str]:
    """Writes the model folder ``output`` from training runs' folders and returns its weights' hashes.

    Without a ``stance`` run the folder has a quote model alone. ``quotes`` may be ``output`` itself, a model folder:
    its quote model then stays as it is, and only the stance model is replaced. ``cue_threshold``, ``switch_weight`` and
    ``names_model`` are settings of the quote model; see ``QuoteModelConfig``.

    Raises:
        InputError: a run has no finished model.
        WeightsError: the two were not trained from one base encoder.
    """
    kept = quote_model.resolve() == output.resolve()
    runs = {**({} if kept else {"quotes": quote_model}), **({"stance": stance} if stance else {})}
    for part, run in runs.items():
        if not (run / "model" / "model.safetensors").is_file() or not (run / "manifest.json").is_file():
            raise InputError(
                f"{run}: no finished {part} there; `onrecord train {part}` writes model/ and manifest.json"
            )
    manifest: dict[str, Any] = {}
    if kept:
        if not (output / "quotes" / "model.safetensors").is_file():
            raise InputError(f"{output}: no model folder with a quote model to keep; name a quote model's run")
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
            config.update(cue_threshold=cue_threshold, switch_weight=switch_weight, names_model=names_model)
        store(load_file(run / "model" / "model.safetensors"), config, output / part)
        manifest[part] = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    if not kept:
        _pack_tokenizer(quote_model / "model", output)
    if "coreference" in before and _fitting(before["coreference"]) == hashes(output)[_QUOTES]:
        manifest["coreference"] = before["coreference"]
    else:  # one of another quote model
        shutil.rmtree(output / "coreference", ignore_errors=True)
    _write(manifest, output)
    return hashes(output)


def add_coreference_model(run: Path, output: Path, other_quote_model: bool = False) -> str:
    """Puts the coreference model of a training run into the model folder ``output`` and returns its weights' hash.

    ``other_quote_model`` lets it go with a quote model that it was not trained over, as a near relative of that one may
    serve.

    Raises:
        InputError: the run has no finished coreference model, or it was trained over another quote model.
    """
    record = run / "manifest.json"
    if not (run / "model" / "model.safetensors").is_file() or not record.is_file():
        raise InputError(
            f"{run}: no finished coreference model there; `onrecord train coreference` writes model/ and manifest.json"
        )
    trained = json.loads(record.read_text(encoding="utf-8"))
    quote_model = hashes(output).get(_QUOTES)
    if quote_model != trained.get("quote_model_sha256"):
        if not other_quote_model:
            raise InputError(
                f"{run}: was trained over another quote model than {output}'s; train it over that one, or add it with "
                "--other-quote-model and measure it"
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


def card(name: str, manifest: dict[str, Any]) -> str:
    """The model card of a folder, from its manifest."""
    rows: dict[str, str] = {
        part: "\n".join(f"| {what} | {value} |" for what, value in _flat(manifest[part]))
        for part in ("quotes", "stance", "coreference")
        if part in manifest
    }
    rows.setdefault("quotes", "| not recorded | |")
    for part in ("stance", "coreference"):
        rows.setdefault(part, "| none of its own | `small`'s is used |")
    encoder = manifest.get("quotes", {}).get("encoder_sha256", "")
    rows["encoder"] = _ENCODERS.get(encoder, "a base encoder of the user's")
    return Template(_CARD.read_text(encoding="utf-8")).substitute(name=name, **rows)


def _flat(manifest: dict[str, Any]) -> list[tuple[str, str]]:
    """What a reader of the card wants to see of a manifest; the rest is in the file."""
    shown = [("first trained with", f"`{manifest['initial']['command']}`")] if "initial" in manifest else []
    shown += [("trained with", f"`{manifest['command']}`"), ("seed", str(manifest["settings"]["seed"]))]
    sizes = {
        what: max(run["sizes"].get(what, 0) for run in _trainings(manifest).values()) for what in manifest["sizes"]
    }
    shown += [(f"size: {what.replace('_', ' ')}", f"{count:,}") for what, count in sizes.items()]
    shown += [
        ("averaged run", f"`{one['command']}`, weight {one['weight']:.2f}") for one in manifest.get("averaged", ())
    ]
    epochs = [epoch for run in _trainings(manifest).values() for epoch in run["epochs"]]
    shown.append(("training time, one processor core", f"{sum(epoch['seconds'] for epoch in epochs) / 60:.0f} minutes"))
    shown += [(f"score: {what}", f"{value}") for what, value in manifest.get("scores", {}).items()]
    return shown


def _trainings(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """All trainings that a manifest goes back to, by command: what was averaged and what was started from."""
    parents = [*manifest.get("averaged", ()), *([manifest["initial"]] if "initial" in manifest else ())]
    own = {} if "averaged" in manifest else {manifest["command"]: manifest}
    for parent in parents:
        own |= _trainings(parent)
    return own
