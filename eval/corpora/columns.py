"""Token⇥label files (Worldwide newswire, CoNLL-2003, CrossNER): one token a line, a blank line between sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from onrecord.document import Span
from onrecord.errors import InputError

_NO_SPACE_BEFORE = frozenset(
    [",", ".", ";", ":", "!", "?", ")", "]", "%", "'s", "’s", "n't", "'re", "'ve", "'ll", "”", "’"]
)
_NO_SPACE_AFTER = frozenset(["(", "[", "$", "£", "€", "“", "‘"])


@dataclass(frozen=True, slots=True)
class LabelledText:
    """Sentences joined to running text, with the spans of their names and the corpus's own class of each."""

    text: str
    names: tuple[tuple[Span, str], ...]


def read_sentences(path: Path) -> Iterator[list[tuple[str, str]]]:
    """The sentences as (token, label) pairs; labels as in the file (``O``, ``B-Person``, …).

    Raises:
        InputError: the file is missing, or a line does not have two columns.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    sentence: list[tuple[str, str]] = []
    for number, line in enumerate([*lines, ""], 1):
        columns = line.split()
        if not line.strip():
            if sentence:
                yield sentence
            sentence = []
        elif len(columns) >= 2:
            # Some lines of Worldwide have a correction in a third column ("US" is B-Money, then B-Location).
            sentence.append((columns[0], columns[-1]))
        else:
            raise InputError(f"{path}, line {number}: expected a token, a tab and a label, found {line[:40]!r}")


def join(sentences: list[list[tuple[str, str]]], separators: list[str]) -> LabelledText:
    """Running text of ``sentences``; ``separators`` stand between them (one fewer than sentences)."""
    pieces: list[str] = []
    names: list[tuple[Span, str]] = []
    length = 0
    for number, sentence in enumerate(sentences):
        straight_open = False
        glue = True
        for token, label in sentence:
            closes = token == '"' and straight_open
            if pieces and not glue and token not in _NO_SPACE_BEFORE and not closes:
                pieces.append(" ")
                length += 1
            if token == '"':
                straight_open = not straight_open
            glue = token in _NO_SPACE_AFTER or (token == '"' and straight_open)
            span = Span(length, length + len(token))
            pieces.append(token)
            length = span.end
            prefix, _, name = label.partition("-")
            if prefix in {"B", "S"} or (prefix in {"I", "E"} and not (names and names[-1][1] == name)):
                names.append((span, name))
            elif prefix in {"I", "E"}:
                names[-1] = (Span(names[-1][0].start, span.end), name)
        if number < len(separators):
            pieces.append(separators[number])
            length += len(separators[number])
    return LabelledText("".join(pieces), tuple(names))
