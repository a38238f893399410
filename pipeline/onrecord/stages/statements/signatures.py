"""Statements attributed by layout, not by a verb: quotations signed with a dash, and the turns of a transcript.

    “The harbour will stay open.” ― Ada Brandt

The quote model's corpus has few of them; a page of readers' letters has nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from onrecord.document import Span
from onrecord.stages.base import Analysis
from onrecord.stages.statements.quotation_rules import Draft
from onrecord.stages.statements.turns import turns
from onrecord.text.near import Near
from onrecord.text.segmentation import trim
from onrecord.text.statements import build_mention

_SIGNATURE: Final = re.compile(r"\s*(?P<dash>―|—|–|--|-|~)\s*(?P<name>[^\W\d_][^\n!?:;“”\"]{1,60}?)\.?\s*")
_SIGNATURE_WORDS: Final = 8
_FEWEST_QUOTED_WORDS: Final = 4
_CONFIDENCE: Final = 0.9
"""Nearly all of these are right; the exact share has not been measured."""


def add_signed(analysis: Analysis, drafts: list[Draft]) -> list[Draft]:
    """Adds signed quotations and turns, and drops what the quote model found inside them: it is part of them."""
    signed = [*_signed_quotations(analysis), *turns(analysis)]
    if not signed:
        return drafts
    taken = Near([(piece, 0) for draft in signed for piece in draft.content])
    kept = [draft for draft in drafts if not any(taken.overlapping(piece) for piece in draft.content)]
    return sorted([*kept, *signed], key=lambda draft: draft.content)


def _signed_quotations(analysis: Analysis) -> Iterator[Draft]:
    text = analysis.article.text
    closing = {quotation.span.start: quotation for quotation in analysis.segmentation.quotations if quotation.closed}
    for index, paragraph in enumerate(analysis.segmentation.paragraphs):
        filled = trim(text, paragraph.span)
        quotation = closing.get(filled.start)
        if index in analysis.boilerplate or quotation is None:
            continue
        if len(text[slice(*quotation.inner)].split()) < _FEWEST_QUOTED_WORDS:
            continue
        match = _SIGNATURE.fullmatch(text, quotation.span.end, filled.end)
        if match is None or not _is_signature(match["name"]):
            continue
        cue, source = (build_mention(analysis.article, (Span(*match.span(group)),)) for group in ("dash", "name"))
        yield Draft((quotation.span,), cue, source, _CONFIDENCE, act=("expressed", _CONFIDENCE))


def _is_signature(words: str) -> bool:
    """Whether these words may be a signature: short, and beginning with a capital."""
    return words[:1].isupper() and len(words.split()) <= _SIGNATURE_WORDS
