"""What is kept of an article's statements: the acts that were asked for, and what is sure enough."""

from __future__ import annotations

import pytest

from onrecord.document import Article, Span, Statement
from onrecord.errors import SettingsError
from onrecord.settings import PipelineSettings
from onrecord.stages.base import Analysis
from onrecord.stages.selection import SelectionStage
from onrecord.text.segmentation import segment
from onrecord_models.labels import Act

TEXT = "One. Two. Three."


def statement(number: int, act: Act | None, confidence: float | None) -> Statement:
    content = Span(0, 4)
    return Statement("a", f"a#{number}", "One.", (content,), "direct", content, confidence=confidence, act=act)


STATEMENTS = (statement(1, "expressed", 0.9), statement(2, "attitude", 0.8), statement(3, None, 0.3))


def kept(stage: SelectionStage) -> list[str]:
    (done,) = stage.process([Analysis(Article("a", TEXT), segment(TEXT), statements=STATEMENTS)])
    return [each.id for each in done.statements]


def test_only_the_acts_asked_for_are_kept_with_their_ids() -> None:
    assert kept(SelectionStage(("attitude",))) == ["a#2"]
    assert kept(SelectionStage(("expressed", "attitude"))) == ["a#1", "a#2"]
    assert kept(SelectionStage()) == ["a#1", "a#2", "a#3"]


def test_what_is_less_sure_than_asked_is_left_out() -> None:
    assert kept(SelectionStage(min_confidence=0.8)) == ["a#1", "a#2"]
    assert kept(SelectionStage(("expressed",), 0.95)) == []


def test_an_unknown_act_or_an_impossible_confidence_is_refused() -> None:
    with pytest.raises(SettingsError, match="only is 'said'; choose one of expressed, attitude, decision"):
        PipelineSettings(only=("said",))
    with pytest.raises(SettingsError, match="the minimal confidence is 2"):
        PipelineSettings(min_confidence=2)
