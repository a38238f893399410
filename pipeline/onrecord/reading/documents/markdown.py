"""From Markdown to the article in it, which markdown-it reads; simple front matter becomes metadata."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from onrecord.document import Meta
from onrecord.errors import InputError
from onrecord.reading.documents.page_facts import day
from onrecord.reading.encodings import check_text, decode

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT: Final = re.compile(r"\ufeff?---[ \t]*\r?\n(.{0,20000}?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.S)
_FIELD: Final = re.compile(r"([A-Za-z][\w-]{0,40})[ \t]*:[ \t]+(\S.*)")
_QUOTED: Final = re.compile(r"""(["'])(.*)\1""", re.S)
_FIELDS: Final = {
    "title": ("title", "headline"),
    "date": ("date", "published", "pubdate", "publish_date", "date_published", "published_at"),
    "outlet": ("outlet", "source", "publication", "publisher", "site", "newspaper"),
    "url": ("url", "link", "permalink", "canonical_url", "canonical"),
}
_TAG: Final = re.compile(r"<[^<>]{1,2000}>")
_NO_TEXT: Final = ("<script", "<style", "<!--", "<pre", "<iframe")
_LONGEST_LINE: Final = 100_000
"""Characters of a line; inline marks take markdown-it time that grows faster than a line does."""


def read(data: bytes, where: str) -> tuple[str, Meta]:
    """The headings, paragraphs, lists and tables of a Markdown file; links' text stays, pictures and code go.

    Raises:
        InputError: it is not text, or nothing is left of it.
    """
    from markdown_it import MarkdownIt

    source, encoding = decode(data, where)
    front = _FRONT.match(source)
    fields = _front_matter(front[1]) if front else {}
    body = (source[front.end() :] if front else source).replace("\r\n", "\n").removeprefix("\ufeff")
    if any(len(line) > _LONGEST_LINE for line in body.split("\n")):
        raise InputError(f"{where}: a line of over {_LONGEST_LINE:,} characters in Markdown; save it as .txt")
    try:
        tokens = MarkdownIt("commonmark").enable("table").parse(body)
    except (RecursionError, ValueError, IndexError) as error:
        raise InputError(f"{where}: not readable as Markdown ({type(error).__name__}); save it as .txt") from error
    blocks = list(_blocks(tokens))
    text = "\n\n".join(text for text, _ in blocks)
    if not text:
        raise InputError(f"{where}: no text in this Markdown file; leave it out")
    check_text(text, where)
    heading = next((text for text, tag in blocks if tag == "h1"), None)
    date = fields.get("date")
    return text, Meta(
        title=fields.get("title") or heading,
        date=day(date) if date else None,
        outlet=fields.get("outlet"),
        url=fields.get("url"),
        encoding=encoding if text == source else None,
    )


def _front_matter(block: str) -> dict[str, str]:
    """Title, date, outlet and URL of lines ``key: value``; what is more than that in YAML is left out."""
    stated = {}
    for line in block.splitlines():
        if match := _FIELD.fullmatch(line.rstrip()):
            quoted = _QUOTED.fullmatch(match[2])
            value = quoted[2] if quoted else match[2].split(" #")[0].strip()
            if value and (quoted or value[0] not in "[{|>&*!"):
                stated[match[1].lower().replace("-", "_")] = value
    return {field: stated[name] for field, names in _FIELDS.items() for name in reversed(names) if name in stated}


def _blocks(tokens: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """The text and the tag of each block; the cells of a table's row are one, with tabs between them."""
    tag = ""
    row: list[str] | None = None
    for token in tokens:
        if token.type == "tr_open":
            row = []
        elif token.type == "tr_close" and row is not None:
            if any(row):
                yield "\t".join(row), ""
            row = None
        elif token.nesting == 1:
            tag = token.tag
        elif token.type == "inline":
            text = _inline(token.children or [])
            if row is not None:
                row.append(text)
            elif text:
                yield text, tag
        elif token.type == "html_block" and (text := _html(token.content)):
            yield text, ""


def _html(block: str) -> str:
    return "" if block.lstrip().lower().startswith(_NO_TEXT) else " ".join(_TAG.sub(" ", block).split())


def _inline(tokens: Sequence[Token]) -> str:
    parts = []
    for token in tokens:
        if token.type in {"text", "code_inline"}:
            parts.append(token.content)
        elif token.type in {"softbreak", "hardbreak"}:
            parts.append(" ")
    return " ".join("".join(parts).split())
