"""Exports of Nexis.

In the older ones ``1 of 2 DOCUMENTS`` stands before each article; in those of Nexis Uni ``Body`` stands before the text
and ``End of Document`` after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final

from onrecord.reading.dates import iso_day
from onrecord.reading.rows.database_export.layout import (
    Paragraph,
    body_end,
    is_copyright,
    is_date_line,
    joined,
    label_name,
    label_of,
    labels,
    one_line,
    paragraphs_of,
    words_in,
)

_COUNT: Final = re.compile(r"(?:[A-Z]+ - )?[0-9,]+ of [0-9,]+ DOCUMENTS?")
_END: Final = "End of Document"
_COVER: Final = re.compile(
    r"(?:User Name|Date and Time|Job Number|Documents? ?\([0-9,]+\)|Client/Matter|Search Terms|Search Type|Narrowed by|"
    r"Content Type|Time of Request|Print Number|Number of Lines|Project ID|Results \([0-9,]+\))\b.*",
    re.I,
)
_OLD_SIGNS: Final = frozenset({"body", "byline", "headline", "length", "load-date", "section"})
_NEW_SIGNS: Final = frozenset({"byline", "dateline", "highlight", "section"})
_LISTED: Final = re.compile(r"[0-9]{1,5}\.\s+\S.*")
_PAGE: Final = re.compile(r"Page\s+[0-9]+(?:\s+of\s+[0-9]+)?")
_HEADINGS: Final = frozenset({"Graphic", "Notes", "Correction", "Correction-Date"})
"""Headings of Nexis Uni after the body; they could be headings in one, too."""
_MOST_AFTER: Final = 25
"""Lines under such a heading, blank ones included."""
_FARTHEST_LABEL: Final = 80
"""Lines before the last label of a header."""


def recognises(lines: Sequence[str]) -> bool:
    """Whether a file that begins with these stripped lines is such an export."""
    found = [label for line in lines if (label := label_of(line)) is not None]
    names = {label.label for label in found}
    if any(_COUNT.fullmatch(line) for line in lines):
        return bool(names & _OLD_SIGNS) or any(map(is_copyright, lines))
    has_length = any(label.label == "length" and words_in(label.value) for label in found)
    if "Body" in lines and has_length and (names & _NEW_SIGNS or any(map(is_copyright, lines))):
        return True
    if _END in lines and (has_length or "load-date" in names):
        return True
    covers = {line.partition(":")[0].partition("(")[0].strip().lower() for line in lines if _COVER.fullmatch(line)}
    return "job number" in covers and len(covers) >= 3


def articles(lines: Iterable[str]) -> Iterator[Mapping[str, object] | str]:
    """The articles as rows, or in one line what is wrong with one."""
    before: list[str] = []
    rest = iter(lines)
    for line in rest:
        if _COUNT.fullmatch(line.strip()):
            yield from _older(rest)
            return
        before.append(line)
        if line.strip() in {_END, "Body"}:
            break
    yield from _newer(chain(before, rest))


def _older(lines: Iterable[str]) -> Iterator[Mapping[str, object] | str]:
    """From the line after the first count on."""
    document: list[str] = []
    for line in lines:
        if _COUNT.fullmatch(line.strip()):
            yield _older_article(document)
            document = []
        else:
            document.append(line)
    yield _older_article(document)


def _newer(lines: Iterable[str]) -> Iterator[Mapping[str, object] | str]:
    document: list[str] = []
    for line in lines:
        if line.strip() == _END:
            yield _newer_article(document)
            document = []
        else:
            document.append(line)
    # What follows the last article is a copyright notice, unless the export was cut.
    if any(line.strip() == "Body" for line in document):
        yield _newer_article(document)


def _older_article(document: Sequence[str]) -> Mapping[str, object] | str:
    header = labels("nexis header")
    document = _unpaged(document)
    lines = [line.strip() for line in document]
    last = body_end(lines, labels("nexis end"), labels("nexis after body"), labels("nexis long"))
    first = next((at for at, line in enumerate(lines[:last]) if label_name(line) in header | {"body"}), None)
    if first is None:  # no header at all: the title is one paragraph, and the body follows
        dated = next((at for at, line in enumerate(lines[:last]) if is_date_line(line)), 0)
        first = start = _after_paragraph(lines, _after_paragraph(lines, dated))
    else:
        start = first
        while start < last and label_name(lines[start]) in header:
            start = _after_paragraph(lines, start)
    body = lines[start:last]
    if body and (opening := label_of(body[0])) is not None and opening.label == "body":
        body[0] = opening.value
    fields = _fields(paragraphs_of([*lines[first:start], "", *lines[last:]]))
    outlet, date, title = _preamble(document[:first])
    return _with_text(_row(fields, outlet, date, fields.get("headline") or title), body)


def _after_paragraph(lines: Sequence[str], at: int) -> int:
    """Where the paragraph after the one of line ``at`` begins."""
    while at < len(lines) and lines[at]:
        at += 1
    while at < len(lines) and not lines[at]:
        at += 1
    return at


def _preamble(lines: Sequence[str]) -> tuple[str | None, str | None, str | None]:
    """Outlet, date and title, from what an older export has before its labels: outlet and date are centred there."""
    paragraphs = paragraphs_of(lines)
    flat = [(at, line) for at, paragraph in enumerate(paragraphs) for line in paragraph if not is_copyright(line)]
    dated = next((place for place, (_, line) in enumerate(flat) if is_date_line(line)), None)
    if dated is None:
        return (flat[0][1] if len(flat) > 1 else None), None, one_line([line for _, line in flat[1:] or flat])
    outlet = flat[dated - 1][1] if dated else None
    centred = {line.strip() for line in lines if len(line) - len(line.lstrip()) >= 10}
    after = [line for at, line in flat[dated + 1 :] if at != flat[dated][0]]
    title = [line for line in after if line not in centred] or after
    if not title and dated > 1:  # the title stands above the outlet
        title = [line for _, line in flat[: dated - 1]]
    return outlet, iso_day(flat[dated][1]), one_line(title)


def _newer_article(document: Sequence[str]) -> Mapping[str, object] | str:
    lines = [line.strip() for line in document]
    start = next((at + 1 for at, line in enumerate(lines) if line == "Body"), None)
    if start is None:  # some have no such line: the body begins after the last label
        header = labels("nexis header")
        labelled = [at for at, line in enumerate(lines[:_FARTHEST_LABEL]) if label_name(line) in header]
        start = labelled[-1] + 1 if labelled else 0
    outlet, date, title = _above(lines[:start])
    body = [line for line in _unpaged(lines[start:]) if title is None or line != title]
    end = body_end(body, labels("nexis end"), labels("nexis after body"), labels("nexis long"))
    end = next((at for at, line in enumerate(body[:end]) if line == "Classification"), end)
    if end < len(body):
        headings = (at for at in range(max(0, end - _MOST_AFTER), end) if body[at] in _HEADINGS)
        end = next(headings, end)
    fields = _fields([[line] for line in [*lines[:start], *body[end:]] if line])
    return _with_text(_row(fields, outlet, date, title), body[:end])


def _above(head: Sequence[str]) -> tuple[str | None, str | None, str | None]:
    """Outlet, date and title, which stand in this order from below, above the first label or copyright notice."""
    header = labels("nexis header")
    stop = next((at for at, line in enumerate(head) if is_copyright(line) or label_name(line) in header), len(head))
    dated = next((at for at in range(stop - 1, -1, -1) if is_date_line(head[at])), None)
    if dated is None:
        lines = _block(head[:stop])
        return None, None, lines[0] if lines else None
    above = list(head[:dated])
    block = _block(above)
    if not block:
        return None, iso_day(head[dated]), None
    if len(block) == 1:
        above = above[: max(at for at, line in enumerate(above) if line)]
        return block[0], iso_day(head[dated]), one_line(_block(above))
    return block[-1], iso_day(head[dated]), one_line(block[:-1])


def _block(lines: Sequence[str]) -> list[str]:
    """The last lines without a blank one or one of the cover among them."""
    found: list[str] = []
    for line in reversed(lines):
        if not line and not found:
            continue
        if not line or _COVER.fullmatch(line) or _PAGE.fullmatch(line) or (found and _LISTED.fullmatch(line)):
            break
        found.append(line)
    return found[::-1]


def _row(fields: Mapping[str, str], outlet: str | None, date: str | None, title: str | None) -> dict[str, object]:
    url = fields.get("url", "")
    has_path = re.fullmatch(r"https?://[^/\s]+/[^\s]*[^/\s]", url) is not None  # others lead to the outlet's home page
    return {
        "title": title,
        "date": date,
        "outlet": outlet,
        "author": fields.get("byline"),
        "url": url if has_path else None,
        "length": words_in(fields.get("length")),
    }


def _with_text(row: dict[str, object], body: Sequence[str]) -> Mapping[str, object] | str:
    text = joined(paragraphs_of(body))
    if text is None:
        return f"no text ({row['title'] or 'untitled'}); export it with its full text"
    return {"text": text, **row}


def _fields(paragraphs: Sequence[Paragraph]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for paragraph in paragraphs:
        if (label := label_of(paragraph[0])) is not None:
            fields.setdefault(label.label, one_line([label.value, *paragraph[1:]]) or "")
    return fields


def _unpaged(lines: Sequence[str]) -> list[str]:
    """The lines without those that number the pages of a PDF file or of a print."""
    return [line for line in lines if not _PAGE.fullmatch(line.strip())]
