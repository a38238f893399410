"""Which prediction is compared with which gold statement."""

from __future__ import annotations

import pytest

from onrecord.document import Span
from onrecord_eval.metrics.matching import (
    Pair,
    characters,
    intersection_over_union,
    match_by_overlap,
    match_equal,
    normalise_span,
    normalise_spans,
    overlapping,
    text_of_statements,
)
from tests.eval.making import find, make_statement


def block(start: int, end: int) -> frozenset[int]:
    return characters([Span(start, end)])


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("“We will build it,” ", "We will build it"),
        ("'' We will build it ''", "We will build it"),
        ("«We: will»;:.", "We: will"),
        ("that it ends…", "that it ends…"),  # an ellipsis is not among the marks trimmed
        ('",."', '",."'),  # nothing would be left
    ],
)
def test_edges_are_trimmed(text: str, kept: str) -> None:
    start, end = normalise_span(text, Span(0, len(text)))
    assert text[start:end] == kept


def test_pieces_are_sorted_and_single() -> None:
    text = "“One,” she said, “two.”"
    one, two = find(text, "“One,”", "“two.”")
    assert normalise_spans(text, (two, one, one)) == find(text, "One", "two")


def test_overlap_of_discontinuous_content() -> None:
    # 10 + 10 positions against 15 that hold the first 10: 10 shared of 25.
    gold = characters([Span(0, 10), Span(20, 30)])
    assert intersection_over_union(gold, block(0, 15)) == pytest.approx(10 / 25)
    assert intersection_over_union(frozenset(), frozenset()) == 0


def test_mentions_that_share_only_edge_characters_do_not_overlap() -> None:
    text = "Ada Lund, the mayor"
    assert not overlapping(text, (Span(0, 9),), (Span(8, 19),))
    assert overlapping(text, (Span(0, 9),), (Span(4, 19),))


def test_two_predictions_on_one_gold_take_the_better() -> None:
    # 7 of 10 and 9 of 10 positions: only the second matches, the first is left over.
    assert match_by_overlap([block(0, 10)], [block(0, 7), block(0, 9)]) == [Pair(0, 1, 0.9)]


def test_best_overlap_goes_first_even_if_it_costs_a_match() -> None:
    # Prediction 0 overlaps gold 0 by 6/10 and gold 1 by 8/10; gold 1 gets it and gold 0 goes without.
    gold = [characters([Span(0, 6)]), characters([Span(2, 10)])]
    assert match_by_overlap(gold, [block(0, 10)]) == [Pair(1, 0, 0.8)]


def test_ties_go_by_gold_then_by_prediction() -> None:
    same = [block(0, 4), block(0, 4)]
    assert match_by_overlap(same, same) == [Pair(0, 0, 1.0), Pair(1, 1, 1.0)]
    assert match_by_overlap(same, same[:1]) == [Pair(0, 0, 1.0)]


def test_exactly_half_is_enough() -> None:
    assert match_by_overlap([block(0, 10)], [block(0, 5)]) == [Pair(0, 0, 0.5)]
    assert match_by_overlap([block(0, 11)], [block(0, 5)]) == []


def test_equal_values_pair_once() -> None:
    assert match_equal("aab", "bac") == [Pair(0, 1, 1.0), Pair(2, 0, 1.0)]


def test_text_comes_back_from_statements() -> None:
    text = "“We can,” said Ada Lund, “and we will.” Nobody asked."
    statement = make_statement(text, "“We can,”", "“and we will.”", source="Ada Lund", cue="said")
    known = text_of_statements([statement])
    assert known == "“We can,”\0said\0Ada Lund\0\0“and we will.”"
    assert normalise_spans(known, statement.content) == normalise_spans(text, statement.content)
    assert text_of_statements([]) == ""
