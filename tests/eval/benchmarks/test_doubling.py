"""That no kind of text makes a stage quadratic: twice the text takes twice the calls, and no clock is asked."""

from __future__ import annotations

import pytest

from onrecord_eval.benchmarks.doubling import KINDS, MOST, Times, doublings, measure, text_of, verdict
from onrecord_models.loading import WEIGHTS, load_tokenizer
from onrecord_models.transformer.tokenizer import FastTokenizer
from tests.counting import count_calls

LENGTH = 5_000


@pytest.fixture(scope="module")
def tokenizer() -> FastTokenizer:
    tokenizer = load_tokenizer(WEIGHTS / "small")
    measure(text_of("statements", 2000), tokenizer)  # what is loaded once is not counted
    return tokenizer


@pytest.mark.parametrize("kind", KINDS)
def test_twice_the_text_takes_twice_the_calls(
    kind: str, tokenizer: FastTokenizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Until so many are reached, calls grow faster than the text; of fewer the texts can be shorter.
    monkeypatch.setattr("onrecord.stages.speakers.candidates.MOST_CANDIDATES", 12)
    monkeypatch.setattr("onrecord.names.index.MOST", 12)
    monkeypatch.setattr("onrecord.stages.speakers.entities.MOST", 12)
    short = count_calls(measure, text_of(kind, LENGTH), tokenizer)
    long = count_calls(measure, text_of(kind, 2 * LENGTH), tokenizer)
    assert long <= 2.4 * short + 2000, (kind, short, long)


def test_texts_are_of_their_length_and_longer_ones_begin_like_shorter_ones() -> None:
    for kind in KINDS:
        assert len(text_of(kind, 5000)) == 5000
        assert text_of(kind, 5000).startswith(text_of(kind, 2000))


def test_the_made_up_readings_find_names_and_statements(tokenizer: FastTokenizer) -> None:
    statements = measure(text_of("statements", 3000), tokenizer).statements
    assert len(statements) > 20
    assert {statement.form for statement in statements} == {"direct"}
    assert all(statement.speakers[0].name == statement.source.text for statement in statements if statement.source)


def test_a_verdict_is_about_the_last_doubling() -> None:
    assert doublings(1000, 200) == [250, 500, 1000]
    assert verdict(Times(1, {"a": 1.0}), Times(2, {"a": MOST})) == "linear"
    assert verdict(Times(1, {"a": 1.0}), Times(2, {"a": MOST + 0.1})) == "NOT LINEAR"
    assert verdict(Times(1, {"a": 0.001}), Times(2, {"a": 0.09})) == "linear"
