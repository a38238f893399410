"""Puts trained models into a model folder, laid out as `onrecord_models.loading` describes."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path
from typing import Any, Final

import torch
from safetensors.torch import load_file
from torch import Tensor

from onrecord.errors import InputError
from onrecord_models.loading import hashes, store
from onrecord_training.loop.optimizer import depth_of
from onrecord_training.packing.card import card
from onrecord_training.packing.settings import Packing, PartPacking

PARTS: Final = ("stance", "coreference")
"""What goes on from a quote model, and so belongs to that one."""

_QUOTES = "quotes/model.safetensors"
_STATES = ("encoder.", "case_embeddings.", "quotation_embeddings.")
"""What the states of tokens are made of, in the names of a quote model's weights."""

_SPECIAL = ("cls_token", "sep_token", "pad_token", "unk_token", "mask_token")


def pack(settings: Packing) -> dict[str, str]:
    """Writes the model folder ``settings.output`` from a run's folder and returns its weights' hashes.

    A stance or coreference model that is there already stays if all layers that it goes on from are as they were.

    Raises:
        InputError: the run has no finished model.
    """
    run, output = settings.quote_run, settings.output
    trained = _finished(run, "quotes")
    output.mkdir(parents=True, exist_ok=True)
    before, weights = _manifest(output), _quote_weights(output)
    (output / "embeddings.safetensors").unlink(missing_ok=True)
    shutil.rmtree(output / "quotes", ignore_errors=True)
    config = json.loads((run / "model" / "config.json").read_text(encoding="utf-8"))
    config |= {name: getattr(settings, name) for name in ("cue_threshold", "switch_weight", "names_model")}
    store(load_file(run / "model" / "model.safetensors"), config, output / "quotes")
    _pack_tokenizer(run / "model", output)
    manifest = {"quotes": trained}
    quote_model, first = hashes(output)[_QUOTES], _first_change(weights, _quote_weights(output))
    for part in PARTS:
        if part in before and _fitting(before[part]) in (quote_model, None):
            manifest[part] = before[part]
        elif part in before and _layers_read(output, part) < first:
            manifest[part] = before[part] | {"goes_with_sha256": quote_model}
        else:  # one of another quote model
            shutil.rmtree(output / part, ignore_errors=True)
    _write(manifest, output)
    return hashes(output)


def add_part(settings: PartPacking, part: str) -> str:
    """Puts the model of a training run into a model folder and returns its weights' hash.

    ``part`` is one of `PARTS`. ``other_quote_model`` lets it go with a quote model that it was not trained over, such
    as a closely related one.

    Raises:
        InputError: the run has no finished model of that kind, it was trained over another quote model, or the folder
            has no quote model.
    """
    run, output = settings.run, settings.model
    trained = _finished(run, part)
    quote_model = hashes(output).get(_QUOTES)
    if quote_model is None:
        raise InputError(f"{output}: no quote model in it; pack one with `onrecord train pack`")
    if quote_model != trained.get("quote_model_sha256", quote_model):
        if not settings.other_quote_model:
            raise InputError(
                f"{run}: was trained over another quote model than the one in {output}; train it over that one, or "
                "add it with --other-quote-model and measure the result"
            )
        trained["goes_with_sha256"] = quote_model
    config = json.loads((run / "model" / "config.json").read_text(encoding="utf-8"))
    shutil.rmtree(output / part, ignore_errors=True)  # with what was fitted to the model before
    store(load_file(run / "model" / "model.safetensors"), config, output / part)
    _write(_manifest(output) | {part: trained}, output)
    return hashes(output)[f"{part}/model.safetensors"]


def replace_head(folder: Path, kind: str, head: dict[str, Tensor], size: int, trained: dict[str, Any]) -> str:
    """Puts another head for names or roles into a model folder's quote model and returns its weights' hash.

    ``kind`` is "name" or "role", ``head`` its weights, ``size`` the width of its hidden layer, ``trained`` the record
    of its training. What goes on from the quote model still does, as its states stay the same.
    """
    manifest, before = _manifest(folder), hashes(folder)[_QUOTES]
    own = f"{kind}_head."
    state = {name: tensor for name, tensor in load_file(folder / _QUOTES).items() if not name.startswith(own)}
    config = json.loads((folder / "quotes" / "config.json").read_text(encoding="utf-8"))
    head = {f"{own}{name}": tensor for name, tensor in head.items()}
    store(state | head, config | {f"{kind}_size": size}, folder / "quotes")
    after = hashes(folder)[_QUOTES]
    for part in PARTS:
        if part in manifest and _fitting(manifest[part]) == before:
            manifest[part]["goes_with_sha256"] = after
    manifest["quotes"] = manifest.get("quotes", {}) | {f"{kind}s": trained}
    _write(manifest, folder)
    return after


def _quote_weights(folder: Path) -> dict[str, Tensor]:
    files = (folder / _QUOTES, folder / "embeddings.safetensors")
    return {name: tensor for path in files if path.is_file() for name, tensor in load_file(path).items()}


def _first_change(before: dict[str, Tensor], after: dict[str, Tensor]) -> float:
    """How many layers end where the states of two quote models begin to differ, infinity where they never do."""
    changed = (
        name
        for name in before.keys() | after.keys()
        if name not in before or name not in after or not torch.equal(before[name], after[name])
    )
    return min((depth_of(name) for name in changed if name.startswith(_STATES)), default=math.inf)


def _layers_read(folder: Path, part: str) -> float:
    """How many layers of the quote model a part needs as they are: those below its own, or all under its adapters.

    Adapters on all layers of the published encoder need none. Infinity if its settings don't say.
    """
    config, own = (json.loads((folder / each / "config.json").read_text(encoding="utf-8")) for each in ("quotes", part))
    layers, depth = own.get("layers", -math.inf), config["encoder"]["num_hidden_layers"]
    published = config.get("adapter_rank") and layers == depth
    return depth - (layers if published or not own.get("adapter_rank") else 0)


def _finished(run: Path, part: str) -> dict[str, Any]:
    """The manifest of a run that has finished; raises `InputError` if it has not, or trained something else."""
    trained = _manifest(run)
    if not (run / "model" / "model.safetensors").is_file() or not trained:
        raise InputError(
            f"{run}: no finished {part} model in it; expected model/ and manifest.json, "
            f"as `onrecord train {part}` writes them"
        )
    if (other := trained.get("model")) in {"quotes", *PARTS} - {part}:
        raise InputError(f"{run}: has a model of the kind {other!r}; expected the output of `onrecord train {part}`")
    return trained


def _fitting(trained: dict[str, Any]) -> str | None:
    """The hash of the quote model that a stance or coreference model goes with, by its manifest entry, if that says."""
    digest: str | None = trained.get("goes_with_sha256", trained.get("quote_model_sha256"))
    return digest


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
