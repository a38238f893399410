"""What the evaluation of an audit counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from onrecord.audit.model_error import read_errors
from onrecord.audit.shares import DIMENSIONS
from onrecord.document import Article, Span, Speaker, Statement
from onrecord_eval.corpora.speaker_labels import LabelledSources
from onrecord_eval.metrics.scores import BootstrapSettings
from onrecord_eval.tasks.audit import count_article, error_tables, score_audit

ADA = Speaker("Ada Lund", kind="person", gender="feminine")
BO = Speaker("Bo Berg", kind="person", gender="masculine")
ARTICLE = Article("a", "No. Yes. So.")


def said(*speakers: Speaker) -> Statement:
    return Statement("a", "a#1", "No.", (Span(0, 3),), "direct", Span(0, 3), speakers=speakers)


class Parts:
    """A pipeline that takes Bo for somebody whose gender is not told, and finds one statement less."""

    def speakers(self, article: Article, statements: Sequence[Statement]) -> list[tuple[Speaker, ...]]:
        assert not any(statement.speakers for statement in statements)
        return [(ADA,), (replace(BO, gender=None),), (ADA, BO)]

    def extract(self, article: Article, targets: tuple[str, ...] = ()) -> list[Statement]:
        return [said(ADA), said(BO)]

    speaker_finder = extractor = property(lambda self: self)


LABELLED = LabelledSources(ARTICLE, (), (said(ADA), said(BO), said(BO, ADA)), ("name", "name", "several"))


def test_womens_share_of_labels_and_of_what_is_found() -> None:
    found = score_audit("t", [LABELLED], Parts(), BootstrapSettings(samples=5)).evaluation  # type: ignore[arg-type]
    assert found.figures["women_share.labels"].value == pytest.approx(0.5)
    assert found.figures["women_share.given"].value == pytest.approx(0.75)
    assert found.figures["women_share.found"].value == pytest.approx(0.5)
    assert found.figures["women_share.off"].value == pytest.approx(0)
    assert found.figures["accuracy.gender"].value == pytest.approx(0.5)
    assert found.figures["accuracy.type"].value == pytest.approx(1)
    assert found.scores["gender.women"].f1.value == 1
    assert found.scores["gender.men"].recall.value == 0


def test_the_tables_of_mistakes_are_those_that_the_audit_reads() -> None:
    import json

    tables = error_tables(count_article(LABELLED, Parts(), Parts()))
    read = read_errors(json.dumps({"source": "test", "tables": tables}), "x")
    for dimension, confusion in read.items():
        assert confusion.classes == DIMENSIONS[dimension]
    men, told = read["gender"].classes.index("men"), read["gender"].classes.index("person, not said")
    assert read["gender"].counts[men, told] == 1
    assert read["gender"].counts.sum() == 2
