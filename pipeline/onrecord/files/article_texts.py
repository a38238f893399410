"""The text of an article in the folder given to ``--articles``: the original file, or as ``--save-text`` wrote it.

A saved text is UTF-8 and has the name of the article, with ``.txt`` at the end.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Final

from onrecord.document import Meta
from onrecord.files.atomic import replacing

_UNSAFE: Final = re.compile(r'[\x00-\x1f\x7f<>:"\\|?*%]')
_LONGEST_NAME: Final = 200
"""Bytes of a part of a path. 255 is the usual limit, and the name is a little longer while the file is written."""


def saved_path(folder: Path, doc: str) -> Path:
    """The path of the saved text of ``doc``, which is inside ``folder`` whatever the article's name."""
    parts = [_safe(part) for part in doc.split("/")]
    if not parts[-1].lower().endswith(".txt"):
        parts[-1] += ".txt"
    return folder.joinpath(*parts)


def _safe(part: str) -> str:
    if not part.strip("."):
        return "%2E" * len(part) or "%"
    part = _UNSAFE.sub(lambda match: f"%{ord(match[0]):02X}", part)
    if len(part.encode("utf-8", "surrogatepass")) <= _LONGEST_NAME:
        return part
    digest = hashlib.sha256(part.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{part.encode('utf-8', 'surrogatepass')[: _LONGEST_NAME // 2].decode('utf-8', 'ignore')}~{digest}"


def save_text(folder: Path, doc: str, text: str) -> None:
    """Writes the text in which the offsets of ``doc`` count.

    Raises:
        OSError: it cannot be written.
    """
    path = saved_path(folder, doc)
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as file:
        file.write(text)


def find_text(folder: Path, doc: str, meta: Meta) -> str:
    """The text of ``doc``: the saved one if there is one, else the file of that name, decoded as ``meta`` says.

    Raises:
        OSError, ValueError, LookupError: it is missing or cannot be decoded.
    """
    saved = saved_path(folder, doc)
    if saved.is_file():
        data = saved.read_bytes()
        if (text := _as_saved(data)) is not None:
            return text
    path = folder / doc
    if path.suffix.lower() in {".html", ".htm"}:
        raise ValueError("an HTML page, and its text was not saved there")
    return path.read_bytes().decode(meta.encoding or "utf-8")


def _as_saved(data: bytes) -> str | None:
    """``data`` as UTF-8; None if it is an original file in another encoding: invalid as UTF-8, or with NULs."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text
