"""Statements as JSON lines: schema ``onrecord/1``, writing, and reading back with checks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from onrecord.document import Mention, Meta, Span, Spans, Speaker, Stance, Statement
from onrecord.errors import InputError, RecordError

SCHEMA = "onrecord/1"

_STANCE_ORDER = ("support", "oppose", "neutral")


def _object(properties: dict[str, Any], nullable: bool = False) -> dict[str, Any]:
    """An object schema whose properties are all required; unknown ones are allowed, for the schema grows."""
    kind: Any = ["object", "null"] if nullable else "object"
    return {"type": kind, "properties": properties, "required": list(properties)}


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
            "kind": {"enum": ["person", "organization", "group", "document", "unknown"]},
            "role": maybe_text,
            "description": maybe_text,
            "aliases": {"type": "array", "items": text},
        }
    )
    stance = _object(
        {
            "target": text,
            "label": {"enum": [*_STANCE_ORDER, "unclear"]},
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
            "form": {"enum": ["direct", "indirect", "mixed"]},
            "context": span,
            "cue": mention,
            "source": mention,
            "speakers": {"type": "array", "items": speaker},
            "via": mention,
            "stance": {"type": "array", "items": stance},
            "confidence": probability,
            "cluster": maybe_text,
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


def _spans(values: Any) -> Spans:
    return tuple(Span(int(start), int(end)) for start, end in values)


def _mention(value: dict[str, Any] | None) -> Mention | None:
    return Mention(value["text"], _spans(value["spans"])) if value else None


def _stance(value: dict[str, Any]) -> Stance:
    scores = value["scores"]
    triple = (scores["support"], scores["oppose"], scores["neutral"]) if scores else None
    return Stance(value["target"], value["label"], value["score"], triple)


def from_record(record: dict[str, Any]) -> Statement:
    """The statement behind the plain values of a line; KeyError, TypeError or ValueError where it breaks the schema."""
    if record["schema"] != SCHEMA:
        raise ValueError(f"schema is {record['schema']!r}, not {SCHEMA!r}")
    known = {name: record["meta"].get(name) for name in Meta.__dataclass_fields__}
    return Statement(
        doc=record["doc"],
        id=record["id"],
        text=record["text"],
        content=_spans(record["content"]),
        form=record["form"],
        context=Span(*record["context"]),
        cue=_mention(record["cue"]),
        source=_mention(record["source"]),
        speakers=tuple(
            Speaker(
                name=speaker["name"],
                id=speaker["id"],
                kind=speaker["kind"],
                role=speaker["role"],
                description=speaker["description"],
                aliases=tuple(speaker["aliases"]),
            )
            for speaker in record["speakers"]
        ),
        via=_mention(record["via"]),
        stance=tuple(_stance(value) for value in record["stance"]),
        confidence=record["confidence"],
        cluster=record["cluster"],
        meta=Meta(**known),
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
                except (KeyError, TypeError, ValueError) as error:
                    fault = f"no field {error}" if isinstance(error, KeyError) else str(error)
                    raise RecordError(
                        f"{path}, line {number}: not a statement of schema {SCHEMA} ({fault}); "
                        "`onrecord schema` prints what a line must look like"
                    ) from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not a JSON lines file in UTF-8 ({error})") from error
