"""The quote model's states of an article: where the tokens of a span are, and what is read at once."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from onrecord.document import Article, Span
from onrecord.pipeline import Pipeline
from onrecord.stages.base import Analysis
from onrecord.stages.states import ArticleStates, Place
from onrecord.text.segmentation import segment
from onrecord.text.windows import build_windows
from onrecord_models.decoding import WindowReading
from onrecord_models.loading import WEIGHTS, load_tokenizer
from tests.stages.making import make_analysis, read_by

TOKENIZER = load_tokenizer(WEIGHTS / "small")


def states_of(text: str, size: int = 32) -> ArticleStates:
    """The tokens of a text in windows, without states."""
    segmentation = segment(text)
    windows = build_windows(text, segmentation, frozenset(), TOKENIZER, size)
    return ArticleStates(Analysis(Article("a.txt", text), segmentation, windows=tuple(windows)))


@given(st.data())
def test_tokens_of_a_span_cover_it_and_no_more(data: st.DataObject) -> None:
    words = data.draw(
        st.lists(st.sampled_from(["Ada", "Brandt-Lund", "said", "“no”,", "he", "\n\n"]), min_size=1, max_size=60)
    )
    text = " ".join(words)
    states = states_of(text)
    start = data.draw(st.integers(0, len(text) - 1))
    span = Span(start, data.draw(st.integers(start + 1, len(text))))
    place = states.of(span)
    if place is None:
        assert not text[start].isalnum()
        return
    tokens = states.analysis.windows[place.window].spans
    first, last = place.tokens
    assert all(token.end > span.start and token.start < span.end for token in tokens[first : last + 1] if any(token))
    shown = Span(max(span.start, tokens[0].start), min(span.end, tokens[-1].end))
    assert not any(character.isalnum() for character in text[shown.start : tokens[first].start])
    assert not any(character.isalnum() for character in text[tokens[last].end : shown.end])


def test_a_span_that_the_model_was_not_shown_has_no_tokens() -> None:
    states = states_of("Ada Lund said no.")
    assert states.of(Span(4, 8)) == Place(0, (2, 2))
    assert states.of(Span(3, 4)) is None
    assert ArticleStates(Analysis(Article("-", "Ada"), segment("Ada"))).of(Span(0, 3)) is None


LONG = "\n\n".join(
    f"Ada Lund said on day {number} that the bridge was safe and would stay open." for number in range(16)
)


def test_a_window_is_read_with_the_end_of_the_one_before() -> None:
    states = states_of(LONG)
    sizes = [len(window.spans) for window in states.analysis.windows]
    assert len(sizes) > 2 and states.tail(0) == 0
    assert [states.tail(number) for number in range(1, len(sizes))] == sizes[:-1]
    wide = states_of(LONG, 300)
    assert wide.tail(1) == 128 < len(wide.analysis.windows[0].spans)


def test_a_place_is_inside_its_own_window_and_what_is_read_with_the_next() -> None:
    states = states_of(LONG, 300)
    size = len(states.analysis.windows[0].spans)
    assert states.inside(Place(0, (2, 3)), 0) == (2, 3)
    assert states.inside(Place(1, (2, 3)), 1) == (130, 131)
    assert states.inside(Place(0, (size - 128, size - 127)), 1) == (0, 1)
    assert states.inside(Place(0, (size - 129, size - 127)), 1) is None
    assert states.inside(Place(1, (2, 3)), 0) is None
    assert states_of(LONG).inside(Place(0, (2, 3)), 2) is None


def test_what_is_read_at_once_holds_the_states_of_every_place_inside(tiny_reader: Pipeline) -> None:
    states = ArticleStates(read_by(tiny_reader, make_analysis(LONG, [])))
    assert states.known
    number = len(states.analysis.windows) - 1
    chunk = states.chunk(number)
    assert len(chunk) == states.tail(number) + len(states.window_states(number))
    for at in range(0, len(LONG), 7):
        place = states.of(Span(at, at + 1))
        near = states.inside(place, number) if place is not None else None
        if place is not None and near is not None:
            assert torch.equal(states.ends(place), torch.cat([chunk[near[0]], chunk[near[1]]]))


def test_states_that_were_not_kept_are_missed_by_the_articles_name() -> None:
    states = states_of("Ada Lund said no.")
    assert not states.known
    states.analysis = replace(states.analysis, readings=(WindowReading([], []),))
    assert not states.known
    with pytest.raises(ValueError, match=r"a\.txt: no states were kept"):
        states.window_states(0)


def test_windows_of_spans_are_each_named_once() -> None:
    states = states_of(LONG)
    places = [Span(0, 3), Span(4, 8), Span(len(LONG) - 5, len(LONG) - 1)]
    assert states.windows_of(places) == [0, len(states.analysis.windows) - 1]


def test_states_for_stance_are_their_own_where_they_were_kept() -> None:
    own, deeper = torch.zeros(2, 4), torch.ones(2, 4)
    analysis = Analysis(
        Article("-", "Ada"), segment("Ada"), readings=(WindowReading([], [], states=own, stance_states=deeper),)
    )
    assert ArticleStates(analysis).window_states(0) is own
    assert ArticleStates(analysis, for_stance=True).window_states(0) is deeper
    analysis = replace(analysis, readings=(WindowReading([], [], states=own),))
    assert ArticleStates(analysis, for_stance=True).window_states(0) is own
