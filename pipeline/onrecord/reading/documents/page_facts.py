"""What a web page states of the article on it: title, date, outlet and URL, wherever in the page it says so.

Pages state them for search engines and social networks: as JSON-LD (https://schema.org), as Open Graph and other
``meta`` elements, and in ``title``, ``h1`` and ``link``. A parser moves such elements out of a head that holds
something else, so they are looked for everywhere.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from onrecord.reading.dates import iso_day

_LONGEST: Final = 500
"""Characters of a title, outlet or URL; more is something else."""
_MOST_DATA: Final = 1_000_000
"""Characters of a JSON-LD block that is still read."""
_ARTICLE: Final = re.compile(r"article|posting|report|review|newsitem", re.I)
_SITE: Final = re.compile(r"website|newsmediaorganization", re.I)
_NAMES: Final = ["og:site_name", "application-name", "al:iphone:app_name", "apple-mobile-web-app-title", "dc.publisher"]
_TITLES: Final = ["og:title", "twitter:title", "dc.title", "parsely-title", "sailthru.title"]
_DATES: Final = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "pubdate",
    "publishdate",
    "publish-date",
    "publish_date",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dc.date",
    "date",
    "article.published",
    "displaydate",
)
_SAVED_FROM: Final = re.compile(r"<!--\s*saved from url=\(\d+\)\s*(https?://[^\s<>]+)", re.I)


@dataclass(slots=True)
class Statements:
    """What a page states, in its order, without a decision between them."""

    meta: dict[str, str] = field(default_factory=dict)
    headlines: list[str] = field(default_factory=list)
    publishers: list[str] = field(default_factory=list)
    sites: list[str] = field(default_factory=list)
    published: list[str] = field(default_factory=list)
    h1: list[str] = field(default_factory=list)
    title: str | None = None
    urls: list[str] = field(default_factory=list)

    @property
    def url(self) -> str | None:
        """The address: the first that is more than that of a whole site."""
        return next((url for url in self.urls if urlsplit(url).path.strip("/")), None)

    @property
    def host(self) -> str:
        """The host of the site, empty if the page does not say."""
        return next(filter(None, (urlsplit(url).hostname for url in self.urls)), None) or ""

    @property
    def names(self) -> list[str]:
        """What the site calls itself, the surest first."""
        return [*self.publishers, *filter(None, map(self.meta.get, _NAMES)), *self.sites]

    @property
    def titles(self) -> list[str]:
        """The titles, best first; some have the site's name in them."""
        stated = filter(None, map(self.meta.get, _TITLES))
        return [*stated, *self.headlines, *self.h1, *([self.title] if self.title else [])]

    @property
    def date(self) -> str | None:
        """The day of publication, ISO 8601."""
        return next(filter(None, map(day, [*self.published, *filter(None, map(self.meta.get, _DATES))])), None)


def day(value: str) -> str | None:
    """The first day in ``value``, ISO 8601, if it is one on which there were web pages."""
    found = iso_day(value)
    return found if found and found >= "1990" else None


def statements(tree: Any, page: str) -> Statements:
    """Everything that the page states; ``tree`` is ``page`` as lxml parsed it."""
    found = Statements()
    base = ""
    canonical: list[str] = []
    for element in tree.iter("meta", "title", "link", "h1", "time", "script", "base"):
        tag = element.tag
        if tag == "meta":
            _take_meta(element, found)
        elif tag == "title" and found.title is None and element.getparent().tag in {"head", "body", "html"}:
            found.title = told(element.text)
        elif tag == "link" and "canonical" in (element.get("rel") or "").lower().split():
            canonical.append(element.get("href") or "")
        elif tag == "h1" and (heading := told(" ".join(element.itertext()))):
            found.h1.append(heading)
        elif tag == "time" and "published" in (element.get("itemprop") or "").lower():
            found.published.append(element.get("datetime") or element.get("content") or "")
        elif tag == "script" and "ld+json" in (element.get("type") or "").lower():
            _take_data(element.text or "", found)
        elif tag == "base":
            base = element.get("href") or ""
    saved = _SAVED_FROM.search(page[:4096])
    stated = [*canonical, found.meta.get("og:url", ""), found.meta.get("twitter:url", ""), saved[1] if saved else ""]
    absolute = [url for url in map(_address, stated) if url]
    root = next(iter(absolute), _address(base))
    for url in stated:
        full = _address(url) or (_address(urljoin(root, url)) if root and url.strip() else None)
        if full:
            found.urls.append(full)
    return found


def told(value: object, longest: int = _LONGEST) -> str | None:
    """``value`` on one line and without HTML's escapes, None if it says nothing or is not text."""
    if not isinstance(value, str):
        return None
    line = " ".join(html.unescape(value).split())
    return line if line and len(line) <= longest else None


def _address(value: str) -> str | None:
    value = value.strip()
    if not value.lower().startswith(("http://", "https://")) or len(value) > 4 * _LONGEST or " " in value:
        return None
    try:
        return value if urlsplit(value).hostname else None
    except ValueError:
        return None


def _take_meta(element: Any, found: Statements) -> None:
    content = told(element.get("content"), 4 * _LONGEST)
    if content is None:
        return
    for attribute in ("property", "name", "itemprop"):
        name = (element.get(attribute) or "").strip().lower()
        if name:
            found.meta.setdefault(name, content)


def _take_data(text: str, found: Statements) -> None:
    if len(text) > _MOST_DATA:
        return
    try:
        data = json.loads(text.strip().removeprefix("<!--").removesuffix("-->"), strict=False)
    except (ValueError, RecursionError):
        return
    for node in _objects(data):
        kinds = " ".join(kind for kind in _values(node.get("@type")) if isinstance(kind, str))
        if _SITE.search(kinds):
            found.sites.extend(filter(None, map(told, _values(node.get("name")))))
        if not _ARTICLE.search(kinds):
            continue
        found.headlines.extend(filter(None, map(told, _values(node.get("headline")))))
        found.published.extend(date for date in _values(node.get("datePublished")) if isinstance(date, str))
        for publisher in _values(node.get("publisher")):
            name = publisher.get("name") if isinstance(publisher, Mapping) else publisher
            found.publishers.extend(filter(None, map(told, _values(name))))


def _values(value: object) -> Iterable[Any]:
    return value if isinstance(value, list) else () if value is None else (value,)


def _objects(data: object) -> Iterator[Mapping[str, Any]]:
    """Every JSON object within ``data``, the outer before the inner."""
    waiting = [data]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Mapping):
            yield node
            waiting.extend(reversed(list(node.values())))
        elif isinstance(node, list):
            waiting.extend(reversed(node))
