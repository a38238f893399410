"""Variants of an article that keep every offset: other quotation marks, other case, forgotten closing marks.

PolNeAR's outlets quote in few ways and set headlines in one; newspapers elsewhere do not.
"""

from __future__ import annotations

import random

from onrecord.quotation import Quotation

_STYLES = (("“", "”"), ('"', '"'), ("‘", "’"), ("«", "»"), ("'", "'"))
_STYLE_WEIGHTS = (4, 5, 3, 0.5, 1)


def vary(text: str, quotations: tuple[Quotation, ...], first_line: int, generator: random.Random) -> str:
    """A variant of ``text`` of the same length; ``first_line`` is where the headline ends."""
    characters = list(text)
    if generator.random() < 0.6:
        _requote(characters, quotations, generator)
    if generator.random() < 0.05:
        for quotation in quotations:
            if generator.random() < 0.3 and quotation.span.end - quotation.inner.end == 1:
                characters[quotation.inner.end] = " "
    chance = generator.random()
    if chance < 0.08:
        _recase(characters, first_line, str.upper)
    elif chance < 0.16:
        _recase(characters, first_line, str.lower)
    elif chance < 0.19:
        _recase(characters, len(characters), str.lower)
    elif chance < 0.21:
        _recase(characters, len(characters), str.upper)
    return "".join(characters)


def _requote(characters: list[str], quotations: tuple[Quotation, ...], generator: random.Random) -> None:
    opening, closing = generator.choices(_STYLES, _STYLE_WEIGHTS)[0]
    for quotation in quotations:
        if quotation.inner.start - quotation.span.start == 1:
            characters[quotation.span.start] = opening
        if quotation.span.end - quotation.inner.end == 1:
            characters[quotation.inner.end] = closing


def _recase(characters: list[str], end: int, change: type[str] | object) -> None:
    for position in range(end):
        changed = change(characters[position])  # type: ignore[operator]
        if len(changed) == 1:
            characters[position] = changed
