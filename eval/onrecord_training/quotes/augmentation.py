"""Variants of an annotated article: other quotation marks, case, layout and wording, and boilerplate in between.

PolNeAR's outlets quote in few ways, set headlines in one and mostly write ``Smith said``; newspapers elsewhere do not.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import Final

from onrecord.document import Mention, Span, Spans, Statement
from onrecord.text.quotations import Quotation
from onrecord.text.segmentation import Segmentation, segment

_STYLES: Final = (("“", "”"), ('"', '"'), ("‘", "’"), ("«", "»"), ("'", "'"))
_STYLE_WEIGHTS: Final = (4, 5, 3, 0.5, 1)
_PRONOUNS: Final = frozenset(["he", "she", "they", "it", "we", "i", "who", "which", "that"])
_OTHER_CUES: Final = {
    "said": ("stated", "noted", "added", "remarked", "explained", "stressed", "pointed out", "told reporters"),
    "says": ("states", "notes", "adds", "explains", "stresses", "points out", "tells reporters"),
    "told reporters": ("said", "stated", "told journalists", "told newsmen"),
    "according to": ("as per", "in the words of"),
}  # fmt: skip
_BOILERPLATE: Final = (
    "ADVERTISEMENT",
    "Advertisement",
    "Read more: What we know so far",
    "Also read: Five things to watch this week",
    "READ ALSO: Here is all you need to know",
    "Related stories",
    "Share this article",
    "Share on Facebook Tweet WhatsApp Email",
    "Subscribe to our newsletter",
    "Sign up for our daily briefing",
    "Follow us on Twitter and Facebook",
    "Photo: file",
    "File photo",
    "Picture: Supplied",
    "Staff Reporter",
    "By Our Correspondent",
    "By A Staff Writer",
    "Last updated 09:14",
    "Comments (12)",
    "Listen to our podcast “Behind the News”",
    "All rights reserved.",
    "This article was first published in the print edition.",
    "Click here to read the full story",
    "Editing by the news desk",
    "Most read",
    "Tags: politics, news",
)


@dataclass(frozen=True, slots=True)
class Variant:
    """A text and the statements in it."""

    text: str
    statements: tuple[Statement, ...]


def vary(text: str, statements: tuple[Statement, ...], generator: random.Random) -> Variant:
    """A random variant of an article; its statements keep their words, except where a cue is reworded."""
    varied = Variant(text, statements)
    if generator.random() < 0.2:
        varied = _invert(varied, generator)
    if generator.random() < 0.25:
        varied = _reword(varied, generator)
    segmentation = segment(varied.text)
    if generator.random() < 0.12:
        varied = _furnish(varied, segmentation, generator)
        segmentation = segment(varied.text)
    return replace(varied, text=_repaint(varied.text, segmentation, generator))


def _repaint(text: str, segmentation: Segmentation, generator: random.Random) -> str:
    """Changes of marks, case and layout that keep every offset."""
    characters = list(text)
    if generator.random() < 0.5:
        _requote(characters, segmentation.quotations, generator)
    if generator.random() < 0.05:
        for quotation in segmentation.quotations:
            if generator.random() < 0.3 and quotation.span.end - quotation.inner.end == 1:
                characters[quotation.inner.end] = " "
    if generator.random() < 0.08:
        for paragraph in segmentation.paragraphs[1:]:
            if generator.random() < 0.5:
                _join(characters, paragraph.span.start)
    headline = segmentation.paragraphs[0].span.end if segmentation.paragraphs else 0
    chance = generator.random()
    if chance < 0.08:
        _recase(characters, headline, upper=True)
    elif chance < 0.16:
        _recase(characters, headline, upper=False)
    elif chance < 0.18:
        _recase(characters, len(characters), upper=False)
    elif chance < 0.20:
        _recase(characters, len(characters), upper=True)
    return "".join(characters)


def _requote(characters: list[str], quotations: tuple[Quotation, ...], generator: random.Random) -> None:
    opening, closing = generator.choices(_STYLES, _STYLE_WEIGHTS)[0]
    for quotation in quotations:
        if quotation.inner.start - quotation.span.start == 1:
            characters[quotation.span.start] = opening
        if quotation.span.end - quotation.inner.end == 1:
            characters[quotation.inner.end] = closing


def _join(characters: list[str], start: int) -> None:
    """Puts the paragraph that starts here on the line of the one before."""
    position = start - 1
    while position >= 0 and characters[position].isspace():
        characters[position] = " "
        position -= 1


def _recase(characters: list[str], end: int, *, upper: bool) -> None:
    for position in range(end):
        changed = characters[position].upper() if upper else characters[position].lower()
        if len(changed) == 1:
            characters[position] = changed


def _invert(variant: Variant, generator: random.Random) -> Variant:
    """``…, Smith said`` becomes ``…, said Smith`` and the other way round, in about half of the places."""
    text, statements = variant.text, list(variant.statements)
    for statement in variant.statements:
        pair = _adjacent(text, statement)
        if pair is None or generator.random() < 0.5:
            continue
        first, second = pair
        region = Span(first.start, second.end)
        moved = {
            second: Span(region.start, region.start + second.end - second.start),
            first: Span(region.end - (first.end - first.start), region.end),
        }
        if any(_crossed(other, region, moved) for other in statements):
            continue
        between = text[first.end : second.start]
        swapped = text[slice(*second)] + between + text[slice(*first)]
        text = text[: region.start] + swapped + text[region.end :]
        statements = [_respan(other, lambda span, moved=moved: moved.get(span, span)) for other in statements]
    return Variant(text, tuple(statements))


def _adjacent(text: str, statement: Statement) -> tuple[Span, Span] | None:
    """Source and one-word cue that follow each other after the content, in the order of the text."""
    cue, source = statement.cue, statement.source
    if cue is None or source is None or len(cue.spans) > 1 or len(source.spans) > 1:
        return None
    first, second = sorted([cue.spans[0], source.spans[0]])
    if text[first.end : second.start] != " " or first.start < statement.content[0].end:
        return None
    words = source.text.split()
    if not cue.text.isalpha() or words[0].lower() in _PRONOUNS or len(words) > 5 or "," in source.text:
        return None
    return first, second


def _crossed(statement: Statement, region: Span, moved: dict[Span, Span]) -> bool:
    """Whether a part of the statement begins or ends inside the region without being one of its two halves."""
    parts = [*statement.content, *(statement.cue.spans if statement.cue else ())]
    parts += statement.source.spans if statement.source else ()
    return any(p.overlaps(region) and p not in moved and not p.covers(region) for p in parts)


def _reword(variant: Variant, generator: random.Random) -> Variant:
    edits: dict[Span, str] = {}
    for statement in variant.statements:
        others = _OTHER_CUES.get(statement.cue.text.lower()) if statement.cue else None
        if statement.cue and others and len(statement.cue.spans) == 1 and generator.random() < 0.6:
            chosen = generator.choice(others)
            edits[statement.cue.spans[0]] = chosen.capitalize() if statement.cue.text[0].isupper() else chosen
    return _edit(variant, edits)


def _furnish(variant: Variant, segmentation: Segmentation, generator: random.Random) -> Variant:
    """Puts a few lines of boilerplate between paragraphs."""
    places = [paragraph.span.start for paragraph in segmentation.paragraphs]
    chosen = generator.sample(places, min(len(places), generator.randint(1, 4)))
    return _edit(variant, {Span(place, place): f"{generator.choice(_BOILERPLATE)}\n\n" for place in chosen})


def _edit(variant: Variant, edits: dict[Span, str]) -> Variant:
    """Replaces spans by other words. No part of a statement may begin or end inside a replaced span."""
    pieces: list[str] = []
    position, shift = 0, 0
    ends, shifts = [-1], [0]
    for span in sorted(edits):
        if span.start < position:
            continue
        pieces += [variant.text[position : span.start], edits[span]]
        position = span.end
        shift += len(edits[span]) - (span.end - span.start)
        ends.append(span.end)
        shifts.append(shift)
    pieces.append(variant.text[position:])

    def moved(span: Span) -> Span:
        # The end is looked up by its last character, lest an insertion right behind it counts.
        before = shifts[bisect_right(ends, span.start) - 1]
        after = shifts[bisect_right(ends, span.end if span in edits else span.end - 1) - 1]
        return Span(span.start + before, span.end + after)

    return Variant("".join(pieces), tuple(_respan(statement, moved) for statement in variant.statements))


def _respan(statement: Statement, moved: object) -> Statement:
    def move(spans: Spans) -> Spans:
        return tuple(sorted(moved(span) for span in spans))  # type: ignore[operator]

    def move_mention(mention: Mention | None) -> Mention | None:
        return Mention(mention.text, move(mention.spans)) if mention else None

    return replace(
        statement,
        content=move(statement.content),
        cue=move_mention(statement.cue),
        source=move_mention(statement.source),
        via=move_mention(statement.via),
    )
