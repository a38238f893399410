"""Whether a statement's confidence is the chance that its content matches one of the gold (IoU ≥ 0.5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from onrecord_eval.metrics.matching import characters, content_pieces, match_by_overlap
from onrecord_eval.metrics.result import Calibration, CalibrationBin, Threshold
from onrecord_eval.metrics.scores import Totals, f1_score, ratio
from onrecord_eval.metrics.statements import ScoredArticle

BINS: Final = 10
THRESHOLDS: Final = tuple(tenths / 10 for tenths in range(1, 10))


def has_confidence(articles: Sequence[ScoredArticle]) -> bool:
    """Whether there are predictions and all of them carry a confidence."""
    values = [statement.confidence for article in articles for statement in article.predicted]
    return bool(values) and None not in values


def count_confidence(article: ScoredArticle) -> Totals:
    """Counts by bin and by threshold, averaged over annotators; every prediction must have a confidence."""
    counts: Totals = defaultdict(float)
    share = 1 / len(article.gold)
    confidences = [statement.confidence or 0.0 for statement in article.predicted]
    predicted = [characters(pieces) for pieces in content_pieces(article.text, article.predicted)]
    for annotator in article.gold:
        gold = [characters(pieces) for pieces in content_pieces(article.text, annotator)]
        right = {pair.predicted for pair in match_by_overlap(gold, predicted)}
        added: Totals = defaultdict(float)
        for index, confidence in enumerate(confidences):
            count_chance(added, confidence, index in right)
        for threshold in THRESHOLDS:
            kept = [part for part, value in zip(predicted, confidences, strict=True) if value >= threshold]
            added[f"threshold.{threshold}.gold"] += len(gold)
            added[f"threshold.{threshold}.predicted"] += len(kept)
            added[f"threshold.{threshold}.matched"] += len(match_by_overlap(gold, kept))
        for name, count in added.items():
            counts[name] += count * share
    return counts


def count_chance(counts: Totals, chance: float, is_right: bool) -> None:
    """Counts in its bin something that is right with this ``chance``, and whether it is."""
    place = min(int(chance * BINS), BINS - 1)
    counts[f"calibration.{place}.count"] += 1
    counts[f"calibration.{place}.confidence"] += chance
    counts[f"calibration.{place}.right"] += is_right


def expected_calibration_error(counts: Totals) -> float | None:
    """Mean distance of confidence and accuracy over ten equally wide bins, weighted by their predictions."""
    every = sum(counts[f"calibration.{place}.count"] for place in range(BINS))
    gaps = (
        abs(counts[f"calibration.{place}.confidence"] - counts[f"calibration.{place}.right"]) for place in range(BINS)
    )
    return ratio(sum(gaps), every)


def calibration_of(counts: Totals) -> Calibration:
    """The table of bins and of thresholds from summed counts."""
    bins = tuple(
        CalibrationBin(
            low=place / BINS,
            high=(place + 1) / BINS,
            count=(count := counts[f"calibration.{place}.count"]),
            confidence=ratio(counts[f"calibration.{place}.confidence"], count),
            accuracy=ratio(counts[f"calibration.{place}.right"], count),
        )
        for place in range(BINS)
    )
    return Calibration(bins, tuple(_threshold(counts, threshold) for threshold in THRESHOLDS))


def _threshold(counts: Totals, threshold: float) -> Threshold:
    gold, predicted, matched = (counts[f"threshold.{threshold}.{part}"] for part in ("gold", "predicted", "matched"))
    return Threshold(
        threshold, ratio(matched, predicted), ratio(matched, gold), f1_score(matched, gold, matched, predicted)
    )
