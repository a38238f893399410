"""Statements from what the quote model found in an article's windows."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from onrecord.document import Mention, Span, Statement
from onrecord.stages.base import Analysis
from onrecord.stages.statements.quotation_rules import (
    Draft,
    add_bare_quotations,
    give_whole_quotations,
    snap,
    split_paragraphs,
)
from onrecord.stages.statements.relays import resolve_relays
from onrecord.stages.statements.signatures import add_signed
from onrecord.text.quotations import form_of, quotation_states
from onrecord.text.segmentation import context_of, trim
from onrecord.text.windows import Window
from onrecord_models.decoding import Range, StatementRange

_FARTHEST = 2000
"""Code points between content and cue beyond which a cue does not widen the context: a decoding slip must not."""


class QuotesStage:
    """Turns the quote model's token ranges into statements, in the order of the text."""

    requires: ClassVar[frozenset[str]] = frozenset({"readings"})
    provides: ClassVar[frozenset[str]] = frozenset({"statements"})

    def process(self, analyses: list[Analysis]) -> list[Analysis]:
        return [replace(analysis, statements=_statements(analysis)) for analysis in analyses]


def _statements(analysis: Analysis) -> tuple[Statement, ...]:
    drafts = [
        draft
        for window, reading in zip(analysis.windows, analysis.readings, strict=True)
        for found in reading.statements
        if (draft := _draft(analysis, window, found)) is not None
    ]
    drafts.sort(key=lambda draft: draft.content)
    for rule in (give_whole_quotations, resolve_relays, split_paragraphs, add_bare_quotations, add_signed):
        drafts = rule(analysis, drafts)
    states = quotation_states(analysis.article.text, analysis.segmentation.quotations)
    return tuple(_statement(analysis, draft, states, number) for number, draft in enumerate(drafts, 1))


def _draft(analysis: Analysis, window: Window, found: StatementRange) -> Draft | None:
    """None where nothing but punctuation is left of the content."""
    text = analysis.article.text
    cue = _mention(text, window, found.cue.tokens)
    pieces = tuple(_characters(text, window, tokens) for tokens in found.content)
    content = snap(text, pieces, analysis.segmentation.quotations)
    if cue is None or not content:
        return None
    source = _mention(text, window, found.source) if found.source else None
    if source is not None and not any(character.isalnum() for character in source.text):
        source = None
    return Draft(content, cue, source, round(found.score, 4))


def _characters(text: str, window: Window, tokens: Range) -> Span:
    """The text of a token range, widened to whole words: tokens can be parts of words."""
    start, end = window.spans[tokens[0]].start, window.spans[tokens[1] - 1].end
    while 0 < start < end and text[start].isalnum() and text[start - 1].isalnum():
        start -= 1
    while start < end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
        end += 1
    return trim(text, Span(start, end))


def _mention(text: str, window: Window, tokens: Range) -> Mention | None:
    """The words as the annotators draw them, with a comma that closes an apposition and the colon of a cue.

    A cue may be a colon alone, as in ``Ada Lund: “We are ready.”``
    """
    span = _characters(text, window, tokens)
    return Mention(text[slice(*span)], (span,)) if span.end > span.start else None


def _statement(analysis: Analysis, draft: Draft, states: bytearray, number: int) -> Statement:
    article = analysis.article
    spans = list(draft.content)
    for mention in (draft.cue, draft.source):
        spans += [s for s in (mention.spans if mention else ()) if abs(s.start - draft.content[0].start) < _FARTHEST]
    return Statement(
        doc=article.doc,
        id=f"{article.doc}#{number}",
        text=article.slice(draft.content),
        content=draft.content,
        form=form_of(article.text, draft.content, states),
        context=trim(article.text, context_of(analysis.segmentation, tuple(spans))),
        cue=draft.cue,
        source=draft.source,
        via=draft.via,
        confidence=draft.confidence,
        meta=article.meta,
    )
