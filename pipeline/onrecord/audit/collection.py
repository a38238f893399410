"""Counts a statements file: filters its articles, learns who is a woman or a man anywhere in it, and adds up."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from typing import Final

from onrecord.audit.facts import Genders, facts_of
from onrecord.audit.shares import Counts
from onrecord.document import Statement
from onrecord.errors import SettingsError

_DATE: Final = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")


def count_statements(
    read: Callable[[], Iterator[Statement]],
    outlets: Collection[str] = (),
    since: str | None = None,
    until: str | None = None,
) -> Counts:
    """The counts of the articles of these outlets and days (all, if none are given).

    ``read`` is called twice, since what one article says of a person counts in all. Articles without a date are left
    out where days are asked for. ``until`` may be a month or a year: all of it counts.

    Raises:
        SettingsError: a date is not written as 2026, 2026-03 or 2026-03-18, or ``since`` is later than ``until``.
        InputError, RecordError: from ``read``.
    """
    for name, date in (("since", since), ("until", until)):
        if date is not None and not _DATE.fullmatch(date):
            raise SettingsError(f"--{name} {date[:40]!r} is not a date; write it as 2026, 2026-03 or 2026-03-18")
    if since is not None and until is not None and since > until and not since.startswith(until):
        raise SettingsError(f"--since {since} is later than --until {until}; swap them")
    genders = Genders(read())
    counts = Counts()
    for statement in read():
        if _is_wanted(statement, outlets, since, until):
            counts.add(facts_of(statement, genders))
    return counts


def _is_wanted(statement: Statement, outlets: Collection[str], since: str | None, until: str | None) -> bool:
    if outlets and statement.meta.outlet not in outlets:
        return False
    if since is None and until is None:
        return True
    date = statement.meta.date or ""
    if not _DATE.match(date):
        return False
    return (since is None or date[: len(since)] >= since) and (until is None or date[: len(until)] <= until)
