"""The speakers of a statements file as a table for the terminal, or as JSON lines."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final, get_args

from onrecord.document import StanceLabel
from onrecord.files.records import json_line
from onrecord.queries.speakers import SpeakerCount, SpeakerQueries, StanceCount
from onrecord.tables.text import fit, several, terminal_width

_FIGURES: Final = 47
"""Columns of the terminal to the right of the name: statements, articles and forms; in the rows below, stances."""

_LABELS: Final[tuple[StanceLabel, ...]] = get_args(StanceLabel)


def speaker_table(
    queries: SpeakerQueries,
    sort: str = "statements",
    limit: int | None = None,
    target: str | None = None,
    unnamed: bool = False,
) -> Iterator[str]:
    """The lines of the table: for each speaker the counts, kind and role, and a line for each target.

    Speakers without a name are listed at the end if ``unnamed``, else only counted.

    Raises:
        SettingsError: there is no such order or target.
    """
    width = terminal_width(72, 110)
    targets = queries.check(sort, target)
    left = width - _FIGURES
    yield fit("speaker", left) + _cells("statements", "articles", "direct", "mixed", "indirect")
    if targets:
        yield fit("stance towards", left, indent=2) + "".join(f"{label:>10}" for label in _LABELS) + f"{'mean':>7}"
    yield from _table(queries, True, sort, limit, target, width)
    speakers, statements = queries.totals(named=False)
    if unnamed and speakers:
        yield ""
        yield "without a name:"
        yield from _table(queries, False, sort, limit, target, width)
    elif speakers:
        yield f"and {several(speakers, 'speaker')} without a name in {several(statements, 'statement')} (--unnamed)"
    if statements := queries.without_speaker():
        yield f"and {several(statements, 'statement')} without a speaker"


def _table(
    queries: SpeakerQueries, named: bool, sort: str, limit: int | None, target: str | None, width: int
) -> Iterator[str]:
    speakers = queries.speakers(named, sort, target)
    shown = 0
    for speaker in islice(speakers, limit):
        shown += 1
        yield from _lines(speaker, width)
    left = queries.totals(named)[0] - shown
    if left:
        yield f"… and {left} more"


def _lines(speaker: SpeakerCount, width: int) -> Iterator[str]:
    forms = (speaker.forms["direct"], speaker.forms["mixed"], speaker.forms["indirect"])
    name = speaker.name or speaker.description or "(unknown)"
    yield fit(name, width - _FIGURES) + _cells(speaker.statements, speaker.articles, *(form or "–" for form in forms))
    detail = speaker.roles[0] if speaker.roles else speaker.doc
    yield fit(f"{speaker.kind}, {detail}" if detail else speaker.kind, width, indent=2).rstrip()
    for stance in speaker.stance:
        yield fit(stance.target, width - _FIGURES, indent=2) + _figures(stance)


def _cells(*cells: object) -> str:
    return "".join(f"{cell!s:>{size}}" for cell, size in zip(cells, (12, 10, 8, 7, 10), strict=True))


def _figures(stance: StanceCount) -> str:
    cells = [
        f"{stance.counts[label]:>5}{stance.share(label):>5.0%}" if stance.counts[label] else f"{'–':>5}{'':5}"
        for label in _LABELS
    ]
    return "".join(cells) + (f"{'–':>7}" if stance.mean is None else f"{_rounded(stance.mean, 2):>+7.2f}")


def _rounded(value: float, places: int) -> float:
    """Rounded, and never -0.0."""
    return round(value, places) + 0.0


def json_lines(
    queries: SpeakerQueries, sort: str = "statements", limit: int | None = None, target: str | None = None
) -> Iterator[str]:
    """A JSON object for each speaker; speakers without a name come last.

    Raises:
        SettingsError: there is no such order or target.
    """

    def speakers() -> Iterator[SpeakerCount]:
        for named in (True, False):
            yield from queries.speakers(named, sort, target)

    for speaker in islice(speakers(), limit):
        yield json_line(_record(speaker))


def _record(speaker: SpeakerCount) -> dict[str, Any]:
    return {
        "name": speaker.name,
        "id": speaker.id,
        "kind": speaker.kind,
        "role": speaker.roles[0] if speaker.roles else None,
        "roles": speaker.roles,
        "description": speaker.description,
        "doc": speaker.doc,
        "statements": speaker.statements,
        "articles": speaker.articles,
        "forms": speaker.forms,
        "stance": [
            {
                "target": stance.target,
                "statements": stance.statements,
                "counts": stance.counts,
                "shares": {label: round(stance.share(label), 4) for label in _LABELS},
                "mean": None if stance.mean is None else _rounded(stance.mean, 4),
            }
            for stance in speaker.stance
        ],
    }
