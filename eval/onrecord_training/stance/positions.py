"""Fits how the stances of a speaker's statements add up to a position, on statements whose stances are labelled."""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import torch

from onrecord.errors import InputError, WeightsError
from onrecord.files.atomic import replacing
from onrecord.pipeline import PipelineSettings
from onrecord.positions.model import FEATURES, FILE, OUTCOMES, PositionModel, StanceSums, most_probable
from onrecord_eval.adapters import PipelineParts
from onrecord_eval.corpora.stance_labels import read_stance_labels
from onrecord_eval.tasks.base import StanceJudge
from onrecord_eval.tasks.positions import LabelledPosition, labelled_positions
from onrecord_training.manifest import digest
from onrecord_training.settings import own_folder

_PENALTY: Final = 1e-3
"""Of the squares of the weights, added to the mean loss of a position."""

_STEPS: Final = 1000
_PARTS: Final = 5
"""Parts of the articles of which each is left out once in cross-validation."""

_PLACES: Final = 4
_PROGRESS: Final = 50

Articles = dict[str, list[LabelledPosition]]
"""The labelled positions of each article, by ``doc``."""


def fit_positions(
    model: str,
    labels: Sequence[Path],
    corpora: Path,
    report: Callable[[str], None],
    change_installed: bool = False,
) -> Path:
    """Fits the weights to a model's stances of labelled statements, and writes them to its ``stance/positions.json``.

    ``report`` gets lines of progress, and how good such weights are on articles that they were not fitted on.

    Raises:
        InputError: a file of labels is damaged, an article is missing, or no position is labelled.
        SettingsError: the model comes with onrecord, and ``change_installed`` is not set.
        WeightsError: the model is missing or damaged, or has no stance model of its own.
    """
    part = own_folder(model, change_installed) / "stance"
    weights = part / "model.safetensors"
    if not weights.is_file():
        raise WeightsError(f"{part}: no stance model in it; put one in with `onrecord train add-stance`")
    report(f"loading {model} …")
    judge = PipelineParts(PipelineSettings(model)).stance_judge
    articles = read_positions(judge, labels, corpora, report)
    figures = cross_validate(articles)
    report(_summary(articles, figures))
    fitted_on = {
        "stance_model_sha256": digest(weights),
        "stance_labels_sha256": {f"{path.parent.name}/{path.name}": digest(path) for path in labels},
        "articles": len(articles),
        "positions": sum(map(len, articles.values())),
        "cross_validated": figures,
    }
    fitted = replace(fit([each for own in articles.values() for each in own]), fitted_on=fitted_on)
    with replacing(part / FILE) as file:
        file.write(json.dumps(fitted.to_dict(), indent=2) + "\n")
    return part / FILE


def read_positions(
    judge: StanceJudge, labels: Sequence[Path], corpora: Path, report: Callable[[str], None]
) -> Articles:
    """The labelled positions of the articles of these files, with the stances that ``judge`` gives the statements.

    Raises:
        InputError: a file of labels is damaged, an article is missing, or no position is labelled.
    """
    articles: Articles = {}
    every = [annotated for path in labels for annotated in read_stance_labels(path, corpora)]
    for number, annotated in enumerate(every, 1):
        if found := labelled_positions(annotated, judge):
            articles.setdefault(annotated.article.doc, []).extend(found)
        if number % _PROGRESS == 0:
            report(f"judged {number:,} of {len(every):,} articles")
    if not articles:
        raise InputError(f"{', '.join(map(str, labels))}: no statement has both a speaker and a labelled stance")
    return articles


def fit(positions: Sequence[LabelledPosition]) -> PositionModel:
    """The weights under which these positions are most likely, but for a small penalty on large weights."""
    features = torch.tensor([StanceSums.of(each.statements).features() for each in positions], dtype=torch.float64)
    outcomes = torch.tensor([OUTCOMES.index(each.side) for each in positions])
    weights = torch.zeros(len(OUTCOMES), len(FEATURES), dtype=torch.float64, requires_grad=True)
    bias = torch.zeros(len(OUTCOMES), dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights, bias], max_iter=_STEPS, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        surprise = torch.nn.functional.cross_entropy(features @ weights.T + bias, outcomes)
        value = surprise + _PENALTY * weights.square().sum()
        value.backward()
        return value

    optimizer.step(loss)
    rounded = [[round(value, _PLACES) for value in row] for row in weights.tolist()]
    return PositionModel(tuple(map(tuple, rounded)), tuple(round(value, _PLACES) for value in bias.tolist()))


def cross_validate(articles: Articles) -> dict[str, float]:
    """Accuracy, and log loss in nats, on articles that the weights were not fitted on; nothing for a single article."""
    docs = sorted(articles, key=lambda doc: hashlib.sha256(doc.encode()).digest())  # not by corpus, as files have them
    if len(docs) < 2:
        return {}
    right, surprise = 0, 0.0
    for part in range(min(_PARTS, len(docs))):
        left_out = set(docs[part::_PARTS])
        model = fit([each for doc in docs if doc not in left_out for each in articles[doc]])
        for each in (each for doc in left_out for each in articles[doc]):
            probabilities = model.probabilities(StanceSums.of(each.statements))
            right += most_probable(probabilities) == each.side
            surprise -= math.log(max(probabilities[each.side], 1e-12))
    every = sum(map(len, articles.values()))
    return {"accuracy": round(right / every, 4), "log_loss": round(surprise / every, 4)}


def _summary(articles: Articles, figures: dict[str, float]) -> str:
    sides = Counter(each.side for own in articles.values() for each in own)
    counted = ", ".join(f"{sides[outcome]:,} {outcome}" for outcome in OUTCOMES)
    summary = f"{sides.total():,} positions in {len(articles):,} articles ({counted}); "
    if not figures:
        return summary + "too few articles to cross-validate"
    commonest = max(sides.values()) / sides.total()
    return (
        f"{summary}cross-validated by article: accuracy {figures['accuracy']:.3f} "
        f"(the commonest alone: {commonest:.3f}), log loss {figures['log_loss']:.3f}"
    )
