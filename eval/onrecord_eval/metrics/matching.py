"""Which predicted statement stands for which one of the gold: by the characters of their contents.

Spans are compared after their edges are trimmed of white space, quotation marks and ``, . ; :``, so that
whether a closing mark belongs to a quotation decides nothing.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Final, NamedTuple

from onrecord.document import Span, Spans, Statement

QUOTATION_MARKS: Final = "\"'`´‘’‚‛“”„‟«»‹›′″＂＇「」『』"
EDGE_MARKS: Final = frozenset(QUOTATION_MARKS + ",.;:")
"""Trimmed from the edges of a span before it is compared, as white space is."""

MINIMUM_OVERLAP: Final = 0.5
"""Least intersection over union of two contents that count as the same statement."""


class Pair(NamedTuple):
    """A gold statement and the prediction matched to it, as indices, and their intersection over union."""

    gold: int
    predicted: int
    overlap: float


def normalise_span(text: str, span: Span) -> Span:
    """``span`` with its edges trimmed; a span of nothing but edge characters stays as it is."""
    start, end = span
    while end > start and _is_edge(text[end - 1]):
        end -= 1
    while start < end and _is_edge(text[start]):
        start += 1
    return Span(start, end) if end > start else span


def normalise_spans(text: str, spans: Spans) -> Spans:
    """Every piece trimmed, in order of position, repeated pieces once."""
    return tuple(sorted({normalise_span(text, span) for span in spans}))


def _is_edge(character: str) -> bool:
    return character.isspace() or character in EDGE_MARKS


def characters(spans: Iterable[Span]) -> frozenset[int]:
    """The positions that ``spans`` cover."""
    return frozenset(position for start, end in spans for position in range(start, end))


def intersection_over_union(left: frozenset[int], right: frozenset[int]) -> float:
    """Shared positions as a part of all positions; 0 where both sets are empty."""
    shared = len(left & right)
    return shared / (len(left) + len(right) - shared) if shared else 0.0


def overlapping(text: str, left: Spans, right: Spans) -> bool:
    """Whether two mentions share a character that is not at an edge."""
    return not characters(normalise_spans(text, left)).isdisjoint(characters(normalise_spans(text, right)))


def match_by_overlap(
    gold: Sequence[frozenset[int]], predicted: Sequence[frozenset[int]], minimum: float = MINIMUM_OVERLAP
) -> list[Pair]:
    """One-to-one pairs, the best intersection over union first; ties go by gold order, then by prediction order.

    Returns the pairs in gold order. None overlaps by less than ``minimum``.
    """
    candidates = [
        Pair(gold_index, predicted_index, overlap)
        for gold_index, gold_characters in enumerate(gold)
        for predicted_index, predicted_characters in enumerate(predicted)
        if (overlap := intersection_over_union(gold_characters, predicted_characters)) >= minimum and overlap > 0
    ]
    candidates.sort(key=lambda pair: (-pair.overlap, pair.gold, pair.predicted))
    taken_gold: set[int] = set()
    taken_predicted: set[int] = set()
    pairs = []
    for pair in candidates:
        if pair.gold not in taken_gold and pair.predicted not in taken_predicted:
            taken_gold.add(pair.gold)
            taken_predicted.add(pair.predicted)
            pairs.append(pair)
    return sorted(pairs)


def match_equal(gold: Sequence[Hashable], predicted: Sequence[Hashable]) -> list[Pair]:
    """One-to-one pairs of equal values, each gold value with the first prediction that is still free."""
    free: dict[Hashable, list[int]] = {}
    for index, value in reversed(list(enumerate(predicted))):
        free.setdefault(value, []).append(index)
    return [Pair(index, free[value].pop(), 1.0) for index, value in enumerate(gold) if free.get(value)]


def content_pieces(text: str, statements: Sequence[Statement]) -> list[Spans]:
    """The trimmed pieces of each statement's content."""
    return [normalise_spans(text, statement.content) for statement in statements]


def text_of_statements(statements: Iterable[Statement]) -> str:
    """As much of an article's text as its statements repeat, each character in its place.

    It serves to trim spans where the article itself is not at hand; positions that no statement covers hold
    a NUL. A mention whose text does not have the length of its spans is left out.
    """
    known: dict[int, str] = {}
    for statement in statements:
        parts = [(statement.text, statement.content)]
        parts += [(mention.text, mention.spans) for mention in (statement.cue, statement.source) if mention]
        for text, spans in parts:
            separator = (len(text) - sum(end - start for start, end in spans)) // max(1, len(spans) - 1)
            position = 0
            for start, end in spans:
                known.update(zip(range(start, end), text[position : position + end - start], strict=False))
                position += end - start + separator
    return "".join(known.get(position, "\0") for position in range(max(known, default=-1) + 1))
