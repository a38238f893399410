"""Stance: whether a speaker, by one statement, supports or opposes a target, or does neither.

A pair classifier. The target is the first segment, the speaker and the context the second, and an embedding of
its own marks which tokens are the target, the speaker, the statement and the context around it::

    [CLS] the port bill [SEP] Ada Venn : The vote is on Monday . Venn called the bill a mistake . [SEP]
      -   target            -  speaker  -  context ............................ statement ...... context

So the statement is read in its context, and a judgement whose verb is outside it (``condemned the bill``)
is not lost. What is pooled: the first token, the target's tokens and the statement's.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

import torch
from torch import Tensor, nn
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    PretrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    PreTrainedTokenizerFast,
)

from onrecord_models.adapters import adapt
from onrecord_models.encoder import EncoderModel, build_encoder, register
from onrecord_models.errors import WeightsError
from onrecord_models.labels import SPAN_SEPARATOR

LABELS: Final = ("support", "oppose", "neutral")
"""The order of all stance logits and probabilities."""

Probabilities = tuple[float, float, float]

ACCEPTED_LABELS: Final[dict[str, tuple[str, ...]]] = {
    "support": ("support", "supports", "favor", "favour", "for", "pro", "agree", "entailment"),
    "oppose": ("oppose", "opposes", "against", "con", "disagree", "undermine", "refute", "contradiction"),
    "neutral": ("neutral", "none", "neither", "unrelated", "discuss", "comment"),
}
"""How other classifiers' labels are read, ignoring case."""

_TARGET_TOKENS = 64
_SPEAKER_TOKENS = 24
_LEAD_TOKENS = 48
_WIDTHS = 8
"""Widths of batches are multiples of it: the library beneath keeps something for every shape that it has seen."""


class Part(IntEnum):
    """What a token belongs to."""

    SPECIAL = 0
    TARGET = 1
    SPEAKER = 2
    CONTEXT = 3
    STATEMENT = 4


@dataclass(frozen=True, slots=True)
class StanceInput:
    """One question to the model.

    ``statement`` is the content, its pieces joined by ``SPAN_SEPARATOR``; ``context`` the text around it, which
    should contain those pieces (it is put after the statement if it does not); ``speaker`` may be empty.
    """

    target: str
    statement: str
    context: str = ""
    speaker: str = ""


@dataclass(frozen=True, slots=True, order=True)
class EncodedInput:
    """A question as token ids and as one ``Part`` a token."""

    input_ids: tuple[int, ...]
    parts: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.input_ids)


@dataclass(frozen=True, slots=True)
class StanceBatch:
    """Encoded questions as tensors, each of shape (batch, tokens)."""

    input_ids: Tensor
    attention_mask: Tensor
    parts: Tensor


class Scorer(Protocol):
    """Whatever tells support, oppose and neutral apart."""

    def score(self, inputs: Sequence[StanceInput]) -> list[Probabilities]:
        """Probabilities of support, oppose and neutral for each input, rounded to four places."""
        ...


class StanceConfig(PretrainedConfig):
    """Settings of a stance model.

    ``encoder`` is the configuration of its transformer as a dictionary. ``adapter_rank`` is 0 where the transformer
    itself was trained, else the rank of the adapters on it; see ``models.adapters``. ``window_size`` is the most
    tokens an input has, ``calibration`` the temperature, what logits are divided by before they become probabilities.
    """

    model_type = "onrecord-stance"

    def __init__(
        self,
        encoder: dict[str, Any] | None = None,
        window_size: int = 256,
        dropout: float = 0.1,
        calibration: float = 1.0,
        adapter_rank: int = 0,
        **kwargs: Any,
    ) -> None:
        self.encoder = encoder or {}
        self.window_size = window_size
        self.dropout = dropout
        self.calibration = calibration
        self.adapter_rank = adapter_rank
        super().__init__(**kwargs)


class StanceModel(EncoderModel):
    """Encoder with a classifier over pooled tokens."""

    config_class = StanceConfig

    def __init__(self, config: StanceConfig) -> None:
        super().__init__(config)
        self.encoder = build_encoder(config.encoder)
        if config.adapter_rank:
            adapt(self.encoder, config.adapter_rank)
        size = self.encoder.config.hidden_size
        self.part_embeddings = nn.Embedding(len(Part), size)
        self.typed = getattr(self.encoder.config, "type_vocab_size", 0) > 1
        self.classifier = nn.Sequential(
            nn.Dropout(config.dropout), nn.Linear(3 * size, size), nn.GELU(), nn.Linear(size, len(LABELS))
        )
        self.post_init()

    def forward(self, input_ids: Tensor, attention_mask: Tensor, parts: Tensor) -> Tensor:
        """Logits of shape (batch, 3) in the order of ``LABELS``; all inputs have the shape (batch, tokens)."""
        embedded = self.encoder.get_input_embeddings()(input_ids) + self.part_embeddings(parts)
        types = {"token_type_ids": (parts > Part.TARGET).long()} if self.typed else {}
        hidden = self.encode(embedded, attention_mask, **types)
        pooled = [hidden[:, 0], _mean(hidden, parts == Part.TARGET), _mean(hidden, parts == Part.STATEMENT)]
        logits: Tensor = self.classifier(torch.cat(pooled, dim=-1))
        return logits


register(StanceConfig, StanceModel)


class StanceScorer:
    """Scores with a ``StanceModel``; the same inputs get the same scores in whatever order they come."""

    def __init__(
        self,
        model: StanceModel,
        tokenizer: PreTrainedTokenizerBase,
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

        known = _in_batches(set(encoded), logits_of, self.batch_size, self.temperature)
        return [_three(known[each]) for each in encoded]


class ClassifierScorer:
    """Scores with any sequence classifier of text pairs.

    A classifier of stance gets the statement in its context first and the target second. One of textual
    entailment gets ``hypothesis`` with the target and the speaker filled in as its second text.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        hypothesis: str = "{speaker} supports {target}.",
        temperature: float = 1.0,
        batch_size: int = 32,
        meanings: Mapping[str, str] | None = None,
    ) -> None:
        """Raises WeightsError if the model's labels cannot be read as support, oppose and neutral."""
        names = {int(index): str(name) for index, name in (model.config.id2label or {}).items()}
        self.columns = map_labels([names[index] for index in sorted(names)], meanings)
        self.entails = any(name.casefold() == "entailment" for name in names.values())
        self.model = model.eval()
        self.tokenizer = tokenizer
        self.hypothesis = hypothesis
        self.temperature = temperature
        self.batch_size = batch_size

    def score(self, inputs: Sequence[StanceInput]) -> list[Probabilities]:
        """Probabilities of support, oppose and neutral for each input, rounded to four places."""
        pairs = [(_as_text(shown), self._second(shown)) for shown in inputs]

        def logits_of(some: Sequence[tuple[str, str]]) -> Tensor:
            firsts, seconds = [first for first, _ in some], [second for _, second in some]
            encoded = self.tokenizer(
                firsts, seconds, truncation="only_first", max_length=self._window(), padding=True, return_tensors="pt"
            )
            logits: Tensor = self.model(**encoded.to(self.model.device)).logits
            return logits

        known = _in_batches(set(pairs), logits_of, self.batch_size, self.temperature)
        return [_three([sum(known[pair][column] for column in columns) for columns in self.columns]) for pair in pairs]

    def _second(self, shown: StanceInput) -> str:
        if not self.entails:
            return shown.target
        return self.hypothesis.format(speaker=shown.speaker or "The speaker", target=shown.target)

    def _window(self) -> int:
        return min(512, getattr(self.model.config, "max_position_embeddings", 514) - 2)


def load_stance_scorer(path: Path | str, meanings: Mapping[str, str] | None = None) -> Scorer:
    """The scorer of the model in a folder: ours by its ``model_type``, else any classifier of text pairs.

    ``meanings`` says which of its labels mean ``support``, ``oppose`` or ``neutral``, besides `ACCEPTED_LABELS`.

    Only safetensors are read, and no code next to them is run.

    Raises:
        WeightsError: the folder holds no such model, or its labels cannot be read.
    """
    folder = Path(path)
    try:
        settings = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        ours = settings.get("model_type") == StanceConfig.model_type
    except (OSError, ValueError, AttributeError) as error:
        raise WeightsError(
            f"{folder}: no stance model; expected a folder with config.json, model.safetensors and a tokenizer "
            f"({type(error).__name__} at config.json)"
        ) from error
    try:
        # AutoTokenizer would complain of a kind of model that it does not know.
        tokenizer = (PreTrainedTokenizerFast if ours else AutoTokenizer).from_pretrained(folder, local_files_only=True)
        kind = StanceModel if ours else AutoModelForSequenceClassification
        model = kind.from_pretrained(folder, local_files_only=True, use_safetensors=True, dtype=torch.float32)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        reason = " ".join(str(error).split())[:200]
        raise WeightsError(
            f"{folder}: the stance model cannot be loaded ({reason}); expected model.safetensors and a tokenizer "
            "beside config.json, of a kind that needs no extra code"
        ) from error
    return StanceScorer(model, tokenizer) if ours else ClassifierScorer(model, tokenizer, meanings=meanings)


def map_labels(names: Sequence[str], meanings: Mapping[str, str] | None = None) -> list[list[int]]:
    """Which columns of a classifier with these label names mean support, oppose and neutral.

    Raises:
        WeightsError: a name is unknown, or none means support or none oppose.
    """
    columns: list[list[int]] = [[], [], []]
    meaning = {name: side for side, label in enumerate(LABELS) for name in ACCEPTED_LABELS[label]}
    for name, label in (meanings or {}).items():
        if label not in LABELS:
            raise WeightsError(f"the label {name} cannot mean {label!r}; choose {', '.join(LABELS)}")
        if name not in names:
            raise WeightsError(f"the classifier has no label {name}; its labels are {', '.join(names)}")
        meaning[name.strip().casefold()] = LABELS.index(label)
    unknown = []
    for index, name in enumerate(names):
        side = meaning.get(name.strip().casefold())
        if side is None:
            unknown.append(name)
        else:
            columns[side].append(index)
    if unknown or not columns[0] or not columns[1]:
        accepted = "; ".join(f"{label}: {', '.join(ACCEPTED_LABELS[label])}" for label in LABELS)
        raise WeightsError(
            f"the classifier's labels are {', '.join(names)}, which cannot be read as stances; accepted are {accepted} "
            "(say what they mean with --stance-label NAME=support, one for each)"
        )
    return columns


def encode_input(shown: StanceInput, tokenizer: PreTrainedTokenizerBase, window_size: int) -> EncodedInput:
    """Token ids and parts of one input, at most ``window_size``; what is cut is context far from the statement."""
    text, inside = _locate(shown.statement, shown.context)
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


def collate(encoded: Sequence[EncodedInput], padding: int, step: int = 1) -> StanceBatch:
    """Inputs as tensors, shorter ones filled up with the token ``padding``; their width is a multiple of ``step``."""
    size = math.ceil(max(map(len, encoded)) / step) * step
    return StanceBatch(
        torch.tensor([[*each.input_ids, *[padding] * (size - len(each))] for each in encoded]),
        torch.tensor([[1] * len(each) + [0] * (size - len(each)) for each in encoded]),
        torch.tensor([[*each.parts, *[int(Part.SPECIAL)] * (size - len(each))] for each in encoded]),
    )


def _locate(statement: str, context: str) -> tuple[str, list[tuple[int, int]]]:
    """The text to read, and where in it the statement's pieces are."""
    found: list[tuple[int, int]] = []
    for piece in statement.split(SPAN_SEPARATOR):
        start = context.find(piece, found[-1][1] if found else 0)
        if not piece or start < 0:
            return f"{statement} {context}".rstrip(), [(0, len(statement))]
        found.append((start, start + len(piece)))
    return context, found


def _ids(tokenizer: PreTrainedTokenizerBase, text: str) -> list[int]:
    return [int(token) for token in tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]]


def _as_text(shown: StanceInput) -> str:
    text, _ = _locate(shown.statement, shown.context)
    return f"{shown.speaker}: {text}" if shown.speaker else text


def _mean(hidden: Tensor, mask: Tensor) -> Tensor:
    """(batch, size): the mean of ``hidden`` (batch, tokens, size) where ``mask`` (batch, tokens) is true, else 0."""
    weights = mask.to(hidden.dtype).unsqueeze(1)
    return (weights @ hidden).squeeze(1) / weights.sum(-1).clamp(min=1)


_Item = TypeVar("_Item", EncodedInput, tuple[str, str])


def _in_batches(
    items: Iterable[_Item], logits_of: Callable[[Sequence[_Item]], Tensor], batch_size: int, temperature: float
) -> dict[_Item, list[float]]:
    """Probabilities of each item; batches depend on what the items are and not on their order."""
    known: dict[_Item, list[float]] = {}
    ordered = sorted(items, key=lambda item: (len(item) if isinstance(item, EncodedInput) else len(item[0]), item))
    for start in range(0, len(ordered), batch_size):
        batch = ordered[start : start + batch_size]
        with torch.inference_mode():
            probabilities = torch.softmax(logits_of(batch).double() / temperature, dim=-1)
        known.update(zip(batch, probabilities.tolist(), strict=True))
    return known


def _three(values: Sequence[float]) -> Probabilities:
    support, oppose, neutral = (round(value, 4) for value in values)
    return support, oppose, neutral
