"""From rich text (RTF) to the article in it, which striprtf finds."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from onrecord.document import Meta
from onrecord.errors import InputError
from onrecord.reading.documents.titles import sensible_title
from onrecord.reading.encodings import LONGEST, check_text

_DEEPEST: Final = 1_000
"""Groups within each other; a text has a few dozen."""
_BINARY: Final = re.compile(rb"\\bin(\d{1,9}) ")
_PICTURE: Final = re.compile(rb"(?<![0-9a-fA-F\r\n])[0-9a-fA-F\r\n]{2000,}+(?=\s*\})")
"""The pixels of a picture, which would only be read to be left out."""
_GROUPS: Final = re.compile(rb"\\[\\{}]|[{}]")
_TITLE: Final = re.compile(rb"\{\\title\s+([^{}]{1,500})\}")


def read(data: bytes, where: str) -> tuple[str, Meta]:
    """The text of an RTF document, and its title if it has a sensible one.

    Raises:
        InputError: it is damaged, too long, or its groups are nested too deeply.
    """
    from striprtf import striprtf

    rtf_to_text: Callable[..., str] = striprtf.rtf_to_text
    if not data.lstrip().startswith(b"{\\rtf"):
        raise InputError(f"{where}: not an RTF document; save it again or as text")
    data = _PICTURE.sub(b"", _without_binary(data))
    if len(data) > 4 * LONGEST:
        raise InputError(f"{where}: over {4 * LONGEST // 1_000_000} MB without its pictures; split it into articles")
    depth = deepest = 0
    for match in _GROUPS.finditer(data):
        depth += (match[0] == b"{") - (match[0] == b"}")
        deepest = max(deepest, depth)
    if deepest > _DEEPEST:
        raise InputError(f"{where}: groups nested too deeply for an RTF document; save it as text")
    # Other than ASCII is written as escapes; where it is not, it is mostly Windows-1252.
    source = data.decode("cp1252", "replace")
    try:
        text = rtf_to_text(source, encoding="cp1252", errors="replace")
        title = _TITLE.search(data)
        stated = rtf_to_text("{\\rtf1 " + title[1].decode("cp1252", "replace") + "}") if title else None
    except (ValueError, LookupError, IndexError, TypeError, OverflowError, RecursionError) as error:
        raise InputError(f"{where}: a damaged RTF document ({type(error).__name__}); save it again") from error
    lines = (" ".join(line.split()) for line in text.replace("\0", "").split("\n"))
    text = "\n\n".join(line for line in lines if line)
    check_text(text, where)
    return text, Meta(title=sensible_title(stated))


def _without_binary(data: bytes) -> bytes:
    """``data`` without the bytes that ``\\binN`` announces, which may hold braces."""
    parts, position = [], 0
    while (match := _BINARY.search(data, position)) is not None:
        parts.append(data[position : match.start()])
        position = match.end() + int(match[1])
    return b"".join([*parts, data[position:]]) if parts else data
