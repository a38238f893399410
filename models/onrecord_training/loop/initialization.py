"""What both trainings do alike: start from a base encoder, and let its lower layers learn more slowly."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import torch
from safetensors.torch import load_file
from torch import nn
from transformers import AutoConfig

from onrecord.errors import SettingsError
from onrecord_models.adapters import adapted_names
from onrecord_models.coreference_model import CoreferenceModel
from onrecord_models.inference import choose_precision
from onrecord_models.quote_model import QuoteModel
from onrecord_models.stance_model import StanceModel

_NOT_SETTINGS = frozenset(["architectures", "transformers_version", "dtype", "_name_or_path"])


class LearningRates(Protocol):
    """The settings that say how fast which part learns."""

    @property
    def learning_rate(self) -> float: ...
    @property
    def head_learning_rate(self) -> float: ...
    @property
    def layer_decay(self) -> float: ...
    @property
    def weight_decay(self) -> float: ...


def encoder_settings(encoder: Path, dropout: float) -> dict[str, Any]:
    """The configuration of the base encoder in a folder, with this dropout of its hidden states."""
    config = AutoConfig.from_pretrained(encoder).to_dict()
    kept = {name: value for name, value in config.items() if name not in _NOT_SETTINGS}
    return {**kept, "hidden_dropout_prob": dropout, "attention_probs_dropout_prob": 0.0}


def load_encoder(model: QuoteModel | StanceModel, encoder: Path) -> None:
    """Fills ``model.encoder`` with the weights in a folder and freezes the word embeddings, which models share.

    Raises:
        SettingsError: the folder holds another kind of encoder.
    """
    missing, _ = model.encoder.load_state_dict(load_file(encoder / "model.safetensors"), strict=False)
    if missing:
        raise SettingsError(f"{encoder}: no weights for {', '.join(missing[:3])}; is it a bare BERT or MPNet encoder?")
    model.encoder.get_input_embeddings().weight.requires_grad_(False)


def load_frozen_encoder(model: QuoteModel | StanceModel, encoder: Path) -> None:
    """Fills an adapted ``model.encoder`` with the weights in a folder, in the precision it is trained over.

    Raises:
        SettingsError: the folder holds another kind of encoder.
    """
    state = adapted_names(model.encoder, load_file(encoder / "model.safetensors"))
    missing, _ = model.encoder.load_state_dict(state, strict=False)
    if missing := [name for name in missing if not name.endswith((".down", ".up"))]:
        raise SettingsError(f"{encoder}: no weights for {', '.join(missing[:3])}; is it a bare BERT or MPNet encoder?")
    lower_frozen(model.encoder)


def lower_frozen(encoder: nn.Module) -> None:
    """Keeps what is not trained in half precision where the processor multiplies it."""
    if choose_precision("cpu") == "bf16":
        for parameter in encoder.parameters():
            if not parameter.requires_grad:
                parameter.data = parameter.data.to(torch.bfloat16)


def native_precision() -> torch.autocast:
    """Makes linear maps compute in half precision, where the processor multiplies it: emulated it is slower."""
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=choose_precision("cpu") == "bf16")


def initial_weights(folder: Path, part: str) -> Path:
    """The weights of ``part`` (``quotes``, ``stance``, ``coreference``) in a run's output folder or a model folder."""
    for inside in ("model", part):
        if (path := folder / inside / "model.safetensors").is_file():
            return path
    raise SettingsError(f"{folder}: no {part} to start from; give a finished run's output folder or a model folder")


def load_initial(model: QuoteModel | StanceModel | CoreferenceModel, folder: Path, part: str) -> None:
    """Fills ``model`` with what an earlier training of ``part`` learned.

    Raises:
        SettingsError: there is no such part, or it is of another kind.
    """
    path = initial_weights(folder, part)
    try:
        _, unexpected = model.load_state_dict(load_file(path), strict=False)
    except RuntimeError as error:
        raise SettingsError(f"{path}: a {part} of other sizes; is its rank another?") from error
    if unexpected:
        raise SettingsError(f"{path}: has {unexpected[0]}, which this {part} has not; is its rank another?")


def parameter_groups(model: QuoteModel | StanceModel, rates: LearningRates) -> list[dict[str, Any]]:
    """One group for the heads and one for each encoder layer; ``peak`` is the group's highest learning rate."""
    layers = model.encoder.config.num_hidden_layers
    groups: dict[float, list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        peak = rates.head_learning_rate
        if name.startswith("encoder."):
            parts = name.split(".")
            depth = int(parts[parts.index("layer") + 1]) + 1 if "layer" in parts else 0
            peak = rates.learning_rate * rates.layer_decay ** (layers - depth)
        groups.setdefault(peak, []).append(parameter)
    return [
        {"params": parameters, "peak": peak, "lr": 0.0, "weight_decay": rates.weight_decay}
        for peak, parameters in groups.items()
    ]
