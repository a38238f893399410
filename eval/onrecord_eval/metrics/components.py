"""The figures that the field reports for a single component: labelled spans and labelled sentences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence
from functools import partial
from typing import Final

from onrecord.document import Span, Statement
from onrecord.text.segmentation import trim
from onrecord_eval.metrics.matching import normalise_span
from onrecord_eval.metrics.scores import Figure, Totals, add_tally, ratio, score_figures
from onrecord_eval.metrics.statements import ScoredArticle

COMPONENTS: Final = ("source", "cue", "content")
COMPONENT_SCORES: Final = tuple(
    f"{kind}.{component}" for kind in ("component", "component_trimmed") for component in COMPONENTS
)


def component_spans(statements: Sequence[Statement]) -> dict[str, set[Span]]:
    """The spans of each component, every piece of a discontinuous one a span of its own, repeated ones once."""
    spans: dict[str, set[Span]] = {component: set() for component in COMPONENTS}
    for statement in statements:
        spans["content"].update(statement.content)
        if statement.source:
            spans["source"].update(statement.source.spans)
        if statement.cue:
            spans["cue"].update(statement.cue.spans)
    return spans


def count_components(article: ScoredArticle) -> Totals:
    """Exact spans of source, cue and content, averaged over annotators.

    ``component`` compares them as they are, white space aside, as CofeNet (Wang et al., COLING 2022) does;
    ``component_trimmed`` trims quotation marks and punctuation from their edges first.
    """
    counts: Totals = defaultdict(float)
    share = 1 / len(article.gold)
    normal = {"component": partial(trim, article.text), "component_trimmed": partial(normalise_span, article.text)}
    found = component_spans(article.predicted)
    for annotator in article.gold:
        expected = component_spans(annotator)
        for kind, normalise in normal.items():
            for component in COMPONENTS:
                gold = {normalise(span) for span in expected[component]}
                predicted = {normalise(span) for span in found[component]}
                matched = len(gold & predicted)
                add_tally(counts, f"{kind}.{component}", len(gold) * share, len(predicted) * share, matched * share)
    return counts


def count_named_spans(
    gold: Collection[tuple[Span, str]], predicted: Collection[tuple[Span, str]], classes: Sequence[str]
) -> Totals:
    """Names of one text: right if span and class are; ``ner`` over all of ``classes``, then one by one."""
    counts: Totals = defaultdict(float)
    for name in ("ner", *(f"ner.{label}" for label in classes)):
        accepted = classes if name == "ner" else (name.removeprefix("ner."),)
        expected = {pair for pair in gold if pair[1] in accepted}
        found = {pair for pair in predicted if pair[1] in accepted}
        add_tally(counts, name, len(expected), len(found), len(expected & found))
    return counts


def named_span_scores(classes: Sequence[str]) -> list[str]:
    """Names of the scores that ``count_named_spans`` counts for."""
    return ["ner", *(f"ner.{label}" for label in classes)]


def count_label(gold: Hashable, predicted: Hashable, labels: Sequence[str]) -> Totals:
    """One example that has one of ``labels`` and was given one of them, or none."""
    counts: Totals = defaultdict(float)
    counts["label.examples"] = 1
    counts["label.right"] = float(gold == predicted)
    for label in labels:
        is_gold, is_predicted = gold == label, predicted == label
        add_tally(counts, f"label.{label}", is_gold, is_predicted, is_gold and is_predicted)
        counts[f"confusion.{gold}.{label}"] = float(is_predicted)
    return counts


def label_figures(labels: Sequence[str]) -> dict[str, Figure]:
    """Accuracy, macro-averaged F1 and recall; with ``neutral`` among the labels also F1 without it (``side_f1``)."""
    parts: dict[str, Figure] = {}
    for label in labels:
        parts |= score_figures(f"label.{label}")
    figures: dict[str, Figure] = {
        "accuracy": lambda counts: ratio(counts["label.right"], counts["label.examples"]),
        "macro_f1": partial(_mean, figures=[parts[f"label.{label}.f1"] for label in labels]),
        "macro_recall": partial(_mean, figures=[parts[f"label.{label}.recall"] for label in labels]),
    }
    sides = [label for label in labels if label != "neutral"]
    if len(sides) < len(labels):
        figures["side_f1"] = partial(_mean, figures=[parts[f"label.{label}.f1"] for label in sides])
    return figures


def _mean(counts: Totals, figures: Sequence[Figure]) -> float | None:
    values = [value for figure in figures if (value := figure(counts)) is not None]
    return ratio(sum(values), len(values))


def best_label(scores: Sequence[float], labels: Mapping[int, str]) -> str:
    """The label of the highest score among the positions in ``labels``; the earlier one in a tie."""
    return labels[max(sorted(labels), key=lambda index: scores[index])]
