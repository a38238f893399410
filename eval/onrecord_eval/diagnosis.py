"""What is wrong with each statement, for people to look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from onrecord.document import Form, Statement
from onrecord_eval.metrics.speaker_names import same_speakers
from onrecord_eval.metrics.statements import Labelled, ScoredArticle, align, source_right, stance_labels

Fault = Literal["miss", "false find", "boundary", "source", "speaker", "stance"]
FAULTS: Final[tuple[Fault, ...]] = get_args(Fault)
"""Worst first: a miss and a false find stand alone, the others may come together on a matched statement."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A gold statement, a prediction, or both where they match; no faults: all that is labelled is right."""

    gold: Statement | None
    predicted: Statement | None
    faults: tuple[Fault, ...]
    overlap: float
    """Intersection over union of the contents; 0 where one side is missing."""

    @property
    def form(self) -> Form:
        """The gold's form, and where there is no gold the prediction's own."""
        return self._first.form

    @property
    def _first(self) -> Statement:
        statement = self.gold or self.predicted
        assert statement is not None  # a finding has one side at least
        return statement

    @property
    def start(self) -> int:
        """Where the content begins in the text."""
        return min(span.start for span in self._first.content)


def diagnose(article: ScoredArticle, labelled: Labelled) -> list[Finding]:
    """Every statement of the article's first annotator and every prediction, matched ones together, in order."""
    alignment = align(article.text, article.gold[0], article.predicted)
    exact = {(pair.gold, pair.predicted) for pair in alignment.exact}
    findings = []
    for pair in alignment.pairs:
        gold, predicted = alignment.gold[pair.gold], alignment.predicted[pair.predicted]
        faults: list[Fault] = [] if (pair.gold, pair.predicted) in exact else ["boundary"]
        if not source_right(article.text, gold, predicted):
            faults.append("source")
        if labelled.speakers and not same_speakers(gold.speakers, predicted.speakers):
            faults.append("speaker")
        if any(label != other for label, other in stance_labels(gold, predicted)):
            faults.append("stance")
        findings.append(Finding(gold, predicted, tuple(faults), pair.overlap))
    matched_gold = {pair.gold for pair in alignment.pairs}
    matched_predicted = {pair.predicted for pair in alignment.pairs}
    findings += [
        Finding(statement, None, ("miss",), 0.0)
        for index, statement in enumerate(alignment.gold)
        if index not in matched_gold
    ]
    findings += [
        Finding(None, statement, ("false find",), 0.0)
        for index, statement in enumerate(alignment.predicted)
        if index not in matched_predicted
    ]
    return sorted(findings, key=lambda finding: (finding.start, finding.gold is None))
