"""Names: the pipeline finds them in texts whose names are labelled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from onrecord_eval.corpora.conll2003 import CONLL_CLASSES, NamedText
from onrecord_eval.corpora.worldwide import NAME_CLASS_OF, LabelledArticle
from onrecord_eval.metrics.components import count_named_spans, named_span_scores
from onrecord_eval.metrics.scores import BootstrapSettings, Totals
from onrecord_eval.run import summarise
from onrecord_eval.tasks.base import CorpusEvaluation, Parts

NAME_CLASSES: Final = tuple(dict.fromkeys(NAME_CLASS_OF.values()))


def score_worldwide(
    title: str, articles: Iterable[LabelledArticle], parts: Parts, settings: BootstrapSettings
) -> CorpusEvaluation:
    """Exact spans and classes of the names in Worldwide Newswire's articles."""
    counts = []
    joined = 0
    for labelled in articles:
        found = {(name.span, name.label) for name in parts.name_finder.names(labelled.article.text)}
        counts.append(count_named_spans(set(labelled.names()), found, NAME_CLASSES))
        joined += not labelled.published
    notes = ["Facilities count as locations and products as misc; dates and sums of money are left out."]
    if joined:
        notes.append(f"Articles joined from their tokens because the published text does not match them: {joined}.")
    return _summarised(title, "articles", counts, NAME_CLASSES, notes, settings)


def score_conll2003(
    title: str, texts: Iterable[NamedText], parts: Parts, settings: BootstrapSettings
) -> CorpusEvaluation:
    """Exact spans and classes of the people, organizations and locations in CoNLL-2003's texts."""
    counts = []
    for text in texts:
        labelled = {(span, label) for span, label in text.names if label is not None}
        names = parts.name_finder.names(text.text)
        found = {(name.span, name.label) for name in names if name.label in CONLL_CLASSES}
        counts.append(count_named_spans(labelled, found, CONLL_CLASSES))
    note = "Its fourth class mixes nationalities with events and products, so it is left out on both sides."
    return _summarised(title, "texts", counts, CONLL_CLASSES, [note], settings)


def _summarised(
    title: str,
    unit: str,
    counts: Sequence[Totals],
    classes: Sequence[str],
    notes: Sequence[str],
    settings: BootstrapSettings,
) -> CorpusEvaluation:
    scores = named_span_scores(classes)
    result = summarise(title, (unit, len(counts)), counts, scores=scores, figures={}, settings=settings)
    return CorpusEvaluation(replace(result, notes=tuple(notes)))
