"""The words of a statement in the sentences around them: "that" or "Not so fast" alone say nothing."""

from __future__ import annotations

from typing import Final, NamedTuple

from onrecord.document import Statement

_MOST: Final = 300
"""Code points shown before, between or after the words, at most."""


class Words(NamedTuple):
    """Words of an article; ``said`` if they belong to the statement."""

    text: str
    said: bool


def in_sentence(text: str, statement: Statement) -> list[Words]:
    """The words of the statement's context in the article's ``text``, in order; long ones around it are cut.

    >>> from onrecord.document import Span
    >>> in_sentence("Lund said no.", Statement("a", "a#1", "no", (Span(10, 12),), "indirect", Span(0, 13)))
    [Words(text='Lund said ', said=False), Words(text='no', said=True), Words(text='.', said=False)]
    """
    content = sorted(statement.content)
    start, end = min(statement.context.start, content[0].start), max(statement.context.end, content[-1].end)
    shown = []
    at = start
    for span in content:
        if span.start > at:
            shown.append(Words(_cut(text[at : span.start], first=at == start, last=False), False))
        if span.end > max(at, span.start):
            shown.append(Words(text[max(at, span.start) : span.end], True))
        at = max(at, span.end)
    if end > at:
        shown.append(Words(_cut(text[at:end], first=False, last=True), False))
    return [words for words in shown if words.text]


def _cut(words: str, *, first: bool, last: bool) -> str:
    if len(words) <= _MOST:
        return words
    if first:
        return f"… {words[-_MOST:].partition(' ')[2]}"
    if last:
        return f"{words[:_MOST].rpartition(' ')[0]} …"
    return f"{words[: _MOST // 2].rpartition(' ')[0]} … {words[-_MOST // 2 :].partition(' ')[2]}"
