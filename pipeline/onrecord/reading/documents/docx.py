"""From a Word document (DOCX) to the article in it.

A DOCX is a ZIP archive of XML. lxml reads its text here and not python-docx, which unpacks every picture first and
leaves out what was inserted while changes were tracked.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from onrecord.document import Meta
from onrecord.errors import InputError
from onrecord.reading.documents.titles import sensible_title
from onrecord.reading.encodings import check_text

_MOST_XML: Final = 60_000_000
"""Bytes of a part of the document; Word's markup takes ten times as much as the text."""
_WORD: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT: Final = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_LEFT_OUT: Final = frozenset({
    "del", "moveFrom", "instrText", "delText", "pPr", "rPr", "tblPr", "sectPr", "footnoteReference",
    "endnoteReference", "commentReference",
})  # fmt: skip
_CONTROLS: Final = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": ""}


def read(data: bytes, where: str) -> tuple[str, Meta]:
    """The headings, paragraphs and tables of a Word document, and its title if it has a sensible one.

    Headers, footers, footnotes, comments and deleted text are left out; inserted text is in.

    Raises:
        InputError: it is encrypted, damaged, far larger than an article, or not a Word document.
    """
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise InputError(f"{where}: an encrypted or old Word document; save it as DOCX without a password")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            if "word/document.xml" not in names:
                raise InputError(f"{where}: not a Word document; save it as DOCX or as text")
            root = _xml(archive, "word/document.xml", where)
            core = _xml(archive, "docProps/core.xml", where) if "docProps/core.xml" in names else None
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        raise InputError(f"{where}: a damaged Word document ({str(error)[:100]}); save it again") from error
    paragraphs = list(_paragraphs(root))
    text = "\n\n".join(text for text, _ in paragraphs)
    if not text:
        raise InputError(f"{where}: a Word document without text; leave it out")
    check_text(text, where)
    stated = None if core is None else sensible_title(core.findtext("{http://purl.org/dc/elements/1.1/}title"))
    styled = next((text for text, style in paragraphs if style == "title"), None)
    return text, Meta(title=stated or sensible_title(styled))


def _xml(archive: zipfile.ZipFile, name: str, where: str) -> Any:
    """A part of the document; the sizes that the archive states may be lies, so what comes out is counted."""
    from lxml import etree

    with archive.open(name) as stream:
        content = stream.read(_MOST_XML + 1)
    if len(content) > _MOST_XML:
        raise InputError(f"{where}: a Word document that unpacks to far more than an article; save it as text")
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise InputError(f"{where}: a damaged Word document ({str(error)[:100]}); save it again") from error
    if root.getroottree().docinfo.doctype:
        raise InputError(f"{where}: a Word document with a document type, which Word does not write; save it again")
    return root


@dataclass(slots=True)
class _Paragraph:
    text: list[str] = field(default_factory=list)
    style: str = ""

    def take(self, element: Any, name: str) -> None:
        if name == "t":
            self.text.append(element.text or "")
        elif name == "pPr":
            self.style = _style(element)
        else:
            self.text.append(_CONTROLS.get(name, ""))

    def line(self) -> str:
        lines = (" ".join(line.split()) for line in "".join(self.text).split("\n"))
        return "\n".join(lines).strip()


def _paragraphs(root: Any) -> Iterator[tuple[str, str]]:
    """The text and the style of each paragraph; those of a table's row are one, with tabs between the cells."""
    open_paragraphs: list[_Paragraph] = []  # more than one where a paragraph holds a text box
    row: list[str] = []
    rows = 0
    for event, element in _kept(root):
        name = _name(element)
        if event == "start":
            rows += name == "tr"
            if name == "p":
                open_paragraphs.append(_Paragraph())
            elif open_paragraphs:
                open_paragraphs[-1].take(element, name)
        elif name == "p":
            ended = open_paragraphs.pop()
            text = ended.line()
            if text and rows:
                row.append(text)
            elif text:
                yield text, ended.style
        elif name == "tr":
            rows -= 1
            if not rows and row:
                yield "\t".join(row), ""
                row = []


def _kept(root: Any) -> Iterator[tuple[str, Any]]:
    """The starts and ends of the elements that are not left out, and the starts of the properties of paragraphs."""
    from lxml import etree

    skipped: Any = None
    for event, element in etree.iterwalk(root, events=("start", "end"), tag="*"):
        if skipped is not None:
            skipped = None if event == "end" and element is skipped else skipped
            continue
        name = _name(element)
        if name in _LEFT_OUT or element.tag.endswith("}Fallback"):
            skipped = element
            if name != "pPr":
                continue
        yield event, element


def _style(properties: Any) -> str:
    style = next((each for each in properties if _name(each) == "pStyle"), None)
    value = "" if style is None else style.get(f"{style.tag[: style.tag.index('}') + 1]}val") or ""
    return str(value).casefold()


def _name(element: Any) -> str:
    """The element's name in Word's own namespace, empty for others."""
    for space in (_WORD, _STRICT):
        if element.tag.startswith(space):
            return str(element.tag[len(space) :])
    return ""
