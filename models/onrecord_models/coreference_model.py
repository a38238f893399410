"""The coreference model: whom a mention refers to, by ranking the entities of the article over their mentions.

It goes on where the quote model's lower layers end: copies of that one's upper layers, with adapters of their own, read
the window of the mention and the end of the window before it. So every token passes through the lower layers only
once. Each mention of a candidate is scored against the mention asked about, by biaffine attention plus a perceptron
that also sees how the two are placed; a mention outside of what the upper layers read counts with its lower state. An
entity has the sum of its mentions' exponentiated scores, and "nobody named" a score of its own (mention ranking with a
null antecedent, after Wiseman et al., ACL 2015, and Lee et al., EMNLP 2017).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from onrecord_models.adapters import adapt
from onrecord_models.encoder import EncoderModel, build_encoder, register
from onrecord_models.transformer.gelu import Gelu, gelu
from onrecord_models.transformer.settings import ModelConfig

_NO_WORDS = 4
"""Word embeddings of an encoder that is given hidden states: as many as its special tokens need."""


class CoreferenceConfig(ModelConfig):
    """Settings of a coreference model.

    ``encoder`` is the configuration of its quote model's transformer, of which it has the upper ``layers`` layers with
    adapters of rank ``adapter_rank``. The sizes are the numbers of values of each feature: of the mention asked about,
    of a candidate, and of a candidate's mention. ``score_temperature`` and ``none_bias`` make the scores chances. They
    are chosen after training, on held-out questions: the temperature for questions about one and about several, the
    bias, which is added to the score of nobody, for each value of the anaphor's first feature, its kind.
    """

    model_type = "onrecord-coreference"

    def __init__(
        self,
        encoder: dict[str, Any] | None = None,
        layers: int = 3,
        pair_size: int = 192,
        adapter_rank: int = 48,
        anaphor_sizes: tuple[int, ...] = (),
        entity_sizes: tuple[int, ...] = (),
        pair_sizes: tuple[int, ...] = (),
        score_temperature: tuple[float, float] = (1.0, 1.0),
        none_bias: tuple[float, ...] = (),
        **kwargs: Any,
    ) -> None:
        self.encoder = encoder or {}
        self.layers = layers
        self.pair_size = pair_size
        self.adapter_rank = adapter_rank
        self.anaphor_sizes = tuple(anaphor_sizes)
        self.entity_sizes = tuple(entity_sizes)
        self.pair_sizes = tuple(pair_sizes)
        self.score_temperature = tuple(score_temperature)
        kinds = self.anaphor_sizes[0] if self.anaphor_sizes else 0
        self.none_bias = tuple(none_bias) or (0.0,) * kinds
        if len(self.none_bias) != kinds:
            raise ValueError(f"none_bias has {len(self.none_bias)} values for {kinds} kinds of question")
        super().__init__(**kwargs)


class CoreferenceModel(EncoderModel):
    """Upper layers with adapters, and the heads that score pairs of mentions."""

    config_class = CoreferenceConfig

    def __init__(self, config: CoreferenceConfig) -> None:
        super().__init__(config)
        settings = {**config.encoder, "num_hidden_layers": config.layers, "vocab_size": _NO_WORDS}
        self.encoder = build_encoder(settings)
        if config.adapter_rank:
            adapt(self.encoder, config.adapter_rank)
        size, pair = self.encoder.config.hidden_size, config.pair_size

        def tables(sizes: tuple[int, ...]) -> nn.ModuleList:
            return nn.ModuleList(nn.Embedding(count, pair) for count in sizes)

        self.anaphor_embeddings = tables(config.anaphor_sizes)
        self.entity_embeddings = tables(config.entity_sizes)
        self.pair_embeddings = tables(config.pair_sizes)
        self.anaphor_projection = nn.Linear(2 * size, 2 * pair)
        self.mention_projection = nn.Linear(2 * size, 2 * pair)
        self.far_projection = nn.Linear(2 * size, 2 * pair)
        self.dropout = nn.Dropout(0.2)
        self.pair_head = nn.Linear(pair, 1)
        self.none_head = nn.Linear(pair, 1)
        self.gender_head = nn.Sequential(nn.Linear(2 * size, pair), Gelu(), nn.Dropout(0.2), nn.Linear(pair, 1))
        self.gender_weight = nn.Parameter(torch.ones(()))
        self.post_init()

    def forward(self, states: Tensor, attention_mask: Tensor) -> Tensor:
        """Hidden states (batch, tokens, hidden size) of lower states of the same shape; the mask (batch, tokens)."""
        return self.go_on(states, attention_mask)

    def score(
        self,
        anaphors: Tensor,
        asked: Tensor,
        mentions: Tensor,
        far: Tensor,
        features: Tensor,
        candidates: Tensor,
        questions: Tensor,
    ) -> tuple[Tensor, Tensor]:
        """The scores of mentions, each for the question that its candidate belongs to, and of nobody for each question.

        Args:
            anaphors: (questions, 2 × hidden size), the states of the first and the last token of each.
            asked: (questions, anaphor features).
            mentions: (mentions, 2 × hidden size), the same of each mention; zeros for a candidate without one.
            far: (mentions,), whether those are lower states.
            features: (mentions, pair features).
            candidates: (mentions, entity features), those of the mention's candidate.
            questions: (mentions,), the index of the question.
        """
        given = self.dropout(self.anaphor_projection(anaphors.float()))
        near, away = self.mention_projection(mentions.float()), self.far_projection(mentions.float())
        offered = self.dropout(torch.where(far[:, None], away, near))
        (asked_sum, asked_product), (offered_sum, offered_product) = given.chunk(2, -1), offered.chunk(2, -1)
        asked_sum = asked_sum + _looked_up(self.anaphor_embeddings, asked)
        relation = _looked_up(self.pair_embeddings, features) + _looked_up(self.entity_embeddings, candidates)
        hidden = gelu(asked_sum[questions] + offered_sum + relation)
        product = (asked_product[questions] * offered_product).sum(-1) / asked_product.shape[-1] ** 0.5
        pairs = self.pair_head(self.dropout(hidden)).squeeze(-1) + product
        none = self.none_head(gelu(asked_sum)).squeeze(-1)
        return pairs, none

    def feminine(self, names: Tensor) -> Tensor:
        """(names,): the logits that names are a woman's and not a man's, of (names, 2 × hidden size) lower states."""
        logits: Tensor = self.gender_head(names.float()).squeeze(-1)
        return logits

    def agreement(self, feminine: Tensor, wanted: Tensor) -> Tensor:
        """What to add to the scores of candidates of these logits for "she" (``wanted`` is 1) or "he" (-1)."""
        added: Tensor = nn.functional.softplus(self.gender_weight) * nn.functional.logsigmoid(feminine * wanted)
        return added


def _looked_up(tables: nn.ModuleList, values: Tensor) -> Tensor:
    return torch.stack([table(values[:, index]) for index, table in enumerate(tables)]).sum(0)


register(CoreferenceConfig, CoreferenceModel)
