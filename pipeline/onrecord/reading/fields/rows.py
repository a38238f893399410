"""From a row to its article: its text, which may be HTML, and what the row says of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Final

from onrecord.document import Article, Meta
from onrecord.errors import InputError
from onrecord.reading.dates import iso_day
from onrecord.reading.documents.html import declared_encoding
from onrecord.reading.encodings import check_text, decode
from onrecord.reading.fields.names import META_FIELDS, Fields, as_line
from onrecord.reading.inputs import shown
from onrecord.reading.markup import is_markup, read_markup

_ISO: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def row_article(
    row: Mapping[str, Any], doc: str, where: str, fields: Fields, page_first: Collection[str] = ()
) -> Article:
    """The article ``doc`` in ``row`` with the title, date, outlet and URL that it gives.

    What a row says comes before what a page in it says, but of ``page_first``.

    Raises:
        InputError: there is no text in it; the message begins with ``where``.
    """
    value = fields.of(row, "text")
    is_html = value is None and "html" in row
    value = row["html"] if is_html else value
    encoding = "utf-8"
    if isinstance(value, bytes):
        value, encoding = decode(value, where, declared_encoding(value) if is_html else None)
    if not isinstance(value, str):
        there = shown(", ".join(map(str, row)))[:200]
        name = fields.text or "text"
        raise InputError(f"{where}: no text in the field {name!r}; name another with --text-field ({there})")
    text = value.removeprefix("\ufeff")
    meta = Meta(encoding=encoding)
    if is_html or is_markup(text):
        text, meta = read_markup(text, where, encoding)
    check_text(text, where)
    said = {name: as_line(fields.of(row, name)) for name in META_FIELDS}
    said["date"] = as_date(said["date"])
    kept = {name for name in page_first if getattr(meta, name)}
    return Article(
        doc, text, replace(meta, **{name: value for name, value in said.items() if value and name not in kept})
    )


def as_date(value: str | None) -> str | None:
    """A date as ISO 8601 where it can be read as one; what is in that form already keeps its time of day."""
    return value if value is None or _ISO.match(value) else iso_day(value) or value
