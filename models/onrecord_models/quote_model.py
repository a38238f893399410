"""The quote model: one encoder pass feeds the heads for names and for statements.

A statement is found at its anchor: its cue or, where nothing says that somebody speaks, the first token of its
content. What follows calls both cues. Every token is given to at most one cue as content, by a softmax over the
cues of the window and "none"; so discontinuous content and several statements a sentence need no special case.
A source, which several cues may share, is pointed at by each cue: one softmax over the tokens for its start and
one for its end, where the first token of the window ([CLS]) stands for "no source". Pairs of token and cue are
scored by biaffine attention (Dozat and Manning, ICLR 2017) plus a perceptron that also sees how the two are placed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from onrecord_models.adapters import adapt
from onrecord_models.encoder import EncoderModel, build_encoder, register
from onrecord_models.labels import ACTS, CUE_LABELS, NAME_LABELS, PAIR_SCORES, ROLE_LABELS
from onrecord_models.transformer.gelu import Gelu, gelu
from onrecord_models.transformer.settings import ModelConfig
from onrecord_models.windows import CASES, QUOTATION_STATES

_DISTANCES = 24
_PARAGRAPH_STEPS = 7
_CUE_STEPS = 9


class QuoteModelConfig(ModelConfig):
    """Settings of a quote model.

    ``encoder`` is the configuration of its transformer as a dictionary. ``adapter_rank`` is 0 where the transformer
    itself was trained, else the rank of the adapters on it; see `onrecord_models.adapters`. ``cue_threshold`` is the
    probability from which a token counts as part of a cue, ``switch_weight`` the weight of a switch logit against
    the owners' scores, ``confidence`` the slope and offset that make a score a chance; all three are chosen on held-out
    data, by ``onrecord train tune``, and change nothing in training. With ``acts`` there is a head that tells what kind
    of act a statement reports; models of release 0.1 have none. ``name_size`` is the width of the hidden layer of the
    head for names, 0 where it has none, as in older models; ``role_size`` is the width of the head for roles, 0 where
    there is no such head. ``names_model`` is the model whose names are taken where they are better than this one's own.
    """

    model_type = "onrecord-quotes"

    def __init__(
        self,
        encoder: dict[str, Any] | None = None,
        pair_size: int = 128,
        relation_size: int = 64,
        window_size: int = 254,
        adapter_rank: int = 0,
        acts: bool = False,
        name_size: int = 0,
        role_size: int = 0,
        cue_threshold: float = 0.35,
        switch_weight: float = 1.3,
        confidence: tuple[float, float] = (1.0, 0.0),
        names_model: str | None = None,
        **kwargs: Any,
    ) -> None:
        self.encoder = encoder or {}
        self.pair_size = pair_size
        self.relation_size = relation_size
        self.window_size = window_size
        self.adapter_rank = adapter_rank
        self.acts = acts
        self.name_size = name_size
        self.role_size = role_size
        self.cue_threshold = cue_threshold
        self.switch_weight = switch_weight
        self.confidence = tuple(confidence)
        self.names_model = names_model
        super().__init__(**kwargs)


@dataclass(frozen=True, slots=True)
class PairScores:
    """Logits of pairs; absent cues have -inf.

    Shapes: ``owners`` (batch, tokens, 1 + cues), a token's owner among none and the cues; ``starts`` and ``ends``
    (batch, cues, tokens), where a cue's source starts and ends, token 0 for none; ``acts`` (batch, cues,
    ``len(ACTS)``), None from a model without that head.
    """

    owners: Tensor
    starts: Tensor
    ends: Tensor
    acts: Tensor | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """The outputs of the encoder and the token heads for a batch of windows.

    Shapes: ``hidden`` (batch, tokens, hidden size), ``names`` (batch, tokens, ``len(NAME_LABELS)``), ``cues``
    (batch, tokens, 3), ``switches`` (batch, tokens): the logit that a token has another owner than the token before it,
    ``roles`` (batch, tokens, ``len(ROLE_LABELS)``), None from a model without that head.
    """

    hidden: Tensor
    names: Tensor
    cues: Tensor
    switches: Tensor
    roles: Tensor | None = None


def build_name_head(size: int, width: int) -> nn.Module:
    """Scores ``NAME_LABELS`` for states of ``size``, by a hidden layer of ``width`` or, if that is 0, directly."""
    if not width:
        return nn.Linear(size, len(NAME_LABELS))
    return nn.Sequential(nn.Linear(size, width), Gelu(), nn.Linear(width, len(NAME_LABELS)))


class RoleHead(nn.Module):
    """Scores ``ROLE_LABELS`` for each token by the states of those around it, which tell where a phrase ends."""

    def __init__(self, size: int, width: int) -> None:
        super().__init__()
        self.dropout = nn.Dropout(0.1)
        self.near = nn.Linear(3 * size, width)
        self.around = nn.Linear(5 * width, width)
        self.labels = nn.Linear(width, len(ROLE_LABELS))

    def forward(self, states: Tensor) -> Tensor:
        """Logits (batch, tokens, labels) of states (batch, tokens, size), which are zero where there is padding."""
        near = self.dropout(gelu(self.near(_with_neighbours(self.dropout(states), 1))))
        around = self.dropout(gelu(self.around(_with_neighbours(near, 2))))
        logits: Tensor = self.labels(near + around)
        return logits


def _with_neighbours(states: Tensor, reach: int) -> Tensor:
    """(batch, tokens, (1 + 2 × reach) × size): the states of each token with those of so many on both sides."""
    padded = pad(states, (0, 0, reach, reach))
    return torch.cat([padded[:, at : at + states.shape[1]] for at in range(2 * reach + 1)], dim=-1)


class QuoteModel(EncoderModel):
    """Encoder with heads for names, cues, owners and changes of owner. All outputs are logits."""

    config_class = QuoteModelConfig

    def __init__(self, config: QuoteModelConfig) -> None:
        super().__init__(config)
        self.encoder = build_encoder(config.encoder)
        if config.adapter_rank:
            adapt(self.encoder, config.adapter_rank)
        size, pair, relation = self.encoder.config.hidden_size, config.pair_size, config.relation_size
        self.case_embeddings = nn.Embedding(len(CASES), size)
        self.quotation_embeddings = nn.Embedding(len(QUOTATION_STATES), size)
        self.name_head = build_name_head(size, config.name_size)
        self.role_head = RoleHead(size, config.role_size) if config.role_size else None
        self.cue_head = nn.Sequential(nn.Linear(size, pair), Gelu(), nn.Linear(pair, len(CUE_LABELS)))
        self.switch_head = nn.Sequential(nn.Linear(2 * size, pair), Gelu(), nn.Linear(pair, 1))
        self.no_owner = nn.Linear(size, 1)
        self.token_projection = nn.Linear(size, relation)
        self.cue_projection = nn.Linear(size, relation)
        self.distance_embeddings = nn.Embedding(_DISTANCES, relation)
        self.paragraph_embeddings = nn.Embedding(_PARAGRAPH_STEPS, relation)
        self.between_embeddings = nn.Embedding(_CUE_STEPS, relation)
        self.pair_head = nn.Linear(relation, len(PAIR_SCORES))
        self.biaffine_token = nn.Linear(size, pair * len(PAIR_SCORES))
        self.biaffine_cue = nn.Linear(size, pair)
        self.act_head = (
            nn.Sequential(nn.Linear(size, pair), Gelu(), nn.Linear(pair, len(ACTS))) if config.acts else None
        )
        self.post_init()

    def forward(self, input_ids: Tensor, attention_mask: Tensor, cases: Tensor, quotations: Tensor) -> Reading:
        """All inputs have the shape (batch, tokens)."""
        embedded = self.encoder.get_input_embeddings()(input_ids)
        embedded = embedded + self.case_embeddings(cases) + self.quotation_embeddings(quotations)
        hidden = self.encode(embedded, attention_mask)
        before = torch.cat([hidden[:, :1], hidden[:, :-1]], dim=1)
        switches = self.switch_head(torch.cat([before, hidden], dim=-1)).squeeze(-1)
        roles = None if self.role_head is None else self.role_head(hidden * attention_mask[..., None])
        return Reading(hidden, self.name_head(hidden), self.cue_head(hidden), switches, roles)

    def score_pairs(
        self, hidden: Tensor, padding: Tensor, paragraphs: Tensor, cues: Tensor, present: Tensor
    ) -> PairScores:
        """Scores every token against every cue.

        Args:
            hidden: (batch, tokens, hidden size) as in ``Reading``.
            padding: (batch, tokens), true where a window has fewer tokens.
            paragraphs: (batch, tokens), the index of each token's paragraph.
            cues: (batch, cues, 2), first and one past the last token of each cue, in order.
            present: (batch, cues), false where a window has fewer cues.
        """
        batch, tokens, _ = hidden.shape
        positions = torch.arange(tokens, device=hidden.device)
        starts, ends = cues[..., :1], cues[..., 1:]
        inside = ((positions >= starts) & (positions < ends)).to(hidden.dtype)
        cue_hidden = inside @ hidden / inside.sum(-1, keepdim=True).clamp(min=1)

        relation = self._relations(positions, paragraphs, starts.squeeze(-1), ends.squeeze(-1), present)
        token = self.token_projection(hidden).unsqueeze(2)
        cue = self.cue_projection(cue_hidden).unsqueeze(1)
        pairs = self.pair_head(gelu(token + cue + relation))

        query = self.biaffine_token(hidden).view(batch, tokens, len(PAIR_SCORES), -1)
        key = self.biaffine_cue(cue_hidden)
        pairs = pairs + torch.einsum("btrp,bkp->btkr", query, key) / key.shape[-1] ** 0.5
        content, start, end = pairs.float().unbind(-1)
        owners = torch.cat(
            [self.no_owner(hidden).float(), content.masked_fill(~present[:, None], float("-inf"))], dim=-1
        )
        away = padding[:, :, None]
        return PairScores(
            owners,
            start.masked_fill(away, -1e4).transpose(1, 2),
            end.masked_fill(away, -1e4).transpose(1, 2),
            None if self.act_head is None else self.act_head(cue_hidden).float(),
        )

    def _relations(
        self, positions: Tensor, paragraphs: Tensor, starts: Tensor, ends: Tensor, present: Tensor
    ) -> Tensor:
        """(batch, tokens, cues, relation size): distance, paragraphs and other cues between each token and each cue."""
        token = positions[None, :, None]
        before, after = starts[:, None] - token, token - ends[:, None] + 1
        away = torch.maximum(before, after).clamp(min=0)
        half = _DISTANCES // 2
        bucket = torch.log2(away.float() + 1).mul(1.5).long().clamp(max=half - 1)
        distance = torch.where(before > 0, bucket, bucket + half)

        cue_paragraph = paragraphs.gather(1, starts)
        reach = _PARAGRAPH_STEPS // 2
        paragraph = (paragraphs[:, :, None] - cue_paragraph[:, None]).clamp(-reach, reach) + reach

        passed = ((starts[:, None] <= token) & present[:, None]).sum(-1, keepdim=True)
        rank = torch.arange(starts.shape[1], device=starts.device)
        reach = _CUE_STEPS // 2
        between = (passed - 1 - rank).clamp(-reach, reach) + reach
        embedded: Tensor = self.distance_embeddings(distance) + self.paragraph_embeddings(paragraph)
        return embedded + self.between_embeddings(between)


register(QuoteModelConfig, QuoteModel)
