"""Dates of articles, and which of them lie in a period: a date may be known to the day, the month or the year.

``report/assets/dates.js`` follows the same rule in the browser.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Final

from onrecord.errors import SettingsError

_DAY: Final = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?![\d-])", re.ASCII)


def day_of(written: str | None) -> str | None:
    """The day, month or year that a date begins with in ISO 8601; None if it is written in another way.

    >>> day_of("2015-03-18T09:00:00Z"), day_of("2015-03"), day_of("18 March 2015"), day_of("2015-02-30")
    ('2015-03-18', '2015-03', None, None)
    """
    match = _DAY.match(written or "")
    if match is None:
        return None
    try:
        date(*(int(part or 1) for part in match.groups()))
    except ValueError:
        return None
    return match.group()


@dataclass(frozen=True, slots=True)
class DateRange:
    """A period from ``since`` to ``until``, each a day, a month or a year, all of which is in it; None is open.

    Raises:
        SettingsError: one is not written as 2026, 2026-03 or 2026-03-18, or ``since`` is later than ``until``.
    """

    since: str | None = None
    until: str | None = None

    def __post_init__(self) -> None:
        for name, written in (("since", self.since), ("until", self.until)):
            if written is not None and day_of(written) != written:
                raise SettingsError(f"--{name} {written[:40]!r} is not a date; write it as 2026, 2026-03 or 2026-03-18")
        if self.since is not None and self.until is not None and _first(self.since) > _last(self.until):
            raise SettingsError(f"--since {self.since} is later than --until {self.until}; swap them")

    def __bool__(self) -> bool:
        """Whether it leaves any date out."""
        return self.since is not None or self.until is not None

    def has(self, day: str | None) -> bool | None:
        """Whether a date (`day_of`) is in it; None if that cannot be told: there is no date, or only part of its month
        or year is in the period.

        >>> march = DateRange("2026-03-10")
        >>> march.has("2026-04"), march.has("2026-03"), march.has("2026-02"), march.has(None)
        (True, None, False, None)
        """
        if not self:
            return True
        if day is None:
            return None
        since = "" if self.since is None else _first(self.since)
        until = "9999-12-31" if self.until is None else _last(self.until)
        if _last(day) < since or _first(day) > until:
            return False
        return True if since <= _first(day) and _last(day) <= until else None


def _first(day: str) -> str:
    """The first day of a day, month or year; days are compared as texts."""
    return f"{day}-01-01"[: len("2026-01-01")]


def _last(day: str) -> str:
    if len(day) == len("2026-03"):
        year, month = map(int, day.split("-"))
        return f"{day}-{monthrange(year, month)[1]}"
    return f"{day}-12-31"[: len("2026-12-31")]
