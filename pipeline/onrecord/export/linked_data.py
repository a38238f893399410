"""What the exports in JSON-LD share: addresses of articles, statements and speakers, and lists written one by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, TextIO
from urllib.parse import quote

from onrecord.document import Meta, Speaker
from onrecord.files.records import json_line
from onrecord.text.addresses import web_address

_OWN: Final = "urn:x-onrecord"


def article_address(doc: str, meta: Meta) -> str:
    """The web address of an article, else a name made of ``doc``."""
    return web_address(meta.url) or f"{_OWN}:article:{quote(doc, safe='/')}"


def statement_address(identifier: str) -> str:
    """A name for the statement with that id."""
    return f"{_OWN}:statement:{quote(identifier, safe='/')}"


def speaker_address(speaker: Speaker) -> str | None:
    """A name for a speaker with an id, the same in the whole file; the id itself if it is a web address."""
    if speaker.id is None:
        return None
    return web_address(speaker.id) or f"{_OWN}:speaker:{quote(speaker.id, safe='')}"


def given(fields: Mapping[str, Any]) -> dict[str, Any]:
    """``fields`` without those that say nothing: None, an empty text, an empty list."""
    return {key: value for key, value in fields.items() if value not in (None, "", [])}


def write_list(stream: TextIO, items: Iterable[Mapping[str, Any]]) -> int:
    """Writes a JSON list, an item a line, and returns how many there are."""
    number = 0
    stream.write("[")
    for number, item in enumerate(items, 1):
        stream.write(",\n" if number > 1 else "\n")
        stream.write(json_line(item))
    stream.write("\n]")
    return number
