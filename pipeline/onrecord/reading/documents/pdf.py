"""From a PDF with a text layer to the article in it; pdfium reads the characters, `pdf_layout` puts them in order.

Of pypdf, pdfplumber and pypdfium2, none puts columns in order that are drawn line by line across the page, so boxes are
needed, not text; pdfium gives them ten to forty times as fast as the other two, and reads every file that Chrome does.
"""

from __future__ import annotations

import math
import re
import zlib
from typing import Any, Final

from onrecord.document import Meta
from onrecord.errors import InputError
from onrecord.reading.documents.pdf_layout import Glyph, article_text
from onrecord.reading.documents.titles import sensible_title
from onrecord.reading.encodings import LONGEST, check_text

_MOST_PAGES: Final = 2_000
_MOST_UNPACKED: Final = 400_000_000
"""Bytes that the compressed streams of a file may come to; pictures are most of them."""
_MOST_STREAM: Final = 100_000_000
_SLANT: Final = 0.5
"""Radians; italics made by slanting have less, watermarks and what stands on its side more."""
_STREAM: Final = re.compile(rb"(?<!end)stream\r?\n")
_SPACE: Final = Glyph(" ", 0.0, 0.0, 0.0, 0.0)
_FEWEST: Final = 20
"""Letters that a file has more of if it has a text layer."""
_WRONG_PASSWORD: Final = 4
"""pdfium's FPDF_ERR_PASSWORD."""


def read(data: bytes, where: str) -> tuple[str, Meta]:
    """The text of a PDF's pages, columns one after another, and its title if it has a sensible one.

    Raises:
        InputError: it is encrypted, damaged, too large, or pictures of pages; or pypdfium2 is not installed.
    """
    try:
        import pypdfium2
    except ImportError as error:
        raise InputError(f"{where}: a PDF; to read it, pip install 'onrecord[pdf]'") from error
    _check_size(data, where)
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == _WRONG_PASSWORD or "password" in str(error).lower():
            raise InputError(f"{where}: an encrypted PDF; save it without a password") from error
        raise InputError(f"{where}: not a readable PDF; open it and save it again, or save it as text") from error
    try:
        if len(document) > _MOST_PAGES:
            raise InputError(f"{where}: a PDF of over {_MOST_PAGES:,} pages; split it into articles")
        pages: list[tuple[float, list[Glyph]]] = []
        room = LONGEST
        for number in range(len(document)):
            pages.append(_page(document, number, room, where))
            room -= len(pages[-1][1])
        title = document.get_metadata_value("Title")
    except pypdfium2.PdfiumError as error:
        raise InputError(f"{where}: a damaged PDF ({str(error)[:100]}); open it and save it again") from error
    finally:
        document.close()
    if sum(glyph.text.isalnum() for _, glyphs in pages for glyph in glyphs) < _FEWEST:
        raise InputError(f"{where}: a PDF without a text layer, pictures of pages; recognise its text (OCR) first")
    text = article_text(pages)
    check_text(text, where)
    return text, Meta(title=sensible_title(title))


def _check_size(data: bytes, where: str) -> None:
    """Unpacks what is compressed, and throws it away, as pdfium would not stop before the memory is full."""
    total = 0
    for match in _STREAM.finditer(data):
        unpacking = zlib.decompressobj()
        block, unpacked = data[match.end() : match.end() + 65_536], 0
        position = match.end() + len(block)
        try:
            while block and not unpacking.eof:
                unpacked += len(unpacking.decompress(block, 1_000_000))
                if unpacked > _MOST_STREAM or total + unpacked > _MOST_UNPACKED:
                    raise InputError(f"{where}: a PDF that unpacks to far more than an article; save it as text")
                block = unpacking.unconsumed_tail
                if not block:
                    block = data[position : position + 65_536]
                    position += len(block)
        except zlib.error:
            pass  # not compressed, or in another way
        total += unpacked


def _page(document: Any, number: int, room: int, where: str) -> tuple[float, list[Glyph]]:
    """The height of a page and its upright characters, in the order in which they are drawn."""
    import ctypes

    from pypdfium2 import raw

    page = document[number]
    try:
        text_page = page.get_textpage()
        try:
            count = text_page.count_chars()
            if count > room:
                raise InputError(f"{where}: over {LONGEST // 1_000_000} million characters; split it into articles")
            glyphs: list[Glyph] = []
            box = raw.FS_RECTF()
            for index in range(count):
                if raw.FPDFText_IsGenerated(text_page, index) == 1:  # a space between words that has no width
                    glyphs.append(_SPACE)
                    continue
                code = raw.FPDFText_GetUnicode(text_page, index)
                if (
                    not code
                    or 0xD800 <= code < 0xE000
                    or not raw.FPDFText_GetLooseCharBox(text_page, index, ctypes.byref(box))
                ):
                    continue
                angle = raw.FPDFText_GetCharAngle(text_page, index)
                if _SLANT < angle < 2 * math.pi - _SLANT:
                    continue
                size = raw.FPDFText_GetFontSize(text_page, index)
                height = box.top - box.bottom
                glyphs.append(Glyph(chr(code), box.left, box.right, box.bottom, height if height > 0 else size))
            return page.get_height(), glyphs
        finally:
            text_page.close()
    finally:
        page.close()
