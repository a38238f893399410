"""From a fragment of markup to text: the HTML of a feed's entry or of a field in a row, without a page around it.

A fragment holds the article and nothing else, or nearly so. There is no body to be found in it, which is what
trafilatura does for a page and what it fails at where two paragraphs are all there is.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any, Final

from onrecord.text.word_lists import read_lists

_WORDS: Final = read_lists("onrecord.reading", "markup")
_BLOCKS: Final = _WORDS["blocks"]
_NO_TEXT: Final = _WORDS["no text"]
_PAGE: Final = re.compile(
    r"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--(?:(?!-->).){0,2000}-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_MARKUP: Final = re.compile(r"</?[a-z][a-z0-9]{0,15}(?:\s[^<>]*)?/?>|&(?:[a-z]{2,8}|#\d{2,6}|#x[0-9a-f]{2,5});", re.I)
_SPACE: Final = re.compile(r"[ \t\r\n\f\v]+")
_MOST_TAGS: Final = 100_000
# What content systems put under each entry of a feed.
_TAIL: Final = re.compile(
    r"the post .{1,300} (?:appeared first on|first appeared on) .{1,100}|"
    r"(?:continue reading|read more|read the full (?:story|article)|read full (?:story|article))\b.{0,60}|"
    r"(?:\[(?:…|\.\.\.|&hellip;)\])",
    re.I | re.S,
)


def is_page(markup: str) -> bool:
    """Whether ``markup`` begins as a web page does, with its own head or body; a fragment has neither.

    >>> is_page("<!DOCTYPE html><html><body><p>Yes.</p></body></html>"), is_page("<p>No.</p>")
    (True, False)
    """
    return _PAGE.match(markup) is not None


def has_markup(text: str) -> bool:
    """Whether ``text`` holds tags or character references, as HTML in a field does; a lone ``<`` is neither."""
    return _MARKUP.search(text) is not None


def fragment_text(markup: str) -> str:
    """The text of a fragment of HTML: a blank line between blocks, one newline for ``<br>``, spaces as one.

    Scripts, styles, forms, players, pictures and captions are left out, and so are the lines that blog software puts
    under an entry (``Continue reading…``). Text without markup comes out with its lines as they are.

    Raises:
        ValueError: it has over 100,000 tags, or they are nested too deeply to be read.
    """
    if not has_markup(markup):
        return markup.strip()
    if markup.count("<") > _MOST_TAGS:
        raise ValueError(f"over {_MOST_TAGS:,} tags, too many for an article")
    if "<" not in markup:
        return html.unescape(markup).strip()
    import lxml.html  # here, because it takes a tenth of a second to load
    from lxml.etree import LxmlError

    parser: Any = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        tree = lxml.html.document_fromstring(f"<body>{markup}</body>".encode("utf-8", "replace"), parser=parser)
    except LxmlError as error:
        raise ValueError("no markup that can be read") from error
    if any("depth" in entry.message for entry in parser.error_log):
        raise ValueError("tags nested too deeply to be read")
    return "\n\n".join(_without_tail(paragraphs(tree)))


def paragraphs(tree: Any) -> list[str]:
    """The paragraphs of an element of HTML, XHTML or NITF, in order, with the line breaks of ``<br>``."""
    found: list[str] = []
    line: list[str] = []
    for piece in _pieces(tree):
        if piece is not None:
            line.append(piece)
        else:
            found.append(_tidy("".join(line)))
            line.clear()
    found.append(_tidy("".join(line)))
    return [paragraph for paragraph in found if paragraph]


def name_of_tag(element: Any) -> str:
    """The element's name in small letters, without its namespace; empty for comments and the like."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _pieces(tree: Any) -> Iterator[str | None]:
    """Pieces of text in order, and None wherever a paragraph ends; without recursion, as trees may be deep."""
    waiting: list[tuple[Any, bool]] = [(tree, False)]
    while waiting:
        element, leaving = waiting.pop()
        name = name_of_tag(element)
        if leaving:
            if name in _BLOCKS:
                yield None
            if element is not tree and element.tail:
                yield _SPACE.sub(" ", element.tail)
            continue
        waiting.append((element, True))
        if name in _BLOCKS:
            yield None
        if name == "br":
            yield "\n"
        elif not name:  # a comment, or an entity of the document's own, which is not expanded
            if element.text and element.text.startswith("&"):
                yield element.text
        elif name not in _NO_TEXT or element is tree:
            if element.text:
                yield element.text if name == "pre" else _SPACE.sub(" ", element.text)
            waiting.extend((child, False) for child in reversed(element))


def _tidy(paragraph: str) -> str:
    lines = (re.sub(" {2,}", " ", line).strip() for line in paragraph.split("\n"))
    return re.sub(r"\n{2,}", "\n", "\n".join(lines)).strip()


def _without_tail(found: list[str]) -> list[str]:
    while len(found) > 1 and _TAIL.fullmatch(found[-1]):
        found = found[:-1]
    return found
