"""Audit: what the pipeline tells of sources besides their names, and women's share, against the labels.

Statements are given for all figures but one: ``women_share.found`` is that of the statements that the pipeline finds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from onrecord.audit.facts import GENDERS, TYPES, Genders, gender_of, type_of
from onrecord.audit.groups import GROUPS, group_of
from onrecord.document import Speaker
from onrecord_eval.corpora.speaker_labels import LabelledSources
from onrecord_eval.metrics.scores import BootstrapSettings, Figure, Totals, add_tally, ratio
from onrecord_eval.run import summarise
from onrecord_eval.tasks.base import CorpusEvaluation, Extractor, Parts, SpeakerFinder

CLASSES: Final[Mapping[str, tuple[str, ...]]] = {"gender": GENDERS, "type": TYPES, "group": GROUPS}
"""The dimensions of an audit that labels say something about, and their classes."""

_GENDER_SCORES: Final = ("gender.women", "gender.men")
_ANYWHERE: Final = Genders()


def score_audit(
    title: str, articles: Iterable[LabelledSources], parts: Parts, settings: BootstrapSettings
) -> CorpusEvaluation:
    """Gender, type and role group of the speakers of given statements, and women's share among women and men."""
    counts = [count_article(article, parts.speaker_finder, parts.extractor) for article in articles]
    scores = (*_GENDER_SCORES, "anonymous")
    units = ("articles", len(counts))
    return CorpusEvaluation(summarise(title, units, counts, scores=scores, figures=_figures(), settings=settings))


def count_article(labelled: LabelledSources, finder: SpeakerFinder, extractor: Extractor) -> Totals:
    """What is counted in an article. ``error.DIMENSION.TRUE.FOUND`` are the cells of the tables of mistakes."""
    counts: Totals = defaultdict(float)
    asked = tuple(replace(statement, speakers=()) for statement in labelled.statements)
    given = finder.speakers(labelled.article, asked)
    for statement, speakers in zip(labelled.statements, given, strict=True):
        _count_genders(counts, "labels", statement.speakers)
        _count_genders(counts, "given", speakers)
        if len(statement.speakers) == len(speakers) == 1:
            _count_pair(counts, statement.speakers[0], speakers[0])
    for found in extractor.extract(labelled.article):
        _count_genders(counts, "found", found.speakers)
    return counts


def _count_genders(counts: Totals, where: str, speakers: Sequence[Speaker]) -> None:
    for speaker in speakers:
        counts[f"{where}.{gender_of(speaker, _ANYWHERE)}"] += 1 / len(speakers)


def _count_pair(counts: Totals, gold: Speaker, found: Speaker) -> None:
    counts["pairs"] += 1
    for dimension, read in _READERS.items():
        true, own = read(gold), read(found)
        counts[f"error.{dimension}.{true}.{own}"] += 1
        counts[f"right.{dimension}"] += true == own
    for name in ("women", "men"):
        is_true, is_found = (gender_of(each, _ANYWHERE) == name for each in (gold, found))
        add_tally(counts, f"gender.{name}", is_true, is_found, is_true and is_found)
    add_tally(counts, "anonymous", gold.anonymous, found.anonymous, gold.anonymous and found.anonymous)


_READERS: Final = {"gender": lambda speaker: gender_of(speaker, _ANYWHERE), "type": type_of, "group": group_of}


def _figures() -> dict[str, Figure]:
    figures: dict[str, Figure] = {f"women_share.{where}": _share(where) for where in ("labels", "given", "found")}
    figures["women_share.off"] = _off
    return figures | {f"accuracy.{dimension}": _accuracy(dimension) for dimension in CLASSES}


def _share(where: str) -> Figure:
    return lambda counts: ratio(counts[f"{where}.women"], counts[f"{where}.women"] + counts[f"{where}.men"])


def _off(counts: Totals) -> float | None:
    found, true = _share("found")(counts), _share("labels")(counts)
    return None if found is None or true is None else found - true


def _accuracy(dimension: str) -> Figure:
    return lambda counts: ratio(counts[f"right.{dimension}"], counts["pairs"])


def error_tables(counts: Totals) -> dict[str, dict[str, object]]:
    """The tables of mistakes, as ``onrecord.audit`` reads them: a row for each true class."""
    return {
        dimension: {
            "classes": list(classes),
            "counts": [[counts[f"error.{dimension}.{true}.{found}"] for found in classes] for true in classes],
        }
        for dimension, classes in CLASSES.items()
    }
