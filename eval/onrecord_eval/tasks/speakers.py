"""Speakers: statements with their sources are given, and the pipeline says who is behind each source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from onrecord_eval.corpora.speaker_labels import LabelledSources
from onrecord_eval.metrics.scores import BootstrapSettings, Totals, total
from onrecord_eval.metrics.speakers import SPEAKER_SCORES, count_speakers, speaker_figures
from onrecord_eval.run import summarise
from onrecord_eval.tasks.base import CorpusEvaluation, Parts, SpeakerFinder


def score_speakers(
    title: str, articles: Iterable[LabelledSources], parts: Parts, settings: BootstrapSettings
) -> CorpusEvaluation:
    """Whether the speakers of each statement are right, and whether a name is wrong, by kind of source mention."""
    counts = [_count_article(article, parts.speaker_finder) for article in articles]
    units = ("articles", len(counts))
    evaluation = summarise(title, units, counts, scores=SPEAKER_SCORES, figures=speaker_figures(), settings=settings)
    return CorpusEvaluation(evaluation)


def _count_article(labelled: LabelledSources, finder: SpeakerFinder) -> Totals:
    asked = tuple(replace(statement, speakers=()) for statement in labelled.statements)
    found = finder.speakers(labelled.article, asked)
    rows = zip(labelled.statements, found, labelled.kinds, strict=True)
    return total([count_speakers(statement.speakers, speakers, kind) for statement, speakers, kind in rows])
