"""Statements made from words: tests say which words are the content, not where they stand."""

from __future__ import annotations

from typing import Any

from onrecord.document import Mention, Span, Spans, Speaker, Stance, Statement


def find(text: str, *pieces: str) -> Spans:
    """The span of each piece's first occurrence after the piece before it."""
    spans: list[Span] = []
    position = 0
    for piece in pieces:
        start = text.index(piece, position)
        position = start + len(piece)
        spans.append(Span(start, position))
    return tuple(spans)


def _mention(text: str, words: str | None) -> Mention | None:
    return None if words is None else Mention(words, find(text, words))


def make_statement(text: str, *pieces: str, **given: Any) -> Statement:
    """A statement of ``pieces`` in ``text``; may give source, cue, speakers, stance, form, confidence, doc."""
    content = find(text, *pieces)
    speakers = given.get("speakers", ())
    label = given.get("stance")
    doc = given.get("doc", "a.txt")
    return Statement(
        doc=doc,
        id=f"{doc}#{content[0].start}",
        text=" … ".join(pieces),
        content=content,
        form=given.get("form", "direct"),
        context=Span(0, len(text)),
        cue=_mention(text, given.get("cue")),
        source=_mention(text, given.get("source")),
        speakers=tuple(Speaker(name) if isinstance(name, str) else name for name in speakers),
        stance=(Stance("the bridge", label),) if label else (),
        confidence=given.get("confidence"),
    )
