"""What the coreference model is told of a question besides the words."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings

from onrecord.document import Span
from onrecord.stages.base import Analysis
from onrecord.stages.speakers.candidates import Anaphor, Candidate, Choice, Unnamed
from onrecord.stages.speakers.features import (
    ANAPHOR_SIZES,
    ENTITY_SIZES,
    PAIR_SIZES,
    anaphor_features,
    between_counts,
    entity_features,
    pair_features,
    place_of,
)
from onrecord.text.positions import Layout
from onrecord.text.segmentation import segment
from tests.stages.making import Nearest, analyses, make_analysis, resolved


def within(values: tuple[int, ...], sizes: tuple[int, ...]) -> bool:
    return len(values) == len(sizes) and all(0 <= value < size for value, size in zip(values, sizes, strict=True))


class Checking(Nearest):
    """Looks at the features of every question that it is asked."""

    def choose(self, analysis: Analysis, layout: Layout, anaphor: Anaphor, candidates: Sequence[Candidate]) -> Choice:
        between = between_counts(anaphor, candidates)
        assert within(anaphor_features(anaphor), ANAPHOR_SIZES)
        for candidate in candidates:
            assert within(entity_features(anaphor, candidate), ENTITY_SIZES)
            assert within(pair_features(layout, anaphor, None, None, 0), PAIR_SIZES)
            for span, form in candidate.mentions:
                assert within(pair_features(layout, anaphor, span, form, between[span]), PAIR_SIZES)
        return super().choose(analysis, layout, anaphor, candidates)


@settings(max_examples=100)
@given(analyses())
def test_features_of_any_question_are_within_their_tables(analysis: Analysis) -> None:
    resolved(analysis, Checking())


def at(text: str, words: str) -> Span:
    return Span(text.index(words), text.index(words) + len(words))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Ada Lund came to the bridge. She called it new.", "opening"),
        ("“We must ask Ada Lund about the bridge,” Bo Berg said. She called it new.", "quoted"),
        ("As for Ada Lund, the day was long. She called it new.", "topic"),
        ("On the day before yesterday, when it rained, Ada Lund’s bridge fell. She called it new.", "possessive"),
        ("On the day before yesterday, when it rained, they came with Ada Lund. She called it new.", "governed"),
        ("On the day before yesterday, when it rained, Ada Lund was late. She called it new.", "subject"),
        ("On the day before yesterday, when it rained, it was Ada Lund. She called it new.", "other"),
    ],
)
def test_the_place_of_a_mention_is_read_from_the_words_around_it(text: str, place: str) -> None:
    layout = Layout(text, segment(text))
    she = Anaphor(at(text, "She"), "She", "he or she", "feminine")
    assert place_of(layout, she, at(text, "Ada Lund")) == place


def test_a_mention_may_be_part_of_what_is_said_or_of_the_words_asked_about() -> None:
    text = "Ada Lund must go, the rival of Bo Berg said."
    layout = Layout(text, segment(text))
    words = "the rival of Bo Berg"
    rival = Anaphor(at(text, words), words, "person", content=(at(text, "Ada Lund must go"),))
    assert place_of(layout, rival, at(text, "Ada Lund")) == "own"
    assert place_of(layout, rival, at(text, "Bo Berg")) == "inside"


def test_other_candidates_between_are_counted_once_each() -> None:
    she = Anaphor(Span(100, 103), "she", "he or she", "feminine")
    ada = Candidate(Unnamed("Ada", "person"), ((Span(0, 3), "full name"), (Span(90, 93), "pronoun")))
    bo = Candidate(Unnamed("Bo", "person"), ((Span(20, 23), "full name"), (Span(40, 43), "short name")))
    assert between_counts(she, [ada, bo]) == {Span(90, 93): 0, Span(40, 43): 1, Span(20, 23): 1, Span(0, 3): 1}


@pytest.mark.parametrize(
    ("source", "title", "agrees"), [("she", "Ms. ", 2), ("she", "", 0), ("they", "Ms. ", 0), ("they", "", 0)]
)
def test_gender_is_only_compared_where_both_are_known(source: str, title: str, agrees: int) -> None:
    text = f"{title}Ada Lund came. Then {source} said it was safe."
    resolver = Nearest()
    resolved(make_analysis(text, [("it was safe", source)], person=["Ada Lund"]), resolver)
    ((anaphor, (candidate,)),) = resolver.asked
    assert entity_features(anaphor, candidate)[1] == agrees
