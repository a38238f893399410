"""What the tests make: statements, given as words rather than offsets, and files in the formats of the corpora."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from onrecord.document import Mention, Span, Spans, Speaker, Stance, Statement

GAP_HEADER = "ID\tText\tPronoun\tPronoun-offset\tA\tA-offset\tA-coref\tB\tB-offset\tB-coref\tURL"
POLNEAR_TEXT = (
    "Ferry fares rise\n\nAda Lund says the toll is fair.\n\n***\n\n“It is not,” said Bo Berg.\n\n“It never was.”\n"
)


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


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def conllu(*words: tuple[str, str, str, int, str]) -> str:
    """Lines of id, form, part of speech, head and MISC."""
    return "\n".join(
        f"{number}\t{form}\t_\t{upos}\t_\t_\t{head}\t_\t_\t{misc}" for number, form, upos, head, misc in words
    )
