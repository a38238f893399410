"""The items of a large XML file one after another, from a stream, with nothing fetched, expanded or kept.

lxml does it: it parses a stream in steps, and it is here already. feedparser would take a feed into memory as a
whole and brings a parser of its own for what is no XML; what is broken in real feeds is mended or reported here: HTML's
entities, bare ampersands, control characters, blanks before the declaration, Windows-1252 under another name. External
files and entities are never read, and a document's own entities stay as they are written.
"""

from __future__ import annotations

import codecs
import html.entities
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any, Final

from onrecord.errors import InputError
from onrecord.reading.encodings import encoding_labelled

HEAD: Final = 1 << 16
"""Bytes at the start of a file that are looked at to see what it is."""
_CHUNK: Final = 1 << 16
_LARGEST_ITEM: Final = 40_000_000
"""Bytes of an item, its markup and metadata included; an article has at most 20 MB."""
_DAMAGED: Final = "\ufdd0"
"""Stands for bytes that could not be decoded; no text has this character, as Unicode reserves it for such uses."""

_DECLARATION: Final = re.compile(rb"""\s*<\?xml\b[^>]{0,200}?\bencoding\s*=\s*["']([\w.:-]{1,40})["']""", re.I)
_XML_DECLARATION: Final = re.compile(r"\s*<\?xml\b[^>]*\?>", re.I)
_BEFORE_ROOT: Final = re.compile(
    r"\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE(?:[^\[>\"']|\"[^\"]*\"|'[^']*')*(?:\[.*?\]\s*)?>", re.I | re.S
)
_ROOT: Final = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)")
_TOKEN: Final = re.compile(r"<!\[CDATA\[|\]\]>|&(?:(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|\w{1,32});)?")
_PLACE: Final = re.compile(r"(?: line \d+)?(?: and \w+)?, line \d+, column \d+.*$")
_CONTROLS: Final = dict.fromkeys((*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), 0xFFFE, 0xFFFF))
_OF_XML: Final = frozenset({"amp", "lt", "gt", "quot", "apos"})


@dataclass(frozen=True, slots=True)
class Item:
    """An element with everything in it, and the root of the file as far as it has been read."""

    element: Any
    root: Any


def root_name(head: bytes) -> str | None:
    """The name of the root element, without its prefix, of a file that begins with ``head``; None if it is not XML.

    >>> root_name(b'<?xml version="1.0"?><!-- news --><rss version="2.0">')
    'rss'
    """
    text = head.decode(_encoding(head), "replace").lstrip("\ufeff")
    at = 0
    while (match := _BEFORE_ROOT.match(text, at)) is not None:
        at = match.end()
    root = _ROOT.match(text, at)
    return root[1] if root else None


def items(stream: IO[bytes], where: str, names: frozenset[str]) -> Iterator[Item | InputError]:
    """The outermost elements of these local names, in order; an item that is not XML is yielded as its error.

    An ``Item`` is valid until the next one is asked for: what has been read is thrown away then.

    Args:
        stream: read from where it is; need not be seekable.
        names: local names, which count in any namespace.
    """
    from lxml import etree

    start = re.compile(rf"<(?:[\w.-]+:)?(?:{'|'.join(sorted(names))})(?=[\s/>])")
    parser: Any = None
    reading = _Reading(names)
    head = ""
    number = size = 0
    broken = False
    for begins, text in _pieces(stream, start):
        if begins:
            number, size, broken = number + 1, 0, False
        elif broken:
            continue
        size += len(text)
        if number == 0:
            head += text
        try:
            if size > _LARGEST_ITEM:
                raise ValueError(f"over {_LARGEST_ITEM // 1_000_000} MB, longer than any article")
            if parser is None:
                parser = _parser()
                if number:
                    parser.feed(head.encode())
            parser.feed(text.encode())
        except (etree.LxmlError, ValueError) as error:
            yield from reading.finished(parser)
            yield InputError(f"{where}: item {number or 1}: not readable as XML ({_line(error)}); repair it")
            if number == 0:
                return
            parser, broken, reading = None, True, _Reading(names)
        else:
            yield from reading.finished(parser)
    if parser is None:
        return
    try:
        parser.close()
    except (etree.LxmlError, ValueError) as error:
        yield InputError(f"{where}: ends too early or is damaged after item {number} ({_line(error)}); save it again")
    yield from reading.finished(parser)


class _Reading:
    """Picks the outermost items out of a parser's events, and frees what has been read."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names
        self._depth = 0
        self._root: Any = None

    def finished(self, parser: Any) -> Iterator[Item]:
        if parser is None:
            return
        for event, element in parser.read_events():
            if self._root is None:
                self._root = element
            if element.tag.rpartition("}")[2] not in self._names:
                continue
            self._depth += 1 if event == "start" else -1
            if event == "end" and self._depth == 0:
                yield Item(element, self._root)
                parent = element.getparent()
                element.clear(keep_tail=True)
                while (
                    parent is not None and (before := element.getprevious()) is not None and before.tag == element.tag
                ):
                    parent.remove(before)


def is_damaged(text: str) -> bool:
    """Whether bytes of ``text``, which is an item's, could not be decoded."""
    return _DAMAGED in text


def _parser() -> Any:
    from lxml import etree

    return etree.XMLPullParser(
        events=("start", "end"),
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _pieces(stream: IO[bytes], start: re.Pattern[str]) -> Iterator[tuple[bool, str]]:
    """The text in pieces of some kilobytes, cut before every item, and whether an item begins with the piece."""
    rest = ""
    begins = False
    for text in _mended(stream):
        rest += text
        at = 0
        while (match := start.search(rest, at + 1 if begins or at else at)) is not None:
            if match.start() > at or begins:
                yield begins, rest[at : match.start()]
            at, begins = match.start(), True
        # The name of an item may go on in the next piece.
        end = rest.rfind("<", max(at + 1, len(rest) - 80))
        end = len(rest) if end < 0 else end
        if end > at:
            yield begins, rest[at:end]
            begins = False
            at = end
        rest = rest[at:]
    if rest:
        yield begins, rest


def _mended(stream: IO[bytes]) -> Iterator[str]:
    """The file's text as XML allows it, in pieces."""
    head = stream.read(HEAD)
    decoder = codecs.getincrementaldecoder(_encoding(head))(_MARKED)
    in_cdata = False
    rest = ""
    data = head
    first = True

    def mend(token: re.Match[str]) -> str:
        nonlocal in_cdata
        found = token[0]
        if found == "<![CDATA[":
            in_cdata = True
        elif found == "]]>":
            in_cdata = False
        elif not in_cdata:
            return _reference(token[1])
        return found

    while data:
        text = rest + decoder.decode(data).translate(_CONTROLS)
        if first:
            text = _XML_DECLARATION.sub("", text.lstrip("\ufeff \t\r\n"), count=1)
            first = False
        data = stream.read(_CHUNK)
        cut = len(text) if not data else _safe_end(text)
        text, rest = text[:cut], text[cut:]
        yield _TOKEN.sub(mend, text)
    if rest := rest + decoder.decode(b"", final=True):
        yield rest


def _safe_end(text: str) -> int:
    """Where ``text`` can be cut without cutting a reference or the bounds of character data."""
    tail = max(0, len(text) - 40)
    found = [at for at in (text.rfind("&", tail), text.rfind("<![", tail), text.rfind("<", tail)) if at >= 0]
    found += [at for at in (text.find("]", tail),) if at >= 0]
    return min(found, default=len(text)) if found and min(found) > 0 else len(text)


def _reference(name: str | None) -> str:
    """What stands for a reference outside character data: nothing is left to be expanded or to fail."""
    if name is None:
        return "&amp;"
    if name in _OF_XML:
        return f"&{name};"
    if name[0] != "#":
        characters = html.entities.html5.get(f"{name};")
        return f"&amp;{name};" if characters is None else "".join(f"&#{ord(character)};" for character in characters)
    code = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
    if 0x80 <= code < 0xA0:  # written by those who mean Windows-1252
        return bytes([code]).decode("cp1252", "replace")
    allowed = code in {9, 10, 13} or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
    return f"&#{code};" if allowed else ""


def _encoding(head: bytes) -> str:
    """The encoding of a file that begins with ``head``, as Python knows it."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if head.startswith(mark):
            return encoding
    if head[:4].count(0) == 2 and b"<" in head[:2]:
        return "utf-16-le" if head[0] else "utf-16-be"
    match = _DECLARATION.match(head)
    declared = encoding_labelled(match[1].decode("ascii")) if match else None
    if declared is None or declared == "windows-1252":
        if head.isascii():
            return declared or "utf-8"
        return "utf-8" if _is_utf_8(head) else "windows-1252"
    return declared


def _is_utf_8(head: bytes) -> bool:
    """Whether ``head`` is UTF-8, with a few faults at most; its last character may be cut."""
    text = codecs.getincrementaldecoder("utf-8")("replace").decode(head)
    broken = text.count("\ufffd")
    return sum(character > "\x7f" for character in text) > 2 * broken or broken == 0


def _line(error: Exception) -> str:
    """What an error says, without the line and column in the stretch that was parsed."""
    return _PLACE.sub("", (str(error) or type(error).__name__).splitlines()[0])[:200]


def _mark(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return _DAMAGED, error.end


_MARKED: Final = "onrecord.marked"
codecs.register_error(_MARKED, _mark)
