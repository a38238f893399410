"""Who spoke: the counts of a statements file as a table for the terminal, or as JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final, get_args

from onrecord.document import StanceLabel
from onrecord.queries.speakers import SpeakerCount, SpeakerCounts, StanceCount
from onrecord.tables.text import fit, terminal_width

_FIGURES: Final = 47
"""Columns right of the name: statements, articles, forms; below them the stances."""

_LABELS: Final[tuple[StanceLabel, ...]] = get_args(StanceLabel)


def speaker_table(
    counts: SpeakerCounts,
    sort: str = "statements",
    limit: int | None = None,
    target: str | None = None,
    unnamed: bool = False,
) -> Iterator[str]:
    """The lines of the table: for each speaker the counts, who it is, and a line for each target.

    Those without a name come apart at the end if ``unnamed``, else they are counted.

    Raises:
        SettingsError: there is no such order or target.
    """
    width = terminal_width(72, 110)
    targets = counts.check(sort, target)
    left = width - _FIGURES
    yield fit("speaker", left) + _cells("statements", "articles", "direct", "mixed", "indirect")
    if targets:
        yield fit("stance towards", left, indent=2) + "".join(f"{label:>10}" for label in _LABELS) + f"{'mean':>7}"
    yield from _table(counts, True, sort, limit, target, width)
    speakers, statements = counts.totals(named=False)
    if unnamed and speakers:
        yield ""
        yield "without a name:"
        yield from _table(counts, False, sort, limit, target, width)
    elif speakers:
        yield f"and {_several(speakers, 'speaker')} without a name in {_several(statements, 'statement')} (--unnamed)"
    if counts.speakerless:
        yield f"and {_several(counts.speakerless, 'statement')} without a speaker"


def _table(
    counts: SpeakerCounts, named: bool, sort: str, limit: int | None, target: str | None, width: int
) -> Iterator[str]:
    speakers = counts.speakers(named, sort, target)
    shown = 0
    for speaker in islice(speakers, limit):
        shown += 1
        yield from _lines(speaker, width)
    left = counts.totals(named)[0] - shown
    if left:
        yield f"… and {left} more"


def _lines(speaker: SpeakerCount, width: int) -> Iterator[str]:
    forms = (speaker.forms["direct"], speaker.forms["mixed"], speaker.forms["indirect"])
    name = speaker.name or speaker.description or "(unknown)"
    yield fit(name, width - _FIGURES) + _cells(speaker.statements, speaker.articles, *(form or "–" for form in forms))
    of = speaker.roles[0] if speaker.roles else speaker.doc
    yield fit(f"{speaker.kind}, {of}" if of else speaker.kind, width, indent=2).rstrip()
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
    """Without a sign where nothing is left."""
    return round(value, places) + 0.0


def _several(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def json_lines(
    counts: SpeakerCounts, sort: str = "statements", limit: int | None = None, target: str | None = None
) -> Iterator[str]:
    """A JSON object for each speaker, those without a name last.

    Raises:
        SettingsError: there is no such order or target.
    """

    def speakers() -> Iterator[SpeakerCount]:
        for named in (True, False):
            yield from counts.speakers(named, sort, target)

    for speaker in islice(speakers(), limit):
        yield json.dumps(_record(speaker), ensure_ascii=False)


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
