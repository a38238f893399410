"""The registry of formats: what a file's ending and its first bytes say of it, and which module reads it.

A format of one article has a module in ``documents`` with ``read(data, where)``; a format of many has one in ``rows``
with ``rows(stream, where)``. To add one, add its line to ``FORMATS``; the module is imported when a file needs it.
Several formats may share an ending: the first whose ``recognises(head)`` says yes is taken, else the first without it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import IO, Any, Final, cast

from onrecord.document import Meta
from onrecord.errors import InputError
from onrecord.reading.documents.fragment import is_page

HEAD: Final = 8192
"""Bytes at the beginning of a file that are looked at to tell its format."""
_READING: Final = "onrecord.reading"
_LIST: Final = re.compile(rb"\[\s*\{\s*\"")
_ZIP: Final = b"PK\x03\x04"
_OFFICE: Final = {b"word/": "docx", b"xl/": "xlsx"}
"""The folders in a ZIP that make it a document or a workbook."""
_OBJECT: Final = re.compile(rb"\{\s*\"[^\"\n]{1,100}\"\s*:")


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file.

    Args:
        name: how code calls it.
        kind: how listings call an article in it.
        suffixes: the endings that stand for it, in lower case; ``.gz`` and the like are taken off before.
        module: what reads it, below ``onrecord.reading``; the core reads those without one itself.
        many: whether a file holds many articles.
        has_columns: whether its fields are named by whoever made the file, so that they may have to be guessed.
        recognised: whether the module has ``recognises(head)``, which is asked before a file is taken for it.
        in_text: whether it is looked for in plain text, too, whatever the ending.
        signature: bytes that all files of it begin with.
        unpacks: the compression that the module undoes itself, to get past damage in it.
        wanted: what a file of these endings must be, where its bytes decide whether it is read.
        page_first: what a page in a row says before the row does, as the row only has it from elsewhere.
        needs: the package that must be importable, and the extra of onrecord that installs it.
    """

    name: str
    kind: str
    suffixes: tuple[str, ...] = ()
    module: str = ""
    many: bool = False
    has_columns: bool = False
    recognised: bool = False
    in_text: bool = False
    signature: bytes = b""
    unpacks: str | None = None
    wanted: str = ""
    page_first: tuple[str, ...] = ()
    needs: tuple[str, str] | None = None

    @property
    def missing(self) -> str | None:
        """The extra that must be installed before this format can be read; None if nothing is missing."""
        if self.needs is None or _is_installed(self.needs[0]):
            return None
        return self.needs[1]

    def read(self, data: bytes, where: str) -> tuple[str, Meta]:
        """The text of the one article in ``data``, and what it says of itself.

        Raises:
            InputError: it cannot be read; one line that begins with ``where``.
        """
        return cast("tuple[str, Meta]", self._function("read", where)(data, where))

    def rows(self, stream: IO[bytes], where: str) -> Iterator[Mapping[str, object] | InputError]:
        """The articles in ``stream``, one after another, or what is wrong with one."""
        return cast("Iterator[Mapping[str, object] | InputError]", self._function("rows", where)(stream, where))

    def recognises(self, head: bytes) -> bool:
        """Whether a file that begins with ``head`` is of this format."""
        if self.recognised:
            return bool(self._function("recognises", "")(head))
        return bool(self.signature) and head.startswith(self.signature)

    def _function(self, name: str, where: str) -> Callable[..., Any]:
        if self.missing is not None and name != "recognises":
            raise InputError(f"{where}: {needs_extra(self)}")
        function: Callable[..., Any] = getattr(import_module(f"{_READING}.{self.module}"), name)
        return function


@cache
def _is_installed(package: str) -> bool:
    return find_spec(package) is not None


def needs_extra(kind: Format) -> str:
    """What to do before files of this format can be read."""
    return f"to read {kind.suffixes[0]} files, pip install 'onrecord[{kind.missing}]'"


TEXT: Final = Format("text", "text", (".txt", ".text"))
HTML: Final = Format("html", "HTML", (".html", ".htm", ".xhtml"), "documents.html")
JSON_LINES: Final = Format("jsonl", "JSON row", (".jsonl", ".ndjson"), many=True, has_columns=True)
PARQUET: Final = Format("parquet", "Parquet row", (".parquet",), many=True, has_columns=True, signature=b"PAR1")

FORMATS: Final[tuple[Format, ...]] = (
    TEXT,
    HTML,
    Format("docx", "Word document", (".docx",), "documents.docx"),
    Format("pdf", "PDF", (".pdf",), "documents.pdf", signature=b"%PDF-", needs=("pypdfium2", "pdf")),
    Format("rtf", "RTF", (".rtf",), "documents.rtf", signature=b"{\\rtf"),
    Format("markdown", "Markdown", (".md", ".markdown"), "documents.markdown"),
    Format("mhtml", "web archive", (".mhtml", ".mht"), "documents.mhtml"),
    # Many articles in a file.
    JSON_LINES,
    PARQUET,
    Format("json", "JSON row", (".json",), "rows.json_array", many=True, has_columns=True),
    Format("csv", "table row", (".csv", ".tsv"), "rows.table", many=True, has_columns=True),
    Format(
        "arrow", "Arrow row", (".arrow", ".feather"), "rows.arrow", many=True, has_columns=True, signature=b"ARROW1"
    ),
    Format(
        "xml",
        "XML item",
        (".xml", ".rss", ".atom", ".rdf", ".nitf", ".newsml"),
        "rows.xml_items",
        many=True,
        recognised=True,
        in_text=True,
        wanted="not XML of a kind that is read; RSS, Atom, NITF, NewsML and XHTML are",
    ),
    Format(
        "warc",
        "WARC page",
        (".warc",),
        "rows.warc",
        many=True,
        signature=b"WARC/",
        unpacks="gzip",
        page_first=("url",),  # the page knows its own address; the crawler, where it went
    ),
    Format("export", "export item", (), "rows.database_export", many=True, recognised=True, in_text=True),
    Format("document export", "export item", (), "rows.database_export.documents", many=True),
    Format("xlsx", "table row", (".xlsx",), "rows.spreadsheet", many=True, has_columns=True),
)
"""All formats, in the order in which they are asked whether they recognise a file."""

BY_NAME: Final[Mapping[str, Format]] = {kind.name: kind for kind in FORMATS}


def suffixes() -> tuple[str, ...]:
    """All endings that stand for a format."""
    return tuple(dict.fromkeys(suffix for kind in FORMATS for suffix in kind.suffixes))


def candidates(name: str) -> tuple[Format, ...]:
    """The formats that a file's name allows, in the order in which to ask them; none if its ending is unknown.

    A compression's ending must have been taken off (see `compression.split`).
    """
    lowered = name.lower()
    return tuple(kind for kind in FORMATS if kind.suffixes and lowered.endswith(kind.suffixes))


def choose(name: str, head: bytes) -> Format | None:
    """The format of a file called ``name`` that begins with ``head``.

    The bytes decide where they are plain, else the ending; what has an unknown ending is text unless the bytes say
    more. None if the ending asks for one of several formats and the bytes are of none.
    """
    kinds = candidates(name)
    for kind in kinds:
        if kind.recognised and kind.recognises(head):
            return kind
    plain = next((kind for kind in kinds if not kind.recognised), None if kinds else TEXT)
    if plain is TEXT or (plain is not None and plain.signature and not head.startswith(plain.signature)):
        for kind in FORMATS:
            if kind is not plain and (kind.in_text or kind.signature) and kind.recognises(head):
                return kind
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if plain is TEXT and head.startswith(_ZIP):
        return next((BY_NAME[name] for part, name in _OFFICE.items() if part in head), TEXT)
    if (plain is TEXT or plain is None) and is_page(start.decode("latin-1")):
        return HTML
    if plain in (TEXT, JSON_LINES) and _LIST.match(start):
        return BY_NAME["json"]
    if plain is TEXT and _OBJECT.match(start):
        return JSON_LINES if _is_line(start) else BY_NAME["json"]
    return plain


def _is_line(start: bytes) -> bool:
    """Whether the first line is a whole object, as far as it can be seen."""
    line, newline, _ = start.partition(b"\n")
    return not newline or line.rstrip().endswith(b"}")
