"""Sentences that are quoted with an interruption: ``“We will,” she said, “never close it.”``"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from onrecord.document import Span
from onrecord.text.segmentation import segment

_LONGEST: Final = 200
"""Characters of an interruption, at most."""

_HANGS: Final = frozenset(",—–-")
_MARKS: Final = "\"'“”‘’«»„`"


def goes_on(text: str, first: Span, second: Span) -> bool:
    """Whether two quotations, one after the other, are the halves of one sentence that was only interrupted.

    The first hangs on a comma or dash, so does what interrupts it, and the second goes on in lower case. ``“disgusting”
    and “a con”`` are two quotations.
    """
    between = text[first.end : second.start].strip().strip(_MARKS).strip()
    ending = text[slice(*first)].rstrip().rstrip(_MARKS)[-1:]
    opening = text[slice(*second)].lstrip().lstrip(_MARKS)[:1]
    hangs = (ending or " ") in _HANGS and between[-1:] in _HANGS if between else False
    return hangs and len(between) <= _LONGEST and "\n" not in between and opening.islower()


def interruptions(text: str) -> Iterator[Span]:
    """What stands between the halves of interrupted sentences."""
    for first, second in pairwise(segment(text).quotations):
        if goes_on(text, first.inner, second.inner):
            yield Span(first.inner.end, second.inner.start)
