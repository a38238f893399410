"""Who is a candidate: all of an article's people, or of very many those mentioned nearest."""

from __future__ import annotations

import pytest

from onrecord.document import Span
from onrecord.stages.speakers.candidates import MOST_CANDIDATES, Anaphor, Candidate, Mentions, Unnamed
from onrecord.stages.speakers.ranking import _counting
from tests.counting import count_calls


def many(count: int, step: int = 10) -> Mentions:
    mentions = Mentions()
    for number in range(count):
        mentions.add(Unnamed(str(number), "person"), Span(step * number, step * number + 5), "full name")
    return mentions


def test_a_mention_counts_once_and_in_the_order_of_the_text() -> None:
    mentions, ada = Mentions(), Unnamed("Ada", "person")
    for start in (40, 0, 40, 20):
        mentions.add(ada, Span(start, start + 3), "pronoun")
    ((_, found),) = mentions.candidates(0)
    assert [span.start for span, _ in found] == [0, 20, 40]


def test_who_is_not_mentioned_is_no_candidate() -> None:
    mentions = Mentions()
    mentions.register(Unnamed("Ada", "person"))
    assert not list(mentions.candidates(0))


@pytest.mark.parametrize("place", [0, 5_000, 20_000])
def test_of_very_many_the_nearest_are_candidates_in_their_order(place: int) -> None:
    found = [int(referent.description) for referent, _ in many(2000).candidates(place)]  # type: ignore[union-attr]
    assert len(found) == MOST_CANDIDATES
    nearest = sorted(range(2000), key=lambda number: abs(10 * number - place))[:MOST_CANDIDATES]
    assert len(set(found) & set(nearest)) >= MOST_CANDIDATES - 1  # two are equally near
    assert found == sorted(found)


def test_few_are_all_candidates_however_far() -> None:
    assert len(list(many(MOST_CANDIDATES, step=1000).candidates(0))) == MOST_CANDIDATES


def test_of_very_many_mentions_those_stay_that_the_model_is_shown() -> None:
    mentions, ada = Mentions(), Unnamed("Ada", "person")
    everything = [(Span(10 * number, 10 * number + 3), "pronoun") for number in range(5000)]
    for span, _ in everything:
        mentions.add(ada, span, "pronoun")
    for place in (0, 12_345, 49_999):
        ((_, kept),) = mentions.candidates(place)
        anaphor = Anaphor(Span(place, place + 2), "she", "he or she")
        assert len(kept) < 80
        shown = _counting(anaphor, Candidate(ada, tuple(everything)))  # type: ignore[arg-type]
        assert _counting(anaphor, Candidate(ada, kept)) == shown


def test_a_question_looks_at_no_more_the_longer_the_article_is() -> None:
    short, long = many(1000), many(8000)
    calls = [count_calls(lambda each=each: list(each.candidates(5000))) for each in (short, long)]
    assert calls[1] < 1.2 * calls[0]
