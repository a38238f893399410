"""Counts a statements file: filters its articles, learns who is a woman or a man anywhere in it, and adds up."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from onrecord.audit.facts import Genders, facts_of
from onrecord.audit.shares import Counts
from onrecord.document import Statement
from onrecord.queries.date_ranges import DateRange, day_of


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
    period = DateRange(since, until)
    genders = Genders(read())
    counts = Counts()
    for statement in read():
        if outlets and statement.meta.outlet not in outlets:
            continue
        is_within = period.has(day_of(statement.meta.date))
        if is_within:
            counts.add(facts_of(statement, genders))
        elif is_within is None:
            counts.undated.add(statement.doc)
    return counts
