"""PolNeAR 1.0: 1,028 US political news articles with attributions (Newell, Margolin and Ruths, LREC 2018).

Brat standoff: ``text/NAME.txt`` beside ``attributions/NAME_ANNOTATOR.ann``; some articles were annotated by
several people. The text itself stays where it is; nothing of it belongs in this repository.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from onrecord.document import Article, Meta, Span, Spans, Statement
from onrecord.errors import InputError
from onrecord.text.quotations import quotation_states
from onrecord.text.segmentation import Segmentation, segment, trim
from onrecord.text.statements import build_mention, build_statement

_ROLES = {"Source": "source", "Cue": "cue", "Content": "content", "Content2": "content"}


@dataclass(frozen=True, slots=True)
class AnnotatedArticle:
    """An article and what each of its annotators found: statements in order of their first content span."""

    article: Article
    annotations: dict[str, tuple[Statement, ...]]


def read_polnear(directory: Path) -> Iterator[AnnotatedArticle]:
    """The articles of one split (a folder with ``text`` and ``attributions``), sorted by name.

    Raises:
        InputError: the folder is not laid out like a PolNeAR split.
    """
    texts, labels = directory / "text", directory / "attributions"
    if not texts.is_dir() or not labels.is_dir():
        raise InputError(f"{directory}: not a PolNeAR split; expected the folders `text` and `attributions` in it")
    for path in sorted(texts.glob("*.txt")):
        article = Article(path.name, path.read_bytes().decode("utf-8"), Meta(language="en", encoding="utf-8"))
        segmentation = segment(article.text)
        states = quotation_states(article.text, segmentation.quotations)
        annotations = {
            label.stem.rsplit("_", 1)[1]: tuple(_statements(article, segmentation, states, label))
            for label in sorted(labels.glob(f"{path.stem}_????.ann"))
        }
        yield AnnotatedArticle(article, annotations)


def set_aside(name: str) -> bool:
    """Whether the article of this file name belongs to the tenth of the training split that training leaves out."""
    return hashlib.sha256(name.encode()).digest()[0] % 10 == 0


def _statements(article: Article, segmentation: Segmentation, states: bytearray, path: Path) -> list[Statement]:
    spans: dict[str, Spans] = {}
    found: list[Statement] = []
    # Two passes, because an event may come before its spans; only \n breaks lines in brat files.
    lines = path.read_text(encoding="utf-8").split("\n")
    for line in sorted(lines, key=lambda line: line.startswith("E")):
        fields = line.split("\t")
        if line.startswith("T") and len(fields) >= 2:
            offsets = fields[1].split(" ", 1)[1]
            pieces = (piece.split() for piece in offsets.split(";"))
            spans[fields[0]] = tuple(
                trimmed
                for start, end in pieces
                if (trimmed := trim(article.text, Span(int(start), int(end)))).end > trimmed.start
            )
        elif line.startswith("E"):
            parts: dict[str, Spans] = {"source": (), "cue": (), "content": ()}
            for argument in fields[1].split():
                role, key = argument.split(":")
                if role in _ROLES:
                    parts[_ROLES[role]] += spans[key]
            if parts["content"]:
                found.append(_statement(article, segmentation, states, parts))
    found.sort(key=lambda statement: statement.content)
    return found


def _statement(article: Article, segmentation: Segmentation, states: bytearray, parts: dict[str, Spans]) -> Statement:
    content, cue, source = (tuple(sorted(parts[part])) for part in ("content", "cue", "source"))
    return build_statement(
        article,
        segmentation,
        content,
        identifier=f"{article.doc}#{content[0].start}",
        states=states,
        cue=build_mention(article, cue),
        source=build_mention(article, source),
    )
