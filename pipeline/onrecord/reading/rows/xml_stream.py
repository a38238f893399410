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
from xml.sax.saxutils import quoteattr

from onrecord.errors import InputError
from onrecord.reading.encodings import encoding_labelled

HEAD: Final = 1 << 16
"""Bytes at the start of a file that are looked at to see what it is."""
_CHUNK: Final = 1 << 16
_LARGEST_ITEM: Final = 40_000_000
"""Bytes of an item, its markup and metadata included; an article has at most 20 MB."""
_LONGEST_AROUND: Final = 8_000
"""Characters of the start tags around an item; feeds with very many namespaces have two thousand."""
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
    """An element with everything in it, and the root of the file as far as it had been read before anything broken.

    ``shared`` is one dictionary for all items of the file, for what is looked up in the root once.
    """

    element: Any
    root: Any
    shared: dict[str, str | None]


def root_name(head: bytes) -> str | None:
    """The name of the root element, without its prefix, of a file that begins with ``head``; None if it is not XML.

    >>> root_name(b'<?xml version="1.0"?><!-- news --><rss version="2.0">')
    'rss'
    """
    text = head.decode(_encoding(head), "replace").lstrip("\ufeff")
    root = _ROOT.match(text, _end_of_prolog(text, 0))
    return root[1] if root else None


def _end_of_prolog(text: str, start: int) -> int:
    """Where comments, declarations and white space that begin at ``start`` end."""
    at = start
    while (match := _BEFORE_ROOT.match(text, at)) is not None:
        at = match.end()
    return at


def _ends_in_prolog(text: str) -> bool:
    """Whether nothing but what may stand before a root is in ``text`` after its last end tag, or in all of it."""
    end = text.rfind("</")
    return _end_of_prolog(text, 0 if end < 0 else text.find(">", end) + 1) == len(text)


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
    around = ""
    number = size = 0
    broken = False
    for begins, text in _pieces(stream, start):
        if begins:
            number, broken = number + 1, False
            size = size if parser is not None and reading.is_within_item else 0
            if reading.is_complete:  # another document follows
                parser, around, reading = None, "", _Reading(names)
        elif broken:
            continue
        size += len(text)
        try:
            if size > _LARGEST_ITEM:
                raise ValueError(f"over {_LARGEST_ITEM // 1_000_000} MB, longer than any article")
            parser = _parser(around) if parser is None else parser
            parser.feed(text.encode())
        except (etree.LxmlError, ValueError) as error:
            yield from reading.finished(parser)
            parser, broken = None, True
            if reading.is_complete and _ends_in_prolog(text):
                continue  # another document follows
            yield InputError(f"{where}: item {number or 1}: not readable as XML ({_line(error)}); repair it")
            around = reading.start_tags()
            if number == 0:
                return
            if len(around) > _LONGEST_AROUND:
                what = "too many elements or namespaces are around it"
                yield InputError(f"{where}: is not read after item {number}, as {what}; repair that item")
                return
            reading = reading.anew()
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

    def __init__(self, names: frozenset[str], root: Any = None, shared: dict[str, str | None] | None = None) -> None:
        self._names = names
        self._root = root
        self._shared: dict[str, str | None] = {} if shared is None else shared
        self._open: list[Any] = []
        self._around: list[Any] = []
        self._began = False
        self._depth = 0

    @property
    def is_complete(self) -> bool:
        """Whether the document has ended, which was an item itself."""
        return self._began and not self._open and not self._around

    @property
    def is_within_item(self) -> bool:
        """Whether an item has begun and not ended."""
        return self._depth > 0

    def finished(self, parser: Any) -> Iterator[Item]:
        if parser is None:
            return
        for event, element in parser.read_events():
            if self._root is None:
                self._root = element
            if event == "start":
                if self._depth == 0 and self._is_item(element):
                    self._around = list(self._open)
                self._open.append(element)
                self._began = True
            else:
                self._open.pop()
            if not self._is_item(element):
                continue
            self._depth += 1 if event == "start" else -1
            if event == "end" and self._depth == 0:
                yield Item(element, self._root, self._shared)
                parent = element.getparent()
                element.clear(keep_tail=True)
                while (
                    parent is not None and (before := element.getprevious()) is not None and before.tag == element.tag
                ):
                    parent.remove(before)

    def start_tags(self) -> str:
        """The start tags of what is open around the item, with their namespaces and no other attributes.

        It is for another parser to go on after a broken item, so that nothing before the item is parsed again; if there
        is more than any feed has around its entries, it is cut to a little more than `_LONGEST_AROUND` characters.
        """
        tags: list[str] = []
        known: dict[str | None, str | None] = {}
        for element in self._open or self._around:
            if self._is_item(element) or sum(map(len, tags)) > _LONGEST_AROUND:
                break
            local = element.tag.rpartition("}")[2]
            tags.append(f"<{element.prefix}:{local}" if element.prefix else f"<{local}")
            namespaces = element.nsmap
            for prefix, address in namespaces.items():
                if prefix not in known or known[prefix] != address:
                    tags.append(f" xmlns{f':{prefix}' if prefix else ''}={quoteattr(address or '')}")
            known = namespaces
            tags.append(">")
        return "".join(tags)

    def anew(self) -> _Reading:
        """For the parser that goes on after a broken item."""
        return _Reading(self._names, self._root, self._shared)

    def _is_item(self, element: Any) -> bool:
        return element.tag.rpartition("}")[2] in self._names


def is_damaged(text: str) -> bool:
    """Whether bytes of ``text``, which is an item's, could not be decoded."""
    return _DAMAGED in text


def _parser(around: str) -> Any:
    """A parser that has read ``around``: the start tags of elements whose content follows."""
    from lxml import etree

    parser: Any = etree.XMLPullParser(
        events=("start", "end"),
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    parser.feed(around.encode())
    return parser


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
    return broken == 0 or sum(character > "\x7f" for character in text) > 2 * broken


def _line(error: Exception) -> str:
    """What an error says, without the line and column in the stretch that was parsed."""
    return _PLACE.sub("", (str(error) or type(error).__name__).splitlines()[0])[:200]


def _mark(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return _DAMAGED, error.end


_MARKED: Final = "onrecord.marked"
codecs.register_error(_MARKED, _mark)
