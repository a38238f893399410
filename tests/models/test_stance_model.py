"""The stance model: what it is shown of a window, how a statement is pooled, its judgements, and how it is loaded."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from onrecord.errors import WeightsError
from onrecord_models import loading
from onrecord_models.adapters import AdaptedLinear
from onrecord_models.encoder import ready
from onrecord_models.inference import QuoteModelRunner
from onrecord_models.loading import load_quote_model, load_stance_model, part_folder
from onrecord_models.quote_model import QuoteModel, QuoteModelConfig
from onrecord_models.stance.inference import StanceRunner, rows_of
from onrecord_models.stance.model import (
    ArticleInput,
    AskedStatement,
    Part,
    StanceConfig,
    StanceModel,
    StanceQuestion,
    lay_out,
    pool,
)
from onrecord_models.upper_layers import borrow
from onrecord_models.windows import TokenFeatures
from tests.conftest import TINY_ENCODER

SIZE = 16
DEEP_ENCODER: dict[str, Any] = {**TINY_ENCODER, "num_hidden_layers": 3}


def pair(adapter_rank: int = 0) -> tuple[QuoteModel, StanceModel]:
    """A quote model of three layers and an untrained stance model over the upper two, whose answers differ widely."""
    torch.manual_seed(0)
    quote_model = QuoteModel(QuoteModelConfig(DEEP_ENCODER)).eval()
    model = StanceModel(StanceConfig(DEEP_ENCODER, 2, adapter_rank, size=8, heads=2)).eval()
    borrow(model, quote_model, trained=not adapter_rank)
    for head in (model.statement_head, model.mixing, model.outcome_head):
        for module in head.modules():
            if isinstance(module, (torch.nn.Linear, torch.nn.Embedding)):
                torch.nn.init.normal_(module.weight, std=0.7)
    return quote_model, model


@pytest.fixture(scope="module")
def model() -> StanceModel:
    return pair()[1]


def states(tokens: int, seed: int) -> torch.Tensor:
    return torch.randn(tokens, SIZE, generator=torch.Generator().manual_seed(seed))


FIRST = AskedStatement(0, content=((4, 7), (9, 10)), source=((1, 3),), cue=((3, 4),), speaker=0)
SECOND = AskedStatement(1, content=((1, 4),), speaker=-1)
THIRD = AskedStatement(1, content=((6, 8),), source=((5, 6),), cue=((8, 9),), speaker=0)
ARTICLE = ArticleInput((states(11, 1), states(10, 2)), (False, True), states(5, 3), (FIRST, SECOND, THIRD))
QUESTION = StanceQuestion(ARTICLE, states(6, 4))


def longer(number: int) -> StanceQuestion:
    """A question of another length."""
    window, target = states(20 + 9 * number, 10 + number), states(4 + number, 20 + number)
    statements = tuple(AskedStatement(0, ((start, start + 2),), speaker=start % 3) for start in range(1, 15, 3))
    return StanceQuestion(ArticleInput((window,), (False,), window[:0], statements), target)


# What is read


def test_before_a_window_stands_the_target_and_every_token_is_marked_with_what_it_is() -> None:
    read, parts, shift = lay_out(QUESTION, 0)
    special, target, context = int(Part.SPECIAL), int(Part.TARGET), int(Part.CONTEXT)
    source, cue, statement = int(Part.SOURCE), int(Part.CUE), int(Part.STATEMENT)
    assert parts[:6] == [special, *[target] * 4, special]
    assert parts[6:] == [source, source, cue, *[statement] * 3, context, context, statement, context]
    assert torch.equal(read[:6], QUESTION.target)
    assert all(torch.equal(read[token + shift], ARTICLE.windows[0][token]) for token in range(1, 11))


def test_a_later_window_is_read_with_the_articles_beginning_and_its_own_statements_are_marked() -> None:
    read, parts, shift = lay_out(QUESTION, 1)
    assert parts[:11] == [0, *[int(Part.TARGET)] * 4, 0, *[int(Part.LEAD)] * 5]
    assert torch.equal(read[6:11], ARTICLE.lead)
    assert all(torch.equal(read[token + shift], ARTICLE.windows[1][token]) for token in range(1, 10))
    marked = [token for token, part in enumerate(parts) if part == Part.STATEMENT]
    assert marked == [token + shift for token in (1, 2, 3, 6, 7)]
    assert [token - shift for token, part in enumerate(parts) if part in (Part.SOURCE, Part.CUE)] == [5, 8]


def test_a_question_is_as_long_as_what_is_read_for_it() -> None:
    rows = rows_of([QUESTION, longer(1)])
    assert [(row.question, row.window) for row in rows] == [(0, 0), (0, 1), (1, 0)]
    assert [len(row.parts) for row in rows[:2]] == [QUESTION.row_length(0), QUESTION.row_length(1)] == [16, 20]
    assert len(QUESTION) == 36
    assert len(longer(1)) == len(rows[2].parts) == len(rows[2].states)


def test_what_is_said_wins_over_source_and_cue_where_they_overlap() -> None:
    nested = replace(FIRST, source=((4, 6),), cue=((6, 7),))
    question = replace(QUESTION, article=replace(ARTICLE, statements=(nested,)))
    _, parts, shift = lay_out(question, 0)
    assert parts[4 + shift : 7 + shift] == [int(Part.STATEMENT)] * 3


def test_a_statement_is_pooled_as_means_of_its_tokens_its_source_and_the_target() -> None:
    shift, target = 5, 6
    hidden = states(16, 5)
    pooled = pool(hidden, [FIRST, replace(FIRST, source=())], shift, target)
    assert pooled.shape == (2, 4 * SIZE)
    content, source, about, product = pooled[0].split(SIZE)
    assert torch.allclose(content, hidden[[9, 10, 11, 14]].mean(0), atol=1e-6)
    assert torch.allclose(source, hidden[[6, 7]].mean(0), atol=1e-6)
    assert torch.allclose(about, hidden[1:5].mean(0), atol=1e-6)
    assert torch.allclose(product, content * about, atol=1e-6)
    assert torch.equal(pooled[1, SIZE : 2 * SIZE], torch.zeros(SIZE))
    assert torch.equal(pooled[1, :SIZE], content)


# What is judged


def test_answers_are_probabilities_for_each_statement_in_order(model: StanceModel) -> None:
    judged = StanceRunner(model).judge([QUESTION, longer(1)])
    assert [len(outcomes) for outcomes in judged] == [3, 5]
    for outcomes in (each for found in judged for each in found):
        assert sum(outcomes) == pytest.approx(1, abs=3e-4)
        assert outcomes == tuple(round(value, 4) for value in outcomes)
    assert len(set(judged[0])) == 3
    assert StanceRunner(model).judge([]) == []


def test_a_statement_is_judged_in_its_own_window_wherever_it_stands_in_the_list() -> None:
    _, model = pair()
    mixed = replace(QUESTION, article=replace(ARTICLE, statements=(SECOND, FIRST, THIRD)))
    alone = [replace(QUESTION, article=replace(ARTICLE, statements=(each,))) for each in (SECOND, FIRST, THIRD)]
    for layer in model.mixing:  # statements no longer see each other, so that each is as it is alone
        torch.nn.init.zeros_(layer.output.weight)
        torch.nn.init.zeros_(layer.output.bias)
    model.part_embeddings.weight.data.zero_()  # nor does one see where the others are
    together = StanceRunner(model).judge([mixed])[0]
    assert together == [pytest.approx(found[0], abs=1e-3) for found in StanceRunner(model).judge(alone)]


def test_other_articles_in_the_batch_change_nothing(model: StanceModel) -> None:
    runner = StanceRunner(model)
    questions = [longer(3), QUESTION, longer(0), longer(6), replace(QUESTION, target=states(9, 30)), longer(2)]
    together = runner.judge(questions)
    for question, found in zip(questions, together, strict=True):
        (alone,) = runner.judge([question])
        assert found == [pytest.approx(outcomes, abs=1e-3) for outcomes in alone]
    assert runner.judge(questions[::-1]) == [[pytest.approx(each, abs=1e-3) for each in one] for one in together[::-1]]


def test_another_target_gets_other_answers(model: StanceModel) -> None:
    one, other = StanceRunner(model).judge([QUESTION, replace(QUESTION, target=states(6, 31))])
    assert one != other


def with_speakers(*speakers: int) -> StanceQuestion:
    article = longer(0).article
    named = zip(article.statements, speakers, strict=True)
    return StanceQuestion(replace(article, statements=tuple(replace(each, speaker=who) for each, who in named)), ONE)


ONE = states(6, 40)


def test_it_matters_whether_speakers_are_the_same_and_not_how_they_are_numbered(model: StanceModel) -> None:
    runner = StanceRunner(model)
    same, renumbered, differing, unknown = runner.judge(
        [with_speakers(*who) for who in ((0, 0, 1, 1, 0), (7, 7, 2, 2, 7), (0, 1, 2, 3, 4), (-1,) * 5)]
    )
    assert same == renumbered
    assert same != differing
    assert unknown not in (same, differing)


def test_the_temperature_flattens_and_changes_no_choice(model: StanceModel) -> None:
    sharp = StanceRunner(model).judge([longer(1)])[0]
    model.config.calibration = 4.0
    flat = StanceRunner(model).judge([longer(1)])[0]
    model.config.calibration = 1.0
    assert all(max(one) < max(other) for one, other in zip(flat, sharp, strict=True))
    assert [one.index(max(one)) for one in flat] == [one.index(max(one)) for one in sharp]


# The upper layers


@pytest.mark.parametrize("adapter_rank", [0, 2])
def test_an_untrained_model_makes_of_kept_states_what_the_quote_model_makes_of_the_text(adapter_rank: int) -> None:
    quote_model, model = pair(adapter_rank)
    nothing = [0] * 5
    window = TokenFeatures([101, 2000, 2001, 2002, 102], nothing, nothing, nothing)
    (batch,) = QuoteModelRunner(quote_model, upper=2).encode([window])
    model.part_embeddings.weight.data.zero_()
    ones = torch.ones(1, 5, dtype=torch.long)
    with torch.inference_mode():
        hidden = model(batch.lower[2][:, :5], ones, ones)
    assert torch.allclose(hidden, batch.reading.hidden[:, :5], atol=1e-5)


@pytest.mark.parametrize("adapter_rank", [0, 2])
def test_the_layers_are_trained_or_adapters_on_them_and_the_heads_always(adapter_rank: int) -> None:
    _, model = pair(adapter_rank)
    trained = {name for name, parameter in model.named_parameters() if parameter.requires_grad}
    within = {name for name, _ in model.named_parameters() if name.startswith("encoder.encoder.layer.")}
    assert {name for name, _ in model.named_parameters() if not name.startswith("encoder.")} <= trained
    own = {name for name in trained if name.startswith("encoder.")}
    assert own == ({name for name in within if name.endswith((".down", ".up"))} if adapter_rank else within)
    assert own


@pytest.mark.parametrize("adapter_rank", [0, 2])
def test_it_runs_in_half_precision_with_adapters_and_without(adapter_rank: int) -> None:
    _, model = pair(adapter_rank)
    read, mask, parts = torch.randn(2, 5, SIZE), torch.ones(2, 5, dtype=torch.long), torch.ones(2, 5, dtype=torch.long)
    with torch.inference_mode():
        full = model(read, mask, parts)
        half = ready(model, "cpu", "bf16")(read.to(torch.bfloat16), mask, parts)
    assert half.dtype == torch.float32
    assert torch.allclose(full, half, atol=0.1)


# Loading


@pytest.fixture
def folder(tiny_model: Path, tmp_path: Path) -> Path:
    """A model folder of the test's own."""
    shutil.copytree(tiny_model, tmp_path / "model")
    return tmp_path / "model"


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the models that come with onrecord, without any in it."""
    monkeypatch.setattr(loading, "WEIGHTS", tmp_path / "weights")
    (tmp_path / "weights").mkdir()
    return tmp_path / "weights"


def test_a_loaded_model_has_its_own_layers_and_the_settings_it_was_packed_with(folder: Path) -> None:
    path = folder / "stance" / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "calibration": 1.75}))
    model = load_stance_model(folder, load_quote_model(folder)[0])
    assert model.config.calibration == 1.75
    stored = load_file(folder / "stance" / "model.safetensors")
    assert not any("word_embeddings" in name for name in stored)
    state = model.state_dict()
    assert all(torch.equal(state[name], tensor.float()) for name, tensor in stored.items())


def test_adapters_are_merged_into_the_quote_models_layers(folder: Path) -> None:
    quote_model, _ = load_quote_model(folder)
    torch.manual_seed(3)
    trained = StanceModel(StanceConfig(TINY_ENCODER, 1, adapter_rank=2, size=8, heads=2))
    borrow(trained, quote_model)
    for name, parameter in trained.named_parameters():
        if name.endswith(".up"):
            torch.nn.init.normal_(parameter)
    state = {name: parameter for name, parameter in trained.named_parameters() if parameter.requires_grad}
    loading.store(state, trained.config.to_dict(), folder / "stance")
    model = load_stance_model(folder, quote_model)
    assert not any(isinstance(module, AdaptedLinear) for module in model.modules())
    read, ones = torch.randn(1, 5, SIZE), torch.ones(1, 5, dtype=torch.long)
    with torch.inference_mode():
        assert torch.allclose(model.eval()(read, ones, ones), trained.eval()(read, ones, ones), atol=0.02)


def test_a_folder_without_one_uses_the_shipped_one_of_its_encoders_size(folder: Path, shipped: Path) -> None:
    assert part_folder(folder, "stance") == folder
    for name, size in (("alpha", 32), ("beta", SIZE)):
        shutil.copytree(folder / "stance", shipped / name / "stance")
        path = shipped / name / "stance" / "config.json"
        config = json.loads(path.read_text())
        path.write_text(json.dumps({**config, "encoder": {**config["encoder"], "hidden_size": size}}))
    shutil.rmtree(folder / "stance")
    assert part_folder(folder, "stance") == shipped / "beta"
    assert load_stance_model(folder, load_quote_model(folder)[0]).config.size == 8
    shutil.rmtree(shipped / "beta")
    with pytest.raises(WeightsError, match=r"no stance/ in it.*size 16;.*`onrecord train stance`.*train add-stance"):
        load_stance_model(folder, load_quote_model(folder)[0])


def test_weights_of_another_training_are_refused(folder: Path) -> None:
    path = folder / "stance" / "model.safetensors"
    stored = load_file(path)
    quote_model, _ = load_quote_model(folder)
    save_file({name: tensor for name, tensor in stored.items() if name != "outcome_head.1.bias"}, path)
    with pytest.raises(WeightsError, match=r"model\.safetensors: weights do not fit config\.json"):
        load_stance_model(folder, quote_model)
    save_file({**stored, "outcome_head.1.weight": torch.zeros(3, 8)}, path)
    with pytest.raises(WeightsError, match=r"weights do not fit config.json .*outcome_head.1.weight"):
        load_stance_model(folder, quote_model)
