"""CoNLL columns for token classification: one token per line, with a BIO tag for each part of statements.

The columns token, cue, source, via and content are separated by a space, sentences by an empty line, and each article
starts with a ``-DOCSTART-`` line. Each piece of a discontinuous span starts with B, and so does a span that continues
in another sentence. If two spans of one part share tokens, the earlier span keeps them.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from onrecord.document import Span
from onrecord.export.labels import LabelledArticle, labels_of
from onrecord.files.atomic import replacing
from onrecord.text.segmentation import segment

COLUMNS: Final = ("cue", "source", "via", "content")
_INNER: Final = frozenset("'’-‑")
_JOINED: Final = frozenset("\u200d\ufe0f\ufe0e")
"""The zero-width joiner and the variation selectors, which make one sign out of several characters."""


@dataclass(frozen=True, slots=True)
class ConllCounts:
    """How many statements were written, and how many of them lost tokens to an earlier one."""

    statements: int
    cut: int


def write_conll(articles: Sequence[LabelledArticle], path: Path) -> ConllCounts:
    """Writes the articles to one file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    cut = 0
    with replacing(path) as stream:
        for labelled in articles:
            stream.write(" ".join(["-DOCSTART-", *("O" for _ in COLUMNS)]) + "\n\n")
            text = labelled.article.text
            tags, overlapping = _tags(labelled)
            cut += overlapping
            for paragraph in segment(text).paragraphs:
                for sentence in paragraph.sentences:
                    lines = [
                        " ".join([text[start:end], *(tags[part].get(start, "O") for part in COLUMNS)])
                        for start, end in tokens(text, sentence)
                    ]
                    if lines:
                        stream.write("\n".join(lines) + "\n\n")
    return ConllCounts(sum(len(labelled.statements) for labelled in articles), cut)


def tokens(text: str, within: Span) -> Iterator[Span]:
    """Words, with their inner apostrophes and hyphens, and every other sign by itself, without white space."""
    position, end = within
    while position < end:
        start = position
        position += 1
        if text[start].isspace():
            continue
        word = _is_word(text[start])
        while position < end:
            character = text[position]
            goes_on = unicodedata.category(character).startswith("M") or character in _JOINED
            if word:
                inner = character in _INNER and position + 1 < end and _is_word(text[position + 1])
                goes_on = goes_on or inner or _is_word(character)
            goes_on = goes_on or (text[position - 1] == "\u200d" and not character.isspace())
            if not goes_on:
                break
            position += 1
        yield Span(start, position)


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _tags(labelled: LabelledArticle) -> tuple[dict[str, dict[int, str]], int]:
    """The tags by part and the start of the token, without O, and how many statements lost tokens."""
    text = labelled.article.text
    sentences = [list(tokens(text, s)) for paragraph in segment(text).paragraphs for s in paragraph.sentences]
    found = [token for sentence in sentences for token in sentence]
    begins = {sentence[0].start for sentence in sentences if sentence}
    tags: dict[str, dict[int, str]] = {part: {} for part in COLUMNS}
    placed: dict[str, set[tuple[Span, ...]]] = {part: set() for part in COLUMNS}
    cut = 0
    for statement in sorted(labelled.statements, key=lambda statement: statement.content):
        labels = labels_of(statement)
        lost = False
        for part, spans in {**labels.mentions, "content": labels.content}.items():
            if part != "content" and spans in placed[part]:
                continue  # a mention that two statements share
            placed[part].add(spans)
            for span in spans:
                first = True
                for token in _overlapping(found, span):
                    if token.start in tags[part]:
                        lost = True
                        first = True
                        continue
                    tags[part][token.start] = f"{'B' if first or token.start in begins else 'I'}-{part.upper()}"
                    first = False
        cut += lost
    return tags, cut


def _overlapping(found: list[Span], span: Span) -> Iterator[Span]:
    index = bisect_right(found, span.start, key=lambda token: token.end)
    while index < len(found) and found[index].start < span.end:
        yield found[index]
        index += 1
