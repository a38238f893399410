"""From bytes to text: which encoding they are in, and whether they are text at all.

Text comes out exactly as it was stored: newlines stay untouched, and ``data.decode(encoding)`` gives the same text
again. Bytes that cannot be read are refused with a one-line message, never guessed at or mangled.
"""

from __future__ import annotations

import codecs
import re
from functools import cache
from typing import Final

from onrecord.errors import DecodingError
from onrecord.text.word_lists import read_table

LONGEST: Final = 5_000_000
"""The most characters of an article: thousands of pages, and the most that a run has in memory at a time."""

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SIGNATURES: Final = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document"),
    (b"{\\rtf", "an RTF document"),
    (b"\x1f\x8b", "a gzip file"),
    (b"\xfd7zXZ\x00", "an xz file"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a", "a RAR archive"),
    (b"\x7fELF", "a program"),
)
_CONTROLS: Final = frozenset(chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))) - frozenset("\t\n\r\x0b\x0c\x85")
_ENOUGH = 4096
"""How many characters or bytes are examined where a part is as good as the whole."""


_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_CANDIDATES: Final = (
    "cp1252",
    "mac_roman",
    "cp1250",
    "cp1251",
    "shift_jis",
    "gb18030",
    "big5",
    "euc_kr",
    "cp437",
    "cp850",
)
"""The encodings that charset-normalizer may choose from: those in which news was stored."""


def decode(data: bytes, where: str, declared: str | None = None) -> tuple[str, str]:
    """The text of ``data`` and the name of the encoding, with ``data.decode(encoding)`` equal to the text.

    A byte order mark decides; then UTF-16 if every other byte is NUL; then UTF-8 if all of it is; then ``declared``,
    what the data say of themselves, if it is a label of `encoding_labelled`; then what charset-normalizer finds, or
    Windows-1252 if it fits equally well.

    Raises:
        DecodingError: ``data`` is empty, binary, too long, damaged UTF-8, or in an unknown encoding. The
            message begins with ``where``.
    """
    if not data.strip():
        raise DecodingError(f"{where}: empty; remove the file or put the article's text into it")
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            raise DecodingError(f"{where}: {kind}, not a text; save the article as plain text (UTF-8)")
    encoding = _encoding_by_pattern(data)
    if encoding is None:
        text, encoding = _decode_bytes(data, where, declared)
    else:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            raise DecodingError(
                f"{where}: begins as {encoding} but is damaged at byte {error.start}; save it again as UTF-8"
            ) from error
    check_text(text, where)
    return text, encoding


def encoding_labelled(label: str) -> str | None:
    """Python's name of the encoding that a web page means by ``label``, None if there is no such encoding.

    Python knows many more, and nobody stores news in those: some undo compression or write programs' escapes, and one
    fails on purpose. UTF-8 and UTF-16 are not among them, since a page's bytes show them, whatever the page says.

    >>> encoding_labelled("ISO-8859-1"), encoding_labelled("gb2312"), encoding_labelled("rot13")
    ('windows-1252', 'gb18030', None)
    """
    return _labels().get(label.strip().lower())


@cache
def _labels() -> dict[str, str]:
    rows = read_table("onrecord.reading", "encodings")
    return {label: row["encoding"] for row in rows for label in row["labels"].split("|")}


def check_text(text: str, where: str) -> None:
    """Refuses what cannot be the text of an article.

    Raises:
        DecodingError: ``text`` is binary, only white space, too long, or holds halves of characters.
    """
    controls = sum(character in _CONTROLS for character in text[:_ENOUGH])
    if "\0" in text or controls > max(1, min(len(text), _ENOUGH) // 100):
        raise DecodingError(f"{where}: binary data, not a text; save the article as plain text (UTF-8)")
    if not text.replace("\ufeff", "").replace("\u200b", "").strip():
        raise DecodingError(f"{where}: only white space; remove it or put the article's text there")
    if len(text) > LONGEST:
        raise DecodingError(
            f"{where}: {len(text) / 1e6:.1f} million characters; no article has over {LONGEST // 1_000_000} million, "
            "so split it into articles"
        )
    check_characters(text, where)


def check_characters(text: str, where: str) -> None:
    """Refuses lone surrogates, which decoding the wrong way leaves behind: tokenizers and files reject them.

    Raises:
        DecodingError: there is one.
    """
    if not text.isascii() and _SURROGATE.search(text):
        raise DecodingError(f"{where}: has halves of characters (lone surrogates); decode it again, as UTF-8")


def _encoding_by_pattern(data: bytes) -> str | None:
    """The encoding that a byte order mark or the places of the NULs reveal."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return encoding
    # In UTF-16 the high byte of every Latin letter, space and full stop is NUL, and the low byte of none.
    sample = data[: 2 * _ENOUGH]
    half = len(sample) // 2
    if len(data) % 2 == 0:
        even, odd = sample[0::2].count(0), sample[1::2].count(0)
        if odd > 0.6 * half and even == 0:
            return "utf-16-le"
        if even > 0.6 * half and odd == 0:
            return "utf-16-be"
    return None


def _decode_bytes(data: bytes, where: str, declared: str | None) -> tuple[str, str]:
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        fault = error
    # Windows-1252 hardly ever forms a valid UTF-8 sequence: where most are valid, it is UTF-8 with a fault, and to
    # read it as Windows-1252 would turn every quotation mark into three wrong characters.
    lenient = data.decode("utf-8", errors="replace")
    valid = sum(character > "\x7f" for character in lenient)
    broken = lenient.count("\ufffd") - data.count("\ufffd".encode())
    if b"\0" not in data and valid - broken > broken:
        raise DecodingError(
            f"{where}: UTF-8, but damaged at byte {fault.start}; repair it, e.g. iconv -f utf-8 -t utf-8 -c FILE > NEW"
        )
    encoding = encoding_labelled(declared) if declared else None
    if encoding is not None and (text := _try(data, encoding)) is not None:
        return text, encoding
    found = None if b"\0" in data else _guess(data)
    if found is None:
        raise DecodingError(
            f"{where}: binary data or an unknown encoding; save the article as plain text (UTF-8)"
        ) from fault
    return found


def _guess(data: bytes) -> tuple[str, str] | None:
    """The text and encoding that charset-normalizer finds; Windows-1252 if it finds nothing cleaner.

    Its own ranking of encodings that differ in a few accents means little: for English it often prefers another.
    """
    from charset_normalizer import from_bytes

    matches = list(from_bytes(data, cp_isolation=list(_CANDIDATES), threshold=0.5))
    best = min((match.chaos for match in matches), default=1.0)
    tidy = [name for match in matches if match.chaos <= best for name in match.could_be_from_charset]
    for name in (["cp1252"] if "cp1252" in tidy else []) + [match.encoding for match in matches]:
        if (text := _try(data, name)) is not None:
            return text, "windows-1252" if name == "cp1252" else name
    return None


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeError, LookupError):
        return None
