"""In how many articles statements are about a target."""

from __future__ import annotations

from onrecord.document import Span, Stance, Statement
from onrecord.targets.coverage import Coverage, TargetCoverage


def said(doc: str, **about: float | None) -> Statement:
    stances = tuple(Stance(name, "neutral", 0.9, about=value) for name, value in about.items())
    return Statement(doc, f"{doc}#1", "It is.", (Span(0, 6),), "direct", Span(0, 6), stance=stances)


def test_an_article_counts_once_however_many_of_its_statements_are_about_the_target() -> None:
    coverage = TargetCoverage()
    for statement in (said("a", port=0.5, ferry=0.1), said("a", port=0.9, ferry=0.2), said("b", port=0.4), said("c")):
        coverage.add(statement)
    assert coverage.counted() == {"port": Coverage(2, 1), "ferry": Coverage(1, 0)}


def test_a_stance_that_does_not_say_what_it_is_about_is_not_counted() -> None:
    coverage = TargetCoverage()
    coverage.add(said("a", port=None))
    assert coverage.counted() == {}
