"""What the quote model's outputs mean: its label sets and the order of its scores."""

from __future__ import annotations

from typing import Final, Literal

NAME_CLASSES: Final = ("person", "organization", "location", "norp", "misc")
"""Classes of names. ``location`` includes facilities; ``norp`` is nationalities, religious and political groups."""

NAME_LABELS: Final = ("O", *(f"{prefix}-{name}" for name in NAME_CLASSES for prefix in "BI"))

Side = Literal["before", "after"]
ROLE_SIDES: Final[tuple[Side, ...]] = ("before", "after")
"""Whether a phrase that says what somebody is stands before the name that it is about, or after it."""

ROLE_LABELS: Final = ("O", *(f"{prefix}-{side}" for side in ROLE_SIDES for prefix in "BI"))
CUE_LABELS: Final = ("O", "B", "I")
Act = Literal["expressed", "attitude", "decision"]
ACTS: Final[tuple[Act, ...]] = ("expressed", "attitude", "decision")
"""What a statement reports: words, what somebody thinks or wants, or what somebody decided."""

STANCES: Final = ("support", "oppose", "neutral")

SPAN_SEPARATOR: Final = " … "
"""Joins the pieces of a discontinuous text when it is shown as one string."""

PAIR_SCORES: Final = ("content", "source start", "source end")
"""What the quote model scores for every pair of a token and a cue."""
