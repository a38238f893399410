"""The title of a plain text: its first line, where it looks like one."""

from __future__ import annotations

import re
from typing import Final

_LONGEST: Final = 200
_MOST_WORDS: Final = 25
_LINES: Final = re.compile(
    r"\s*(?P<title>[^\r\n\v\f\x85\u2028]+)(?P<gap>(?:\r\n|[\r\n\x85\u2028])\s*)(?P<next>[^\r\n]*)"
)
_NO_TITLE: Final = re.compile(r"[.!,;:…]['\"’”)\]]*$|^[\W\d_]*$|^(?:by|from)\b|@|https?:|^[\w -]{1,30}:\s", re.I)
"""Ends as a sentence does, has no letters, or is a byline, an address or a field of a header."""
_DATELINE: Final = re.compile(r"^[A-Z][A-Z .,'’-]+,? (?:\w+ )?\(?[\w ./]*\)? ?[-–—] ")


def headline(text: str) -> str | None:
    """The first line of a text if it looks like a title; the text itself stays as it is.

    A title is short and does not end as a sentence, and a blank line or a much longer one follows it.

    >>> headline("Council approves port\\n\\nEASTON - The council said yes."), headline("He came.\\n\\nShe left.")
    ('Council approves port', None)
    """
    match = _LINES.match(text[:5000].removeprefix("\ufeff"))
    if match is None:
        return None
    title = " ".join(match["title"].split())
    if not title or len(title) > _LONGEST or not 2 <= len(title.split()) <= _MOST_WORDS:
        return None
    if _NO_TITLE.search(title) or _DATELINE.match(title):
        return None
    is_apart = len(re.findall(r"\r\n|[\r\n\x85\u2028]", match["gap"])) > 1
    return title if match["next"].strip() and (is_apart or len(match["next"]) > 2 * len(title) + 40) else None
