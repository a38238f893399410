"""Exports of news databases in the files of word processors, as Nexis Uni and Factiva give them by default."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import IO, Final

from onrecord.errors import InputError
from onrecord.reading.archives import DAMAGE, LastArchive
from onrecord.reading.inputs import File
from onrecord.reading.rows.base import open_stream, seekable
from onrecord.reading.rows.database_export import articles_of, looks_like

FORMATS: Final = frozenset({"docx", "rtf"})
"""The formats of one article that may hold an export; PDF files would have to be read whole to know."""

_LARGEST: Final = 100_000_000
_SIGN: Final = re.compile(
    rb"End of Document|[0-9] of [0-9,]+ DOCUMENTS?\b|L(?:oad|OAD)-D(?:ate|ATE)|ProQuest document ID|"
    rb"Document [A-Z][A-Z0-9]{2,11}[0-9]{8}[a-z0-9]{6,14}"
)
"""What appears in every export, and hardly ever in an article."""
_CHUNK: Final = 1 << 20
_OVERLAP: Final = 64
_WORDS: Final = "word/document.xml"


def holds_export(file: File, archives: LastArchive) -> bool:
    """Whether a document is an export; its text is only taken out if a sign of one is in it."""
    try:
        with ExitStack() as stack:
            return _has_sign(open_stream(file, stack, archives)) and looks_like(_text(file, archives))
    except (*DAMAGE, InputError):  # reading it says what is wrong
        return False


def rows(stream: IO[bytes], where: str) -> Iterator[Mapping[str, object] | InputError]:
    """The articles in the export; see ``articles_of``."""
    try:
        text = _read(stream, where)
    except InputError as error:
        yield error
        return
    yield from articles_of(text, where)


def _text(file: File, archives: LastArchive) -> str:
    with ExitStack() as stack:
        return _read(open_stream(file, stack, archives), "")


def _read(stream: IO[bytes], where: str) -> str:
    from onrecord.reading.documents import docx, rtf

    data = stream.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise InputError(f"{where}: over {_LARGEST // 1_000_000} MB; export fewer articles at a time")
    text: str
    text, _ = (rtf if data.startswith(b"{\\rtf") else docx).read(data, where)
    return text


def _has_sign(stream: IO[bytes]) -> bool:
    start = stream.read(8)
    if start.startswith(b"{\\rtf"):
        return _found_in(stream)
    with ExitStack() as stack:
        file = seekable(stream, "")
        stack.callback(file.close)
        file.seek(0)
        packed = stack.enter_context(zipfile.ZipFile(file))
        return _found_in(stack.enter_context(packed.open(_WORDS)))


def _found_in(stream: IO[bytes]) -> bool:
    rest = b""
    size = 0
    while (data := stream.read(_CHUNK)) and size < _LARGEST:
        size += len(data)
        if _SIGN.search(rest + data):
            return True
        rest = data[-_OVERLAP:]
    return False
