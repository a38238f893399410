"""XML files: what the root element says they are, and their articles one after another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import IO, Final

from onrecord.errors import InputError
from onrecord.reading.documents.html import declared_encoding
from onrecord.reading.encodings import decode
from onrecord.reading.rows import feed, news_xml
from onrecord.reading.rows.base import again
from onrecord.reading.rows.xml_stream import HEAD, Item, is_damaged, items, root_name

_LARGEST_PAGE: Final = 20_000_000
_READ: Final = "RSS, Atom, NITF, NewsML and XHTML"

Row = Mapping[str, object]


def recognises(head: bytes) -> bool:
    """Whether a file that begins with ``head`` is a feed or an agency's XML; of a page in XHTML this is not said."""
    return root_name(head) in feed.ROOTS | news_xml.ROOTS


def rows(stream: IO[bytes], where: str) -> Iterator[Row | InputError]:
    """The articles of an XML file as rows with ``html`` (a fragment, or a page if the file is XHTML) or ``text``.

    Args:
        stream: need not be seekable; memory does not grow with it.
        where: the file's name, at the beginning of messages.
    """
    head = stream.read(HEAD)
    root = root_name(head)
    whole = again(head, stream)
    row_of: Callable[[Item, str], Row | InputError | None]
    if root in feed.ROOTS:
        row_of, names = feed.row_of, feed.ENTRIES
    elif root in news_xml.ROOTS:
        row_of, names = news_xml.row_of, news_xml.items_of(root)
    elif root is not None and root.lower() == "html":
        yield _page(whole, where)
        return
    else:
        found = f"an XML file of another kind (<{root[:60]}>)" if root else "not XML"
        yield InputError(f"{where}: {found}; of XML, {_READ} are read")
        return
    number = 0
    for item in items(whole, where, names):
        number += 1
        if isinstance(item, InputError):
            yield item
            continue
        row = row_of(item, f"{where}: item {number}")
        if (
            row is not None
            and not isinstance(row, InputError)
            and any(is_damaged(str(value)) for value in row.values())
        ):
            row = InputError(f"{where}: item {number}: has bytes that are not text in the file's encoding; repair it")
        if row is not None:
            yield row
    if not number:
        yield InputError(f"{where}: no articles in it (<{root}> without {' or '.join(sorted(names))}); leave it out")


def _page(stream: IO[bytes], where: str) -> Row | InputError:
    data = stream.read(_LARGEST_PAGE + 1)
    if len(data) > _LARGEST_PAGE:
        return InputError(f"{where}: over {_LARGEST_PAGE // 1_000_000} MB, longer than any article; split it")
    try:
        return {"html": decode(data, where, declared_encoding(data))[0]}
    except InputError as error:
        return error
