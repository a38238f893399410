"""W3C Web Annotation (JSON-LD): an annotation for each statement, whose selectors find its words in the article.

The target of an annotation is a piece of the content, or several. Each has a TextQuoteSelector, with enough of the text
around it to be the only such place, and a TextPositionSelector, which counts code points in the article's text as the
model says. The bodies are the speakers, and what the statement is: its form, its act, its stances.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from onrecord.document import Article, Kind, Span, Speaker, Statement
from onrecord.export.articles import each_article
from onrecord.export.linked_data import article_address, given, speaker_address, statement_address, write_list
from onrecord.files.atomic import replacing

_CONTEXT: Final = ["http://www.w3.org/ns/anno.jsonld", {"onrecord": "urn:x-onrecord:term:"}]
_AROUND: Final = 32
"""Characters before and after a piece that are quoted with it, if they make it the only such place."""
_MOST_AROUND: Final = 256
_TYPES: Final[dict[Kind, str]] = {
    "person": "Person",
    "organization": "Organization",
    "group": "foaf:Group",
    "document": "foaf:Document",
    "unknown": "foaf:Agent",
}


def write_web_annotations(statements: Path, path: Path, articles: Path | None = None) -> int:
    """Writes an AnnotationCollection of one page, and returns the number of annotations.

    Raises:
        InputError, RecordError: as `each_article` raises them.
        OSError: the file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as stream:
        head = {"@context": _CONTEXT, "id": "urn:x-onrecord:annotations", "type": "AnnotationCollection"}
        page = {"id": "urn:x-onrecord:annotations:1", "type": "AnnotationPage", "startIndex": 0}
        stream.write(f'{json.dumps(head)[:-1]}, "first": {json.dumps(page)[:-1]}, "items": ')
        count = write_list(stream, _annotations(statements, articles))
        stream.write(f'}}, "total": {count}}}\n')
    return count


def _annotations(statements: Path, articles: Path | None) -> Iterator[dict[str, Any]]:
    for labelled in each_article(statements, articles, texts_needed=True):
        for statement in labelled.statements:
            yield annotation(statement, labelled.article)


def annotation(statement: Statement, article: Article) -> dict[str, Any]:
    """The annotation of a statement, without a context of its own."""
    targets = [_target(article, span) for span in statement.content]
    return given(
        {
            "id": statement_address(statement.id),
            "type": "Annotation",
            "motivation": "describing",
            "generator": {"id": "urn:x-onrecord:software", "type": "Software", "name": "onrecord"},
            "onrecord:statement": statement.id,
            "onrecord:confidence": statement.confidence,
            "body": [*map(_speaker, statement.speakers), *_classes(statement)],
            "target": targets[0] if len(targets) == 1 else targets,
        }
    )


def _target(article: Article, span: Span) -> dict[str, Any]:
    before, after = _surroundings(article.text, span)
    quoted = {"exact": article.text[span.start : span.end], "prefix": before, "suffix": after}
    return {
        "type": "SpecificResource",
        "source": {
            "id": article_address(article.doc, article.meta),
            "type": "Text",
            "language": article.meta.language or "en",
            "onrecord:doc": article.doc,
        },
        "selector": [
            {"type": "TextQuoteSelector", **quoted},
            {"type": "TextPositionSelector", "start": span.start, "end": span.end},
        ],
    }


def _surroundings(text: str, span: Span) -> tuple[str, str]:
    """The text before and after a span, as much as makes it the only such place, within a limit."""
    around = _AROUND
    while True:
        start, end = max(0, span.start - around), min(len(text), span.end + around)
        whole = text[start:end]
        first = text.find(whole)
        if around >= _MOST_AROUND or (first == start and text.find(whole, first + 1) < 0):
            return text[start : span.start], text[span.end : end]
        around *= 2


def _speaker(speaker: Speaker) -> dict[str, Any]:
    return given(
        {
            "id": speaker_address(speaker),
            "type": _TYPES[speaker.kind],
            "name": speaker.name,
            "onrecord:part": "speaker",
            "onrecord:role": speaker.role,
            "onrecord:description": speaker.description,
            "onrecord:score": speaker.score,
        }
    )


def _classes(statement: Statement) -> Iterator[dict[str, Any]]:
    yield _class("form", statement.form)
    if statement.act is not None:
        yield _class("act", statement.act, score=statement.act_score)
    for part in ("cue", "source", "via"):
        mention = getattr(statement, part)
        if mention is not None:
            yield _class(part, mention.text, purpose="describing")
    for stance in statement.stance:
        yield _class("stance", stance.label, target=stance.target, score=stance.score, about=stance.about)


def _class(part: str, value: str, purpose: str = "classifying", **facts: object) -> dict[str, Any]:
    return {
        "type": "TextualBody",
        "purpose": purpose,
        "format": "text/plain",
        "value": value,
        "onrecord:part": part,
        **given({f"onrecord:{name}": fact for name, fact in facts.items()}),
    }
