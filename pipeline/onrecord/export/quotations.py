"""schema.org ``Quotation`` (JSON-LD): the quotations, who is quoted, and the news article each is part of.

Reported speech is no quotation: the words are the journalist's. It is left out and counted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from onrecord.document import Article, Kind, Speaker, Statement
from onrecord.export.articles import each_article
from onrecord.export.linked_data import (
    article_address,
    given,
    speaker_address,
    statement_address,
    write_list,
)
from onrecord.files.atomic import replacing
from onrecord.text.addresses import web_address

_CONTEXT: Final = "https://schema.org"
_TYPES: Final[dict[Kind, str]] = {"person": "Person", "organization": "Organization", "group": "Organization"}
"""Who can be the author of a quotation in schema.org."""


@dataclass(slots=True)
class QuotationCounts:
    """How many quotations were written, and how many statements are reported speech and were left out."""

    quotations: int = 0
    reported: int = 0


def write_quotations(statements: Path, path: Path, articles: Path | None = None) -> QuotationCounts:
    """Writes a graph of articles and quotations; the articles' texts are not needed.

    Raises:
        InputError, RecordError: as `each_article` raises them.
        OSError: the file cannot be written.
    """
    counts = QuotationCounts()
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as stream:
        stream.write(f'{{"@context": {json.dumps(_CONTEXT)}, "@graph": ')
        write_list(stream, _nodes(statements, articles, counts))
        stream.write("}\n")
    return counts


def _nodes(statements: Path, articles: Path | None, counts: QuotationCounts) -> Iterator[dict[str, Any]]:
    for labelled in each_article(statements, articles, texts_needed=False):
        quoted = [statement for statement in labelled.statements if statement.form != "indirect"]
        counts.quotations += len(quoted)
        counts.reported += len(labelled.statements) - len(quoted)
        if quoted:
            yield _article(labelled.article)
        for statement in quoted:
            yield quotation(statement, labelled.article)


def _article(article: Article) -> dict[str, Any]:
    meta = article.meta
    return given(
        {
            "@type": "NewsArticle",
            "@id": article_address(article.doc, meta),
            "identifier": article.doc,
            "headline": meta.title,
            "datePublished": meta.date,
            "inLanguage": meta.language,
            "url": web_address(meta.url),
            "publisher": {"@type": "NewsMediaOrganization", "name": meta.outlet} if meta.outlet else None,
        }
    )


def quotation(statement: Statement, article: Article) -> dict[str, Any]:
    """The node of a statement that quotes, without a context of its own."""
    speakers = [_speaker(speaker) for speaker in statement.speakers if speaker.kind in _TYPES]
    documents = [_document(speaker) for speaker in statement.speakers if speaker.kind == "document"]
    return given(
        {
            "@type": "Quotation",
            "@id": statement_address(statement.id),
            "identifier": statement.id,
            "text": statement.text,
            "inLanguage": article.meta.language,
            "creator": _one_or_many(speakers),
            "spokenByCharacter": _one_or_many(speakers),
            "isBasedOn": _one_or_many(documents),
            "creditText": statement.source.text if statement.source else None,
            "isPartOf": {"@id": article_address(article.doc, article.meta)},
            "citation": _citation(article),
        }
    )


def _speaker(speaker: Speaker) -> dict[str, Any]:
    """A person or an organization. Without an id it has no ``@id`` either, and is a node of its own."""
    return given(
        {
            "@type": _TYPES[speaker.kind],
            "@id": speaker_address(speaker),
            "name": speaker.name,
            "jobTitle" if speaker.kind == "person" else "description": speaker.role,
            "disambiguatingDescription": speaker.description,
            "alternateName": list(speaker.aliases),
        }
    )


def _document(speaker: Speaker) -> dict[str, Any]:
    return given(
        {
            "@type": "CreativeWork",
            "@id": speaker_address(speaker),
            "name": speaker.name,
            "description": speaker.description,
        }
    )


def _one_or_many(nodes: list[dict[str, Any]]) -> Any:
    return nodes[0] if len(nodes) == 1 else nodes


def _citation(article: Article) -> str:
    """The article in words: title, outlet, date and address, as far as they are known."""
    meta = article.meta
    title = f"“{meta.title}”" if meta.title else article.doc
    return ", ".join(part for part in (title, meta.outlet, meta.date, web_address(meta.url)) if part)
