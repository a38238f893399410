"""ProQuest's text exports: documents between lines of underscores, each with labelled fields and ``Full text:``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from onrecord.reading.dates import iso_day
from onrecord.reading.rows.database_export.layout import (
    body_end,
    joined,
    label_name,
    label_of,
    labels,
    one_line,
    paragraphs_of,
    words_in,
)

_RULE: Final = re.compile(r"_{20,}")
_COUNT: Final = re.compile(r"(?:Document )?[0-9]+ of [0-9]+", re.I)
_TELLING: Final = frozenset(
    {"document_url", "full_text", "proquest_document_id", "publication_date", "publication_info", "publication_title"}
)
_FOOTER: Final = re.compile(
    r"(?:Contact ProQuest|(?:Database )?Copyright ©? ?[0-9]{4} ProQuest\b.*|Bibliography)", re.I
)
_SPLIT_INFO: Final = re.compile(r"\s*[;\[(]|\. [0-9]{1,2} [A-Z]|; ")


def recognises(lines: Sequence[str]) -> bool:
    """Whether a file that begins with these stripped lines is such an export."""
    found = {label.label for line in lines if (label := label_of(line)) is not None} & _TELLING
    has_rules = any(_RULE.fullmatch(line) for line in lines)
    is_named = any(line == "Report Information from ProQuest" for line in lines)
    return (has_rules and (len(found) >= 2 or is_named)) or len(found) >= 4


def articles(lines: Iterable[str]) -> Iterator[Mapping[str, object] | str]:
    """The articles as rows, or in one line what is wrong with one."""
    document: list[str] = []
    for line in lines:
        if _RULE.fullmatch(line.strip()):
            yield from _article(document)
            document = []
        elif not _FOOTER.fullmatch(line.strip()):
            document.append(line)
    yield from _article(document)


def _article(document: Sequence[str]) -> Iterator[Mapping[str, object] | str]:
    known = labels("proquest end") | labels("proquest other")
    lines = [line.strip() for line in document]
    start = next((at for at, line in enumerate(lines) if label_name(line) == "full_text"), None)
    body: list[str] = []
    around = lines
    if start is not None:
        body = lines[start + 1 :]
        end = body_end(body, labels("proquest end"), labels("proquest other"))
        opening = label_of(lines[start])
        around = [*lines[:start], *body[end:]]
        body = [opening.value if opening else "", *body[:end]]
    fields: dict[str, str] = {}
    for line in around:
        if (label := label_of(line)) is not None and label.label in known:
            fields.setdefault(label.label, label.value)
    if not fields and start is None:
        return  # the cover, or the list of contents
    title = fields.get("title") or _heading(paragraphs_of(lines[:start]))
    text = joined(paragraphs_of(body))
    if text is None:
        yield f"no full text ({title or 'untitled'}); export it with its full text"
        return
    info = fields.get("publication_info") or ""
    yield {
        "text": text,
        "title": title,
        "date": iso_day(fields.get("publication_date")) or iso_day(info),
        "outlet": fields.get("publication_title") or _SPLIT_INFO.split(info)[0].strip() or None,
        "author": fields.get("author") or None,
        "url": fields.get("document_url") or None,
        "id": fields.get("proquest_document_id") or None,
        "length": words_in(f"{fields.get('word_count', '')} words"),
    }


def _heading(before: Sequence[Sequence[str]]) -> str | None:
    """The title as ProQuest prints it above the fields, where there is no field for it."""
    for paragraph in before:
        lines = [line for line in paragraph if not _COUNT.fullmatch(line)]
        if lines:
            return None if label_of(lines[0]) else one_line(lines)
    return None
