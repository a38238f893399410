"""Precision, recall and F1, and their intervals."""

from __future__ import annotations

from collections import defaultdict

import pytest

from onrecord.errors import SettingsError
from onrecord_eval.metrics.scores import (
    BootstrapSettings,
    Estimate,
    Totals,
    add_tally,
    collect_score,
    estimate,
    f1_score,
    score_figures,
    total,
)


def tally(gold: float, predicted: float, matched: float) -> Totals:
    counts: Totals = defaultdict(float)
    add_tally(counts, "content", gold, predicted, matched)
    return counts


def test_f1_at_its_ends() -> None:
    assert f1_score(0, 0, 0, 0) is None
    assert f1_score(0, 3, 0, 0) == 0
    assert f1_score(0, 0, 0, 3) == 0
    assert f1_score(2, 4, 2, 3) == pytest.approx(2 * 2 / (4 + 3))


def test_counts_are_summed_before_they_are_divided() -> None:
    articles = [tally(4, 2, 2), tally(1, 3, 0)]
    estimates = estimate(articles, score_figures("content"), BootstrapSettings(samples=0))
    # 2 of 5 found, 2 of 5 right; the mean of the articles' own F1 would be (0.667 + 0) / 2.
    assert estimates == {f"content.{name}": Estimate(0.4) for name in ("precision", "recall", "f1")}
    score = collect_score("content", total(articles), estimates)
    assert (score.gold, score.predicted, score.found, score.right, score.f1) == (5, 5, 2, 2, Estimate(0.4))


def test_intervals_are_ordered_and_seeded() -> None:
    articles = [tally(10, 10, matched) for matched in (1, 3, 5, 7, 9, 10)]
    figures = score_figures("content")
    first = estimate(articles, figures, BootstrapSettings(samples=200, seed=1))["content.f1"]
    assert first.low is not None and first.high is not None and first.value is not None
    assert 0.1 <= first.low < first.value < first.high <= 1
    assert estimate(articles, figures, BootstrapSettings(samples=200, seed=1))["content.f1"] == first
    assert estimate(articles, figures, BootstrapSettings(samples=200, seed=2))["content.f1"] != first
    narrow = estimate(articles, figures, BootstrapSettings(samples=200, seed=1, level=0.5))["content.f1"]
    assert narrow.low is not None and first.low < narrow.low


def test_one_article_has_no_width_and_none_no_figure() -> None:
    settings = BootstrapSettings(samples=20)
    assert estimate([tally(2, 2, 1)], score_figures("content"), settings)["content.f1"] == Estimate(0.5, 0.5, 0.5)
    assert estimate([], score_figures("content"), settings)["content.f1"] == Estimate(None)


@pytest.mark.parametrize("wrong", [{"samples": -1}, {"level": 1.0}, {"level": 0.0}])
def test_settings_are_checked(wrong: dict[str, float]) -> None:
    with pytest.raises(SettingsError, match="must"):
        BootstrapSettings(**wrong)  # type: ignore[arg-type]
