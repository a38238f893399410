"""The weights that a training starts from: a base encoder's, and an earlier training's."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from safetensors.torch import load_file
from torch import Tensor
from transformers import AutoConfig, AutoTokenizer

from onrecord.errors import InputError, SettingsError
from onrecord_models.adapters import adapted_names
from onrecord_models.encoder import EncoderModel
from onrecord_models.quote_model import QuoteModel
from onrecord_training.loop.devices import lower_frozen

_ENCODER_FILES = ("config.json", "tokenizer.json", "model.safetensors")
_NOT_SETTINGS = frozenset(["architectures", "transformers_version", "dtype", "_name_or_path"])


def load_tokenizer(encoder: Path) -> Any:
    """The tokenizer of the base encoder in a folder, which is called as our own is.

    Raises:
        InputError: the folder has no base encoder; none is fetched.
    """
    if missing := [name for name in _ENCODER_FILES if not (encoder / name).is_file()]:
        raise InputError(f"{encoder}: no base encoder, {missing[0]} is missing; name the folder with its files")
    return AutoTokenizer.from_pretrained(encoder)


def encoder_settings(encoder: Path, dropout: float) -> dict[str, Any]:
    """The configuration of the base encoder in a folder, with this dropout of its hidden states."""
    config = AutoConfig.from_pretrained(encoder).to_dict()
    kept = {name: value for name, value in config.items() if name not in _NOT_SETTINGS}
    return {**kept, "hidden_dropout_prob": dropout, "attention_probs_dropout_prob": 0.0}


def load_encoder(model: QuoteModel, encoder: Path, device: str) -> None:
    """Fills ``model.encoder`` with the weights in a folder.

    Frozen are the word embeddings, and with adapters all weights of the encoder, which are then kept in the precision
    that they are trained over on ``device``.

    Raises:
        SettingsError: the folder holds another kind of encoder.
    """
    state = adapted_names(model.encoder, load_file(encoder / "model.safetensors"))
    missing, _ = model.encoder.load_state_dict(state, strict=False)
    if missing := [name for name in missing if not name.endswith((".down", ".up"))]:
        raise SettingsError(f"{encoder}: no weights for {', '.join(missing[:3])}; expected a BERT or MPNet encoder")
    model.encoder.get_input_embeddings().weight.requires_grad_(False)
    if model.config.adapter_rank:
        lower_frozen(model.encoder, device)


def initial_weights(folder: Path, part: str) -> Path:
    """The weights of ``part`` (``quotes``, ``stance``, ``coreference``) in a run's output folder or a model folder.

    Raises:
        SettingsError: there are none.
    """
    for inside in ("model", part):
        if (path := folder / inside / "model.safetensors").is_file():
            return path
    raise SettingsError(
        f"{folder}: no {part} model to start from, neither model/model.safetensors nor {part}/model.safetensors; "
        "name the output folder of a finished run, or a model folder"
    )


def initial_config(folder: Path, part: str) -> dict[str, Any]:
    """The settings of the model whose weights `initial_weights` finds; raises `SettingsError` as that does."""
    path = initial_weights(folder, part).with_name("config.json")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def load_initial(
    model: EncoderModel, folder: Path, part: str, adjust: Callable[[dict[str, Tensor]], dict[str, Tensor]] = dict
) -> None:
    """Fills ``model`` with what an earlier training of ``part`` learned, after ``adjust``.

    Raises:
        SettingsError: there is no such part, or its sizes differ from the model's.
    """
    path = initial_weights(folder, part)
    try:
        _, unexpected = model.load_state_dict(adjust(load_file(path)), strict=False)
    except RuntimeError as error:
        raise SettingsError(
            f"{path}: a {part} model of a different size; give the adapter rank it was trained with"
        ) from error
    if unexpected:
        raise SettingsError(
            f"{path}: has {unexpected[0]}, which this {part} model lacks; give the adapter rank it was trained with"
        )
