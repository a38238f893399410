"""Chooses how a trained quote model decodes: on the tenth of PolNeAR's training articles that training left out."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor

from onrecord.errors import InputError
from onrecord.pipeline import Pipeline, Prepared
from onrecord_eval.corpora.polnear import AnnotatedArticle, read_polnear, set_aside
from onrecord_eval.metrics.matching import characters, content_pieces, match_by_overlap
from onrecord_eval.metrics.scores import BootstrapSettings
from onrecord_eval.metrics.statements import ScoredArticle
from onrecord_eval.run import evaluate_statements
from onrecord_models.inference import Decoding, EncodedBatch, QuoteModelRunner
from onrecord_training.loop.reading import ReadingReport
from onrecord_training.quotes.settings import QuoteTuning
from onrecord_training.settings import own_folder

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


@dataclass(frozen=True, slots=True)
class _EncodedArticle:
    """An annotated article as the encoder read it, which no setting of decoding changes."""

    annotated: AnnotatedArticle
    prepared: Prepared
    batches: list[EncodedBatch]


def tune_quote_model(settings: QuoteTuning, report: Callable[[str], None], command: str = "") -> Tuned:
    """Writes the best settings into the quote model's config.json and returns them.

    Cue thresholds are tried first, then switch weights with the best of them; what counts is the sum of the three F1.

    Raises:
        InputError, WeightsError: the corpus or the model is missing, or none of its articles was left out.
        SettingsError: the model comes with onrecord, and the settings do not say that it may be changed.
    """
    folder = own_folder(settings.model, settings.change_installed)
    torch.set_num_threads(settings.threads)
    report(f"loading {settings.model} …")
    pipeline = Pipeline.load(str(folder), device=settings.device)
    chosen = pipeline.settings
    runner = QuoteModelRunner(pipeline.quote_model, chosen.device, chosen.precision)
    on_read = ReadingReport(report)
    directory = settings.corpora / "polnear" / "data" / "train"
    left_out = [annotated for annotated in read_polnear(directory) if set_aside(annotated.article.doc)]
    if not left_out:
        raise InputError(f"{directory}: holds none of the articles that training leaves out; expected all of PolNeAR")
    encoded = []
    for annotated in left_out:
        encoded.append(_encode(annotated, pipeline, runner))
        on_read(1)
    tried: dict[tuple[float, float], tuple[dict[str, float], list[ScoredArticle]]] = {}

    def best() -> tuple[float, float]:
        return max(tried, key=lambda pair: sum(tried[pair][0].values()))

    def attempt(threshold: float, weight: float) -> None:
        if (threshold, weight) in tried:
            return
        tried[threshold, weight] = _score(encoded, pipeline, runner, Decoding(threshold, weight))
        shown = " ".join(f"{name} {value:.3f}" for name, value in tried[threshold, weight][0].items())
        report(f"cue threshold {threshold}, switch weight {weight}: {shown}")

    for threshold in CUE_THRESHOLDS:
        attempt(threshold, SWITCH_WEIGHTS[1])
    for weight in SWITCH_WEIGHTS:
        attempt(best()[0], weight)
    threshold, weight = best()
    scores, articles = tried[threshold, weight]
    tuned = Tuned(threshold, weight, fit_confidence(articles), scores)
    path = folder / "quotes" / "config.json"
    config: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    config |= {"cue_threshold": threshold, "switch_weight": weight, "confidence": list(tuned.confidence)}
    path.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return tuned


def _encode(annotated: AnnotatedArticle, pipeline: Pipeline, runner: QuoteModelRunner) -> _EncodedArticle:
    (prepared,) = pipeline.prepare([annotated.article])
    return _EncodedArticle(annotated, prepared, list(runner.encode(prepared.windows)))


def _score(
    encoded: list[_EncodedArticle], pipeline: Pipeline, runner: QuoteModelRunner, decoding: Decoding
) -> tuple[dict[str, float], list[ScoredArticle]]:
    articles: list[ScoredArticle] = []
    for each in encoded:
        readings = runner.decode(each.batches, decoding)
        (analysis,) = pipeline.analyse_prepared([each.prepared], readings)
        article, gold = each.annotated.article, tuple(each.annotated.annotations.values())
        articles.append(ScoredArticle(article.doc, article.text, gold, tuple(analysis.statements)))
    result = evaluate_statements("left out", articles, BootstrapSettings(samples=0))
    return {name: result.scores[name].f1.value or 0.0 for name in _SCORES}, articles


def fit_confidence(articles: list[ScoredArticle]) -> tuple[float, float]:
    """Slope and offset that make a score's logit that of the chance of matching the gold (logistic regression)."""
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
