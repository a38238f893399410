"""Counts a statements file: filters its articles, learns who is a woman or a man anywhere in it, and adds up."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from typing import Final

from onrecord.audit.facts import Genders, facts_of
from onrecord.audit.shares import Counts
from onrecord.document import Statement
from onrecord.errors import SettingsError

_DATE: Final = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?(?!\d)", re.ASCII)
_FIRST, _LAST = "-01-01", "-12-31"
"""What completes a year or month to its first and last day; as text is compared, February may have 31."""


def count_statements(
    read: Callable[[], Iterator[Statement]],
    outlets: Collection[str] = (),
    since: str | None = None,
    until: str | None = None,
) -> Counts:
    """The counts of the articles of these outlets and days (all, if none are given).

    ``read`` is called twice, since what one article says of a person counts in all. ``since`` and ``until`` may be a
    month or a year: all of it counts. An article of whose date only the month or year is known counts if all of that
    is in the period. Others that may or may not be in it, among them articles without a date, are left out and named in
    ``undated``.

    Raises:
        SettingsError: a date is not written as 2026, 2026-03 or 2026-03-18, or ``since`` is later than ``until``.
        InputError, RecordError: from ``read``.
    """
    for name, date in (("since", since), ("until", until)):
        if date is not None and not _DATE.fullmatch(date):
            raise SettingsError(f"--{name} {date[:40]!r} is not a date; write it as 2026, 2026-03 or 2026-03-18")
    first, last = _day(since, _FIRST), _day(until, _LAST)
    if since is not None and until is not None and first > last:
        raise SettingsError(f"--since {since} is later than --until {until}; swap them")
    genders = Genders(read())
    counts = Counts()
    for statement in read():
        if outlets and statement.meta.outlet not in outlets:
            continue
        is_within = True if since is None and until is None else _is_within(statement.meta.date, first, last)
        if is_within:
            counts.add(facts_of(statement, genders))
        elif is_within is None:
            counts.undated.add(statement.doc)
    return counts


def _is_within(date: str | None, first: str, last: str) -> bool | None:
    """Whether the date of an article lies between two days, which may be empty; None if that cannot be told."""
    match = _DATE.match(date or "")
    if match is None:
        return None
    earliest, latest = _day(match[0], _FIRST), _day(match[0], _LAST)
    if latest < first or (last and earliest > last):
        return False
    return True if earliest >= first and (not last or latest <= last) else None


def _day(date: str | None, rest: str) -> str:
    """A date, completed to a day by the end of ``rest``; empty for None."""
    return "" if date is None else date + rest[len(date) - len("2026") :]
