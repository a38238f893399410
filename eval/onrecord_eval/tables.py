"""Evaluations for people (a plain-text table) and for programs (plain values for JSON)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from textwrap import fill
from typing import Any, Final

from onrecord_eval.metrics.result import Calibration, Confusion, Evaluation
from onrecord_eval.metrics.scores import Estimate, Score

SCHEMA: Final = "onrecord-evaluation/1"

_TITLES: Final = {
    "content_exact": "content, exact",
    "content_iou": "content, IoU ≥ 0.5",
    "content_character": "content, characters",
    "linked": "content + source (linked)",
    "speaker": "content + speaker",
    "speaker_name": "names of speakers",
    "end_to_end": "content + speaker + stance",
    "component": "as the field scores them",
    "component_trimmed": "edges trimmed",
    "b_cubed": "B³, mentions given",
    "resolution": "mention → right name",
    "gap": "GAP",
    "ner": "names, exact span and class",
    "label": "by label",
}
_FIGURES: Final = {
    "stance.accuracy": "stance accuracy",
    "stance.macro_f1": "stance macro-F1",
    "speaker.accuracy": "speakers right, of matched",
    "role.overlap": "role, word overlap",
    "kind.accuracy": "kind accuracy",
    "calibration.error": "expected calibration error",
    "right": "speakers right, of all statements",
    "wrong": "a wrong name, of all statements",
    "gap.bias": "F1 feminine / masculine",
    "accuracy": "accuracy",
    "macro_f1": "macro-F1",
    "macro_recall": "macro recall",
    "side_f1": "macro-F1 without neutral",
    "wrong_side": "sides taken for the other",
    **{f"precision_{least}": f"a side at a score of {least}: right" for least in (0.5, 0.6, 0.7, 0.8, 0.9)},
    **{f"recall_{least}": f"sides found with a score of {least}" for least in (0.5, 0.6, 0.7, 0.8, 0.9)},
}
_INDENT: Final = "  "
_WIDEST: Final = 100
_SHORT: Final = {"precision": "prec.", "predicted": "pred."}
"""Headings of scores where a table would be wider than the terminal."""


def evaluation_table(result: Evaluation, width: int = _WIDEST) -> str:
    """The whole evaluation as text of at most ``width`` columns (80 or more), without a line break at its end."""
    unit, number = result.units
    intervals = (
        f", {result.bootstrap.level:.0%} intervals from {result.bootstrap.samples:,} resamples of the {unit} "
        f"(seed {result.bootstrap.seed})"
        if result.bootstrap.samples
        else ""
    )
    parts = [f"{result.title}\n{fill(f'{number:,} {unit}{intervals}', width)}"]
    parts += [_scores(heading, scores, width) for heading, scores in _sections(result.scores)]
    if result.figures:
        parts.append(_figures(result.figures))
    if result.confusion is not None and any(map(sum, result.confusion.counts)):
        parts.append(_confusion(result.confusion))
    if result.calibration is not None:
        parts.append(_calibration(result.calibration))
    parts += [fill(f"Note: {note}", width, break_long_words=False, break_on_hyphens=False) for note in result.notes]
    return "\n\n".join(parts)


def evaluation_record(result: Evaluation) -> dict[str, Any]:
    """The evaluation as plain values; ``metrics`` has every figure under the name that ``--fail-under`` takes."""
    record = asdict(result)
    unit, number = result.units
    record["units"] = {"unit": unit, "number": number}
    return {
        "schema": SCHEMA,
        **record,
        "metrics": {name: asdict(estimate) for name, estimate in result.metrics().items()},
    }


def _sections(scores: dict[str, Score]) -> list[tuple[str, dict[str, Score]]]:
    statements = {name: score for name, score in scores.items() if not name.startswith("component")}
    components = {name: score for name, score in scores.items() if name.startswith("component")}
    named = [("Scores", statements), ("Components, exact spans", components)]
    return [(heading, part) for heading, part in named if part]


def _scores(heading: str, scores: dict[str, Score], width: int) -> str:
    header = [heading, "F1", "interval", "precision", "recall", "gold", "predicted", "right"]
    rows: list[list[str]] = []
    parent = ""
    for name, score in scores.items():
        group, _, detail = name.partition(".")
        if detail and group != parent:
            rows.append([_TITLES.get(group, group)])
        parent = group
        title = _INDENT + detail if detail else _TITLES.get(name, name)
        rows.append(
            [
                title,
                _number(score.f1.value),
                _interval(score.f1),
                _number(score.precision.value),
                _number(score.recall.value),
                *(_count(count) for count in (score.gold, score.predicted, score.right)),
            ]
        )
    table = columns([header, *rows])
    if max(map(len, table.splitlines())) <= width:
        return table
    return columns([[_SHORT.get(name, name) for name in header], *rows], gap=1)


def _figures(figures: dict[str, Estimate]) -> str:
    rows = []
    for name, figure in figures.items():
        title = _FIGURES.get(name)
        if title is None:  # stance.direct.accuracy, stance.oppose.f1
            scope, _, rest = name.partition(".")
            title = f"{_INDENT}{scope}: {rest.replace('.', ' ').replace('macro_f1', 'macro-F1').replace(' f1', ' F1')}"
        rows.append([title, _number(figure.value), _interval(figure)])
    return columns([["Figures", "value", "interval"], *rows])


def _confusion(confusion: Confusion) -> str:
    abstained = any(confusion.abstained)
    header = ["Gold ↓  predicted →", *confusion.labels, *(["none"] if abstained else [])]
    rows = [
        [label, *(_count(count) for count in counts), *([_count(none)] if abstained else [])]
        for label, counts, none in zip(confusion.labels, confusion.counts, confusion.abstained, strict=True)
    ]
    return columns([header, *rows])


def _calibration(calibration: Calibration) -> str:
    bins = [
        [
            f"{filled.low:.1f}–{filled.high:.1f}",
            _count(filled.count),
            _number(filled.confidence),
            _number(filled.accuracy),
        ]
        for filled in calibration.bins
        if filled.count
    ]
    thresholds = [
        [f"≥ {kept.threshold:.1f}", _number(kept.precision), _number(kept.recall), _number(kept.f1)]
        for kept in calibration.thresholds
    ]
    return "\n\n".join(
        [
            columns([["Confidence", "predictions", "mean", "part right"], *bins]),
            columns([["Kept", "precision", "recall", "F1"], *thresholds]),
        ]
    )


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _interval(estimate: Estimate) -> str:
    if estimate.low is None or estimate.high is None:
        return ""
    return f"{estimate.low:.3f}–{estimate.high:.3f}"


def _count(count: float) -> str:
    """Without decimals if it is whole; it is a fraction where annotators are averaged."""
    return f"{count:,.0f}" if abs(count - round(count)) < 1e-6 else f"{count:,.1f}"


def columns(rows: Iterable[Sequence[str]], gap: int = 2) -> str:
    """Rows as text with a rule under the header; the first column is flush left, the others flush right.

    ``gap`` is the number of spaces between columns.
    """
    table = [list(row) for row in rows]
    number = max(map(len, table))
    padded = [row + [""] * (number - len(row)) for row in table]
    widths = [max(len(row[column]) for row in padded) for column in range(number)]
    lines = [
        (" " * gap)
        .join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        .rstrip()
        for row in padded
    ]
    return "\n".join([lines[0], "─" * (sum(widths) + gap * (number - 1)), *lines[1:]])
