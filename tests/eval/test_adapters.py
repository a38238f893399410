"""The parts of a real pipeline, with a tiny model that has learned nothing, as the tasks ask them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from onrecord.document import Article, Stance
from onrecord.settings import PipelineSettings
from onrecord_eval.adapters import PipelineParts
from tests.eval.making import make_statement

TEXT = "Ada Lund praised the port.\n\nBo Berg said it would rain, and called the port a folly."


@pytest.fixture(scope="module")
def parts(tiny_model: Path) -> PipelineParts:
    return PipelineParts(PipelineSettings(str(tiny_model), device="cpu", precision="fp32"))


def test_a_statement_in_its_context_is_judged_as_if_that_were_an_article(parts: PipelineParts) -> None:
    scorer = parts.stance_scorer
    inside = scorer.score("the port", "the port", "Ada Lund praised the port.")
    assert sum(inside) == pytest.approx(1, abs=3e-4)
    assert inside != scorer.score("the port", "praised", "Ada Lund praised the port.")
    assert inside != scorer.score("the bridge", "the port", "Ada Lund praised the port.")
    missing = scorer.score("the port", "something longer than its context", "Rain.")
    assert sum(missing) == pytest.approx(1, abs=3e-4)


def test_statements_that_are_given_get_a_label_for_each_of_their_targets_in_order(parts: PipelineParts) -> None:
    first, second = make_statement(TEXT, "the port"), make_statement(TEXT, "it would rain")
    statements = [
        replace(first, stance=(Stance("the port", "support"), Stance("rain", "neutral"))),
        second,
        replace(second, stance=(Stance("rain", "neutral"),)),
    ]
    judged = parts.stance_judge.stances(Article("a.txt", TEXT), statements)
    assert [[stance.target for stance in stances] for stances in judged] == [["the port", "rain"], [], ["rain"]]
    assert all(stance.score is not None for stances in judged for stance in stances)
    assert parts.stance_judge.stances(Article("a.txt", TEXT), [second]) == [()]


def test_stances_are_extracted_only_where_there_are_targets(parts: PipelineParts) -> None:
    article = Article("a.txt", TEXT)
    plain, judged = parts.extractor.extract(article), parts.extractor.extract(article, ("the port",))
    assert plain
    assert [replace(each, stance=()) for each in judged] == plain
    assert all([stance.target for stance in each.stance] == ["the port"] for each in judged)
