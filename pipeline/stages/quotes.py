"""Statements from what the reader found, and from quotations that stand without a cue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from onrecord.document import Article, Mention, Span, Spans, Statement
from onrecord.models.decoding import Range, StatementRange
from onrecord.models.windows import Window
from onrecord.quotation import Quotation, form_of, quotation_states
from onrecord.segmentation import Segmentation, context_of, trim
from onrecord.stages.base import Analysis

_FEWEST_WORDS = 4
"""A quotation without a cue is a statement only if it has this many words: shorter ones are titles and subheads."""

_REACH = 3
"""How many paragraphs back a quotation without a cue may follow its speaker's last statement."""


class QuotesStage:
    """Turns the reader's token ranges into statements, in the order of the text."""

    requires: ClassVar[frozenset[str]] = frozenset({"readings"})
    provides: ClassVar[frozenset[str]] = frozenset({"statements"})

    def process(self, analyses: list[Analysis]) -> list[Analysis]:
        return [replace(analysis, statements=_statements(analysis)) for analysis in analyses]


def _statements(analysis: Analysis) -> tuple[Statement, ...]:
    article, segmentation = analysis.article, analysis.segmentation
    states = quotation_states(article.text, segmentation.quotations)
    drafts = [
        draft
        for reading in analysis.readings
        for found in reading.statements
        if (draft := _draft(article, segmentation, reading.window, found)) is not None
    ]
    drafts.sort(key=lambda draft: draft.content)
    drafts = _with_bare_quotations(analysis, drafts)
    return tuple(
        replace(
            draft,
            id=f"{article.doc}#{number}",
            text=article.slice(draft.content),
            form=form_of(article.text, draft.content, states),
            context=_context(article.text, segmentation, draft),
        )
        for number, draft in enumerate(drafts, 1)
    )


def _draft(article: Article, segmentation: Segmentation, window: Window, found: StatementRange) -> Statement | None:
    """A statement whose derived fields are still empty; None where nothing but punctuation is left of it."""
    cue = _mention(article, window, found.cue.tokens)
    pieces = (_characters(article.text, window, tokens) for tokens in found.content)
    content = _join(article.text, [_snap(article.text, piece, segmentation) for piece in pieces])
    if cue is None or not content:
        return None
    return Statement(
        doc=article.doc,
        id="",
        text="",
        content=content,
        form="indirect",
        context=content[0],
        cue=cue,
        source=_mention(article, window, found.source) if found.source else None,
        confidence=round(found.cue.score * found.content_score, 4),
        meta=article.meta,
    )


def _characters(text: str, window: Window, tokens: Range) -> Span:
    return trim(text, Span(window.spans[tokens[0]].start, window.spans[tokens[1] - 1].end))


def _mention(article: Article, window: Window, tokens: Range) -> Mention | None:
    span = _characters(article.text, window, tokens)
    while span.end > span.start and article.text[span.end - 1] in ",;:":
        span = trim(article.text, Span(span.start, span.end - 1))
    if not any(character.isalnum() for character in article.text[span.start : span.end]):
        return None
    return Mention(article.text[span.start : span.end], (span,))


def _snap(text: str, piece: Span, segmentation: Segmentation) -> Span:
    """``piece`` with the quotation marks that its ends touch."""
    start, end = piece
    for quotation in segmentation.quotations:
        if quotation.span.start < start <= quotation.inner.start:
            start = quotation.span.start
        if quotation.closed and quotation.inner.end - 1 <= end < quotation.span.end and start < quotation.inner.end:
            end = quotation.span.end
    return Span(start, end)


def _join(text: str, pieces: list[Span]) -> Spans:
    """The pieces that say something, those joined that only white space keeps apart on one line."""
    joined: list[Span] = []
    for piece in sorted(pieces):
        if not any(character.isalnum() for character in text[piece.start : piece.end]):
            continue
        gap = text[joined[-1].end : piece.start] if joined else ""
        if joined and not gap.strip() and "\n" not in gap:
            joined[-1] = Span(joined[-1].start, max(piece.end, joined[-1].end))
        else:
            joined.append(piece)
    return tuple(joined)


def _with_bare_quotations(analysis: Analysis, drafts: list[Statement]) -> list[Statement]:
    """``drafts`` and the quotations that fill a paragraph of their own after somebody's statement.

    Where the quotation before was left open, the paragraph carries it on and belongs to the same statement;
    else it is a statement without cue and source.
    """
    result = list(drafts)
    for index, quotation in _bare_quotations(analysis):
        if any(piece.overlaps(quotation.span) for draft in result for piece in draft.content):
            continue
        earlier = [draft for draft in result if draft.content[-1].end <= quotation.span.start]
        if not earlier:
            continue
        last = max(earlier, key=lambda draft: draft.content[-1].end)
        paragraphs = analysis.segmentation.paragraphs
        back = [paragraph.span for paragraph in paragraphs[max(0, index - _REACH) : index]]
        if not any(span.overlaps(last.content[-1]) for span in back):
            continue
        if _is_open(analysis.segmentation, last.content[-1]):
            result[result.index(last)] = replace(last, content=(*last.content, quotation.span))
        else:
            result.append(
                Statement(
                    doc=last.doc,
                    id="",
                    text="",
                    content=(quotation.span,),
                    form="direct",
                    context=quotation.span,
                    confidence=last.confidence,
                    meta=last.meta,
                )
            )
        result.sort(key=lambda draft: draft.content)
    return result


def _bare_quotations(analysis: Analysis) -> Iterator[tuple[int, Quotation]]:
    """Quotations that make up their paragraph, with the paragraph's index."""
    text = analysis.article.text
    for index, paragraph in enumerate(analysis.segmentation.paragraphs):
        if index in analysis.furniture:
            continue
        filled = trim(text, paragraph.span)
        for quotation in analysis.segmentation.quotations:
            if quotation.span.start == filled.start and filled.end - quotation.span.end <= 1:
                words = text[quotation.inner.start : quotation.inner.end].split()
                if len(words) >= _FEWEST_WORDS:
                    yield index, quotation


def _is_open(segmentation: Segmentation, piece: Span) -> bool:
    return any(not q.closed and q.span.overlaps(piece) and q.span.end <= piece.end for q in segmentation.quotations)


def _context(text: str, segmentation: Segmentation, draft: Statement) -> Span:
    spans = list(draft.content)
    for mention in (draft.cue, draft.source):
        # A cue or source far off, a decoding slip, must not drag half the article into the context.
        spans += [s for s in (mention.spans if mention else ()) if abs(s.start - draft.content[0].start) < 2000]
    return trim(text, context_of(segmentation, tuple(spans)))
