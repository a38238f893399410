"""Addresses in the web: what articles and lists of people call one becomes a link only if it is an ordinary one."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

_CACHED: Final = 4096
_NO_ADDRESS: Final = re.compile(r'[\x00-\x20<>"{}|\\^`\x7f-\x9f]')
"""Characters that no address has (RFC 3987)."""


@lru_cache(_CACHED)
def web_address(text: str | None) -> str | None:
    """``text`` if it is a complete address in the web, without a user's name in it, else None.

    >>> web_address("https://example.org/a?b=ö"), web_address("javascript:alert(1)"), web_address("//example.org")
    ('https://example.org/a?b=ö', None, None)
    """
    if text is None or not text.isprintable() or _NO_ADDRESS.search(text):
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return text if parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc else None
