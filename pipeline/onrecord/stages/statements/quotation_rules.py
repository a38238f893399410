"""What quotation marks decide about statements, whatever the quote model says about single tokens.

Each rule takes an article's statements as the quote model found them (`Draft`) and returns them corrected.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

from onrecord.document import Mention, Span, Spans
from onrecord.stages.base import Analysis
from onrecord.text.near import Near
from onrecord.text.quotations import Quotation
from onrecord.text.segmentation import trim
from onrecord_models.labels import Act

_FEWEST_WORDS = 4
"""A quotation without a cue is a statement only if it has this many words: shorter ones are titles and subheads."""

_REACH = 3
"""How many paragraphs back a quotation without a cue may follow its speaker's last statement."""

_SHARE = 0.5
"""A statement that owns this share of a quotation gets all of it."""

_LONG = 1000
"""Characters from which on a quotation is read in several windows, and whoever says any of it says it all."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A statement before its derived fields: ``content`` is in order and never empty."""

    content: Spans
    cue: Mention | None
    source: Mention | None
    confidence: float
    via: Mention | None = None
    act: tuple[Act, float] | None = None


def join(text: str, pieces: list[Span]) -> Spans:
    """The pieces that have letters or digits, joined where only white space on one line separates them."""
    joined: list[Span] = []
    for piece in sorted(trim(text, piece) for piece in pieces):
        if not any(character.isalnum() for character in text[piece.start : piece.end]):
            continue
        gap = text[joined[-1].end : piece.start] if joined else ""
        if joined and not gap.strip() and "\n" not in gap:
            joined[-1] = Span(joined[-1].start, max(piece.end, joined[-1].end))
        else:
            joined.append(piece)
    return tuple(joined)


def snap(text: str, pieces: Spans, quotations: tuple[Quotation, ...]) -> Spans:
    """``pieces`` with the quotation marks that their ends touch."""
    return join(text, [_snap(piece, quotations) for piece in pieces])


def _snap(piece: Span, quotations: tuple[Quotation, ...]) -> Span:
    start, end = piece
    # They are in order and do not overlap: only the last that begins before an end can touch it.
    if index := bisect_left(quotations, start, key=_start):
        quotation = quotations[index - 1]
        if start <= quotation.inner.start:
            start = quotation.span.start
    if index := bisect_right(quotations, end, key=_start):
        quotation = quotations[index - 1]
        if quotation.closed and quotation.inner.end - 1 <= end < quotation.span.end and start < quotation.inner.end:
            end = quotation.span.end
    return Span(start, end)


def _start(quotation: Quotation) -> int:
    return quotation.span.start


def give_whole_quotations(analysis: Analysis, drafts: list[Draft]) -> list[Draft]:
    """Gives each quotation to the statement that owns most of it, and takes it from the others."""
    text = analysis.article.text
    contents = [list(draft.content) for draft in drafts]
    mentions = [span for draft in drafts for mention in (draft.cue, draft.source) if mention for span in mention.spans]
    owners = Near([(piece, index) for index, draft in enumerate(drafts) for piece in draft.content])
    spoken = Near([(span, 0) for span in mentions])
    for quotation in analysis.segmentation.quotations:
        if not quotation.closed or len(text[slice(*quotation.inner)].split()) < _FEWEST_WORDS:
            continue
        near = sorted(owners.overlapping(quotation.span))
        if not near or spoken.overlapping(quotation.span):
            continue  # nobody's, or somebody is quoted inside the quotation, so it is not one statement's
        size = quotation.span.end - quotation.span.start
        shares = {index: _overlap(contents[index], quotation.span) / size for index in near}
        best = max(near, key=shares.__getitem__)
        attributed = [index for index in near if drafts[index].cue or drafts[index].source]
        if size > _LONG and len(attributed) == 1:
            best = attributed[0]
        elif shares[best] < _SHARE:
            continue
        if shares[best] == 1 and len(near) == 1:
            continue
        for index in near:
            contents[index] = _without(contents[index], quotation.span)
        contents[best].append(quotation.span)
    joined = [join(text, content) for content in contents]
    return [replace(draft, content=content) for draft, content in zip(drafts, joined, strict=True) if content]


def _overlap(pieces: list[Span], span: Span) -> int:
    return sum(max(0, min(piece.end, span.end) - max(piece.start, span.start)) for piece in pieces)


def _without(pieces: list[Span], span: Span) -> list[Span]:
    left = [Span(piece.start, min(piece.end, span.start)) for piece in pieces if piece.start < span.start]
    right = [Span(max(piece.start, span.end), piece.end) for piece in pieces if piece.end > span.end]
    return [piece for piece in left + right if piece.end > piece.start]


def split_paragraphs(analysis: Analysis, drafts: list[Draft]) -> list[Draft]:
    """Makes a quotation that fills a later paragraph than its cue a statement of its own.

    It stays part of the statement if the quotation before it was left open, which means that it continues.
    """
    result: list[Draft] = []
    bare = {quotation.span for _, quotation in _bare_quotations(analysis)}
    for draft in drafts:
        kept = list(draft.content)
        for piece in draft.content[1:]:
            before = kept[kept.index(piece) - 1]
            is_later = draft.cue is not None and draft.cue.start < piece.start
            if piece in bare and is_later and not _is_open(analysis, before):
                kept.remove(piece)
                result.append(Draft((piece,), None, None, draft.confidence, act=draft.act))
        result.append(replace(draft, content=tuple(kept)))
    return sorted(result, key=lambda draft: draft.content)


def add_bare_quotations(analysis: Analysis, drafts: list[Draft]) -> list[Draft]:
    """Adds the quotations that fill a paragraph soon after a statement and that the quote model gave to nobody.

    If the quotation before was left open, the paragraph continues it and belongs to the same statement, even if the
    model took it for one of its own; otherwise it is a statement without cue and source.
    """
    current: list[Draft | None] = list(drafts)
    pieces = Near([(piece, number) for number, draft in enumerate(drafts) for piece in draft.content])
    # Who spoke last before a quotation: the order of their ends, of those that end together the first.
    ending = sorted(range(len(drafts)), key=lambda number: (drafts[number].content[-1].end, -number))
    passed = 0
    last: int | None = None
    for index, quotation in _bare_quotations(analysis):
        while passed < len(ending) and drafts[ending[passed]].content[-1].end <= quotation.span.start:
            number = ending[passed]
            passed += 1
            own, best = current[number], None if last is None else current[last]
            if own is not None and (best is None or own.content[-1].end >= best.content[-1].end):
                last = number
        near = (current[number] for number in sorted(pieces.overlapping(quotation.span)))
        owners = [draft for draft in near if draft is not None]
        if owners and not (len(owners) == 1 and _is_alone(owners[0], quotation)):
            continue
        before = None if last is None else current[last]
        if last is None or before is None:
            continue
        back = analysis.segmentation.paragraphs[max(0, index - _REACH) : index]
        if not any(paragraph.span.overlaps(before.content[-1]) for paragraph in back):
            continue
        if _is_open(analysis, before.content[-1]):
            for number in pieces.overlapping(quotation.span):
                current[number] = None
            current[last] = replace(before, content=(*before.content, quotation.span))
        elif not owners:
            current.append(Draft((quotation.span,), None, None, before.confidence, act=before.act))
            last = len(current) - 1
    return sorted((draft for draft in current if draft is not None), key=lambda draft: draft.content)


def _is_alone(draft: Draft, quotation: Quotation) -> bool:
    """Whether the statement is this quotation, and nothing says who speaks."""
    return draft.cue is None and draft.source is None and all(quotation.span.covers(each) for each in draft.content)


def _bare_quotations(analysis: Analysis) -> Iterator[tuple[int, Quotation]]:
    """Quotations that make up their paragraph, with the paragraph's index."""
    text = analysis.article.text
    opening = {quotation.span.start: quotation for quotation in analysis.segmentation.quotations}
    for index, paragraph in enumerate(analysis.segmentation.paragraphs):
        filled = trim(text, paragraph.span)
        quotation = opening.get(filled.start)
        if index in analysis.boilerplate or quotation is None or filled.end - quotation.span.end > 1:
            continue
        if len(text[slice(*quotation.inner)].split()) >= _FEWEST_WORDS:
            yield index, quotation


def _is_open(analysis: Analysis, piece: Span) -> bool:
    """Whether ``piece`` ends in a quotation that was never closed."""
    quotations = analysis.segmentation.quotations
    index = bisect_left(quotations, piece.end, key=_start) - 1
    while index >= 0 and (span := quotations[index].span).overlaps(piece):
        if not quotations[index].closed and span.end <= piece.end + 1:
            return True
        index -= 1
    return False
