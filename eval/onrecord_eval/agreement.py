"""How far two labellings of the same articles agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from onrecord.document import Statement
from onrecord.errors import SettingsError
from onrecord.files.console import counted
from onrecord_eval.metrics.matching import overlapping
from onrecord_eval.metrics.scores import f1_score, ratio
from onrecord_eval.metrics.speaker_names import same_speakers
from onrecord_eval.metrics.statements import ScoredArticle, align, source_right, stance_labels
from onrecord_eval.run import read_files

_WITHOUT: Final = 'Krippendorff\'s alpha needs a package that is not installed; pip install "onrecord[evaluate]"'


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement of two labellers. Shares are of the statements that overlap by half (``matched``); None: none do."""

    articles: int
    statements: tuple[int, int]
    matched: int
    content_exact: float | None
    content_iou: float | None
    source: float | None
    speaker: float | None
    cue: float | None
    form: float | None
    stances: int
    """Pairs of labels on the same target."""
    stance: float | None
    stance_alpha: float | None
    """Krippendorff's alpha, nominal; None if there are fewer than two labels, all are the same, or the package
    ``krippendorff`` is not installed."""


def measure_agreement(articles: Sequence[ScoredArticle]) -> Agreement:
    """Agreement of each article's first gold with its predictions, both made by labellers."""
    exact = first = second = 0
    pairs: list[tuple[str, Statement, Statement]] = []
    for article in articles:
        alignment = align(article.text, article.gold[0], article.predicted)
        exact += len(alignment.exact)
        first += len(alignment.gold)
        second += len(alignment.predicted)
        pairs += [
            (article.text, alignment.gold[pair.gold], alignment.predicted[pair.predicted]) for pair in alignment.pairs
        ]
    stances = [labels for _, first, second in pairs for labels in stance_labels(first, second)]
    return Agreement(
        articles=len(articles),
        statements=(first, second),
        matched=len(pairs),
        content_exact=f1_score(exact, first, exact, second),
        content_iou=f1_score(len(pairs), first, len(pairs), second),
        source=_share([source_right(text, first, second) for text, first, second in pairs]),
        speaker=_share([_same_speakers(first, second) for _, first, second in pairs]),
        cue=_share([_same_cue(text, first, second) for text, first, second in pairs]),
        form=_share([first.form == second.form for _, first, second in pairs]),
        stances=len(stances),
        stance=_share([first == second for first, second in stances]),
        stance_alpha=krippendorff_alpha(stances) if _has_krippendorff() else None,
    )


def _share(right: Sequence[bool]) -> float | None:
    return ratio(sum(right), len(right))


def _same_speakers(first: Statement, second: Statement) -> bool:
    """By the names and aliases of either annotator, because neither's labels are the gold."""
    return same_speakers(first.speakers, second.speakers) or same_speakers(second.speakers, first.speakers)


def _same_cue(text: str, first: Statement, second: Statement) -> bool:
    if first.cue is None or second.cue is None:
        return first.cue is None and second.cue is None
    return overlapping(text, first.cue.spans, second.cue.spans)


def _has_krippendorff() -> bool:
    return find_spec("krippendorff") is not None


def krippendorff_alpha(labels: Sequence[tuple[str, str]]) -> float | None:
    """Krippendorff's alpha of pairs of nominal labels; None where it is undefined.

    Raises:
        SettingsError: the package ``krippendorff`` is not installed.
    """
    domain = sorted({label for pair in labels for label in pair})
    if len(domain) < 2:
        return None
    try:
        import krippendorff
    except ImportError as error:
        raise SettingsError(_WITHOUT) from error
    codes: list[list[Any]] = [[domain.index(pair[labeller]) for pair in labels] for labeller in (0, 1)]
    return float(krippendorff.alpha(reliability_data=codes, level_of_measurement="nominal"))


def agreement_of_files(first: Path, second: Path, articles: Path | None = None) -> Agreement:
    """Agreement of two statement files; see `onrecord_eval.run.read_files` for the errors."""
    return measure_agreement(read_files(first, second, articles))


def agreement_table(first: Path, second: Path, articles: Path | None = None) -> str:
    """The agreement of two statement files as text, without a line break at its end."""
    result = agreement_of_files(first, second, articles)
    rows = [
        ("content F1, exact", result.content_exact),
        ("content F1, IoU ≥ 0.5", result.content_iou),
        ("source, overlapping", result.source),
        ("cue, overlapping", result.cue),
        ("speaker", result.speaker),
        ("form", result.form),
        ("stance", result.stance),
        ("stance, Krippendorff's alpha", result.stance_alpha),
    ]
    width = max(len(name) for name, _ in rows)
    lines = [f"{name:<{width}}  {'    –' if value is None else f'{value:.3f}'}" for name, value in rows]
    return "\n".join(
        [
            f"{first} and {second}",
            f"{result.statements[0]:,} and {counted(result.statements[1], 'statement')} in "
            f"{counted(result.articles, 'article')}",
            f"{result.matched:,} match (IoU ≥ 0.5), "
            f"{result.stances:,} {'pair' if result.stances == 1 else 'pairs'} of stance labels",
            "",
            *lines[:2],
            "",
            "of the statements that match:",
            *lines[2:],
            *([] if _has_krippendorff() else ["", f"{_WITHOUT}."]),
        ]
    )
