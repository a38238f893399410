"""What the encoder is given for each token of a window, in addition to its id.

Both base encoders are uncased, so case comes back as a feature of each token; so does its place in a quotation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

CASES: Final = ("none", "lower", "capitalised", "upper", "mixed")
"""Case of a token: ``none`` has no letters, ``mixed`` is like ``McCain`` or ``iPhone``."""

QUOTATION_STATES: Final = ("outside", "opening mark", "inside", "closing mark")


@dataclass(frozen=True, slots=True)
class TokenFeatures:
    """A run of tokens that goes through the encoder at once. All fields have one value per token."""

    input_ids: list[int]
    cases: list[int]
    quotations: list[int]
    paragraphs: list[int]
