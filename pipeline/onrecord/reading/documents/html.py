"""From a web page to the article on it, which trafilatura finds."""

from __future__ import annotations

import logging
import re
from datetime import date
from typing import Any, Final

from onrecord.document import Meta
from onrecord.errors import InputError
from onrecord.reading.documents.page_facts import statements, told
from onrecord.reading.documents.page_names import article_title, outlet_name
from onrecord.reading.documents.page_tree import headings_above, opening, prepare, without_repetitions
from onrecord.reading.encodings import check_text, decode

_DECLARED: Final = re.compile(
    rb"""<(?:meta|\?xml)\b[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{1,40})""", re.I
)
_MOST_TAGS: Final = 100_000
"""A page with more takes minutes to read and is not an article."""
_DATES: Final = {"original_date": True, "extensive_search": False, "max_date": "2100-01-01"}
"""Only dates that are marked as such, with a result that does not depend on today's date."""


def declared_encoding(data: bytes) -> str | None:
    """The label of the encoding that a page says it is in; there may be no such encoding."""
    match = _DECLARED.search(data[:4096])
    return None if match is None else match[1].decode("ascii", "replace")


def read(data: bytes, where: str) -> tuple[str, Meta]:
    """The article on a page, in the encoding that it is in; see ``read_page``."""
    page, encoding = decode(data, where, declared_encoding(data))
    return read_page(page, where, encoding)


def read_page(page: str, where: str, encoding: str) -> tuple[str, Meta]:
    """The text of the article on ``page``, and what the page says of its title, date, outlet and URL.

    Raises:
        InputError: there is no article on it, or its tags are too many or nested too deeply.
    """
    import lxml.html  # here, because it takes half a second to load and most folders hold no pages
    import trafilatura
    from lxml.etree import LxmlError

    if page.count("<") > _MOST_TAGS:
        raise InputError(
            f"{where}: over {_MOST_TAGS:,} tags, too many for an article; save the article on its own, as text"
        )
    for library in ("trafilatura", "htmldate", "courlan", "justext"):
        logging.getLogger(library).setLevel(logging.CRITICAL)  # they report every page that they find odd
    parser: Any = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        tree = lxml.html.document_fromstring(page.encode("utf-8", "replace"), parser=parser)
        if any("depth" in entry.message for entry in parser.error_log):
            raise InputError(f"{where}: tags nested too deeply to be read; save the article as text")
        stated = statements(tree, page)
        outlet = outlet_name(stated)
        title = article_title(stated, None, outlet)
        headings = [*stated.titles, *([title] if title else []), *headings_above(tree)]
        prepare(tree)
        found: Any = trafilatura.bare_extraction(
            tree, with_metadata=True, include_comments=False, include_tables=False, date_extraction_params=dict(_DATES)
        )
    except (LxmlError, ValueError, RecursionError) as error:
        raise InputError(
            f"{where}: not a readable web page ({type(error).__name__}); save the article as text"
        ) from error
    text = without_repetitions(getattr(found, "text", None) or "", headings)
    if not text:
        raise InputError(f"{where}: no article found on this page; leave it out, or save the article as text")
    if first := opening(tree, text):
        text = f"{first}\n{text}"
    check_text(text, where)
    title = title or article_title(stated, told(found.title), outlet)
    outlet = outlet or told(found.sitename) or stated.host.removeprefix("www.") or None
    return text, Meta(
        title=title, date=_day(told(found.date), stated.date), outlet=outlet, url=stated.url, encoding=encoding
    )


def _day(found: str | None, stated: str | None) -> str | None:
    """The day that htmldate found, which may be local time by the URL, if it is the stated one or next to it."""
    if found is None or stated is None:
        return found or stated
    try:
        apart = abs((date.fromisoformat(found) - date.fromisoformat(stated)).days)
    except ValueError:
        return found
    return found if apart <= 1 else stated
