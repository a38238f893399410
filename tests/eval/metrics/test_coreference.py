"""Scores of clusters and of resolved mentions, by hand."""

from __future__ import annotations

import pytest

from onrecord_eval.metrics.coreference import count_b_cubed, count_gap, count_resolution, gap_bias
from onrecord_eval.metrics.scores import score_figures, total


def test_gap_by_gender() -> None:
    counts = total(
        [
            count_gap((True, False), (True, False), "feminine"),  # right
            count_gap((False, True), (True, False), "feminine"),  # wrong name: one missed, one false
            count_gap((False, True), (False, True), "masculine"),  # right
            count_gap((False, False), (False, False), "masculine"),  # neither, and neither said
        ]
    )
    f1 = {name: score_figures(name)[f"{name}.f1"](counts) for name in ("gap", "gap.feminine", "gap.masculine")}
    assert f1 == {"gap": pytest.approx(2 * 2 / (3 + 3)), "gap.feminine": 1 / 2, "gap.masculine": 1}
    assert gap_bias(counts) == 1 / 2


def test_gap_bias_is_undefined_without_one_side() -> None:
    counts = count_gap((True, False), (True, False), "feminine")
    assert gap_bias(counts) is None


def test_b_cubed_is_averaged_over_mentions() -> None:
    # Gold {a, b, c} {d}; predicted {a, b} {c, d}.
    counts = count_b_cubed(["x", "x", "x", "y"], [1, 1, 2, 2])
    figures = {name: figure(counts) for name, figure in score_figures("b_cubed").items()}
    # Precision: a 2/2, b 2/2, c 1/2, d 1/2. Recall: a 2/3, b 2/3, c 1/3, d 1/1.
    precision, recall = (1 + 1 + 1 / 2 + 1 / 2) / 4, (2 / 3 + 2 / 3 + 1 / 3 + 1) / 4
    assert figures["b_cubed.precision"] == pytest.approx(precision)
    assert figures["b_cubed.recall"] == pytest.approx(recall)
    assert figures["b_cubed.f1"] == pytest.approx(2 * precision * recall / (precision + recall))


def test_unresolved_mentions_stand_alone() -> None:
    counts = count_b_cubed(["x", "x"], [None, None])
    assert counts["b_cubed.right"] == 2  # each alone in its cluster
    assert counts["b_cubed.found"] == 2 * 1 / 2


def test_resolution_to_the_right_name() -> None:
    #        Ada Lund    she         the mayor   Bo        he          Lund      they        the bridge
    gold = ["ada", "ada", "ada", "bo", "bo", "ada", "crowd", "bridge"]
    found = [1, 1, 2, 2, None, 1, 2, 1]
    counts = count_resolution(
        gold,
        found,
        forms=["name", "pronoun", "nominal", "name", "pronoun", "name", "pronoun", "nominal"],
        lengths=[8, 3, 9, 2, 2, 4, 4, 10],
        speaking=[True, True, True, True, True, True, True, False],
    )
    # "she" → Ada Lund, right. "the mayor" → Bo, wrong. "he" → nobody, missed. "they" → Bo, but the text names none.
    assert (counts["resolution.gold"], counts["resolution.predicted"], counts["resolution.right"]) == (3, 3, 1)
    assert (counts["resolution.pronoun.gold"], counts["resolution.pronoun.predicted"]) == (2, 2)
    assert (counts["resolution.nominal.gold"], counts["resolution.nominal.right"]) == (1, 0)
