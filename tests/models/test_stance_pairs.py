"""The stance model that judges pairs, and its scorer, on a tiny model that knows nothing."""

from __future__ import annotations

import random
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from transformers import BertTokenizerFast

from onrecord_models.loading import WEIGHTS, judges_pairs
from onrecord_models.stance.classifier import StanceInput
from onrecord_models.stance.pairs import EncodedInput, PairConfig, PairModel, PairScorer, Part, collate, encode_input
from tests.models.pairs import ENCODER, INPUTS


@pytest.fixture(scope="module")
def model() -> PairModel:
    torch.manual_seed(3)
    made = PairModel(PairConfig(encoder=ENCODER, window_size=32))
    for parameter in made.classifier.parameters():
        torch.nn.init.normal_(parameter, std=0.7)
    return made.eval()


def words(encoded: EncodedInput, tokenizer: BertTokenizerFast, part: Part) -> list[str]:
    ids = [token for token, kind in zip(encoded.input_ids, encoded.parts, strict=True) if kind == part]
    return [str(word) for word in tokenizer.convert_ids_to_tokens(ids)]


def test_parts_mark_target_speaker_and_statement_in_its_context(tokenizer: BertTokenizerFast) -> None:
    encoded = encode_input(INPUTS[0], tokenizer, 64)
    assert words(encoded, tokenizer, Part.TARGET) == ["the", "bill"]
    assert words(encoded, tokenizer, Part.SPEAKER) == ["ada", "brandt", ":"]
    assert words(encoded, tokenizer, Part.STATEMENT) == ["a", "mistake"]
    assert words(encoded, tokenizer, Part.CONTEXT) == ["ada", "brandt", "called", "the", "bill", ".", "[SEP]"]


def test_pieces_are_marked_apart_and_a_statement_missing_from_its_context_comes_first(
    tokenizer: BertTokenizerFast,
) -> None:
    apart = StanceInput("the bill", "the vote … on Monday", "The mayor said the vote , said Ada , is on Monday.")
    encoded = encode_input(replace(apart, statement="the vote … on Monday"), tokenizer, 64)
    assert words(encoded, tokenizer, Part.STATEMENT) == ["the", "vote", "on", "monday"]
    missing = encode_input(StanceInput("the bill", "a triumph", "Ada said it."), tokenizer, 64)
    assert words(missing, tokenizer, Part.STATEMENT) == ["a", "triumph"]
    assert words(missing, tokenizer, Part.CONTEXT)[:3] == ["ada", "said", "it"]


@pytest.mark.parametrize("size", [16, 24, 40])
def test_long_context_is_cut_and_the_statement_kept(tokenizer: BertTokenizerFast, size: int) -> None:
    context = "The vote is on Monday. " * 40 + "Ada called it a triumph."
    encoded = encode_input(StanceInput("the bill", "a triumph", context, "Ada"), tokenizer, size)
    assert len(encoded) == size
    assert words(encoded, tokenizer, Part.STATEMENT) == ["a", "triumph"]


def test_logits_have_three_columns_and_padding_changes_nothing(model: PairModel, tokenizer: BertTokenizerFast) -> None:
    encoded = [encode_input(one, tokenizer, 32) for one in INPUTS]
    batch = collate(encoded, 0)
    with torch.inference_mode():
        together = model(batch.input_ids, batch.attention_mask, batch.parts)
        alone = collate(encoded[3:], 0)
        apart = model(alone.input_ids, alone.attention_mask, alone.parts)
    assert together.shape == (4, 3)
    assert torch.allclose(together[3], apart[0], atol=1e-5)


def test_scores_are_probabilities_and_do_not_depend_on_order(model: PairModel, tokenizer: BertTokenizerFast) -> None:
    scorer = PairScorer(model, tokenizer, batch_size=3)
    inputs = [replace(one, target=target) for one in INPUTS for target in ("the bill", "the harbour", "Ada Brandt")]
    scores = scorer.score(inputs)
    assert all(abs(sum(three) - 1) < 2e-4 and three == tuple(round(p, 4) for p in three) for three in scores)
    order = random.Random(5).sample(range(len(inputs)), len(inputs))
    assert scorer.score([inputs[i] for i in order]) == [scores[i] for i in order]
    assert scorer.score([]) == []


def test_temperature_flattens_and_is_that_of_the_settings(model: PairModel, tokenizer: BertTokenizerFast) -> None:
    sharp = PairScorer(model, tokenizer).score(INPUTS)
    flat = PairScorer(model, tokenizer, temperature=4.0).score(INPUTS)
    assert all(max(one) < max(other) for one, other in zip(flat, sharp, strict=True))
    assert [one.index(max(one)) for one in flat] == [one.index(max(one)) for one in sharp]
    model.config.calibration = 4.0
    assert PairScorer(model, tokenizer).score(INPUTS) == flat
    model.config.calibration = 1.0


def test_word_embeddings_have_the_name_that_packaging_relies_on(model: PairModel) -> None:
    assert "encoder.embeddings.word_embeddings.weight" in model.state_dict()


def test_a_folder_may_have_one_in_place_of_a_model_that_reads_the_article(tiny_model: Path, tmp_path: Path) -> None:
    assert judges_pairs(WEIGHTS / "base")
    assert not judges_pairs(tiny_model)
    folder = tmp_path / "model"
    shutil.copytree(tiny_model, folder)
    (folder / "stance" / "config.json").write_text(PairConfig(ENCODER).to_json_string())
    assert judges_pairs(folder)
