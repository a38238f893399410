"""Where the speakers of an article stand on a target: all statements of the article are judged together.

The model goes on where the quote model's lower layers end, as the coreference model does: so the article is not read
anew for a target, only its upper layers are, in the windows that have statements. Before each window stand the target,
and the article's first tokens where the window is a later one; an embedding marks what each token is::

    [CLS] the port bill [SEP] Port bill passes … [SEP] The vote is on Monday . Venn called it a mistake . [SEP]
      -       target      -          lead                  context          source  cue   statement  context

A statement is the mean of its tokens, of its source's, of the target's, and the product of the first and the last.
Two layers of attention over all statements of the article follow, with a bias for those of one speaker: what somebody
says once makes clear what else they say. One softmax then chooses among support, oppose, no side, and another subject.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

import torch
from torch import Tensor, nn

from onrecord_models.adapters import adapt
from onrecord_models.encoder import EncoderModel, build_encoder, register
from onrecord_models.transformer.gelu import Gelu
from onrecord_models.transformer.settings import ModelConfig

OUTCOMES: Final = ("support", "oppose", "no side", "other subject")
"""The order of the logits; the last two are both neutral."""

LEAD: Final = 32
"""Tokens of the article's beginning that a later window is read with."""

_NO_WORDS = 4
"""Word embeddings of an encoder that is given hidden states: as many as its special tokens need."""

_REACH: Final = 4
"""Statements apart, from which on the distance of two no longer counts."""

_RELATIONS: Final = 3
"""Of two statements' speakers: one of them is unknown, they differ, they are one."""

Range = tuple[int, int]
"""Half-open range of tokens."""


class Part(IntEnum):
    """What a token belongs to."""

    SPECIAL = 0
    TARGET = 1
    LEAD = 2
    CONTEXT = 3
    SOURCE = 4
    CUE = 5
    STATEMENT = 6


@dataclass(frozen=True, slots=True)
class AskedStatement:
    """A statement by its tokens in one of an article's windows.

    ``speaker`` numbers the article's speakers; it is -1 for nobody known.
    """

    window: int
    content: tuple[Range, ...]
    source: tuple[Range, ...] = ()
    cue: tuple[Range, ...] = ()
    speaker: int = -1


@dataclass(frozen=True, slots=True)
class ArticleInput:
    """An article as the model reads it.

    ``windows`` are lower states (tokens, hidden size) of the windows that have statements, [CLS] included; ``lead`` are
    those of the article's first tokens, and ``led`` says which windows are read with them.
    """

    windows: tuple[Tensor, ...]
    led: tuple[bool, ...]
    lead: Tensor
    statements: tuple[AskedStatement, ...]


@dataclass(frozen=True, slots=True)
class StanceQuestion:
    """An article and a target, the latter as lower states (tokens, hidden size) from [CLS] to [SEP]."""

    article: ArticleInput
    target: Tensor

    def __len__(self) -> int:
        """Tokens to be read."""
        return sum(self.row_length(number) for number in range(len(self.article.windows)))

    def row_length(self, number: int) -> int:
        """Tokens that are read with the window of that number."""
        article = self.article
        return len(self.target) + len(article.lead) * article.led[number] + len(article.windows[number]) - 1


class StanceConfig(ModelConfig):
    """Settings of a stance model.

    ``encoder`` is the configuration of its quote model's transformer, of which it has the upper ``layers`` layers, with
    adapters of rank ``adapter_rank`` or, where that is 0, trained themselves. ``size`` is that of a statement's vector.
    ``calibration`` is the temperature, what logits are divided by before they become probabilities.
    """

    model_type = "onrecord-article-stance"

    def __init__(
        self,
        encoder: dict[str, Any] | None = None,
        layers: int = 3,
        adapter_rank: int = 0,
        size: int = 256,
        heads: int = 4,
        dropout: float = 0.1,
        calibration: float = 1.0,
        **kwargs: Any,
    ) -> None:
        self.encoder = encoder or {}
        self.layers = layers
        self.adapter_rank = adapter_rank
        self.size = size
        self.heads = heads
        self.dropout = dropout
        self.calibration = calibration
        super().__init__(**kwargs)


class _Mixing(nn.Module):
    """Attention over the statements of an article, biased by how far apart they are and by whose they are."""

    def __init__(self, size: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.norm, self.inner_norm = nn.LayerNorm(size), nn.LayerNorm(size)
        self.projection = nn.Linear(size, 3 * size)
        self.output = nn.Linear(size, size)
        self.inner = nn.Sequential(nn.Linear(size, 2 * size), Gelu(), nn.Dropout(dropout), nn.Linear(2 * size, size))
        self.dropout = nn.Dropout(dropout)
        self.relation_bias = nn.Embedding(_RELATIONS, heads)
        self.distance_bias = nn.Embedding(2 * _REACH + 1, heads)

    def forward(self, statements: Tensor, relations: Tensor, distances: Tensor) -> Tensor:
        """(statements, size) of the same; relations and distances (statements, statements)."""
        count, size = statements.shape
        parts = self.projection(self.norm(statements)).view(count, 3, self.heads, size // self.heads)
        query, key, value = parts.permute(1, 2, 0, 3)
        bias = (self.relation_bias(relations) + self.distance_bias(distances)).permute(2, 0, 1)
        mixed = nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=bias.to(query.dtype))
        statements = statements + self.dropout(self.output(mixed.permute(1, 0, 2).reshape(count, size)))
        changed: Tensor = statements + self.dropout(self.inner(self.inner_norm(statements)))
        return changed


class StanceModel(EncoderModel):
    """Upper layers, and heads over an article's statements. All outputs are logits."""

    config_class = StanceConfig

    def __init__(self, config: StanceConfig) -> None:
        super().__init__(config)
        settings = {**config.encoder, "num_hidden_layers": config.layers, "vocab_size": _NO_WORDS}
        self.encoder = build_encoder(settings)
        if config.adapter_rank:
            adapt(self.encoder, config.adapter_rank)
        hidden, size = self.encoder.config.hidden_size, config.size
        self.part_embeddings = nn.Embedding(len(Part), hidden)
        self.statement_head = nn.Sequential(nn.Dropout(config.dropout), nn.Linear(4 * hidden, size), Gelu())
        self.mixing = nn.ModuleList(_Mixing(size, config.heads, config.dropout) for _ in range(2))
        self.outcome_head = nn.Sequential(nn.LayerNorm(size), nn.Linear(size, len(OUTCOMES)))
        self.post_init()

    def forward(self, states: Tensor, attention_mask: Tensor, parts: Tensor) -> Tensor:
        """Hidden states (batch, tokens, hidden size) of lower states of that shape; the others are (batch, tokens)."""
        return self.go_on(states.float() + self.part_embeddings(parts), attention_mask)

    def judge(self, pooled: Tensor, speakers: Tensor) -> Tensor:
        """(statements, ``len(OUTCOMES)``): logits for one article and target.

        Args:
            pooled: (statements, 4 × hidden size), as `pool` gives them, in the order of the text.
            speakers: (statements,), their numbers, -1 for nobody known.
        """
        statements = self.statement_head(pooled)
        known = (speakers >= 0)[:, None] & (speakers >= 0)
        relations = known.long() + (known & (speakers[:, None] == speakers)).long()
        order = torch.arange(len(speakers), device=pooled.device)
        distances = (order - order[:, None]).clamp(-_REACH, _REACH) + _REACH
        for layer in self.mixing:
            statements = layer(statements, relations, distances)
        logits: Tensor = self.outcome_head(statements)
        return logits.float()


register(StanceConfig, StanceModel)


def lay_out(question: StanceQuestion, number: int) -> tuple[Tensor, list[int], int]:
    """What is read with a window: states (tokens, hidden size), the part of each token, and how far it is moved.

    A token of the window stands that many tokens later in what is read.
    """
    article = question.article
    window = article.windows[number]
    lead = article.lead if article.led[number] else article.lead[:0]
    target = [Part.SPECIAL, *[Part.TARGET] * (len(question.target) - 2), Part.SPECIAL]
    parts = [*target, *[Part.LEAD] * len(lead), *[Part.CONTEXT] * (len(window) - 1)]
    shift = len(target) + len(lead) - 1
    for statement in article.statements:
        if statement.window == number:
            marked = ((Part.SOURCE, statement.source), (Part.CUE, statement.cue), (Part.STATEMENT, statement.content))
            for part, ranges in marked:
                for start, end in ranges:
                    parts[start + shift : end + shift] = [part] * (end - start)
    return torch.cat([question.target, lead, window[1:]]), [int(part) for part in parts], shift


def pool(hidden: Tensor, statements: Sequence[AskedStatement], shift: int, target: int) -> Tensor:
    """(statements, 4 × hidden size) of a window's ``hidden`` (tokens, hidden size) with ``target`` tokens in front."""
    weights = torch.zeros(2 * len(statements) + 1, len(hidden))
    weights[-1, 1 : target - 1] = 1
    for row, statement in enumerate(statements):
        for place, ranges in ((2 * row, statement.content), (2 * row + 1, statement.source)):
            for start, end in ranges:
                weights[place, start + shift : end + shift] = 1
    weights = (weights / weights.sum(-1, keepdim=True).clamp(min=1)).to(hidden)
    means = weights @ hidden
    content, source, about = means[:-1:2], means[1:-1:2], means[-1:].expand(len(statements), -1)
    return torch.cat([content, source, about, content * about], dim=-1)
