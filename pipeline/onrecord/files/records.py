"""Statements as JSON lines: schema ``onrecord/1``, writing, and reading back with checks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

from onrecord.document import (
    Article,
    Form,
    Kind,
    Mention,
    Meta,
    Span,
    Spans,
    Speaker,
    Stance,
    StanceLabel,
    Statement,
)
from onrecord.errors import InputError, RecordError
from onrecord.files.article_texts import find_text
from onrecord_models.labels import SPAN_SEPARATOR

SCHEMA = "onrecord/1"

_STANCE_ORDER = ("support", "oppose", "neutral")


_HALF = re.compile("[\ud800-\udfff]")

_OPTIONAL = frozenset(["attribution_conflict", "duplicate_of"])
"""Fields that lines of an earlier version do not have."""


def _object(properties: dict[str, Any], nullable: bool = False) -> dict[str, Any]:
    """An object schema whose properties are required but for new ones; unknown ones are allowed: the schema grows."""
    kind: Any = ["object", "null"] if nullable else "object"
    return {"type": kind, "properties": properties, "required": [one for one in properties if one not in _OPTIONAL]}


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of one output line."""
    text = {"type": "string"}
    maybe_text = {"type": ["string", "null"]}
    probability = {"type": ["number", "null"], "minimum": 0, "maximum": 1}
    offset = {"type": "integer", "minimum": 0}
    span = {"type": "array", "prefixItems": [offset, offset], "items": False, "minItems": 2}
    spans = {"type": "array", "items": span, "minItems": 1}
    mention = _object({"text": text, "spans": spans}, nullable=True)
    speaker = _object(
        {
            "name": maybe_text,
            "id": maybe_text,
            "kind": {"enum": list(get_args(Kind))},
            "role": maybe_text,
            "description": maybe_text,
            "aliases": {"type": "array", "items": text},
        }
    )
    stance = _object(
        {
            "target": text,
            "label": {"enum": list(get_args(StanceLabel))},
            "score": probability,
            "scores": _object({label: {"type": "number"} for label in _STANCE_ORDER}, nullable=True),
        }
    )
    line = _object(
        {
            "schema": {"const": SCHEMA},
            "doc": text,
            "id": text,
            "text": text,
            "content": spans,
            "form": {"enum": list(get_args(Form))},
            "context": span,
            "cue": mention,
            "source": mention,
            "speakers": {"type": "array", "items": speaker},
            "via": mention,
            "stance": {"type": "array", "items": stance},
            "confidence": probability,
            "cluster": maybe_text,
            "attribution_conflict": {"type": "boolean"},
            "meta": _object(dict.fromkeys(Meta.__dataclass_fields__, maybe_text)),
        }
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "One statement of a news article",
        "description": "Offsets are half-open and count Unicode code points in the article's decoded text.",
        **line,
    }


def to_record(statement: Statement) -> dict[str, Any]:
    """The statement as the plain values of one JSON line."""
    record = {"schema": SCHEMA, **asdict(statement)}
    record["stance"] = [
        {**asdict(stance), "scores": stance.scores and dict(zip(_STANCE_ORDER, stance.scores, strict=True))}
        for stance in statement.stance
    ]
    return record


def to_line(statement: Statement) -> str:
    """One JSON line, without the line break."""
    return json.dumps(to_record(statement), ensure_ascii=False)


def _is(value: Any, kind: type | tuple[type, ...], what: str) -> Any:
    """``value`` if it is of that kind; booleans are no numbers here."""
    if not isinstance(value, kind) or isinstance(value, bool):
        raise TypeError(f"{what} is {json.dumps(value)[:40]}")
    return value


def _text(value: Any, what: str) -> str:
    text = str(_is(value, str, what))
    if not text.isascii() and _HALF.search(text):
        raise ValueError(f"{what} has half a surrogate pair")
    return text


def _maybe_text(value: Any, what: str) -> str | None:
    return None if value is None else _text(value, what)


def _flag(value: Any, what: str) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{what} is {json.dumps(value)[:40]}")
    return value


def _number(value: Any, what: str) -> float | None:
    return None if value is None else float(_is(value, (int, float), what))


def _one_of(value: Any, allowed: tuple[str, ...], what: str) -> Any:
    if value not in allowed:
        raise ValueError(f"{what} is {json.dumps(value)[:40]}, not one of {', '.join(allowed)}")
    return value


def _span(value: Any, what: str) -> Span:
    start, end = _is(value, list, what)
    span = Span(_is(start, int, what), _is(end, int, what))
    if not 0 <= span.start <= span.end:
        raise ValueError(f"{what} is {list(span)}, which is no half-open range")
    return span


def _spans(values: Any, what: str, text: str) -> Spans:
    spans = tuple(_span(value, what) for value in _is(values, list, what))
    length = sum(end - start for start, end in spans) + len(SPAN_SEPARATOR) * (len(spans) - 1)
    if not spans or length != len(text):
        raise ValueError(f"{what}: the spans {[list(span) for span in spans]} are not as long as their text")
    return spans


def _mention(value: Any, what: str) -> Mention | None:
    if value is None:
        return None
    text = _text(value["text"], what)
    return Mention(text, _spans(value["spans"], what, text))


def _speaker(value: dict[str, Any]) -> Speaker:
    return Speaker(
        name=_maybe_text(value["name"], "a speaker's name"),
        id=_maybe_text(value["id"], "a speaker's id"),
        kind=_one_of(value["kind"], get_args(Kind), "a speaker's kind"),
        role=_maybe_text(value["role"], "a speaker's role"),
        description=_maybe_text(value["description"], "a speaker's description"),
        aliases=tuple(_text(alias, "an alias") for alias in _is(value["aliases"], list, "aliases")),
    )


def _stance(value: dict[str, Any]) -> Stance:
    triple = None
    if value["scores"] is not None:
        support, oppose, neutral = (_is(value["scores"][x], (int, float), "a score") for x in _STANCE_ORDER)
        triple = (float(support), float(oppose), float(neutral))
    return Stance(
        target=_text(value["target"], "a target"),
        label=_one_of(value["label"], get_args(StanceLabel), "a stance's label"),
        score=_number(value["score"], "a stance's score"),
        scores=triple,
    )


def from_record(record: dict[str, Any]) -> Statement:
    """The statement behind the plain values of a line.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: it breaks the schema.
    """
    if record["schema"] != SCHEMA:
        raise ValueError(f"schema is {record['schema']!r}, not {SCHEMA!r}")
    text = _text(record["text"], "text")
    meta = _is(record["meta"], dict, "meta")
    return Statement(
        doc=_text(record["doc"], "doc"),
        id=_text(record["id"], "id"),
        text=text,
        content=_spans(record["content"], "content", text),
        form=_one_of(record["form"], get_args(Form), "form"),
        context=_span(record["context"], "context"),
        cue=_mention(record["cue"], "cue"),
        source=_mention(record["source"], "source"),
        speakers=tuple(_speaker(value) for value in _is(record["speakers"], list, "speakers")),
        via=_mention(record["via"], "via"),
        stance=tuple(_stance(value) for value in _is(record["stance"], list, "stance")),
        confidence=_number(record["confidence"], "confidence"),
        cluster=_maybe_text(record["cluster"], "cluster"),
        attribution_conflict=_flag(record.get("attribution_conflict", False), "attribution_conflict"),
        meta=Meta(**{name: _maybe_text(meta.get(name), name) for name in Meta.__dataclass_fields__}),
    )


def read_statements(path: Path) -> Iterator[Statement]:
    """The statements of a JSON lines file.

    Raises:
        InputError: the file cannot be read.
        RecordError: a line is not a statement; the message names file and line.
    """
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                try:
                    yield from_record(json.loads(line))
                except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
                    fault = f"no field {error}" if isinstance(error, KeyError) else str(error)
                    raise RecordError(
                        f"{path}, line {number}: not a statement of schema {SCHEMA} ({fault}); "
                        "`onrecord schema` prints what a line must look like"
                    ) from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not a JSON lines file in UTF-8 ({error})") from error


def without_duplicates(statements: Iterable[Statement]) -> Iterator[Statement]:
    """Those of articles that are no copy of another."""
    return (statement for statement in statements if statement.meta.duplicate_of is None)


def read_texts(directory: Path, statements: Iterable[Statement]) -> dict[str, str]:
    """The text of every article that ``statements`` come from, by ``doc``, decoded as their ``meta`` says.

    Raises:
        InputError: an article is not there or cannot be decoded.
    """
    texts: dict[str, str] = {}
    for statement in statements:
        if statement.doc not in texts:
            texts[statement.doc] = read_text(directory, statement)
    return texts


def read_text(directory: Path, statement: Statement) -> str:
    """The text of the article that ``statement`` comes from: as it was saved, or decoded as its ``meta`` says.

    Raises:
        InputError: the article is not there or cannot be decoded.
    """
    try:
        return find_text(directory, statement.doc, statement.meta)
    except (OSError, ValueError, LookupError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(
            f"{directory / statement.doc}: cannot read the article of statement {statement.id} ({reason}); name the "
            "folder that `onrecord extract` was given, or the one that its --save-text wrote"
        ) from error


def check_text(statement: Statement, article: Article) -> None:
    """Raises a RecordError if the statement's texts are not what its spans hold in the article."""
    mentions = [mention for mention in (statement.cue, statement.source, statement.via) if mention]
    shown = [(statement.text, statement.content), *((mention.text, mention.spans) for mention in mentions)]
    if any(article.slice(spans) != text for text, spans in shown):
        raise RecordError(
            f"{statement.id}: its text is not what its spans hold in {article.doc}; "
            "the article is another version of the one that was read, or was decoded differently"
        )
