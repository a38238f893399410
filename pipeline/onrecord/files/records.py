"""Statements as JSON lines: the JSON Schema of a line, writing, and reading back with checks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from onrecord.document import Article, Statement, record_adapter
from onrecord.errors import InputError, RecordError
from onrecord.files.article_texts import ArticleTexts, texts_of

_STEERING: Final = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
"""What JSON need not escape and yet controls: DEL, C1, bidirectional controls, separators; and halves of characters."""


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of one output line."""
    from pydantic.json_schema import GenerateJsonSchema

    class Untitled(GenerateJsonSchema):
        """Without a title for each field that only repeats its name."""

        def field_title_should_be_set(self, schema: Any) -> bool:
            return False

    schema = record_adapter().json_schema(schema_generator=Untitled)
    for part in schema["$defs"].values():
        del part["description"]  # written for Python; docs/output.md describes the fields
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "One statement of a news article",
        "description": "Offsets are half-open and count Unicode code points in the article's decoded text.",
    }


def to_line(statement: Statement) -> str:
    """One JSON line, without the line break."""
    return harmless_json(statement.to_json())


def json_line(value: Any) -> str:
    """A value as one JSON line, without the line break; nothing in it can steer a terminal."""
    return harmless_json(json.dumps(value, ensure_ascii=False))


def harmless_json(line: str) -> str:
    r"""The same JSON with escapes for characters that control a terminal or change the direction of what follows.

    >>> print(harmless_json(json.dumps("a\N{RIGHT-TO-LEFT OVERRIDE}b", ensure_ascii=False)))
    "a\u202eb"
    """
    return _STEERING.sub(lambda match: f"\\u{ord(match[0]):04x}", line)


def read_statements(path: str | Path) -> Iterator[Statement]:
    """The statements of a JSON lines file as `onrecord extract` writes it, read one by one; empty lines are skipped.

    Raises:
        InputError: the file cannot be read.
        RecordError: a line is not a statement; the message names file and line.
    """
    if Path(path).is_dir():
        raise InputError(f"{path} is a folder; read it first: onrecord extract {path} -o statements.jsonl")
    try:
        with Path(path).open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                try:
                    statement = Statement.from_json(line)
                except RecordError as error:
                    raise RecordError(f"{path}, line {number}: {error}") from error
                yield statement
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not a JSON lines file in UTF-8 ({error}); save it as UTF-8") from error


def without_duplicates(statements: Iterable[Statement]) -> Iterator[Statement]:
    """The statements of articles that are not marked as near copies."""
    return (statement for statement in statements if statement.meta.duplicate_of is None)


def read_texts(articles: Path, statements: Iterable[Statement]) -> dict[str, str]:
    """The text of every article that ``statements`` come from, by ``doc``; ``articles`` as `ArticleTexts` takes them.

    Raises:
        InputError: an article is not there or cannot be decoded.
    """
    return dict(texts_of(ArticleTexts(None, articles), statements))


def read_text(articles: Path, statement: Statement) -> str:
    """The text of the article that ``statement`` comes from: as it was kept, saved, or decoded as its ``meta`` says.

    Raises:
        InputError: the article is not there or cannot be decoded.
    """
    return ArticleTexts(None, articles).get(statement)


def check_text(statement: Statement, article: Article) -> None:
    """Raises a RecordError if the statement's texts are not what its spans hold in the article."""
    mentions = [mention for mention in (statement.cue, statement.source, statement.via) if mention]
    shown = [(statement.text, statement.content), *((mention.text, mention.spans) for mention in mentions)]
    if any(article.slice(spans) != text for text, spans in shown):
        raise RecordError(
            f"{statement.id}: its text is not what its spans hold in {article.doc}; "
            "the article is another version of the one that was read, or was decoded differently"
        )
