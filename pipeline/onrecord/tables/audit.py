"""An audit for the terminal, as JSON and as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from textwrap import wrap
from typing import Any, Final, TextIO

from onrecord.audit.shares import MEASURES, Audit, Measure, Row, Share, Table
from onrecord.files.console import counted
from onrecord.tables.formulas import harmless
from onrecord.tables.text import fit, plain, terminal_width

TITLES: Final = {
    "type": "type of source",
    "gender": "gender, where the text tells it",
    "group": "role group",
    "anonymity": "names kept back at the source's request",
    "position": "place in the article",
    "outlet": "outlet",
    "speaker": "speaker",
}
NOTE: Final = (
    "share: of the statements, in percent, with an interval for the articles that happened to be read and for the "
    "model's mistakes; where none were measured (names kept back, place, outlet, speaker), for the articles alone. "
    "words: share of the words."
)
FEW: Final = "So few articles make the intervals too narrow: take the shares for those of these articles alone."
_FIGURES: Final = 36
"""Columns to the right of the label."""


def audit_lines(audit: Audit) -> Iterator[str]:
    """The tables, a line each row, in 72 to 100 columns."""
    width = terminal_width(72, 100)
    level = f"{audit.settings.level:.0%}".replace("%", " %")
    yield f"{counted(audit.statements, 'statement')} in {counted(audit.articles, 'article')}"
    for table in audit.tables:
        if table.rows:
            yield ""
            yield _head(TITLES[table.dimension], width, level)
            for row in table.rows:
                yield _line(row, width)
            if table.left:
                yield f"… and {table.left:,} more (--speakers)"
    if any(_is_told(row) for row in audit.women):
        yield ""
        yield _head("women's share of women and men", width, level)
        for row in audit.women:
            if _is_told(row):
                yield _line(row, width, "" if row.dimension == "gender" else f"{row.dimension}: ")
    yield ""
    yield from wrap(f"{NOTE} {FEW}" if audit.is_small else NOTE, width, break_on_hyphens=False)


def _is_told(row: Row) -> bool:
    return row.shares["statements"].found is not None


def _head(title: str, width: int, level: str) -> str:
    return fit(title, width - _FIGURES) + f"{'count':>8}{'share':>8}{level:>13}{'words':>7}"


def _line(row: Row, width: int, before: str = "") -> str:
    share, words = row.shares["statements"], row.shares["words"]
    cells = f"{_count(row.counts['statements']):>8}{_percent(share.found):>8}{_range(share):>13}"
    return fit(before + row.label, width - _FIGURES, indent=2) + cells + f"{_percent(words.found):>7}"


def _count(number: float) -> str:
    return f"{number:,.0f}" if abs(number - round(number)) < 0.05 else f"{number:,.1f}"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f}"


def _range(share: Share) -> str:
    return "–" if share.low is None or share.high is None else f"{100 * share.low:.1f}–{100 * share.high:.1f}"


def audit_record(audit: Audit) -> dict[str, Any]:
    """Plain values for JSON: every table with every figure."""
    return {
        "articles": audit.articles,
        "statements": audit.statements,
        "level": audit.settings.level,
        "draws": audit.settings.draws,
        "seed": audit.settings.seed,
        "tables": [
            {
                "dimension": table.dimension,
                "errors_measured_on": table.measured,
                "rows": [_record(row) for row in table.rows],
                "not_shown": table.left,
            }
            for table in audit.tables
        ],
        "women_share": [{"by": row.dimension, **_record(row)} for row in audit.women],
    }


def _record(row: Row) -> dict[str, Any]:
    figures: dict[str, dict[str, float | None]] = {}
    for measure in MEASURES:
        figures[measure] = {"count": round(row.counts[measure], 4)}
        figures[measure] |= {name: _rounded(value) for name, value in _parts(row, measure)}
    return {"label": row.label, **figures}


def _parts(row: Row, measure: Measure) -> list[tuple[str, float | None]]:
    share = row.shares[measure]
    return [("share", share.found), ("low", share.low), ("high", share.high), ("corrected", share.corrected)]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4) + 0.0


def write_audit_csv(audit: Audit, stream: TextIO) -> None:
    """A row for each class and measure; ``table`` is the dimension, or ``women by`` one."""
    writer = csv.writer(stream)
    writer.writerow(["table", "label", "measure", "count", "share", "low", "high", "corrected"])
    tables = [*audit.tables, Table("women", audit.women, None)]
    for table in tables:
        for row in table.rows:
            name = f"women by {row.dimension}" if table.dimension == "women" else table.dimension
            for measure in MEASURES:
                values = ["" if value is None else _rounded(value) for _, value in _parts(row, measure)]
                writer.writerow([name, harmless(plain(row.label)), measure, round(row.counts[measure], 4), *values])
