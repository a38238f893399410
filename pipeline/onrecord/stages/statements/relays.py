"""Relayed statements: `the agency quoted the minister as saying that …` is the minister's, via the agency.

The words "as saying" make this one of the few patterns that a rule reads better than a model trained on US
political news, where it hardly occurs.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace

from onrecord.document import Span, Spans
from onrecord.stages.base import Analysis
from onrecord.stages.statements.quotation_rules import Draft, join
from onrecord.text.near import Near
from onrecord.text.segmentation import trim
from onrecord.text.statements import build_mention

_RELAY = re.compile(
    r"\b(?:(?:has|had|have|was|were|is|are)\s+)?(?:quot(?:e|es|ed|ing)|cit(?:e|es|ed|ing))\s++"
    r"(?P<speaker>(?!as\b)[^“”\"\n.;]{2,120}?),?\s++(?P<saying>as\s+(?:saying|telling|writing|having\s+said))\b",
)
_PASSIVE = re.compile(r"\b(?:was|were|is|are|been|being)\s+(?:quoted|cited)\b")


def resolve_relays(analysis: Analysis, drafts: list[Draft]) -> list[Draft]:
    """Sets source, relay, cue and content of the statements whose cue is of the kind "quotes X as saying"."""
    text = analysis.article.text
    current: list[Draft | None] = list(drafts)
    cues = Near([(span, n) for n, draft in enumerate(drafts) if draft.cue for span in draft.cue.spans])
    contents = Near([(piece, n) for n, draft in enumerate(drafts) for piece in draft.content])
    moved: dict[Span, int] = {}
    for match in _RELAY.finditer(text):
        if _PASSIVE.match(match.group()):
            continue
        cut = Span(*match.span())
        touched = [n for n in sorted(cues.overlapping(cut)) if current[n] is not None]
        draft = current[touched[0]] if touched else None
        if draft is None:
            continue
        verb = trim(text, Span(match.start(), match.start("speaker")))
        saying = Span(*match.span("saying"))
        speaker = Span(*match.span("speaker"))
        content = [part for piece in draft.content for part in _outside(piece, cut)]
        content = [trim(text, piece) for piece in content]
        if not join(text, content):
            content = _quotation_before(analysis, draft.source.start if draft.source else match.start())
        if not (pieces := join(text, content)):
            continue
        others = {n for piece in pieces for n in contents.overlapping(piece)}
        others |= {moved[piece] for piece in pieces if piece in moved}
        for n in others.difference(touched):
            if (other := current[n]) is not None:
                rest = join(text, [part for piece in other.content for part in _outside_all(piece, pieces)])
                current[n] = replace(other, content=rest) if rest else None
        via = draft.source if draft.source and not draft.source.spans[0].overlaps(speaker) else None
        current[touched[0]] = replace(
            draft,
            content=pieces,
            cue=build_mention(analysis.article, (verb, saying)),
            source=build_mention(analysis.article, (speaker,)),
            via=via,
        )
        moved.update(dict.fromkeys(pieces, touched[0]))
        for n in touched[1:]:
            current[n] = None
    return sorted((draft for draft in current if draft is not None), key=lambda draft: draft.content)


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
    text, quotations = analysis.article.text, analysis.segmentation.quotations
    index = bisect_right(quotations, start, key=lambda quotation: quotation.span.end) - 1
    if index < 0 or text[quotations[index].span.end : start].strip(" ,\u00a0"):
        return []
    return [quotations[index].span]
