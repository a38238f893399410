"""The quote model: shapes, padding and reading windows together."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from onrecord.pipeline import Pipeline
from onrecord.text.segmentation import segment
from onrecord.text.windows import build_windows
from onrecord_models.errors import WeightsError
from onrecord_models.inference import QuoteModelRunner, batches, pad, padded_width
from onrecord_models.labels import NAME_LABELS
from onrecord_models.loading import WEIGHTS, load_tokenizer
from onrecord_models.quote_model import QuoteModel, QuoteModelConfig
from tests.conftest import TINY_ENCODER

TEXT = "Mayor Ada Brandt said the harbour would stay open.\n\n“We will not close it,” Brandt said on Monday."


def tiny_quote_model() -> QuoteModel:
    torch.manual_seed(1)
    return QuoteModel(QuoteModelConfig(encoder=TINY_ENCODER, window_size=64, cue_threshold=0.6)).eval()


def random_inputs(batch: int, tokens: int) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return {
        "input_ids": torch.randint(1, 1000, (batch, tokens), generator=generator),
        "attention_mask": torch.ones(batch, tokens, dtype=torch.long),
        "cases": torch.randint(0, 5, (batch, tokens), generator=generator),
        "quotations": torch.randint(0, 4, (batch, tokens), generator=generator),
    }


def test_heads_have_one_score_for_each_token_and_label() -> None:
    reading = tiny_quote_model()(**random_inputs(2, 12))
    assert reading.names.shape == (2, 12, len(NAME_LABELS))
    assert reading.cues.shape == (2, 12, 3)
    assert reading.switches.shape == (2, 12)


def test_absent_cues_own_nothing_and_point_nowhere_in_padding() -> None:
    model = tiny_quote_model()
    inputs = random_inputs(1, 12)
    reading = model(**inputs)
    padding = torch.zeros(1, 12, dtype=torch.bool)
    padding[0, 10:] = True
    cues = torch.tensor([[[2, 4], [0, 0]]])
    scores = model.score_pairs(
        reading.hidden, padding, torch.zeros(1, 12, dtype=torch.long), cues, torch.tensor([[True, False]])
    )
    assert scores.owners.shape == (1, 12, 3)
    assert torch.isinf(scores.owners[..., 2]).all()
    assert scores.starts[0, 0].softmax(-1)[10:].sum() == 0


def test_case_and_quotation_features_change_what_is_read() -> None:
    model = tiny_quote_model()
    inputs = random_inputs(1, 12)
    changed = {**inputs, "cases": (inputs["cases"] + 1) % 5}
    assert not torch.equal(model(**inputs).cues, model(**changed).cues)


def test_windows_read_together_and_alone_give_the_same() -> None:
    tokenizer = load_tokenizer(WEIGHTS / "small")
    runner = QuoteModelRunner(tiny_quote_model(), precision="fp32")
    long = build_windows(TEXT, segment(TEXT), frozenset(), tokenizer, 64)
    short = build_windows(TEXT[:50], segment(TEXT[:50]), frozenset(), tokenizer, 64)
    together = runner.read([*short, *long])
    alone = [*runner.read(short), *runner.read(long)]
    for one, other in zip(together, alone, strict=True):
        assert [s.cue.tokens for s in one.statements] == [s.cue.tokens for s in other.statements]
        assert [s.content for s in one.statements] == [s.content for s in other.statements]
        assert [n.tokens for n in one.names] == [n.tokens for n in other.names]


def test_nothing_to_read_gives_nothing() -> None:
    assert QuoteModelRunner(tiny_quote_model()).read([]) == []


def test_batches_have_few_shapes() -> None:
    """oneDNN keeps what it made for every shape: with as many as there are lengths, a long run's memory grows."""
    assert {pad([[1] * length], "cpu").shape[1] for length in range(1, 49)} == {16, 32, 48}
    assert pad([[1, 2], [3]], "cpu").tolist() == [[1, 2, *[0] * 14], [3, *[0] * 15]]


def test_windows_read_together_are_as_wide_as_each_would_be_alone() -> None:
    """In half precision, padding changes the last places, and so now and then what is found."""
    lengths = [200, 7, 254, 193, 208, 250, 12, 240]
    found = list(batches(lengths, "cpu"))
    assert sorted(index for batch in found for index in batch) == list(range(len(lengths)))
    assert all(len({padded_width(lengths[index]) for index in batch}) == 1 for batch in found)
    assert len(found) < len(lengths)


def test_weights_that_are_no_numbers_are_refused(tiny_model: Path, tmp_path: Path) -> None:
    model = tmp_path / "model"
    shutil.copytree(tiny_model, model)
    for name in ("quotes/model.safetensors", "stance/model.safetensors", "coreference/model.safetensors"):
        weights = load_file(model / name)
        chosen = sorted(weights)[-1]
        weights[chosen].view(-1)[-1] = torch.nan
        save_file(weights, model / name)
        with pytest.raises(WeightsError, match=rf"{name}: weights of {chosen} are not finite numbers; restore it"):
            Pipeline.load(str(model), device="cpu", targets=("the harbour",))
        shutil.copy(tiny_model / name, model / name)
