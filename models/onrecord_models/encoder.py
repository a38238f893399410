"""What the models have in common: a transformer, how it is computed, and how they are saved."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, ClassVar, Final, Self, TypeVar

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from onrecord_models.adapters import merge
from onrecord_models.transformer.int8 import run_in_int8
from onrecord_models.transformer.layers import Transformer, initialize, is_built_here
from onrecord_models.transformer.running import run_in_blocks
from onrecord_models.transformer.settings import ModelConfig

_WITH_POOLER = frozenset(["bert", "mpnet", "roberta"])


def build_encoder(settings: dict[str, Any]) -> Any:
    """An untrained transformer from its configuration as a dictionary, without the pooler, which is not needed.

    BERT and MPNet are built here; others take the seconds that it takes to import ``transformers``.
    """
    if is_built_here(settings):
        return Transformer(settings)
    from transformers import AutoConfig, AutoModel

    named = dict(settings)
    config = AutoConfig.for_model(named.pop("model_type"), **named)
    return AutoModel.from_config(config, **({"add_pooling_layer": False} if config.model_type in _WITH_POOLER else {}))


class Unfilled(TorchFunctionMode):
    """While it is entered, modules begin with whatever is in memory instead of random weights, which take longer to
    draw than all weights to load. (On torch's ``meta`` device, they would take longer still: it imports SymPy.)
    """

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        named = kwargs or {}
        if func in _RANDOM:
            return args[0] if args else named["tensor"]
        return func(*args, **named)


_RANDOM: Final = frozenset([nn.init.kaiming_uniform_, nn.init.normal_, nn.init.uniform_])

_Model = TypeVar("_Model", bound="EncoderModel")
_REGISTERED: dict[type[ModelConfig], type[EncoderModel]] = {}


class EncoderModel(nn.Module):
    """A model with its transformer in ``encoder``."""

    config_class: ClassVar[type[ModelConfig]]
    base_model_prefix = "encoder"
    encoder: Any
    lowered = False
    """Whether the encoder's linear maps compute in half precision and the rest in full."""

    def __init__(self, config: Any) -> None:
        super().__init__()
        self.config = config

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return next(parameter.device for parameter in self.parameters())

    def encode(self, embedded: Tensor, attention_mask: Tensor, **inputs: Tensor) -> Tensor:
        """Hidden states (batch, tokens, hidden size) of what is embedded in the same shape.

        An encoder that is not trained itself may be kept in half precision; it then computes in that from end to
        end, with no casts between, which is up to a third faster on a CPU than autocast.
        """
        with self.computing(embedded.device.type):
            output = self.encoder(
                inputs_embeds=embedded.to(self.encoder.dtype), attention_mask=attention_mask, **inputs
            )
        hidden: Tensor = output.last_hidden_state
        return hidden if self.training else hidden.float()

    def go_on(self, states: Tensor, attention_mask: Tensor) -> Tensor:
        """Hidden states after the encoder's layers of what goes into them, both (batch, tokens, hidden size)."""
        states = states.to(self.encoder.dtype)
        if not isinstance(self.encoder, Transformer):
            from transformers.masking_utils import create_bidirectional_mask

            attention_mask = create_bidirectional_mask(
                self.encoder.config, inputs_embeds=states, attention_mask=attention_mask
            )
        with self.computing(states.device.type):
            hidden: Tensor = self.encoder.encoder(states, attention_mask=attention_mask)[0]
        return hidden if self.training else hidden.float()

    def computing(self, kind: str) -> AbstractContextManager[Any]:
        """What the encoder computes under on this kind of device, in the precision that its weights are kept in."""
        if self.encoder.dtype != torch.float32:
            return torch.autocast(kind, enabled=False)
        return torch.autocast(kind, dtype=torch.bfloat16) if self.lowered else nullcontext()

    def post_init(self) -> None:
        """Gives all weights outside of the encoder, which has done so itself, small random values."""
        for child in self.children():
            if child is not self.encoder:
                child.apply(initialize)

    def save_pretrained(self, folder: Path | str, state_dict: Mapping[str, Tensor] | None = None) -> None:
        """Writes ``config.json`` and ``model.safetensors``, of all weights or of those given."""
        self.config.architectures = [type(self).__name__]
        self.config.save_pretrained(folder)
        state = self.state_dict() if state_dict is None else state_dict
        save_file({name: tensor.contiguous() for name, tensor in state.items()}, Path(folder) / "model.safetensors")

    @classmethod
    def from_pretrained(cls, folder: Path | str, *, config: Any = None, **_: Any) -> Self:
        """The model that `save_pretrained` wrote."""
        model = cls(config or cls.config_class.from_pretrained(folder))
        model.load_state_dict(load_file(Path(folder) / "model.safetensors"), strict=False)
        return model.eval()


def register(config: type[ModelConfig], model: type[EncoderModel]) -> None:
    """Notes both for `register_auto_classes`, and calls it if ``transformers`` was imported before."""
    _REGISTERED[config] = model
    if "transformers" in sys.modules:  # importing it only for this takes too long
        register_auto_classes()


def register_auto_classes() -> None:
    """Lets ``AutoConfig`` and ``AutoModel`` find our models by the ``model_type`` in a ``config.json``."""
    from transformers import AutoConfig, AutoModel

    for config, model in _REGISTERED.items():
        AutoConfig.register(config.model_type, config, exist_ok=True)
        AutoModel.register(config, model, exist_ok=True)


def ready(model: _Model, device: str, precision: str) -> _Model:
    """The model as it is run, not trained: on its device, the encoder in ``precision``: ``bf16``, ``int8`` or ``fp32``.

    An encoder with adapters was trained over half precision from end to end, and so it is run in bf16. One that was
    trained itself has only its linear maps in it: sums and norms in half precision change what it finds. So do heads,
    which are in full precision anyway, as they take a thirtieth of the time. Weights that were loaded as stored are not
    in full precision in between, which would take memory that is not given back.
    """
    model = model.to(device).eval()
    throughout = precision == "bf16" and getattr(model.config, "adapter_rank", None)
    merge(model.encoder, torch.bfloat16 if throughout else torch.float32)
    if precision == "int8":
        run_in_int8(model.encoder, device)
    elif throughout:
        model.encoder.to(torch.bfloat16)
    elif precision == "bf16":
        model.lowered = True
        for module in model.encoder.modules():
            if isinstance(module, nn.Linear):
                module.to(torch.bfloat16)
    for module in model.modules():
        _widen(module, model.encoder)
    if precision != "int8" and device == "cpu":
        run_in_blocks(model.encoder)
    return model


def _widen(module: nn.Module, encoder: Any) -> None:
    """Brings a module's own weights from the half precision that they are stored in to full precision.

    Words keep it, as what is added to them is in full precision.
    """
    keeps = isinstance(encoder, Transformer) and module is encoder.get_input_embeddings()
    for parameter in module.parameters(recurse=False):
        if parameter.dtype == torch.float16:
            parameter.data = parameter.data.clone() if keeps else parameter.data.float()
