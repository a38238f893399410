"""From text to what the encoder reads: windows of whole paragraphs, cut between sentences where one is too long.

Paragraphs inside a window are separated by the separator token, which has an empty span.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

from onrecord.document import Span
from onrecord.text.quotations import quotation_states
from onrecord.text.segmentation import Paragraph, Segmentation
from onrecord_models.windows import TokenFeatures

if TYPE_CHECKING:
    from onrecord_models.transformer.tokenizer import FastTokenizer


_STRETCH: Final = 20_000
"""Characters that are tokenized at once, or a few more."""

_SPACE: Final = re.compile(r"[ \n\t]")


@dataclass(frozen=True, slots=True)
class Window(TokenFeatures):
    """Tokens that go through the encoder at once, and the span of each in the article's text."""

    spans: list[Span]


@dataclass(frozen=True, slots=True)
class _Piece:
    """Tokens of one paragraph, or of some sentences of a long one."""

    paragraph: int
    input_ids: list[int]
    spans: list[Span]


def build_windows(
    text: str, segmentation: Segmentation, skip: frozenset[int], tokenizer: FastTokenizer, size: int
) -> list[Window]:
    """Windows of at most ``size`` tokens, special ones included, over the paragraphs whose index is not in ``skip``."""
    states = quotation_states(text, segmentation.quotations)
    windows: list[Window] = []
    pending: list[_Piece] = []
    length = 1
    for piece in _pieces(text, segmentation.paragraphs, skip, tokenizer, size - 2):
        if pending and length + len(piece.input_ids) + 1 > size:
            windows.append(_window(text, states, pending, tokenizer))
            pending, length = [], 1
        pending.append(piece)
        length += len(piece.input_ids) + 1
    if pending:
        windows.append(_window(text, states, pending, tokenizer))
    return windows


def _pieces(
    text: str,
    paragraphs: tuple[Paragraph, ...],
    skip: frozenset[int],
    tokenizer: FastTokenizer,
    room: int,
) -> Iterator[_Piece]:
    kept = [index for index in range(len(paragraphs)) if index not in skip]
    if not kept:
        return
    stretches = [(index, stretch) for index in kept for stretch in _stretches(text, paragraphs[index].span)]
    encoded = tokenizer(
        [text[slice(*stretch)] for _, stretch in stretches],
        add_special_tokens=False,
        return_offsets_mapping=True,
        return_attention_mask=False,
        verbose=False,
    )
    found = zip(stretches, encoded["input_ids"], encoded["offset_mapping"], strict=True)
    for index, group in groupby(found, key=lambda each: each[0][0]):
        ids: list[int] = []
        spans: list[Span] = []
        for (_, stretch), own, offsets in group:
            ids += own
            spans += [Span(start + stretch.start, end + stretch.start) for start, end in offsets]
        begin = 0
        for end in _cuts(spans, paragraphs[index].sentences, room):
            yield _Piece(index, ids[begin:end], spans[begin:end])
            begin = end


def _stretches(text: str, paragraph: Span) -> Iterator[Span]:
    """What is tokenized at once: a paragraph, or of a very long one parts that begin with white space.

    Twice the text takes a tokenizer two and a half times as long. Words are tokenized each by itself, so that it does
    not matter what comes before.
    """
    start = paragraph.start
    while space := _SPACE.search(text, min(start + _STRETCH, paragraph.end), paragraph.end):
        yield Span(start, space.start())
        start = space.start()
    yield Span(start, paragraph.end)


def _cuts(spans: list[Span], sentences: tuple[Span, ...], room: int) -> Iterator[int]:
    """Where to cut a paragraph's tokens into runs of at most ``room``: after a sentence wherever possible."""
    begin = 0
    starts = {sentence.start for sentence in sentences}
    while len(spans) - begin > room:
        inside = range(begin + 1, begin + room + 1)
        cut = next(
            (i for i in reversed(inside) if any(s in starts for s in range(spans[i - 1].end, spans[i].start + 1))),
            inside[-1],
        )
        yield cut
        begin = cut
    if begin < len(spans):
        yield len(spans)


def _window(text: str, states: bytearray, pieces: list[_Piece], tokenizer: FastTokenizer) -> Window:
    first = pieces[0].spans[0].start
    window = Window([tokenizer.cls_token_id], [0], [0], [pieces[0].paragraph], [Span(first, first)])
    for piece in pieces:
        end = piece.spans[-1].end
        window.input_ids.extend([*piece.input_ids, tokenizer.sep_token_id])
        window.spans.extend([*piece.spans, Span(end, end)])
        window.cases.extend([*(_case(text[start:stop]) for start, stop in piece.spans), 0])
        window.quotations.extend([*(states[start] for start, _ in piece.spans), 0])
        window.paragraphs.extend([piece.paragraph] * (len(piece.spans) + 1))
    return window


def _case(token: str) -> int:
    letters = [character for character in token if character.isalpha()]
    if not letters:
        return 0
    uppers = sum(character.isupper() for character in letters)
    if uppers == 0:
        return 1
    if uppers == len(letters):
        return 3 if len(letters) > 1 else 2
    return 2 if uppers == 1 and letters[0].isupper() else 4
