"""Scores of spans and labels, by hand."""

from __future__ import annotations

import pytest

from onrecord.document import Span
from onrecord_eval.metrics.components import (
    best_label,
    component_spans,
    count_components,
    count_label,
    count_named_spans,
    label_figures,
)
from onrecord_eval.metrics.scores import total
from onrecord_eval.metrics.statements import ScoredArticle
from tests.eval.making import make_statement

TEXT = "“We can,” said Ada Lund, “and we will.” She said no more."


def test_every_piece_is_a_span_and_repeated_ones_count_once() -> None:
    statements = [
        make_statement(TEXT, "“We can,”", "“and we will.”", source="Ada Lund", cue="said"),
        make_statement(TEXT, "no more", source="Ada Lund"),
    ]
    spans = component_spans(statements)
    assert {name: len(found) for name, found in spans.items()} == {"source": 1, "cue": 1, "content": 3}


def test_components_are_exact_and_trimmed_apart() -> None:
    gold = (make_statement(TEXT, "“We can,”", "“and we will.”", source="Ada Lund", cue="said"),)
    predicted = (make_statement(TEXT, "“We can,”", "and we will", source="Lund", cue="said "),)
    counts = count_components(ScoredArticle("a.txt", TEXT, (gold,), predicted))
    assert counts["component.content.right"] == 1  # one of two pieces as it stands
    assert counts["component_trimmed.content.right"] == 2  # both without their marks
    assert counts["component.source.right"] == 0
    assert counts["component.cue.right"] == 1  # white space is never compared


def test_components_are_averaged_over_annotators() -> None:
    one = (make_statement(TEXT, "no more", source="She"),)
    counts = count_components(ScoredArticle("a.txt", TEXT, (one, ()), one))
    assert (counts["component.source.gold"], counts["component.source.predicted"]) == (0.5, 1)
    assert counts["component.source.right"] == 0.5


def test_names_need_span_and_class() -> None:
    gold = {(Span(0, 3), "person"), (Span(5, 9), "location"), (Span(10, 12), "misc")}
    predicted = {(Span(0, 3), "person"), (Span(5, 9), "person"), (Span(20, 22), "date")}
    counts = count_named_spans(gold, predicted, ("person", "location", "misc"))
    # 3 gold; 2 predicted, for dates are not among the classes; 1 right.
    assert (counts["ner.gold"], counts["ner.predicted"], counts["ner.right"]) == (3, 2, 1)
    assert (counts["ner.person.gold"], counts["ner.person.predicted"], counts["ner.person.right"]) == (1, 2, 1)
    assert counts["ner.location.predicted"] == 0


def test_labels_are_scored_by_accuracy_f1_and_recall() -> None:
    labels = ("support", "oppose", "neutral")
    pairs = [("support", "support"), ("support", "neutral"), ("oppose", "oppose"), ("neutral", "neutral")]
    counts = total([count_label(gold, found, labels) for gold, found in pairs])
    figures = {name: figure(counts) for name, figure in label_figures(labels).items()}
    assert figures["accuracy"] == 3 / 4
    # F1: support 2·1/(2+1) = 2/3, oppose 1, neutral 2·1/(1+2) = 2/3. Recall: 1/2, 1, 1.
    assert figures["macro_f1"] == pytest.approx((2 / 3 + 1 + 2 / 3) / 3)
    assert figures["macro_recall"] == pytest.approx((1 / 2 + 1 + 1) / 3)
    assert figures["side_f1"] == pytest.approx((2 / 3 + 1) / 2)
    assert counts["confusion.support.neutral"] == 1


def test_two_labels_have_no_side_f1() -> None:
    assert "side_f1" not in label_figures(("support", "oppose"))


def test_best_label_looks_only_at_the_labels_asked_for() -> None:
    assert best_label((0.2, 0.3, 0.5), {0: "support", 1: "oppose"}) == "oppose"
    assert best_label((0.4, 0.4, 0.2), {0: "support", 1: "oppose", 2: "neutral"}) == "support"
