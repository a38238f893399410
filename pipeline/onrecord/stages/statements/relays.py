"""Relayed statements: `the agency quoted the minister as saying that …` is the minister's, via the agency.

The words "as saying" make this one of the few patterns that a rule reads better than a model trained on US
political news, where it hardly occurs.
"""

from __future__ import annotations

import re
from dataclasses import replace

from onrecord.document import Mention, Span, Spans
from onrecord.stages.base import Analysis
from onrecord.stages.statements.quotation_rules import Draft, join
from onrecord.text.segmentation import trim
from onrecord.text.statements import build_mention

_RELAY = re.compile(
    r"\b(?:(?:has|had|have|was|were|is|are)\s+)?(?:quot(?:e|es|ed|ing)|cit(?:e|es|ed|ing))\s+"
    r"(?P<speaker>(?!as\b)[^“”\"\n.;]{2,120}?),?\s+(?P<saying>as\s+(?:saying|telling|writing|having\s+said))\b",
)
_PASSIVE = re.compile(r"\b(?:was|were|is|are|been|being)\s+(?:quoted|cited)\b")


def resolve_relays(analysis: Analysis, drafts: list[Draft]) -> list[Draft]:
    """Sets source, relay, cue and content of the statements whose cue is of the kind "quotes X as saying"."""
    result = list(drafts)
    text = analysis.article.text
    for match in _RELAY.finditer(text):
        if _PASSIVE.match(match.group()):
            continue
        touched = [draft for draft in result if draft.cue and _touches(draft.cue, match)]
        if not touched:
            continue
        draft = touched[0]
        verb = trim(text, Span(match.start(), match.start("speaker")))
        saying = Span(*match.span("saying"))
        speaker = Span(*match.span("speaker"))
        cut = Span(match.start(), match.end())
        content = [part for piece in draft.content for part in _outside(piece, cut)]
        content = [trim(text, piece) for piece in content]
        if not join(text, content):
            content = _quotation_before(analysis, draft.source.start if draft.source else match.start())
        if not (pieces := join(text, content)):
            continue
        for other in [draft for draft in result if draft not in touched]:
            rest = join(text, [part for piece in other.content for part in _outside_all(piece, pieces)])
            if rest != other.content:
                result[result.index(other) : result.index(other) + 1] = [replace(other, content=rest)] if rest else []
        via = draft.source if draft.source and not draft.source.spans[0].overlaps(speaker) else None
        result[result.index(draft)] = replace(
            draft,
            content=pieces,
            cue=build_mention(analysis.article, (verb, saying)),
            source=build_mention(analysis.article, (speaker,)),
            via=via,
        )
        for other in touched[1:]:
            result.remove(other)
    return sorted(result, key=lambda draft: draft.content)


def _touches(mention: Mention, match: re.Match[str]) -> bool:
    return any(span.overlaps(Span(*match.span())) for span in mention.spans)


def _outside(piece: Span, cut: Span) -> list[Span]:
    if not piece.overlaps(cut):
        return [piece]
    return [part for part in (Span(piece.start, cut.start), Span(cut.end, piece.end)) if part.end > part.start]


def _outside_all(piece: Span, cuts: Spans) -> list[Span]:
    parts = [piece]
    for cut in cuts:
        parts = [part for whole in parts for part in _outside(whole, cut)]
    return parts


def _quotation_before(analysis: Analysis, start: int) -> list[Span]:
    """The quotation that ends directly before ``start``: `"…," the agency quoted the minister as saying`."""
    text = analysis.article.text
    spans = (quotation.span for quotation in analysis.segmentation.quotations)
    return [span for span in spans if span.end <= start and not text[span.end : start].strip(" ,\u00a0")]
