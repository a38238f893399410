"""Windows of tokens: every token once, within the size, and none across what is skipped."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.text.segmentation import segment
from onrecord.text.windows import build_windows
from onrecord_models.loading import WEIGHTS, load_tokenizer
from onrecord_models.windows import CASES, QUOTATION_STATES

TOKENIZER = load_tokenizer(WEIGHTS / "small")


def windows_of(text: str, size: int = 32, skip: frozenset[int] = frozenset()):
    return build_windows(text, segment(text), skip, TOKENIZER, size)


@settings(max_examples=60)
@given(st.text(max_size=300))
def test_windows_keep_every_token_once_and_stay_within_their_size(text: str) -> None:
    windows = windows_of(text)
    spans = [span for window in windows for span in window.spans if span.end > span.start]
    assert all(len(window.input_ids) <= 32 for window in windows)
    assert spans == sorted(spans)
    paragraphs = [text[slice(*paragraph.span)] for paragraph in segment(text).paragraphs]
    expected = [
        token for paragraph in paragraphs for token in TOKENIZER(paragraph, add_special_tokens=False)["input_ids"]
    ]
    found = [i for window in windows for i, s in zip(window.input_ids, window.spans, strict=True) if s.end > s.start]
    assert found == expected


@settings(max_examples=60)
@given(st.text(st.sampled_from("ab .,’é\u0301\t\x1d\u00a0中A\n"), max_size=300), st.sampled_from([1, 7, 30]))
def test_it_does_not_matter_how_much_is_tokenized_at_once(text: str, stretch: int) -> None:
    whole = windows_of(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("onrecord.text.windows._STRETCH", stretch)
        assert windows_of(text) == whole


@settings(max_examples=60)
@given(st.text(max_size=300))
def test_spans_increase_and_lie_inside_the_text(text: str) -> None:
    for window in windows_of(text):
        assert len(window.spans) == len(window.input_ids) > 1
        assert all(0 <= start <= end <= len(text) for start, end in window.spans)
        assert all(one.start <= other.start and one.end <= other.end for one, other in pairwise(window.spans))
    ends = [(window.spans[0].start, window.spans[-1].end) for window in windows_of(text)]
    assert all(end <= start for (_, end), (start, _) in pairwise(ends))


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    text = "The harbour stays open all year. " * 12
    for window in windows_of(text)[:-1]:
        assert text[: window.spans[-1].end].rstrip().endswith(".")


def test_a_sentence_longer_than_a_window_is_cut_anyway() -> None:
    windows = windows_of("word " * 100)
    assert sum(len(window.input_ids) - 2 for window in windows) == 100


def test_skipped_paragraphs_are_not_read() -> None:
    text = "Menu\nThe harbour stays open."
    read = " ".join(text[slice(*s)] for window in windows_of(text, skip=frozenset([0])) for s in window.spans)
    assert "Menu" not in read
    assert "harbour" in read


def test_case_and_quotation_come_with_each_token() -> None:
    text = 'NATO said: "we McCain go"'
    (window,) = windows_of(text)
    seen = {
        text[slice(*s)]: (CASES[c], QUOTATION_STATES[q])
        for s, c, q in zip(window.spans, window.cases, window.quotations, strict=True)
    }
    assert seen["NATO"] == ("upper", "outside")
    assert seen["said"] == ("lower", "outside")
    assert seen["we"] == ("lower", "inside")
    assert seen["McCain"] == ("mixed", "inside")
