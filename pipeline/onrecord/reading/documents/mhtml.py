"""From a web archive (MHTML), which browsers save a page as, to the article on the page."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import replace
from email.message import Message
from typing import Final

from onrecord.document import Meta
from onrecord.errors import InputError
from onrecord.reading.documents.html import declared_encoding, read_page
from onrecord.reading.encodings import decode

_MOST_PARTS: Final = 5_000
_ADDRESS: Final = re.compile(r"https?://\S{1,2000}")


def read(data: bytes, where: str) -> tuple[str, Meta]:
    """The article on the archive's first HTML part, with the address that the page was saved from.

    Raises:
        InputError: there is no HTML in it, or no article on the page.
    """
    if data.count(b"\n--") > 4 * _MOST_PARTS:
        raise InputError(f"{where}: a web archive of over {_MOST_PARTS:,} parts; save the article on its own, as text")
    try:
        message = email.message_from_bytes(data.lstrip(), policy=email.policy.compat32)
        part = next((part for part in _parts(message) if _kind(part) in {"text/html", "application/xhtml+xml"}), None)
        payload = part.get_payload(decode=True) if part is not None else None
    except (ValueError, LookupError, RecursionError) as error:
        raise InputError(f"{where}: not a readable web archive ({type(error).__name__}); save it again") from error
    if part is None or not isinstance(payload, bytes):
        raise InputError(f"{where}: a web archive without a page in it; save the page again")
    charset = part.get_param("charset")
    page, encoding = decode(
        payload, where, (charset if isinstance(charset, str) else None) or declared_encoding(payload)
    )
    text, meta = read_page(page, where, encoding)
    places = (message.get("Snapshot-Content-Location"), part.get("Content-Location"))
    saved = next((str(place).strip() for place in places if place and _ADDRESS.fullmatch(str(place).strip())), None)
    return text, replace(meta, url=meta.url or saved, encoding=None)


def _parts(message: Message) -> list[Message]:
    """The message and what is within it, the outer before the inner, without recursion."""
    found: list[Message] = []
    waiting = [message]
    while waiting and len(found) < _MOST_PARTS:
        part = waiting.pop()
        found.append(part)
        inner = part.get_payload()
        if part.is_multipart() and isinstance(inner, list):
            waiting.extend(each for each in reversed(inner) if isinstance(each, Message))
    return found


def _kind(part: Message) -> str:
    return part.get_content_type().lower()
