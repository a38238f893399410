"""Whether the title that a document's properties give is one."""

from __future__ import annotations

import re
from typing import Final

_PROGRAM: Final = re.compile(r"^(?:microsoft (?:word|powerpoint|excel)|libreoffice|openoffice)[\w .]*- ", re.I)
_FILE: Final = re.compile(r"\.(?:docx?|odt|rtf|pdf|txt|indd|qxd|pages|md|html?|tmp)$|^[A-Za-z]:\\|^/|_", re.I)
_NOTHING: Final = re.compile(
    r"(?:untitled|document|dokument|title|slide|new|blank|page|scan|presentation|word document|draft)[\W\d]*", re.I
)


def sensible_title(value: str | None) -> str | None:
    """``value`` on one line, None if it is a file's name or what a program writes where nobody gave a title."""
    line = " ".join((value or "").replace("\0", "").split())
    line = _PROGRAM.sub("", line)
    letters = sum(character.isalpha() for character in line)
    if not 3 <= letters <= 300 or " " not in line or _FILE.search(line) or _NOTHING.fullmatch(line):
        return None
    return line
