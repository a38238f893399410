"""Whether an article is in a period, also if only its month or year is known."""

from __future__ import annotations

import pytest

from onrecord.errors import SettingsError
from onrecord.queries.date_ranges import DateRange
from tests.periods import CASES


@pytest.mark.parametrize(("day", "since", "until", "expected"), CASES)
def test_a_date_is_in_a_period_only_if_all_of_it_is(
    day: str | None, since: str | None, until: str | None, expected: bool | None
) -> None:
    assert DateRange(since, until).has(day) is expected


@pytest.mark.parametrize(
    ("since", "until", "day", "expected"),
    [
        ("2026", "2026", "2026", True),
        ("2026-03", "2026-03", "2026-03-31", True),
        ("2026-03", "2026-03", "2026-04-01", False),
        ("2026-02", "2026-02", "2026-02", True),
        ("2026-02", "2026-02", "2026", None),
        (None, "2026-02", "2026-02-28", True),
    ],
)
def test_a_month_or_year_as_bound_is_in_the_period_as_a_whole(
    since: str | None, until: str | None, day: str, expected: bool | None
) -> None:
    assert DateRange(since, until).has(day) is expected


@pytest.mark.parametrize("written", ["March", "2026-13", "2026-02-30", "2026-3-1", "2026-03-18T09:00", ""])
def test_what_is_not_a_date_is_said(written: str) -> None:
    with pytest.raises(SettingsError, match=r"--until .* is not a date; write it as 2026"):
        DateRange(None, written)


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(SettingsError, match="--since 2026-04 is later than --until 2026-03; swap them"):
        DateRange("2026-04", "2026-03")
