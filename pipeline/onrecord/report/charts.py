"""The numbers behind the report's charts: the segments of a stacked bar, and statements over time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal, get_args

from onrecord.document import StanceLabel
from onrecord.queries.shades import Shade

OFF: Final[Literal["off"]] = "off"
"""What pages call a stance that is most probably not about the target."""

_MOST_DAYS: Final = 92
_MOST_MONTHS: Final = 120
_MOST_YEARS: Final = 200


def bar_parts(shades: Mapping[tuple[StanceLabel, Shade], int]) -> dict[str, int]:
    """The parts of a bar of stances, in order: the sure, then the doubtful of each; last what is not about the target.

    >>> bar_parts({("oppose", "doubtful"): 2, ("neutral", "off"): 1})["oppose doubtful"]
    2
    """
    parts: dict[str, int] = {}
    for label in get_args(StanceLabel):
        parts[label] = shades.get((label, "sure"), 0)
        parts[f"{label} doubtful"] = shades.get((label, "doubtful"), 0)
    parts[OFF] = shades.get(("neutral", OFF), 0)
    return parts


def by_label(shades: Mapping[tuple[StanceLabel, Shade], int]) -> dict[str, int]:
    """The same counts by what pages call a stance, the doubtful with the sure."""
    parts = bar_parts(shades)
    counts = {label: parts[label] + parts[f"{label} doubtful"] for label in get_args(StanceLabel)}
    return {**counts, OFF: parts[OFF]}


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment of a stacked bar; ``start`` and ``share`` are fractions of the whole bar."""

    label: str
    count: int
    start: float
    share: float


def stacked(counts: Mapping[str, int], whole: int | None = None) -> list[Segment]:
    """The segments of a bar of length ``whole`` (the sum of all counts if None), in order, without empty ones.

    >>> stacked({"support": 1, "oppose": 3, "neutral": 0})
    [Segment(label='support', count=1, start=0.0, share=0.25), Segment(label='oppose', count=3, start=0.25, share=0.75)]
    """
    whole = whole or sum(counts.values())
    segments = []
    before = 0
    for label, count in counts.items():
        if count:
            segments.append(Segment(label, count, before / whole, count / whole))
            before += count
    return segments


@dataclass(frozen=True, slots=True)
class Period:
    """A day, month or year in ISO 8601, and the number of its statements."""

    name: str
    count: int


def over_time(days: Sequence[tuple[str, int]]) -> list[Period]:
    """The number of statements of each day, month or year, in order, including those without statements.

    The unit is the shortest one that every date has and that gives at most about a hundred periods. If centuries lie
    between the first and the last, years without statements are left out.

    >>> over_time([("2015-03-18", 4), ("2015-03-20", 1)])
    [Period(name='2015-03-18', count=4), Period(name='2015-03-19', count=0), Period(name='2015-03-20', count=1)]
    """
    if not days:
        return []
    first, last = _start(min(day for day, _ in days)), _start(max(day for day, _ in days))
    shortest = min(len(day) for day, _ in days)
    if shortest == 10 and (last - first).days < _MOST_DAYS:
        size, names = 10, [str(first + timedelta(number)) for number in range((last - first).days + 1)]
    elif shortest >= 7 and _months(last) - _months(first) < _MOST_MONTHS:
        size, names = 7, list(_month_names(_months(first), _months(last)))
    else:
        size, names = 4, [f"{year:04}" for year in range(first.year, last.year + 1)]
    counts: Counter[str] = Counter()
    for day, count in days:
        counts[day[:size]] += count
    if len(names) > _MOST_YEARS:
        names = sorted(counts)
    return [Period(name, counts[name]) for name in names]


def stances_over_time(
    counted: Sequence[tuple[str, StanceLabel, Shade, int]],
) -> list[tuple[str, Counter[tuple[StanceLabel, Shade]]]]:
    """The stances of each day, month or year (`over_time`) that has some, in order."""
    periods = over_time([(day, count) for day, *_, count in counted])
    found: dict[str, Counter[tuple[StanceLabel, Shade]]] = {}
    for day, label, shade, count in sorted(counted):
        found.setdefault(day[: len(periods[0].name)], Counter())[label, shade] += count
    return list(found.items())


def _start(day: str) -> date:
    return date(*(int(part) for part in (*day.split("-"), "01", "01")[:3]))


def _months(day: date) -> int:
    return day.year * 12 + day.month - 1


def _month_names(first: int, last: int) -> Iterator[str]:
    for month in range(first, last + 1):
        yield f"{month // 12:04}-{month % 12 + 1:02}"
