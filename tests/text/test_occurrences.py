"""Where words stand: what a regular expression finds, without reading the text again for each name."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from onrecord.document import Span
from onrecord.text.near import Near
from onrecord.text.occurrences import Occurrences
from tests.counting import count_calls

WORDS = st.lists(
    st.sampled_from(["Ada", "Adam", "Lund", "lund", "O’Brien", "Brien", "é", "_x", "U.S.", ","]), max_size=9
)
TEXTS = st.builds(lambda words, mark: mark.join(words), WORDS, st.sampled_from([" ", "-", ", ", ""]))
FORMS = st.sampled_from(["Ada", "Ada Lund", "lund", "O’Brien", "Brien", "U.S", "é", "x", "Lund, Ada", "-"])


@given(TEXTS, FORMS)
def test_forms_are_found_as_whole_words(text: str, form: str) -> None:
    found = [match.start() for match in re.finditer(rf"(?<!\w)(?={re.escape(form)}(?!\w))", text)]
    occurrences = Occurrences(text)
    assert list(occurrences.of(form)) == (found if form != "-" else [])
    assert occurrences.first(form) == next(occurrences.of(form), None)


@given(TEXTS, FORMS)
def test_a_form_is_inside_a_sentence_behind_a_small_letter_or_a_comma(text: str, form: str) -> None:
    expected = form != "-" and re.search(rf"[a-z,] {re.escape(form)}(?!\w)", text) is not None
    assert Occurrences(text).is_inside_sentence(form) == expected


def test_a_rare_word_is_found_without_looking_at_frequent_ones() -> None:
    occurrences = Occurrences("Ada Berg and " * 2000 + "Ada Lund")
    occurrences.first("Ada Berg")
    assert count_calls(lambda: list(occurrences.of("Ada Lund"))) < 100


SPANS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 12)).map(lambda pair: Span(pair[0], sum(pair))), max_size=12
)


@given(SPANS, SPANS)
def test_near_spans_are_those_that_overlap(spans: list[Span], wanted: list[Span]) -> None:
    near = Near([(span, number) for number, span in enumerate(spans)])
    for span in wanted:
        assert near.overlapping(span) == {number for number, other in enumerate(spans) if other.overlaps(span)}


def test_near_spans_are_found_without_looking_at_all_of_them() -> None:
    near = Near([(Span(10 * number, 10 * number + 5), number) for number in range(5000)])
    assert count_calls(lambda: near.overlapping(Span(25_001, 25_003))) < 20
