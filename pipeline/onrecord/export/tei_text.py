"""An article's text in TEI: paragraphs, and in them a ``said`` for each statement, or several chained ones.

XML is a tree and statements are not: a content may have several spans, run over the end of a paragraph, or share words
with another one without being part of it. Such a content is cut into pieces, each a ``said`` that points to the one
before and the one after. So is a content that is partly quoted: its pieces are direct or indirect, as they should be.
The text of all paragraphs together is the article's, character by character, and offsets count in it.
"""

from __future__ import annotations

import heapq
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby, islice, pairwise
from operator import attrgetter
from typing import Final, NamedTuple
from xml.sax.saxutils import escape, quoteattr

from onrecord.document import Article, Span, Statement
from onrecord.text.quotations import quotation_states
from onrecord.text.segmentation import segment

_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold."""


class Piece(NamedTuple):
    """A part of a statement's content that is one element. ``statement`` is its number in the article, from 0."""

    start: int
    end: int
    statement: int
    direct: bool


def xml_text(text: str) -> str:
    """``text`` as the content of an element: every character stays one, those that XML forbids are replaced."""
    return escape(_FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text), {"\r": "&#13;"})


def xml_attribute(text: str) -> str:
    """``text`` as the value of an attribute, with its quotation marks."""
    return quoteattr(_FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text))


class Said(NamedTuple):
    """What the tags of a statement say: the id in the file, attributes of the first piece alone, and of every piece."""

    identifier: str
    first: str
    every: str


def paragraphs(article: Article, statements: Sequence[Statement], said: Sequence[Said]) -> Iterator[str]:
    """The article's paragraphs as elements; ``said`` has an entry for each statement."""
    blocks, pieces = cut(article, statements)
    totals = Counter(piece.statement for piece in pieces)
    opened: Counter[int] = Counter()
    position = 0
    for block in blocks:
        parts = ["<p>"]
        ends: list[int] = []
        at = block.start
        while position < len(pieces) and (pieces[position].start < block.end or block is blocks[-1]):
            piece = pieces[position]
            position += 1
            while ends and ends[-1] <= piece.start:
                parts += [xml_text(article.text[at : ends[-1]]), "</said>"]
                at = ends.pop()
            parts.append(xml_text(article.text[at : piece.start]))
            at = piece.start
            opened[piece.statement] += 1
            parts.append(_tag(said[piece.statement], piece, opened[piece.statement], totals[piece.statement]))
            ends.append(piece.end)
        while ends:
            parts += [xml_text(article.text[at : ends[-1]]), "</said>"]
            at = ends.pop()
        parts += [xml_text(article.text[at : block.end]), "</p>"]
        yield "".join(parts)


def _tag(said: Said, piece: Piece, number: int, total: int) -> str:
    """The start tag of the ``number``-th of ``total`` pieces."""
    parts = [f'<said xml:id="{_name(said, number)}"', *([said.first] if number == 1 else []), said.every]
    parts.append(f'direct="{str(piece.direct).lower()}"')
    if number > 1:
        parts.append(f'prev="#{_name(said, number - 1)}"')
    if number < total:
        parts.append(f'next="#{_name(said, number + 1)}"')
    return " ".join(parts) + ">"


def _name(said: Said, number: int) -> str:
    return said.identifier if number == 1 else f"{said.identifier}.{number}"


def cut(article: Article, statements: Sequence[Statement]) -> tuple[list[Span], list[Piece]]:
    """The blocks of a text, which follow upon each other, and the pieces of the statements; none crosses another one.

    Pieces come in the order of their start tags. Every statement has one at least.
    """
    segmentation = segment(article.text)
    states = quotation_states(article.text, segmentation.quotations)
    edges = [0, *(paragraph.span.start for paragraph in segmentation.paragraphs[1:]), len(article.text)]
    blocks = [Span(*pair) for pair in pairwise(edges)]
    pieces = [
        Piece(part.start, part.end, number, direct)
        for number, statement in enumerate(statements)
        for span in statement.content
        for part, direct in _parts(article.text, statement, span, blocks, states)
    ]
    return blocks, _nested(pieces)


def _parts(
    text: str, statement: Statement, span: Span, blocks: list[Span], states: bytearray
) -> Iterator[tuple[Span, bool]]:
    if span.start == span.end:
        yield span, statement.form != "indirect"
        return
    first = bisect_right(blocks, span.start, key=attrgetter("start")) - 1
    for block in islice(blocks, max(first, 0), None):
        if block.start >= span.end:
            return
        start, end = max(span.start, block.start), min(span.end, block.end)
        if statement.form != "mixed":
            yield Span(start, end), statement.form == "direct"
            continue
        at = start
        runs = [(bool(state), len(list(run))) for state, run in groupby(states[start:end], bool)]
        for direct, length in runs:
            yield Span(at, at + length), direct
            at += length


def _nested(pieces: list[Piece]) -> list[Piece]:
    """``pieces``, cut where one begins inside another and ends after it."""
    waiting = [(piece.start, -piece.end, piece.statement, piece.direct) for piece in pieces]
    heapq.heapify(waiting)
    found: list[Piece] = []
    ends: list[int] = []
    while waiting:
        start, minus_end, statement, direct = heapq.heappop(waiting)
        end = -minus_end
        while ends and ends[-1] <= start:
            ends.pop()
        if ends and end > ends[-1]:
            heapq.heappush(waiting, (ends[-1], minus_end, statement, direct))
            end = ends[-1]
        found.append(Piece(start, end, statement, direct))
        ends.append(end)
    return found
