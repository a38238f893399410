"""Statements attributed by layout, not by a verb: quotations signed with a dash, and the turns of a transcript.

    “The harbour will stay open.” ― Ada Brandt

    BRANDT: The harbour will stay open.

The quote model's corpus has few of either; a page of readers' letters or an interview has nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from onrecord.document import Span
from onrecord.stages.base import Analysis
from onrecord.stages.statements.quotation_rules import Draft
from onrecord.text.near import Near
from onrecord.text.segmentation import trim
from onrecord.text.statements import build_mention

_SIGNATURE: Final = re.compile(r"\s*(?P<dash>―|—|–|--|-|~)\s*(?P<name>[^\W\d_][^\n!?:;“”\"]{1,60}?)\.?\s*")
_SIGNATURE_WORDS: Final = 8
_TURN: Final = re.compile(r"[“\"]?(?P<name>[^\W\d_a-z][^\Wa-z_]*(?:[ .'’-]+[^\Wa-z_]+){0,4}\.?)(?P<cue>:)\s+(?=\S)")
_FEWEST_TURNS: Final = 3
"""A line that starts with capitals and a colon is a turn only if there are others; alone it is a heading."""

_FEWEST_QUOTED_WORDS: Final = 4
_CONFIDENCE: Final = 0.9
"""Nearly all of these are right; the exact share has not been measured."""


def add_signed(analysis: Analysis, drafts: list[Draft]) -> list[Draft]:
    """Adds signed quotations and turns, and drops what the quote model found inside them: it is part of them."""
    signed = [*_signed_quotations(analysis), *_turns(analysis)]
    if not signed:
        return drafts
    taken = Near([(draft.content[0], 0) for draft in signed])
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
        yield Draft((quotation.span,), cue, source, _CONFIDENCE)


def _is_signature(words: str) -> bool:
    """Whether these words may be a signature: short, and beginning with a capital."""
    return words[:1].isupper() and len(words.split()) <= _SIGNATURE_WORDS


def _turns(analysis: Analysis) -> list[Draft]:
    text = analysis.article.text
    found: list[Draft] = []
    for index, paragraph in enumerate(analysis.segmentation.paragraphs):
        filled = trim(text, paragraph.span)
        match = _TURN.match(text, filled.start, filled.end)
        if match is None or index in analysis.boilerplate:
            continue
        content = trim(text, Span(match.end(), filled.end))
        if any(character.isalnum() for character in text[slice(*content)]):
            cue, source = (build_mention(analysis.article, (Span(*match.span(group)),)) for group in ("cue", "name"))
            found.append(Draft((content,), cue, source, _CONFIDENCE))
    speakers = {draft.source.text for draft in found if draft.source}
    return found if len(found) >= _FEWEST_TURNS and len(speakers) < len(found) else []
