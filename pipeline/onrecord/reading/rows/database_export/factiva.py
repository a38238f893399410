"""Factiva's exports, with codes (``HD``, ``WC``, ``PD`` …) or without; ``Document`` and a key end an article."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final

from onrecord.reading.dates import iso_day
from onrecord.reading.rows.database_export.layout import (
    is_copyright,
    is_date_line,
    joined,
    one_line,
    paragraphs_of,
    words_in,
)

_BEFORE: Final = (
    "SE",
    "CLM",
    "HD",
    "HL",
    "BY",
    "CR",
    "WC",
    "PD",
    "ET",
    "SN",
    "SC",
    "ED",
    "PG",
    "VOL",
    "LA",
    "CY",
    "LP",
    "TD",
)
_AFTER: Final = ("TD", "ART", "CT", "RF", "CO", "IN", "NS", "RE", "PUB", "IPC", "IPD", "DE", "AN")
_CODE: Final = re.compile(rf"({'|'.join(dict.fromkeys((*_BEFORE, *_AFTER)))})(?:([ \t]+)(.*))?")
_INDEX_TERM: Final = re.compile(r"[\w-]{1,12} : \S")
_TELLING: Final = frozenset({"HD", "WC", "PD", "SN", "SC", "LA", "LP", "TD"})
_KEY: Final = re.compile(r"Document\s+[A-Z][A-Z0-9]{2,11}[0-9]{8}[a-z0-9]{6,14}")
_WORDS: Final = re.compile(r"[0-9][0-9,.]*\s+words?", re.I)
_TIME: Final = re.compile(r"[0-9]{1,2}:[0-9]{2}(?:\s*(?:[AP]M|GMT|[A-Z]{2,4}))?", re.I)
_LANGUAGE: Final = re.compile(r"English|Chinese|French|German|Spanish|Italian|Portuguese|Russian|Dutch|Arabic|Japanese")
_SOURCE_CODE: Final = re.compile(r"[A-Z0-9]{2,8}")
_BYLINE: Final = re.compile(r"(?:By|BY)\s+\S.{0,200}")
_NAME: Final = r"(?:[A-Z][\w.'’-]*|and|&|in|de|van|von|der)"
_NAMES: Final = re.compile(rf"{_NAME}(?:,? {_NAME}){{1,8}}")
_FARTHEST: Final = 12
"""Lines from the number of words to the language."""


def recognises(lines: Sequence[str]) -> bool:
    """Whether a file that begins with these stripped lines is such an export."""
    codes = {match[1] for line in lines if (match := _CODE.fullmatch(line)) is not None} & _TELLING
    if "HD" in codes and codes & {"PD", "SN"} and len(codes) >= 4:
        return True
    full = [line for line in lines if line]
    for at, line in enumerate(full):
        after = full[at + 1 : at + 1 + _FARTHEST]
        if _WORDS.fullmatch(line) and after and is_date_line(after[0]):
            return any(_LANGUAGE.fullmatch(one) or is_copyright(one) or _KEY.fullmatch(one) for one in after)
    return False


def articles(lines: Iterable[str]) -> Iterator[Mapping[str, object] | str]:
    """The articles as rows, or in one line what is wrong with one."""
    head: list[str] = []
    rest = iter(lines)
    for line in rest:
        head.append(line)
        match = _CODE.fullmatch(line.strip())
        if match and match[1] in {"HD", "PD", "WC"}:
            yield from _coded(chain(head, rest))
            return
        if _WORDS.fullmatch(line.strip()):
            break
    yield from _plain(chain(head, rest))


def _coded(lines: Iterable[str]) -> Iterator[Mapping[str, object] | str]:
    fields: dict[str, list[str]] = {}
    code = ""
    for line in lines:
        started = _started(line.strip(), code)
        if started is not None:
            following, value = started
            if (following in {"SE", "HD", "CLM"} and "HD" in fields) or (code == "AN" and fields.get("AN")):
                yield _of_fields(fields)
                fields = {}
            code = following
            fields.setdefault(code, []).append(value)
        elif code == "AN" and any(fields["AN"]):
            yield _of_fields(fields)
            fields, code = {}, ""
        elif code:
            fields[code].append(line)
    if "HD" in fields or "LP" in fields or "TD" in fields:
        yield _of_fields(fields)


def _started(line: str, code: str) -> tuple[str, str] | None:
    """The field that begins with this line, and its value there; ``code`` is the field of the line before."""
    match = _CODE.fullmatch(line)
    if match is None:
        return None
    new, gap, value = match[1], match[2] or "", match[3] or ""
    if code in {"LP", "TD"}:  # capitals in the text must not end it
        is_sure = not value or len(gap) >= 2 or "\t" in gap or _INDEX_TERM.match(value) or _KEY.fullmatch(value)
        return (new, value) if new in {*_AFTER, "HD", "SE"} and is_sure else None
    return new, value


def _of_fields(fields: Mapping[str, list[str]]) -> Mapping[str, object] | str:
    def said(code: str) -> str | None:
        return one_line(fields.get(code, []))

    title = said("HD") or said("HL")
    body = joined([*paragraphs_of(fields.get("LP", [])), *paragraphs_of(fields.get("TD", []))])
    if body is None:
        return f"no text ({title or 'untitled'}); export it as full article"
    return {
        "text": body,
        "title": title,
        "date": iso_day(said("PD")),
        "outlet": said("SN"),
        "author": said("BY"),
        "length": words_in(said("WC")),
        "id": (said("AN") or "").removeprefix("Document ") or None,
    }


def _plain(lines: Iterable[str]) -> Iterator[Mapping[str, object] | str]:
    document: list[str] = []
    for line in lines:
        if _KEY.fullmatch(line.strip()):
            yield _of_lines(document, line.strip().split()[-1])
            document = []
        else:
            document.append(line.strip())
    # After the last there is a summary of the search, unless the file was cut.
    if any(_WORDS.fullmatch(line) for line in document):
        yield _of_lines(document, None)


def _of_lines(lines: Sequence[str], key: str | None) -> Mapping[str, object] | str:
    counted = next(
        (
            at
            for at, line in enumerate(lines)
            if _WORDS.fullmatch(line) and is_date_line(next(filter(None, lines[at + 1 : at + 1 + _FARTHEST]), ""))
        ),
        None,
    )
    if counted is None:
        first = next(filter(None, lines), "untitled")
        return f"no headers of Factiva ({first[:80]}); export it again"
    title, author = _heading([line for line in lines[:counted] if line])
    date = outlet = None
    at = last = counted + 1
    full = 0
    while at < len(lines) and full < _FARTHEST:
        line = lines[at]
        at += 1
        if not line:
            continue
        full += 1
        if date is None:
            date = iso_day(line)
        elif _TIME.fullmatch(line):
            pass
        elif outlet is None:
            outlet = line
        elif _SOURCE_CODE.fullmatch(line) and full <= 5:
            pass
        elif _LANGUAGE.fullmatch(line) or is_copyright(line):
            last = at
            full = max(full, _FARTHEST - 3)  # a copyright notice may follow the language, the text does next
            continue
        elif full > _FARTHEST - 3 or len(line) > 80:
            break
        if full < _FARTHEST - 3:
            last = at
    body = joined(paragraphs_of(lines[last:]))
    if body is None:
        return f"no text ({title or 'untitled'}); export it as full article"
    return {
        "text": body,
        "title": title,
        "date": date,
        "outlet": outlet,
        "author": author,
        "length": words_in(lines[counted]),
        "id": key,
    }


def _heading(above: Sequence[str]) -> tuple[str | None, str | None]:
    """Title and byline, from the lines above the number of words; a section may stand before the title."""
    lines = list(above)
    author = None
    if len(lines) > 1 and (_BYLINE.fullmatch(lines[-1]) or _is_names(lines[-1], lines[-2])):
        author = lines.pop()
    if len(lines) > 1 and len(lines[0].split()) <= 4 and len(lines[1].split()) > len(lines[0].split()):
        lines = lines[1:]
    return one_line(lines), author


def _is_names(line: str, before: str) -> bool:
    """Whether the last line is a byline without ``By``: names alone, under what is long enough to be a title."""
    return len(before.split()) >= 4 and len(line) < len(before) and _NAMES.fullmatch(line) is not None
