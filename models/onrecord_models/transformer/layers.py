"""BERT (Devlin et al., NAACL 2019) and MPNet (Song et al., NeurIPS 2020), with the names of published weights.

Both are layers of attention and of a perceptron, each added to its input and normalized after that. To the attention of
all layers, MPNet adds a learned bias for how far apart two tokens are.
"""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu, scaled_dot_product_attention

if TYPE_CHECKING:
    from collections.abc import Callable

_KINDS: Final = frozenset(["bert", "mpnet"])
"""The ``model_type`` of each kind of transformer that this module builds."""

_DEFAULTS: Final[dict[str, Any]] = {
    "vocab_size": 30522,
    "hidden_size": 768,
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
    "intermediate_size": 3072,
    "hidden_act": "gelu",
    "hidden_dropout_prob": 0.1,
    "attention_probs_dropout_prob": 0.1,
    "max_position_embeddings": 512,
    "type_vocab_size": 2,
    "layer_norm_eps": 1e-12,
    "pad_token_id": 0,
    "relative_attention_num_buckets": 32,
}
_MPNET: Final[dict[str, Any]] = {"vocab_size": 30527, "pad_token_id": 1, "type_vocab_size": 0}
_FARTHEST: Final = 128
"""From this many tokens apart on, MPNet has one bias in each direction."""


def is_built_here(settings: dict[str, Any]) -> bool:
    """Whether a configuration is of BERT or MPNet as they were published."""
    return settings.get("model_type") in _KINDS and settings.get("hidden_act", "gelu") == "gelu"


class Output(NamedTuple):
    """The states (batch, tokens, hidden size) after the last layer, under their name in transformers."""

    last_hidden_state: Tensor


class _Dense(nn.Module):
    """A linear map of what a block has computed, added to the block's input and normalized."""

    def __init__(self, config: SimpleNamespace, inner: int) -> None:
        super().__init__()
        self.dense = nn.Linear(inner, config.hidden_size)
        self.LayerNorm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)
        self.dropout = nn.Dropout(config.hidden_dropout_prob)

    def forward(self, inner: Tensor, states: Tensor) -> Tensor:
        normalized: Tensor = self.LayerNorm(self.dropout(self.dense(inner)) + states)
        return normalized


class _Inner(nn.Module):
    def __init__(self, config: SimpleNamespace) -> None:
        super().__init__()
        self.dense = nn.Linear(config.hidden_size, config.intermediate_size)

    def forward(self, states: Tensor) -> Tensor:
        inner: Tensor = self.dense(states)
        return gelu(inner) if torch.is_grad_enabled() else torch.ops.aten.gelu_(inner)


class _Mixing(nn.Module):
    """Attention of each head, without the maps before and after it."""

    fused = True
    """Whether torch's fused attention is used; it may be slower in half precision with gradients."""

    def __init__(self, config: SimpleNamespace) -> None:
        super().__init__()
        self.heads = config.num_attention_heads
        self.dropout = config.attention_probs_dropout_prob

    def forward(self, query: Tensor, key: Tensor, value: Tensor, bias: Tensor) -> Tensor:
        """(batch, tokens, hidden size) of the same; ``bias`` is what is added to the scores."""
        batch, tokens, size = query.shape
        query, key, value = (
            each.view(batch, tokens, self.heads, size // self.heads).transpose(1, 2) for each in (query, key, value)
        )
        dropout = self.dropout if self.training else 0.0
        bias = bias.to(query.dtype)
        if self.fused:
            mixed = scaled_dot_product_attention(query, key, value, attn_mask=bias, dropout_p=dropout)
        else:
            scores = query @ key.transpose(2, 3) * (size // self.heads) ** -0.5 + bias
            mixed = nn.functional.dropout(scores.softmax(-1).to(value.dtype), dropout) @ value
        return mixed.transpose(1, 2).reshape(batch, tokens, size)


class _BertMaps(nn.Module):
    def __init__(self, config: SimpleNamespace) -> None:
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(config.hidden_size, config.hidden_size) for _ in range(3))
        self.mixing = _Mixing(config)

    def forward(self, states: Tensor, bias: Tensor) -> Tensor:
        mixed: Tensor = self.mixing(self.query(states), self.key(states), self.value(states), bias)
        return mixed


class _BertAttention(nn.Module):
    def __init__(self, config: SimpleNamespace) -> None:
        super().__init__()
        self.self = _BertMaps(config)
        self.output = _Dense(config, config.hidden_size)

    def forward(self, states: Tensor, bias: Tensor) -> Tensor:
        attended: Tensor = self.output(self.self(states, bias), states)
        return attended

    def maps(self) -> tuple[nn.Linear, nn.Linear, nn.Linear, nn.Linear, nn.LayerNorm]:
        """For queries, keys and values, after the attention, and the norm."""
        return self.self.query, self.self.key, self.self.value, self.output.dense, self.output.LayerNorm


class _MpnetMaps(nn.Module):
    def __init__(self, config: SimpleNamespace) -> None:
        super().__init__()
        self.q, self.k, self.v, self.o = (nn.Linear(config.hidden_size, config.hidden_size) for _ in range(4))
        self.mixing = _Mixing(config)

    def forward(self, states: Tensor, bias: Tensor) -> Tensor:
        mixed: Tensor = self.o(self.mixing(self.q(states), self.k(states), self.v(states), bias))
        return mixed


class _MpnetAttention(nn.Module):
    def __init__(self, config: SimpleNamespace) -> None:
        super().__init__()
        self.attn = _MpnetMaps(config)
        self.LayerNorm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)
        self.dropout = nn.Dropout(config.hidden_dropout_prob)

    def forward(self, states: Tensor, bias: Tensor) -> Tensor:
        attended: Tensor = self.LayerNorm(self.dropout(self.attn(states, bias)) + states)
        return attended

    def maps(self) -> tuple[nn.Linear, nn.Linear, nn.Linear, nn.Linear, nn.LayerNorm]:
        """For queries, keys and values, after the attention, and the norm."""
        return self.attn.q, self.attn.k, self.attn.v, self.attn.o, self.LayerNorm


class Layer(nn.Module):
    """Attention and a perceptron."""

    def __init__(self, config: SimpleNamespace) -> None:
        super().__init__()
        self.attention = _MpnetAttention(config) if config.model_type == "mpnet" else _BertAttention(config)
        self.intermediate = _Inner(config)
        self.output = _Dense(config, config.intermediate_size)
        self.running: Callable[[Tensor, Tensor], Tensor] | None = None
        """What computes the same in fewer bits, when the model is run."""

    @property
    def mixing(self) -> _Mixing:
        """The attention without its linear maps."""
        attention = self.attention
        return attention.attn.mixing if isinstance(attention, _MpnetAttention) else attention.self.mixing

    def forward(self, states: Tensor, bias: Tensor) -> Tensor:
        """States (batch, tokens, hidden size) of the same; ``bias`` goes to the scores of the attention."""
        if self.running is not None and not self.training:
            return self.running(states, bias)
        states = self.attention(states, bias)
        changed: Tensor = self.output(self.intermediate(states), states)
        return changed


class Layers(nn.Module):
    """All layers, one after the other."""

    def __init__(self, config: SimpleNamespace) -> None:
        super().__init__()
        self.config = config
        self.layer = nn.ModuleList(Layer(config) for _ in range(config.num_hidden_layers))
        if config.model_type == "mpnet":
            self.relative_attention_bias = nn.Embedding(
                config.relative_attention_num_buckets, config.num_attention_heads
            )

    def forward(self, states: Tensor, attention_mask: Tensor) -> Output:
        """States (batch, tokens, hidden size) of the same; the mask (batch, tokens) is 0 where there is padding."""
        bias = self.bias(states, attention_mask)
        for layer in self.layer:
            states = layer(states, bias)
        return Output(states)

    @property
    def layers(self) -> list[Layer]:
        """From the lowest to the highest."""
        return [layer for layer in self.layer if isinstance(layer, Layer)]

    def bias(self, states: Tensor, attention_mask: Tensor) -> Tensor:
        """(batch, 1 or heads, 1 or tokens, tokens): what is added to scores of attention.

        It is there even if nothing is padded: a window must be read the same alone and among others.
        """
        bias = torch.zeros(attention_mask.shape, dtype=states.dtype, device=states.device)
        bias = bias.masked_fill(attention_mask == 0, torch.finfo(states.dtype).min)[:, None, None]
        if self.config.model_type != "mpnet":
            return bias
        places = torch.arange(states.shape[1], device=states.device)
        buckets = _buckets(places - places[:, None], self.config.relative_attention_num_buckets)
        relative: Tensor = self.relative_attention_bias(buckets).permute(2, 0, 1)
        return relative + bias


def _buckets(distances: Tensor, count: int) -> Tensor:
    """The number of the bias for each distance: half for either direction, of those half exact, half ever wider."""
    half = count // 2
    exact = half // 2
    away = distances.abs()
    wide = torch.log(away.float() / exact) / math.log(_FARTHEST / exact) * (half - exact)
    far = (exact + wide.nan_to_num(neginf=0.0).long()).clamp(max=half - 1)
    return torch.where(away < exact, away, far) + (distances > 0).long() * half


class Embeddings(nn.Module):
    """Adds what says where a token stands, and for BERT, in which segment, to the embeddings of words."""

    def __init__(self, config: SimpleNamespace) -> None:
        super().__init__()
        size, padding = config.hidden_size, config.pad_token_id
        self.word_embeddings = nn.Embedding(config.vocab_size, size, padding_idx=padding)
        self.first = padding + 1 if config.model_type == "mpnet" else 0
        self.position_embeddings = nn.Embedding(config.max_position_embeddings, size)
        if config.model_type != "mpnet":
            self.token_type_embeddings = nn.Embedding(config.type_vocab_size, size)
        self.LayerNorm = nn.LayerNorm(size, eps=config.layer_norm_eps)
        self.dropout = nn.Dropout(config.hidden_dropout_prob)

    def forward(self, embedded: Tensor, token_type_ids: Tensor | None = None) -> Tensor:
        places = torch.arange(self.first, self.first + embedded.shape[1], device=embedded.device)
        if hasattr(self, "token_type_embeddings"):
            types = torch.zeros_like(places)[None] if token_type_ids is None else token_type_ids
            embedded = embedded + self.token_type_embeddings(types)
        states: Tensor = self.dropout(self.LayerNorm(embedded + self.position_embeddings(places)))
        return states


class Transformer(nn.Module):
    """Embeddings and layers."""

    def __init__(self, settings: dict[str, Any]) -> None:
        """Those of which `is_built_here` is true; raises ValueError if the heads do not divide the hidden size."""
        super().__init__()
        own = _MPNET if settings.get("model_type") == "mpnet" else {}
        config = SimpleNamespace(**_DEFAULTS | own | settings)
        if config.hidden_size % config.num_attention_heads:
            raise ValueError(f"{config.num_attention_heads} heads do not divide a size of {config.hidden_size}")
        self.config = config
        self.embeddings = Embeddings(config)
        self.encoder = Layers(config)
        self.apply(initialize)

    def forward(
        self, inputs_embeds: Tensor, attention_mask: Tensor | None = None, token_type_ids: Tensor | None = None
    ) -> Output:
        """States of word embeddings (batch, tokens, hidden size); the mask (batch, tokens) is 0 for padding."""
        if attention_mask is None:
            attention_mask = torch.ones(inputs_embeds.shape[:2], device=inputs_embeds.device)
        output: Output = self.encoder(self.embeddings(inputs_embeds, token_type_ids), attention_mask)
        return output

    def get_input_embeddings(self) -> nn.Embedding:
        """The embeddings of words."""
        return self.embeddings.word_embeddings

    def set_attn_implementation(self, kind: str) -> None:
        """``eager``: attention in single steps; anything else: fused."""
        for module in self.modules():
            if isinstance(module, _Mixing):
                module.fused = kind != "eager"

    @property
    def dtype(self) -> torch.dtype:
        """The precision of the layers unless some were lowered; word embeddings may be kept in less."""
        return self.embeddings.LayerNorm.weight.dtype

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return next(parameter.device for parameter in self.parameters())


def initialize(module: nn.Module) -> None:
    """Gives a module's own weights small random values, as all models here begin."""
    if isinstance(module, (nn.Linear, nn.Embedding)):
        nn.init.normal_(module.weight, std=0.02)
    if isinstance(module, nn.Linear) and module.bias is not None:
        nn.init.zeros_(module.bias)
    elif isinstance(module, nn.Embedding) and module.padding_idx is not None:
        nn.init.zeros_(module.weight.data[module.padding_idx])
    elif isinstance(module, nn.LayerNorm):
        nn.init.ones_(module.weight)
        nn.init.zeros_(module.bias)
