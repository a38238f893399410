"""The coreference model: which entity a pronoun refers to, by ranking the mentions of the entities that it may be.

The quote model's encoder, with adapters of its own, reads the tokens around the pronoun once for all pronouns there.
Every mention is scored against the pronoun by biaffine attention plus a perceptron that also sees how the two are
placed; an entity has the sum of its mentions' exponentiated scores, and "none of them" a score of its own (mention
ranking with a null antecedent, after Wiseman et al., ACL 2015, and Lee et al., EMNLP 2017).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from transformers import PretrainedConfig

from onrecord_models.adapters import adapt, adapted_names
from onrecord_models.encoder import EncoderModel, build_encoder, register
from onrecord_models.windows import CASES, QUOTATION_STATES


class CoreferenceConfig(PretrainedConfig):
    """Settings of a coreference model.

    ``encoder`` is the configuration of its quote model's transformer; ``adapter_rank`` is 0 where that is used as it
    is. ``feature_sizes`` are the numbers of values of each feature of a pair. ``salience_weight`` is the weight of the
    logarithm of a candidate's salience by rule, which is added to its score; it is chosen after training, on held-out
    questions.
    """

    model_type = "onrecord-coreference"

    def __init__(
        self,
        encoder: dict[str, Any] | None = None,
        pair_size: int = 128,
        adapter_rank: int = 32,
        window_size: int = 254,
        feature_sizes: tuple[int, ...] = (),
        salience_weight: float = 0.0,
        **kwargs: Any,
    ) -> None:
        self.encoder = encoder or {}
        self.pair_size = pair_size
        self.adapter_rank = adapter_rank
        self.window_size = window_size
        self.feature_sizes = tuple(feature_sizes)
        self.salience_weight = salience_weight
        super().__init__(**kwargs)


class CoreferenceModel(EncoderModel):
    """Adapted encoder and the heads that score pairs of pronoun and mention."""

    config_class = CoreferenceConfig

    def __init__(self, config: CoreferenceConfig) -> None:
        super().__init__(config)
        self.encoder = build_encoder(config.encoder)
        if config.adapter_rank:
            adapt(self.encoder, config.adapter_rank)
        size, pair = self.encoder.config.hidden_size, config.pair_size
        self.case_embeddings = nn.Embedding(len(CASES), size)
        self.quotation_embeddings = nn.Embedding(len(QUOTATION_STATES), size)
        self.feature_embeddings = nn.ModuleList(nn.Embedding(count, pair) for count in config.feature_sizes)
        self.anaphor_projection = nn.Linear(2 * size, 2 * pair)
        self.mention_projection = nn.Linear(2 * size, 2 * pair)
        self.dropout = nn.Dropout(0.2)
        self.pair_head = nn.Linear(pair, 1)
        self.none_head = nn.Linear(pair, 1)
        self.post_init()

    def forward(self, input_ids: Tensor, attention_mask: Tensor, cases: Tensor, quotations: Tensor) -> Tensor:
        """Hidden states (batch, tokens, hidden size); all inputs have the shape (batch, tokens)."""
        embedded = self.encoder.get_input_embeddings()(input_ids)
        embedded = embedded + self.case_embeddings(cases) + self.quotation_embeddings(quotations)
        return self.encode(embedded, attention_mask)

    def score(self, anaphors: Tensor, mentions: Tensor, features: Tensor, owners: Tensor) -> tuple[Tensor, Tensor]:
        """The scores of mentions, and that of no mention for each anaphor.

        Args:
            anaphors: (anaphors, 2 × hidden size), the states of the first and the last token of each.
            mentions: (mentions, 2 × hidden size), the same of each mention.
            features: (mentions, features), the value of each feature of the pair.
            owners: (mentions,), the index of the anaphor that the mention is scored for.
        """
        asked = self.dropout(self.anaphor_projection(anaphors.float()))
        offered = self.dropout(self.mention_projection(mentions.float()))
        (asked_sum, asked_product), (offered_sum, offered_product) = asked.chunk(2, -1), offered.chunk(2, -1)
        relation = torch.stack([table(features[:, i]) for i, table in enumerate(self.feature_embeddings)]).sum(0)
        hidden = nn.functional.gelu(asked_sum[owners] + offered_sum + relation)
        product = (asked_product[owners] * offered_product).sum(-1) / asked_product.shape[-1] ** 0.5
        pairs = self.pair_head(self.dropout(hidden)).squeeze(-1) + product
        none = self.none_head(nn.functional.gelu(asked_sum)).squeeze(-1)
        return pairs, none


register(CoreferenceConfig, CoreferenceModel)


def borrow(model: CoreferenceModel, state: dict[str, Tensor]) -> None:
    """Fills a coreference model's encoder with that of a quote model's ``state`` and freezes it, adapters aside."""
    encoder = {name.removeprefix("encoder."): own for name, own in state.items() if name.startswith("encoder.")}
    borrowed = {f"encoder.{name}": own for name, own in adapted_names(model.encoder, encoder).items()}
    borrowed |= {name: state[name] for name in ("case_embeddings.weight", "quotation_embeddings.weight")}
    model.load_state_dict(borrowed, strict=False)
    for name, parameter in model.named_parameters():
        if name in borrowed:
            parameter.requires_grad_(False)
