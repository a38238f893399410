"""Feeds: the entries of RSS 0.9x, 1.0 and 2.0 and of Atom, and the posts that WordPress and Blogger export as such.

The fullest of what an entry says is its article: ``content:encoded`` or Atom's ``content`` before ``description`` or
``summary``. Many feeds give only a teaser; it is read, as it may hold a statement and its offsets are right, but the
rest of the article is on the web page.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any, Final

from onrecord.errors import InputError
from onrecord.reading.dates import iso_day
from onrecord.reading.documents.fragment import fragment_text, name_of_tag
from onrecord.reading.rows.xml_stream import Item

ROOTS: Final = frozenset({"rss", "RDF", "feed"})
ENTRIES: Final = frozenset({"item", "entry"})

_TEXTS: Final = ("encoded", "content", "fulltext", "body", "description", "summary")
"""Where the text may be, the fullest first; local names, as feeds differ in prefixes."""
_DATES: Final = ("pubdate", "published", "date", "issued", "created", "updated", "modified", "lastbuilddate")
_AUTHORS: Final = ("creator", "author", "byline")
_IDS: Final = ("guid", "id")
_EXCERPT: Final = "{http://wordpress.org/export/"
_NO_ARTICLES: Final = frozenset(
    {"attachment", "nav_menu_item", "revision", "custom_css", "customize_changeset", "wp_block", "wp_navigation"}
)
"""What WordPress exports beside posts and pages."""
_OUTLET: Final = "outlet"
_ATOM: Final = "{http://www.w3.org/2005/Atom}"


def row_of(item: Item, where: str) -> Mapping[str, object] | InputError | None:
    """The entry as a row; None if it is not an article (a picture in an export of WordPress, a template of Blogger)."""
    fields: dict[str, list[Any]] = {}
    for child in item.element:
        fields.setdefault(name_of_tag(child), []).append(child)
    if _plain(fields, ("post_type",)) in _NO_ARTICLES or _is_setting(fields):
        return None
    title = _plain(fields, ("title",))
    row: dict[str, object] = {
        "title": title,
        "date": next((day for name in _DATES for value in fields.get(name, ()) if (day := iso_day(value.text))), None),
        "outlet": _outlet(item, fields),
        "url": _link(fields),
        "author": _author(fields),
        "id": _plain(fields, _IDS),
    }
    texts = [_markup(element) for name in _TEXTS for element in fields.get(name, ())]
    for text in texts:
        if text.strip():
            row["html"] = text
            return {name: value for name, value in row.items() if value is not None}
    return InputError(f"{where}: an entry without text ({title or 'untitled'}); save the article that it links to")


def _markup(element: Any) -> str:
    """The HTML in an element: escaped, in character data, or as elements; plain text comes out escaped."""
    if len(element):
        from lxml import etree

        inner = "".join(etree.tostring(child, encoding="unicode", method="html") for child in element)
        return html.escape(element.text or "", quote=False) + inner
    text = element.text or ""
    is_plain = element.get("type") in {"text", "text/plain"}
    return html.escape(text, quote=False) if is_plain else text


def _plain(fields: Mapping[str, list[Any]], names: tuple[str, ...]) -> str | None:
    """The first value of these names that says something, as one line of text without markup."""
    for name in names:
        for element in fields.get(name, ()):
            if line := _as_line(_markup(element)):
                return line
    return None


def _as_line(markup: str) -> str | None:
    try:
        text = fragment_text(html.unescape(markup) if "&lt;" in markup else markup)
    except ValueError:
        return None
    return " ".join(text.split()) or None


def _link(fields: Mapping[str, list[Any]]) -> str | None:
    """The address of the article: Atom's alternate link, RSS's link, or a ``guid`` that is a permanent link."""
    links = [*fields.get("origlink", ()), *fields.get("link", ())]
    for link in links:
        if link.get("href") and link.get("rel", "alternate") == "alternate":
            return str(link.get("href")).strip()
    for link in links:
        if link.text and link.text.strip():
            return str(link.text).strip()
    for guid in fields.get("guid", ()):
        if (guid.text or "").strip().startswith(("http://", "https://")) and guid.get("isPermaLink") != "false":
            return str(guid.text).strip()
    return None


def _author(fields: Mapping[str, list[Any]]) -> str | None:
    names = []
    for author in (element for name in _AUTHORS for element in fields.get(name, ())):
        children = {name_of_tag(child): child.text for child in author}
        if name := _as_line(html.escape(children.get("name") or "") or _markup(author)):
            names.append(name)
    return ", ".join(dict.fromkeys(names)) or None


def _outlet(item: Item, fields: Mapping[str, list[Any]]) -> str | None:
    """Who published the entry: the feed that it was taken from, if it says so, or the feed itself."""
    for source in fields.get("source", ()):
        inner = [child for child in source if name_of_tag(child) == "title"]
        if name := _as_line(_markup(inner[0] if inner else source)):
            return name
    if _OUTLET not in item.shared:
        item.shared[_OUTLET] = _title(item.root)
    return item.shared[_OUTLET]


def _title(root: Any) -> str | None:
    """What the feed calls itself."""
    for channel in (root, *(child for child in root if name_of_tag(child) == "channel")):
        for child in channel:
            if name_of_tag(child) == "title":
                return _as_line(_markup(child))
    return None


def _is_setting(fields: Mapping[str, list[Any]]) -> bool:
    """Whether an entry of a Blogger export is a template, a setting or a comment and no post."""
    kinds = [
        term.rpartition("#")[2]
        for category in fields.get("category", ())
        if "/blogger/2008/kind" in (term := category.get("term") or "") or "schemas.google.com/blogger" in term
    ]
    return bool(kinds) and not {"post", "page"} & set(kinds)
