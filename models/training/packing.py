"""Puts a trained reader and a trained stance model into one model folder, as ``models.loading`` describes it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from string import Template
from typing import Any

from safetensors.torch import load_file

from onrecord.errors import InputError
from onrecord.models.loading import hashes, store

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
_READER = "reader/model.safetensors"
_SPECIAL = ("cls_token", "sep_token", "pad_token", "unk_token", "mask_token")


def pack(
    reader: Path,
    stance: Path | None,
    output: Path,
    cue_threshold: float = 0.35,
    switch_weight: float = 1.3,
    names_model: str | None = None,
) -> dict[str, str]:
    """Writes the model folder ``output`` from training runs' folders and returns its weights' hashes.

    Without a ``stance`` run the folder has a reader alone. ``reader`` may be ``output`` itself, a model folder: its
    reader then stays as it is, and only the stance model is replaced.
    ``cue_threshold``, ``switch_weight`` and ``names_model`` are settings of the reader; see ``ReaderConfig``.

    Raises:
        InputError: a run has no finished model.
        WeightsError: the two were not trained from one base encoder.
    """
    kept = reader.resolve() == output.resolve()
    runs = {**({} if kept else {"reader": reader}), **({"stance": stance} if stance else {})}
    for part, run in runs.items():
        if not (run / "model" / "model.safetensors").is_file() or not (run / "manifest.json").is_file():
            raise InputError(
                f"{run}: no finished {part} there; `onrecord train {part}` writes model/ and manifest.json"
            )
    manifest: dict[str, Any] = {}
    if kept:
        if not (output / "reader" / "model.safetensors").is_file():
            raise InputError(f"{output}: no model folder with a reader to keep; name a reader's run")
        manifest["reader"] = _manifest(output)["reader"]
    output.mkdir(parents=True, exist_ok=True)
    before = _manifest(output)
    for stale in ("stance",) if kept else ("embeddings.safetensors", "reader", "stance"):
        path = output / stale
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    for part, run in runs.items():
        config = json.loads((run / "model" / "config.json").read_text(encoding="utf-8"))
        if part == "reader":
            config.update(cue_threshold=cue_threshold, switch_weight=switch_weight, names_model=names_model)
        store(load_file(run / "model" / "model.safetensors"), config, output / part)
        manifest[part] = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    if not kept:
        _pack_tokenizer(reader / "model", output)
    if "resolver" in before and _fitting(before["resolver"]) == hashes(output)[_READER]:
        manifest["resolver"] = before["resolver"]
    else:  # one of another reader
        shutil.rmtree(output / "resolver", ignore_errors=True)
    _write(manifest, output)
    return hashes(output)


def add_resolver(run: Path, output: Path, other_reader: bool = False) -> str:
    """Puts the resolver of a training run into the model folder ``output`` and returns its weights' hash.

    ``other_reader`` lets it go with a reader that it was not trained over, as a near relative of that one may serve.

    Raises:
        InputError: the run has no finished resolver, or it was trained over another reader.
    """
    record = run / "manifest.json"
    if not (run / "model" / "model.safetensors").is_file() or not record.is_file():
        raise InputError(
            f"{run}: no finished resolver there; `onrecord train resolver` writes model/ and manifest.json"
        )
    trained = json.loads(record.read_text(encoding="utf-8"))
    reader = hashes(output).get(_READER)
    if reader != trained.get("reader_sha256"):
        if not other_reader:
            raise InputError(
                f"{run}: was trained over another reader than {output}'s; train it over that one, or add it with "
                "--other-reader and measure it"
            )
        trained["goes_with_reader_sha256"] = reader
    config = json.loads((run / "model" / "config.json").read_text(encoding="utf-8"))
    store(load_file(run / "model" / "model.safetensors"), config, output / "resolver")
    _write(_manifest(output) | {"resolver": trained}, output)
    return hashes(output)["resolver/model.safetensors"]


def _fitting(resolver: dict[str, Any]) -> str:
    """The hash of the reader that a resolver goes with, by its entry in a manifest."""
    return str(resolver.get("goes_with_reader_sha256", resolver["reader_sha256"]))


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
        for part in ("reader", "stance", "resolver")
        if part in manifest
    }
    rows.setdefault("reader", "| not recorded | |")
    for part in ("stance", "resolver"):
        rows.setdefault(part, "| none of its own | `small`'s is used |")
    encoder = manifest.get("reader", {}).get("encoder_sha256", "")
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
