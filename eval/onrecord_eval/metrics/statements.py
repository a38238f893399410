"""Scores of statements against a gold: content, source, speaker, stance, and all of them at once.

Everything is counted article by article and added up, so that resampled articles give intervals. Where an
article has several annotators, the counts against each are weighted by one over their number.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, get_args

from onrecord.document import Form, Statement
from onrecord_eval.metrics.matching import (
    Pair,
    characters,
    content_pieces,
    match_by_overlap,
    match_equal,
    overlapping,
)
from onrecord_eval.metrics.result import Confusion
from onrecord_eval.metrics.roles import count_roles, role_overlap
from onrecord_eval.metrics.scores import Figure, Totals, add_tally, f1_score, ratio, score_figures
from onrecord_eval.metrics.speaker_names import pair_speakers, same_speakers

FORMS: Final[tuple[Form, ...]] = get_args(Form)
SIDES: Final = ("support", "oppose", "neutral")
ABSTAINED: Final = "abstained"

CONTENT_SCORES: Final = ("content_exact", "content_iou", "content_character", "linked")
SPEAKER_SCORES: Final = ("speaker", "end_to_end")


@dataclass(frozen=True, slots=True)
class ScoredArticle:
    """An article with what each of its annotators found (at least one of them) and what was predicted."""

    doc: str
    text: str
    gold: tuple[tuple[Statement, ...], ...]
    predicted: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Labelled:
    """What a gold labels besides content and source; metrics of what it does not label are left out."""

    speakers: bool
    stance: bool


@dataclass(frozen=True, slots=True)
class Alignment:
    """Gold and predicted statements of one article, paired by overlap (IoU ≥ 0.5) and by equality of content."""

    text: str
    gold: tuple[Statement, ...]
    predicted: tuple[Statement, ...]
    pairs: tuple[Pair, ...]
    exact: tuple[Pair, ...]


def align(text: str, gold: Sequence[Statement], predicted: Sequence[Statement]) -> Alignment:
    """Matches ``predicted`` to ``gold``, spans trimmed; see `onrecord_eval.metrics.matching`."""
    gold_pieces, predicted_pieces = content_pieces(text, gold), content_pieces(text, predicted)
    pairs = match_by_overlap(
        [characters(pieces) for pieces in gold_pieces], [characters(pieces) for pieces in predicted_pieces]
    )
    exact = match_equal(gold_pieces, predicted_pieces)
    return Alignment(text, tuple(gold), tuple(predicted), tuple(pairs), tuple(exact))


def what_is_labelled(articles: Sequence[ScoredArticle]) -> Labelled:
    """Whether the gold names any speaker and takes any stance."""
    statements = [statement for article in articles for annotator in article.gold for statement in annotator]
    return Labelled(
        speakers=any(statement.speakers for statement in statements),
        stance=any(statement.stance for statement in statements),
    )


def source_right(text: str, gold: Statement, predicted: Statement) -> bool:
    """Whether the source mentions overlap, or both are absent."""
    if gold.source is None or predicted.source is None:
        return gold.source is None and predicted.source is None
    return overlapping(text, gold.source.spans, predicted.source.spans)


def stance_labels(gold: Statement, predicted: Statement) -> list[tuple[str, str]]:
    """For each target of the gold its label and the predicted one, ``abstained`` for none or ``unclear``."""
    found = {_target(stance.target): stance.label for stance in predicted.stance}
    labels = [(stance.label, found.get(_target(stance.target), ABSTAINED)) for stance in gold.stance]
    return [(label, other if other in SIDES else ABSTAINED) for label, other in labels if label in SIDES]


def _target(target: str) -> str:
    """A target without case, punctuation and leading article: ``the X–Y treaty`` is ``X-Y treaty``."""
    return " ".join(re.findall(r"\w+", target.casefold())).removeprefix("the ")


def count_article(article: ScoredArticle, labelled: Labelled) -> Totals:
    """All counts of one article, averaged over its annotators."""
    counts: Totals = defaultdict(float)
    for gold in article.gold:
        for name, count in _count(align(article.text, gold, article.predicted), labelled).items():
            counts[name] += count / len(article.gold)
    return counts


def _count(alignment: Alignment, labelled: Labelled) -> Totals:
    counts: Totals = defaultdict(float)
    gold, predicted = alignment.gold, alignment.predicted
    gold_forms = [statement.form for statement in gold]
    forms = [statement.form for statement in predicted]
    for pair in alignment.pairs:
        forms[pair.predicted] = gold_forms[pair.gold]
    _count_characters(counts, alignment, forms)

    def tally(name: str, right: Sequence[Pair], forms: Sequence[Form]) -> None:
        add_tally(counts, name, len(gold), len(predicted), len(right))
        for form in FORMS:
            matched = sum(gold_forms[pair.gold] == form for pair in right)
            add_tally(counts, f"{name}.{form}", gold_forms.count(form), list(forms).count(form), matched)

    exact_forms = list(forms)
    for pair in alignment.exact:
        exact_forms[pair.predicted] = gold_forms[pair.gold]
    tally("content_exact", alignment.exact, exact_forms)
    tally("content_iou", alignment.pairs, forms)

    linked, speaker, end_to_end = [], [], []
    for pair in alignment.pairs:
        expected, found = gold[pair.gold], predicted[pair.predicted]
        stances = stance_labels(expected, found)
        if source_right(alignment.text, expected, found):
            linked.append(pair)
        if same_speakers(expected.speakers, found.speakers):
            speaker.append(pair)
            if all(label == other for label, other in stances):
                end_to_end.append(pair)
        for scope in ("stance", f"stance.{expected.form}"):
            for label, other in stances:
                counts[f"{scope}.{label}.{other}"] += 1
        _count_speakers(counts, expected, found)
    tally("linked", linked, forms)
    if labelled.speakers:
        tally("speaker", speaker, forms)
        tally("end_to_end", end_to_end, forms)
    return counts


def _count_characters(counts: Totals, alignment: Alignment, forms: Sequence[Form]) -> None:
    """Characters inside any gold content against characters inside any predicted one."""
    gold = [characters(pieces) for pieces in content_pieces(alignment.text, alignment.gold)]
    predicted = [characters(pieces) for pieces in content_pieces(alignment.text, alignment.predicted)]
    for form in (None, *FORMS):
        expected: frozenset[int] = frozenset().union(
            *(part for part, statement in zip(gold, alignment.gold, strict=True) if form in (None, statement.form))
        )
        found: frozenset[int] = frozenset().union(
            *(part for part, own in zip(predicted, forms, strict=True) if form in (None, own))
        )
        name = f"content_character.{form}" if form else "content_character"
        add_tally(counts, name, len(expected), len(found), len(expected & found))


def _count_speakers(counts: Totals, gold: Statement, predicted: Statement) -> None:
    for expected, found in pair_speakers(gold.speakers, predicted.speakers):
        counts["kind.speakers"] += 1
        counts["kind.right"] += expected.kind == found.kind
    count_roles(counts, gold.speakers, predicted.speakers)


def statement_figures(labelled: Labelled) -> dict[str, Figure]:
    """All figures that can be drawn from ``count_article``'s counts, in the order they are shown in."""
    figures: dict[str, Figure] = {}
    for name in score_names(labelled):
        figures |= score_figures(name)
    if labelled.speakers:
        figures["speaker.accuracy"] = lambda counts: ratio(counts["speaker.right"], counts["content_iou.right"])
        figures["role.overlap"] = role_overlap
        figures["kind.accuracy"] = lambda counts: ratio(counts["kind.right"], counts["kind.speakers"])
    if labelled.stance:
        for scope in ("stance", *(f"stance.{form}" for form in FORMS)):
            figures |= _stance_figures(scope)
        for side in SIDES:
            figures[f"stance.{side}.f1"] = partial(_side_f1, scope="stance", side=side)
    return figures


def score_names(labelled: Labelled) -> list[str]:
    """The scores with precision, recall and F1: each overall, then by form."""
    names = [*CONTENT_SCORES, *(SPEAKER_SCORES if labelled.speakers else ())]
    return [full for name in names for full in (name, *(f"{name}.{form}" for form in FORMS))]


def _stance_figures(scope: str) -> dict[str, Figure]:
    def accuracy(counts: Totals) -> float | None:
        every = sum(counts[f"{scope}.{label}.{other}"] for label in SIDES for other in (*SIDES, ABSTAINED))
        return ratio(sum(counts[f"{scope}.{label}.{label}"] for label in SIDES), every)

    def macro_f1(counts: Totals) -> float | None:
        values = [value for side in SIDES if (value := _side_f1(counts, scope, side)) is not None]
        return ratio(sum(values), len(values))

    return {f"{scope}.accuracy": accuracy, f"{scope}.macro_f1": macro_f1}


def _side_f1(counts: Totals, scope: str, side: str) -> float | None:
    right = counts[f"{scope}.{side}.{side}"]
    gold = sum(counts[f"{scope}.{side}.{other}"] for other in (*SIDES, ABSTAINED))
    predicted = sum(counts[f"{scope}.{label}.{side}"] for label in SIDES)
    return f1_score(right, gold, right, predicted)


def stance_confusion(counts: Totals) -> Confusion:
    """The 3 × 3 matrix of stance on matched statements from summed counts."""
    return Confusion(
        SIDES,
        tuple(tuple(counts[f"stance.{label}.{other}"] for other in SIDES) for label in SIDES),
        tuple(counts[f"stance.{label}.{ABSTAINED}"] for label in SIDES),
    )
