"""The stance model that judges each statement by itself, as one of the two judges of `base` does.

A pair classifier. The target is the first segment, the speaker and the context the second, and an embedding of
its own marks which tokens are the target, the speaker, the statement and the context around it::

    [CLS] the port bill [SEP] Ada Venn : The vote is on Monday . Venn called the bill a mistake . [SEP]
      -   target            -  speaker  -  context ............................ statement ...... context

So the statement is read in its context, and a judgement whose verb is outside it (``condemned the bill``)
is not lost. What is pooled: the first token, the target's tokens and the statement's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

import torch
from torch import Tensor, nn

from onrecord_models.adapters import adapt
from onrecord_models.encoder import EncoderModel, build_encoder, register
from onrecord_models.labels import STANCES
from onrecord_models.stance.classifier import Probabilities, StanceInput, locate
from onrecord_models.transformer.gelu import Gelu
from onrecord_models.transformer.settings import ModelConfig
from onrecord_models.transformer.tokenizer import FastTokenizer

_TARGET_TOKENS: Final = 64
_SPEAKER_TOKENS: Final = 24
_LEAD_TOKENS: Final = 48
_WIDTHS: Final = 8
"""Widths of batches are multiples of it: the library beneath keeps something for every shape that it has seen."""


class Part(IntEnum):
    """What a token belongs to."""

    SPECIAL = 0
    TARGET = 1
    SPEAKER = 2
    CONTEXT = 3
    STATEMENT = 4


@dataclass(frozen=True, slots=True, order=True)
class EncodedInput:
    """A question as token ids and as one ``Part`` a token."""

    input_ids: tuple[int, ...]
    parts: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.input_ids)


@dataclass(frozen=True, slots=True)
class PairBatch:
    """Encoded questions as tensors, each of shape (batch, tokens)."""

    input_ids: Tensor
    attention_mask: Tensor
    parts: Tensor


class PairConfig(ModelConfig):
    """Settings of a stance model.

    ``encoder`` is the configuration of its transformer as a dictionary. ``adapter_rank`` is 0 where the transformer
    itself was trained, else the rank of the adapters on it; see ``models.adapters``. ``window_size`` is the most
    tokens an input has, ``calibration`` the temperature, what logits are divided by before they become probabilities.
    ``article_model`` is the model whose stance model, which reads articles, judges as well: the mean counts.
    """

    model_type = "onrecord-stance"

    def __init__(
        self,
        encoder: dict[str, Any] | None = None,
        window_size: int = 256,
        dropout: float = 0.1,
        calibration: float = 1.0,
        adapter_rank: int = 0,
        article_model: str | None = None,
        **kwargs: Any,
    ) -> None:
        self.encoder = encoder or {}
        self.article_model = article_model
        self.window_size = window_size
        self.dropout = dropout
        self.calibration = calibration
        self.adapter_rank = adapter_rank
        super().__init__(**kwargs)


class PairModel(EncoderModel):
    """Encoder with a classifier over pooled tokens."""

    config_class = PairConfig

    def __init__(self, config: PairConfig) -> None:
        super().__init__(config)
        self.encoder = build_encoder(config.encoder)
        if config.adapter_rank:
            adapt(self.encoder, config.adapter_rank)
        size = self.encoder.config.hidden_size
        self.part_embeddings = nn.Embedding(len(Part), size)
        self.typed = getattr(self.encoder.config, "type_vocab_size", 0) > 1
        self.classifier = nn.Sequential(
            nn.Dropout(config.dropout), nn.Linear(3 * size, size), Gelu(), nn.Linear(size, len(STANCES))
        )
        self.post_init()

    def forward(self, input_ids: Tensor, attention_mask: Tensor, parts: Tensor) -> Tensor:
        """Logits of shape (batch, 3) in the order of ``STANCES``; all inputs have the shape (batch, tokens)."""
        embedded = self.encoder.get_input_embeddings()(input_ids) + self.part_embeddings(parts)
        types = {"token_type_ids": (parts > Part.TARGET).long()} if self.typed else {}
        hidden = self.encode(embedded, attention_mask, **types)
        pooled = [hidden[:, 0], _mean(hidden, parts == Part.TARGET), _mean(hidden, parts == Part.STATEMENT)]
        logits: Tensor = self.classifier(torch.cat(pooled, dim=-1))
        return logits


register(PairConfig, PairModel)


class PairScorer:
    """Scores with a ``PairModel``; the same inputs get the same scores in whatever order they come."""

    def __init__(
        self,
        model: PairModel,
        tokenizer: FastTokenizer,
        temperature: float | None = None,
        batch_size: int = 32,
    ) -> None:
        """``temperature`` is the one in the model's configuration if None."""
        self.model = model.eval()
        self.tokenizer = tokenizer
        self.temperature = model.config.calibration if temperature is None else temperature
        self.batch_size = batch_size

    def score(self, inputs: Sequence[StanceInput]) -> list[Probabilities]:
        """Calibrated probabilities of support, oppose and neutral for each input, rounded to four places."""
        encoded = [encode_input(shown, self.tokenizer, self.model.config.window_size) for shown in inputs]
        padding = int(self.tokenizer.pad_token_id or 0)

        def logits_of(some: Sequence[EncodedInput]) -> Tensor:
            batch = collate(some, padding, _WIDTHS)
            device = self.model.device
            logits: Tensor = self.model(
                batch.input_ids.to(device), batch.attention_mask.to(device), batch.parts.to(device)
            )
            return logits

        ordered = sorted(set(encoded), key=lambda each: (len(each), each))
        known: dict[EncodedInput, list[float]] = {}
        for start in range(0, len(ordered), self.batch_size):
            some = ordered[start : start + self.batch_size]
            with torch.inference_mode():
                probabilities = torch.softmax(logits_of(some).double() / self.temperature, dim=-1)
            known.update(zip(some, probabilities.tolist(), strict=True))
        return [_three(known[each]) for each in encoded]


def encode_input(shown: StanceInput, tokenizer: FastTokenizer, window_size: int) -> EncodedInput:
    """Token ids and parts of one input, at most ``window_size``; what is cut is context far from the statement."""
    text, inside = locate(shown.statement, shown.context)
    target = _ids(tokenizer, shown.target)[:_TARGET_TOKENS]
    speaker = _ids(tokenizer, f"{shown.speaker}:")[-_SPEAKER_TOKENS:] if shown.speaker else []
    encoding = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, truncation=False, verbose=False)
    tokens = [
        (int(token), Part.STATEMENT if any(s < end and start < e for s, e in inside) else Part.CONTEXT)
        for token, (start, end) in zip(encoding["input_ids"], encoding["offset_mapping"], strict=True)
    ]
    room = window_size - 3 - len(target) - len(speaker)
    if len(tokens) > room:
        first = next((index for index, (_, part) in enumerate(tokens) if part is Part.STATEMENT), 0)
        start = max(0, min(first - min(_LEAD_TOKENS, room // 3), len(tokens) - room))
        tokens = tokens[start : start + room]
    begin, between = int(tokenizer.cls_token_id or 0), int(tokenizer.sep_token_id or 0)
    ids = [begin, *target, between, *speaker, *(token for token, _ in tokens), between]
    parts = [Part.SPECIAL, *[Part.TARGET] * len(target), Part.SPECIAL, *[Part.SPEAKER] * len(speaker)]
    parts += [*(part for _, part in tokens), Part.CONTEXT]
    return EncodedInput(tuple(ids), tuple(int(part) for part in parts))


def collate(encoded: Sequence[EncodedInput], padding: int, step: int = 1) -> PairBatch:
    """Inputs as tensors, shorter ones filled up with the token ``padding``; their width is a multiple of ``step``."""
    size = math.ceil(max(map(len, encoded)) / step) * step
    return PairBatch(
        torch.tensor([[*each.input_ids, *[padding] * (size - len(each))] for each in encoded]),
        torch.tensor([[1] * len(each) + [0] * (size - len(each)) for each in encoded]),
        torch.tensor([[*each.parts, *[int(Part.SPECIAL)] * (size - len(each))] for each in encoded]),
    )


def _ids(tokenizer: FastTokenizer, text: str) -> list[int]:
    return [int(token) for token in tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]]


def _mean(hidden: Tensor, mask: Tensor) -> Tensor:
    """(batch, size): the mean of ``hidden`` (batch, tokens, size) where ``mask`` (batch, tokens) is true, else 0."""
    weights = mask.to(hidden.dtype).unsqueeze(1)
    return (weights @ hidden).squeeze(1) / weights.sum(-1).clamp(min=1)


def _three(values: Sequence[float]) -> Probabilities:
    support, oppose, neutral = (round(value, 4) for value in values)
    return support, oppose, neutral
