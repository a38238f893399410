"""Dates of articles, periods, and whether one is in the other: for Python and for the report's script alike.

Dates are days, months or years, or none; a period is from one day to another, each of which may be left open.
"""

CASES: list[tuple[str | None, str | None, str | None, bool | None]] = [
    ("2026-03-18", None, None, True),
    ("2026-03-18", "2026-03-18", "2026-03-18", True),
    ("2026-03-18", "2026-03-19", None, False),
    ("2026-03-18", None, "2026-03-17", False),
    ("2026-03", "2026-03-01", "2026-03-31", True),
    ("2026-03", "2026-02-11", "2026-04-02", True),
    ("2026-03", "2026-03-01", None, True),
    ("2026-03", "2026-03-02", None, None),
    ("2026-03", None, "2026-03-30", None),
    ("2026-03", "2026-03-10", "2026-03-20", None),
    ("2026-03", "2026-04-01", None, False),
    ("2026-03", None, "2026-02-28", False),
    ("2026-02", "2026-02-01", "2026-02-28", True),  # February is over
    ("2028-02", "2028-02-01", "2028-02-28", None),  # in a leap year it is not
    ("2026-04", "2026-04-01", "2026-04-30", True),
    ("2026-12", "2026-12-01", "2026-12-31", True),
    ("2026", "2026-01-01", "2026-12-31", True),
    ("2026", "2025-06-01", "2027-06-01", True),
    ("2026", "2026-01-02", None, None),
    ("2026", None, "2026-12-30", None),
    ("2026", "2027-01-01", None, False),
    (None, None, None, True),
    (None, "2026-01-01", None, None),
]
