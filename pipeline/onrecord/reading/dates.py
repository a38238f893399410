"""Dates as news writes them, in feeds, wires and databases, as the days of ISO 8601."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
            "sep sept september", "oct october", "nov november", "dec december",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH: Final = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\.?"
_DAY: Final = r"(?P<day>[0-3]?[0-9])(?:st|nd|rd|th)?"
_YEAR: Final = r"(?P<year>(?:1[5-9]|20|21)[0-9]{2})"
_FORMS: Final = tuple(
    re.compile(form, re.I | re.A)
    for form in (
        rf"(?<![0-9]){_YEAR}-(?P<month>[01][0-9])-(?P<day>[0-3][0-9])(?![0-9])",  # 2026-03-02, 2026-03-02T09:00:00Z
        rf"^{_YEAR}(?P<month>[01][0-9])(?P<day>[0-3][0-9])(?:T[0-9]|$)",  # 20260302T090000Z
        rf"\b{_MONTH}\s+{_DAY}\s*,?\s*{_YEAR}\b",  # March 2, 2026
        rf"(?<![0-9]){_DAY}[\s-]+(?:of\s+)?{_MONTH}[\s,-]+{_YEAR}\b",  # 2 March 2026, Mon, 02 Mar 2026 09:00:00 GMT
        rf"(?<![0-9]){_YEAR}/(?P<month>[01]?[0-9])/(?P<day>[0-3]?[0-9])(?![0-9])",  # 2026/03/02
    )
)
_LONGEST: Final = 200


def iso_day(text: str | None) -> str | None:
    """The first day that ``text`` names, as ``YYYY-MM-DD``; None if there is none that exists.

    It is the day that is written there, in the writer's time zone. ``03/02/2026`` is not read: in the US it is in
    March, elsewhere in February. Neither are days of two-digit years.

    >>> iso_day("March 2, 2026 Monday"), iso_day("Mon, 02 Mar 2026 09:00:00 GMT"), iso_day("20260302T090000Z")
    ('2026-03-02', '2026-03-02', '2026-03-02')
    """
    start = (text or "").strip()[:_LONGEST]
    for form in _FORMS:
        if (match := form.search(start)) is not None:
            month = match["month"].lower()
            try:
                return date(int(match["year"]), _MONTHS.get(month) or int(month), int(match["day"])).isoformat()
            except ValueError:
                continue
    return None
