"""Learning rates over a run, the groups of parameters that have them, and batches of a number of tokens."""

from __future__ import annotations

import random

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from onrecord_models.quote_model import QuoteModel, QuoteModelConfig
from onrecord_training.loop.batching import token_batches
from onrecord_training.loop.optimizer import build_optimizer
from onrecord_training.loop.schedule import Schedule, Step, warm_up_by_share, warm_up_by_steps, warm_up_then_fall
from tests.conftest import TINY_ENCODER


def rates(schedule: Schedule, epochs: int = 2, batches: int = 50) -> list[float]:
    return [
        schedule(1.0, Step(epoch, batch, batches, epochs, epoch * batches + batch))
        for epoch in range(epochs)
        for batch in range(batches)
    ]


@pytest.mark.parametrize("schedule", [warm_up_by_steps(10), warm_up_by_share(0.1), warm_up_then_fall(0.1)])
def test_rates_rise_over_the_first_tenth_and_fall_to_almost_nothing(schedule: Schedule) -> None:
    found = rates(schedule)
    top = found.index(max(found))
    assert 8 <= top <= 10
    assert found[0] < 0.2 * found[top]
    assert 0.85 < found[top] <= 1
    assert found[:top] == sorted(found[:top])
    assert found[top:] == sorted(found[top:], reverse=True)
    assert 0 <= found[-1] < 0.02


@pytest.mark.parametrize("schedule", [warm_up_by_steps(0), warm_up_by_share(0), warm_up_then_fall(0)])
def test_a_run_without_warming_up_begins_at_the_peak(schedule: Schedule) -> None:
    assert rates(schedule)[0] == pytest.approx(1, abs=0.02)


def test_lower_layers_learn_more_slowly_and_what_is_frozen_not_at_all() -> None:
    model = QuoteModel(QuoteModelConfig(encoder={**TINY_ENCODER, "num_hidden_layers": 2}))
    model.encoder.get_input_embeddings().weight.requires_grad_(False)
    optimizer = build_optimizer(model, learning_rate=1.0, head_learning_rate=3.0, layer_decay=0.5, weight_decay=0.01)
    peak_of = {id(p): group["peak"] for group in optimizer.param_groups for p in group["params"]}
    peaks = {name: peak_of.get(id(parameter)) for name, parameter in model.named_parameters()}
    assert peaks["encoder.encoder.layer.1.output.dense.weight"] == 1.0
    assert peaks["encoder.encoder.layer.0.output.dense.weight"] == 0.5
    assert peaks["encoder.embeddings.position_embeddings.weight"] == 0.25
    assert peaks["encoder.embeddings.word_embeddings.weight"] is None
    assert peaks["cue_head.0.weight"] == 3.0
    assert isinstance(optimizer, torch.optim.AdamW)


@given(st.lists(st.integers(1, 40), max_size=60), st.integers(1, 100), st.integers(0, 5))
def test_batches_hold_every_example_once_and_no_more_tokens_than_allowed(
    lengths: list[int], tokens: int, seed: int
) -> None:
    examples = list(enumerate(lengths))
    found = token_batches(examples, lambda each: each[1], tokens=tokens, generator=random.Random(seed))
    assert sorted(example for batch in found for example in batch) == examples
    for batch in found:
        assert batch
        assert len(batch) == 1 or len(batch) * max(length for _, length in batch) <= tokens
