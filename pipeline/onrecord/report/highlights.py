"""An article's text in pieces, each covered throughout by the same parts of the same statements.

Statements nest, overlap and have gaps, but the elements of a page cannot overlap. So the text becomes a flat row of
pieces, each with the numbers of the statements whose content, cue, source or relay it is in.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, Literal, NamedTuple, get_args

from onrecord.document import Span, Spans, Statement
from onrecord.text.segmentation import split_paragraphs

Part = Literal["content", "cue", "source", "via"]
PARTS: Final[tuple[Part, ...]] = get_args(Part)


class Piece(NamedTuple):
    """A piece of text. ``parts`` has the numbers of the statements that it belongs to, the shortest statement first.

    ``starts`` are the statements whose content starts here, ``resumes`` those whose content continues after a gap.
    """

    text: str
    parts: dict[Part, tuple[int, ...]]
    starts: tuple[int, ...] = ()
    resumes: tuple[int, ...] = ()


Paragraph = list[Piece]


def mark(text: str, statements: Sequence[Statement]) -> Iterator[Paragraph]:
    """The paragraphs of ``text`` in pieces that join back to it; a statement's number is its index in ``statements``.

    Spans must lie within the text; empty ones may lie beyond its end.
    """
    paragraphs = split_paragraphs(text) or [Span(0, 0)]
    bounds = {bound for paragraph in paragraphs for bound in paragraph}
    opening: defaultdict[int, list[tuple[Part, int]]] = defaultdict(list)
    closing: defaultdict[int, list[tuple[Part, int]]] = defaultdict(list)
    starts: defaultdict[int, list[int]] = defaultdict(list)
    resumes: defaultdict[int, list[int]] = defaultdict(list)
    for number, statement in enumerate(statements):
        for part, spans in _parts(statement):
            for start, end in _joined(spans):
                opening[start].append((part, number))
                closing[end].append((part, number))
                bounds |= {start, end}
        first, *others = statement.content
        starts[min(first.start, len(text))].append(number)
        for span in others:
            if span.start < span.end:
                resumes[span.start].append(number)
    cuts = sorted(bounds | starts.keys())
    lengths = [sum(end - start for start, end in statement.content) for statement in statements]
    covering: dict[Part, set[int]] = {part: set() for part in PARTS}
    ends = [paragraph.end for paragraph in paragraphs]
    marked: list[Paragraph] = [[] for _ in paragraphs]
    for start, end in pairwise([*cuts, cuts[-1]]):
        for part, number in closing.get(start, ()):
            covering[part].discard(number)
        for part, number in opening.get(start, ()):
            covering[part].add(number)
        begun, resumed = tuple(starts.get(start, ())), tuple(resumes.get(start, ()))
        if start < end or begun:
            parts: dict[Part, tuple[int, ...]] = {}
            for part, numbers in covering.items():
                if len(numbers) == 1:
                    parts[part] = tuple(numbers)
                elif numbers:
                    parts[part] = tuple(sorted(numbers, key=lambda number: (lengths[number], number)))
            at = min(bisect_right(ends, start), len(marked) - 1)
            marked[at].append(Piece(text[start:end], parts, begun, resumed))
    yield from marked


def _parts(statement: Statement) -> Iterator[tuple[Part, Spans]]:
    yield "content", statement.content
    for part, mention in (("cue", statement.cue), ("source", statement.source), ("via", statement.via)):
        if mention:
            yield part, mention.spans  # type: ignore[misc]


def _joined(spans: Spans) -> Iterator[Span]:
    """The ranges that the spans cover, merged and without empty ones, so that each is opened and closed once."""
    if len(spans) == 1:  # nearly always
        if spans[0].start < spans[0].end:
            yield spans[0]
        return
    start = end = 0
    for span in sorted(span for span in spans if span.start < span.end):
        if span.start > end:
            if start < end:
                yield Span(start, end)
            start, end = span
        else:
            start, end = (span.start, span.end) if start == end else (start, max(end, span.end))
    if start < end:
        yield Span(start, end)
