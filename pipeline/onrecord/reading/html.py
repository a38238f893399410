"""From a web page to the article on it, which trafilatura finds."""

from __future__ import annotations

import logging
import re
from typing import Any, Final

from onrecord.document import Meta
from onrecord.errors import InputError
from onrecord.reading.encodings import check_text

_DECLARED: Final = re.compile(
    rb"""<(?:meta|\?xml)\b[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{1,40})""", re.I
)
_MOST_TAGS: Final = 100_000
"""A page with more takes minutes to read and is not an article."""
_DATES: Final = {"original_date": True, "extensive_search": False, "max_date": "2100-01-01"}
"""Only dates that are marked as such, with a result that does not depend on today's date."""


def declared_encoding(data: bytes) -> str | None:
    """The encoding that a page says it is in, as Python knows it by that name."""
    match = _DECLARED.search(data[:4096])
    if match is None:
        return None
    name = match[1].decode("ascii", "replace").lower()
    # Browsers read Latin-1 as Windows-1252, and so do those who write it.
    return "windows-1252" if name in {"iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii"} else name


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
        found: Any = trafilatura.bare_extraction(
            tree, with_metadata=True, include_comments=False, include_tables=False, date_extraction_params=dict(_DATES)
        )
    except (LxmlError, ValueError, RecursionError) as error:
        raise InputError(
            f"{where}: not a readable web page ({type(error).__name__}); save the article as text"
        ) from error
    text = getattr(found, "text", None)
    if not text:
        raise InputError(f"{where}: no article found on this page; leave it out, or save the article as text")
    check_text(text, where)
    title, published, url = (_told(getattr(found, name)) for name in ("title", "date", "url"))
    outlet = _told(found.sitename) or _told(found.hostname)
    return text, Meta(title=title, date=published, outlet=outlet, url=url, encoding=encoding)


def _told(value: object) -> str | None:
    return (" ".join(value.split()) or None) if isinstance(value, str) else None
