"""Chooses how a trained quote model decodes: on the tenth of PolNeAR's training articles that training has left out."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor

from onrecord.pipeline import Pipeline
from onrecord_eval.corpora.polnear import AnnotatedArticle, read_polnear, set_aside
from onrecord_eval.matching import characters, content_pieces, match_by_overlap
from onrecord_eval.metrics import ScoredArticle
from onrecord_eval.run import evaluate_statements
from onrecord_eval.scores import BootstrapSettings
from onrecord_models.loading import model_folder
from onrecord_models.quote_model import QuoteModel, Reading

CUE_THRESHOLDS: Final = (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6)
SWITCH_WEIGHTS: Final = (1.0, 1.3, 1.6)
_SCORES: Final = ("content_exact", "content_iou", "linked")


@dataclass(frozen=True, slots=True)
class Tuned:
    """The settings chosen, and the F1 they reach: exact, IoU ≥ 0.5, linked."""

    cue_threshold: float
    switch_weight: float
    confidence: tuple[float, float]
    scores: dict[str, float]


def tune_quote_model(model: str, corpora: Path, report: Callable[[str], None]) -> Tuned:
    """Writes the best settings into the quote model's config.json and returns them.

    Cue thresholds are tried first, then switch weights with the best of them; what counts is the sum of the three F1.

    Raises:
        InputError, WeightsError: the corpus or the model is missing.
    """
    folder = model_folder(model)
    pipeline = Pipeline.load(str(folder))
    quote_model = pipeline.quote_model
    _remember(quote_model)
    annotated = [one for one in read_polnear(corpora / "polnear" / "data" / "train") if set_aside(one.article.doc)]
    quote_model.config.confidence = (1.0, 0.0)
    tried: dict[tuple[float, float], tuple[dict[str, float], list[ScoredArticle]]] = {}

    def best() -> tuple[float, float]:
        return max(tried, key=lambda settings: sum(tried[settings][0].values()))

    def attempt(threshold: float, weight: float) -> None:
        if (threshold, weight) in tried:
            return
        quote_model.config.cue_threshold, quote_model.config.switch_weight = threshold, weight
        tried[threshold, weight] = _score(pipeline, annotated)
        shown = " ".join(f"{name} {value:.3f}" for name, value in tried[threshold, weight][0].items())
        report(f"cue threshold {threshold}, switch weight {weight}: {shown}")

    for threshold in CUE_THRESHOLDS:
        attempt(threshold, SWITCH_WEIGHTS[1])
    for weight in SWITCH_WEIGHTS:
        attempt(best()[0], weight)
    threshold, weight = best()
    scores, articles = tried[threshold, weight]
    chosen = Tuned(threshold, weight, _fit_confidence(articles), scores)
    path = folder / "quotes" / "config.json"
    settings: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    settings |= {"cue_threshold": threshold, "switch_weight": weight, "confidence": list(chosen.confidence)}
    path.write_text(json.dumps(settings, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return chosen


def _remember(quote_model: QuoteModel) -> None:
    """Makes the quote model's encoder pass, which no setting of decoding changes, happen once a batch."""
    passed: dict[bytes, Reading] = {}
    original = quote_model.forward

    def forward(input_ids: Tensor, *more: Tensor) -> Reading:
        key = input_ids.numpy().tobytes()
        if key not in passed:
            passed[key] = original(input_ids, *more)
        return passed[key]

    quote_model.forward = forward  # type: ignore[assignment, method-assign]


def _score(pipeline: Pipeline, annotated: list[AnnotatedArticle]) -> tuple[dict[str, float], list[ScoredArticle]]:
    articles = [
        ScoredArticle(one.article.doc, one.article.text, tuple(one.annotations.values()), tuple(found))
        for one in annotated
        for found in pipeline.extract_articles([one.article])
    ]
    result = evaluate_statements("held out", articles, BootstrapSettings(samples=0))
    return {name: result.scores[name].f1.value or 0.0 for name in _SCORES}, articles


def _fit_confidence(articles: list[ScoredArticle]) -> tuple[float, float]:
    """Slope and offset of the logit of a score with which it is the chance of matching (logistic regression)."""
    scores, right = [], []
    for article in articles:
        predicted = [characters(pieces) for pieces in content_pieces(article.text, article.predicted)]
        for annotator in article.gold:
            gold = [characters(pieces) for pieces in content_pieces(article.text, annotator)]
            matched = {pair.predicted for pair in match_by_overlap(gold, predicted)}
            scores += [statement.confidence or 0.0 for statement in article.predicted]
            right += [float(index in matched) for index in range(len(predicted))]
    logits = torch.tensor(scores, dtype=torch.float64).clamp(1e-6, 1 - 1e-6).logit()
    weights = torch.tensor([1.0, 0.0], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=100, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        value = torch.nn.functional.binary_cross_entropy_with_logits(
            weights[0] * logits + weights[1], torch.tensor(right, dtype=torch.float64)
        )
        value.backward()
        return value

    optimizer.step(loss)
    slope, offset = weights.tolist()
    return round(slope, 4), round(offset, 4)
