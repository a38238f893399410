"""The XML of news agencies and archives: NITF, NewsML-G2, NewsML 1, and the items of Reuters' corpora.

A file holds one item or many. An item's text is the paragraphs of its body, whether they are in NITF, in XHTML or in
plain text; captions, bylines and datelines outside the body are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from onrecord.errors import InputError
from onrecord.reading.dates import iso_day
from onrecord.reading.documents.fragment import name_of_tag, paragraphs
from onrecord.reading.rows.xml_stream import Item

_ITEMS: Final = {
    "nitf": {"nitf"},
    "NewsML": {"NewsItem"},
    "newsMessage": {"newsItem"},
    "newsItem": {"newsItem"},
    "newsitem": {"newsitem"},
}
ROOTS: Final = frozenset(_ITEMS)
_OTHER_MEDIA: Final = ("picture", "graphic", "video", "audio", "animation", "photo")
_WHOLE_TEXT: Final = "full_text"
"""The block of the NYT corpus that repeats the block with the lead."""


def items_of(root: str) -> frozenset[str]:
    """The names of the elements that are an item each in a file with this root."""
    return frozenset(_ITEMS[root])


def row_of(item: Item, where: str) -> Mapping[str, object] | InputError | None:
    """The item as a row with ``text``; None if it is a picture, a video or the like."""
    element = item.element
    row = _of_nitf(element) if name_of_tag(element) == "nitf" else _of_item(element)
    if isinstance(row.get("text"), str):
        return {name: value for name, value in row.items() if value is not None}
    if _is_other_media(element):
        return None
    title = row.get("title") or "untitled"
    if any(name_of_tag(child) in {"remotecontent", "contentitem"} for child in element.iter()):
        return InputError(f"{where}: an item whose text is in another file ({title}); give that file")
    return InputError(f"{where}: an item without text ({title}); leave it out")


def _of_nitf(nitf: Any) -> dict[str, object]:
    published = _first(nitf, "pubdata")
    dates = (
        _attribute(nitf, "pubdata", "date.publication"),
        *(_attribute(nitf, name, "norm") for name in ("date.issue", "date.release", "story.date")),
        *(_line(_first(nitf, name)) for name in ("date.issue", "date.release", "story.date")),
    )
    outlet = (published.get("name") if published is not None else None) or _line(_first(nitf, "distributor"))
    return {
        "text": _nitf_text(nitf),
        "title": _line(_first(nitf, "hl1")) or _line(_first(nitf, "hedline")) or _line(_first(nitf, "title")),
        "date": _day(*dates),
        "outlet": outlet or _attribute(nitf, "doc.copyright", "holder"),
        "url": _address(published.get("ex-ref") if published is not None else None),
        "author": _line(_first(nitf, "byline")),
        "id": _attribute(nitf, "doc-id", "id-string"),
    }


def _of_item(item: Any) -> dict[str, object]:
    """An item of NewsML, or of a Reuters corpus, which has its headline, text and date under names of its own."""
    nitf = _first(item, "nitf")
    row: dict[str, object] = {
        "text": _item_text(item),
        "title": _line(_first(item, "headline")) or _line(_first(item, "title")),
        "date": _item_date(item),
        "outlet": _provider(item),
        "url": _address(_attribute(item, "link", "href")),
        "author": _line(_first(item, "by")) or _line(_first(item, "byline")),
        "id": item.get("guid") or item.get("itemid") or _line(_first(item, "publicidentifier")),
    }
    if nitf is not None:
        row |= {name: value for name, value in _of_nitf(nitf).items() if name == "text" or row.get(name) is None}
    return row


def _item_date(item: Any) -> str | None:
    names = ("contentcreated", "firstcreated", "versioncreated", "firstpublished", "thisrevisioncreated", "dateid")
    return _day(item.get("date"), *(_line(_first(item, name)) for name in names))


def _provider(item: Any) -> str | None:
    """Who the item comes from: a name before a code such as ``nprov:AP``, and the source before the credit line."""
    for name in ("provider", "infosource", "creditline", "source"):
        for element in _all(item, name):
            inner = [_line(child) for child in element.iter() if name_of_tag(child) == "name"]
            party = [child.get("FormalName") for child in element.iter() if child.get("FormalName")]
            plain = _line(element) if not len(element) else None
            code = str(element.get("literal") or element.get("qcode") or "").rpartition(":")[2]
            if found := next(filter(None, (*inner, plain, *party, code)), None):
                return str(found)
    return _line(_first(item, "providerid"))


def _item_text(item: Any) -> str | None:
    for name in ("inlinexml", "inlinedata", "datacontent", "text", "body"):
        for content in _all(item, name):
            body = _first(content, "body.content")
            if body is None:
                body = _first(content, "body")
            body = content if body is None else body
            text = _as_written(body) if not len(body) else _joined(paragraphs(body))
            if text:
                return text
    return None


def _nitf_text(nitf: Any) -> str | None:
    body = _first(nitf, "body.content")
    if body is None:
        body = _first(nitf, "body")
    if body is None:
        return None
    blocks = [block for block in _all(body, "block") if block.get("class") == _WHOLE_TEXT]
    found = [paragraph for part in blocks or [body] for paragraph in paragraphs(part)]
    if found and found[0].startswith("LEAD: "):  # a mark of the archive, not a speaker
        found[0] = found[0].removeprefix("LEAD: ")
        found = found[1:] if found[1:2] == found[:1] else found
    return _joined(found)


def _as_written(element: Any) -> str | None:
    """Plain text, whose line breaks are its own."""
    text = "\n".join(line.strip() for line in (element.text or "").strip().splitlines())
    return text or None


def _joined(found: list[str]) -> str | None:
    return "\n\n".join(found) or None


def _all(element: Any, name: str) -> Iterator[Any]:
    return (child for child in element.iter() if name_of_tag(child) == name)


def _first(element: Any, name: str) -> Any:
    return next(_all(element, name), None)


def _attribute(element: Any, name: str, attribute: str) -> str | None:
    return next((child.get(attribute) for child in _all(element, name) if child.get(attribute)), None)


def _line(element: Any) -> str | None:
    return None if element is None else " ".join(" ".join(paragraphs(element)).split()) or None


def _day(*dates: str | None) -> str | None:
    return next(filter(None, map(iso_day, dates)), None)


def _address(value: str | None) -> str | None:
    return value.strip() if value and value.strip().startswith(("http://", "https://")) else None


def _is_other_media(item: Any) -> bool:
    """Whether an item says that it is not text."""
    kinds = [
        *(child.get("qcode") for child in _all(item, "itemclass")),
        *(child.get("FormalName") for child in _all(item, "mediatype")),
    ]
    found = [str(kind).rpartition(":")[2].lower() for kind in kinds if kind]
    return bool(found) and all(kind in _OTHER_MEDIA for kind in found)
