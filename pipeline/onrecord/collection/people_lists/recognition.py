"""Which format a file of people is in, by what is in it and not by its name, and its entries."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from onrecord.collection.people_lists import follow_the_money, legislators, own_csv, popolo, wikidata
from onrecord.collection.people_lists.entries import Entries, Fault

_HEAD: Final = 1 << 20
"""Bytes that are looked at to tell a format."""
_LARGEST: Final = 1 << 29
"""Bytes of a file that is read whole, as everything but lines of entities is."""
_YAML: Final = re.compile(rb"(?:\s|#[^\n]*\n|%[^\n]*\n)*(?:---\s|-\s)")
_MARK: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Recognized:
    """A format in words, its entries, and whether the user wrote the file for onrecord.

    ``own`` files are taken at their word: their names are unique, and who has one is the person listed.
    """

    format: str
    entries: Entries
    own: bool = False


def recognize(stream: BinaryIO) -> Recognized:
    """The format and the entries of a file that was opened for reading bytes; entries are read from it as they come."""
    head = stream.read(_HEAD)
    stream.seek(0)
    start = head.removeprefix(_MARK).lstrip()
    if not start.startswith((b"{", b"[")):
        return _yaml(stream) if _YAML.match(head.removeprefix(_MARK)) else _csv(stream)
    first = _json(start.split(b"\n", 1)[0])
    if follow_the_money.is_entity(first):
        return Recognized("FollowTheMoney entities", follow_the_money.read_lines(_lines(stream)))
    return _recognize_json(stream)


def _lines(stream: BinaryIO) -> BinaryIO:
    stream.seek(3 if stream.read(3) == _MARK else 0)
    return stream


def _yaml(stream: BinaryIO) -> Recognized:
    return Recognized("legislators of the unitedstates project", legislators.read_yaml(_lines(stream)))


def _csv(stream: BinaryIO) -> Recognized:
    content = stream.read(_LARGEST + 1)
    own = "CSV with onrecord's columns"
    if len(content) > _LARGEST:
        return Recognized(own, [_too_large()], own=True)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        fault = Fault(f"line {line}", f"not UTF-8 ({error.reason}); save it as CSV in UTF-8", fatal=True)
        return Recognized(own, [fault], own=True)
    try:
        header = next(csv.reader(io.StringIO(text, newline=""), strict=True), [])
    except csv.Error:
        header = []
    if wikidata.is_header(header):
        return Recognized("Wikidata query result, CSV", wikidata.read_csv(io.StringIO(text, newline="")))
    return Recognized(own, own_csv.read_csv(text), own=True)


_JSON_FORMATS: Final[tuple[tuple[str, Callable[[Any], bool], Callable[[Any], Entries]], ...]] = (
    ("Popolo", popolo.is_popolo, popolo.read_popolo),
    ("Wikidata query result, JSON", wikidata.is_result, wikidata.read_json),
    (
        "legislators of the unitedstates project",
        lambda data: isinstance(data, list) and any(map(legislators.is_legislator, data[:10])),
        legislators.read_array,
    ),
    (
        "FollowTheMoney entities",
        lambda data: isinstance(data, list) and any(map(follow_the_money.is_entity, data[:10])),
        follow_the_money.read_array,
    ),
    ("FollowTheMoney entities", follow_the_money.is_entity, lambda data: follow_the_money.read_array([data])),
)


def _recognize_json(stream: BinaryIO) -> Recognized:
    content = stream.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        return Recognized("JSON", [_too_large()])
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return Recognized("JSON", [Fault("byte " + str(error.start), "not UTF-8; save it in UTF-8", fatal=True)])
    except json.JSONDecodeError as error:
        return Recognized("JSON", [Fault(f"line {error.lineno}", f"not JSON ({error.msg})", fatal=True)])
    except (ValueError, RecursionError) as error:
        return Recognized("JSON", [Fault("line 1", f"not JSON ({' '.join(str(error).split())[:80]})", fatal=True)])
    for name, matches, read in _JSON_FORMATS:
        if matches(data):
            return Recognized(name, read(data))
    known = "Popolo, FollowTheMoney entities, legislators of the unitedstates project, or a Wikidata query result"
    return Recognized("JSON", [Fault("line 1", f"JSON of no kind that is read here; expected {known}", fatal=True)])


def _too_large() -> Fault:
    return Fault("line 1", f"larger than {_LARGEST >> 20} MiB; cut it down to the people you need", fatal=True)


def _json(line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None
