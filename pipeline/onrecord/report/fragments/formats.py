"""How pages write numbers, and the signs and names of stances."""

from __future__ import annotations

from typing import Final, get_args

from onrecord.document import StanceLabel
from onrecord.report.charts import OFF

MARKS: Final[dict[str, str]] = {"support": "▲", "oppose": "▼", "neutral": "●", "unclear": "?", OFF: "○", "said": ""}
"""Signs of the stances for readers who do not see the colours; none for statements without a stance."""

LABEL_NAMES: Final[dict[str, str]] = {**{label: label for label in get_args(StanceLabel)}, OFF: "not about it"}


def percent(share: float) -> str:
    return f"{share:.0%}".replace("%", "\N{NARROW NO-BREAK SPACE}%")


def signed(mean: float) -> str:
    """With two decimals and a sign; without a sign if it rounds to zero.

    >>> signed(-0.304), signed(0.0), signed(-0.001)
    ('−0.30', '0.00', '0.00')
    """
    rounded = round(mean, 2) + 0.0
    return f"{rounded:+.2f}".replace("-", "\N{MINUS SIGN}") if rounded else "0.00"


def number(number: int) -> str:
    return f"{number:,}"


def several(number: int, noun: str, nouns: str | None = None) -> str:
    """The number with its noun; ``nouns`` is the plural if that is not just an ``s`` more."""
    return f"{number:,} {noun if number == 1 else nouns or f'{noun}s'}"
