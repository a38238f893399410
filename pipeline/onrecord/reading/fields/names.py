"""Which fields of a row hold the article's text, title, date, outlet and URL: as named by the user, or by common names.

A name with dots is a path into nested fields, unless there is a field of just that name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any, Final, NamedTuple

from onrecord.text.word_lists import read_table

META_FIELDS: Final = ("title", "date", "outlet", "url")
"""What a row may say about its article besides the text."""


@cache
def _common() -> dict[str, tuple[str, ...]]:
    """Names that exports of news databases, APIs and data sets use, best first."""
    return {row["field"]: tuple(row["names"].split("|")) for row in read_table("onrecord.reading", "fields")}


class Fields(NamedTuple):
    """The fields of a file's rows that hold something; None where none does."""

    text: str | None = None
    title: str | None = None
    date: str | None = None
    outlet: str | None = None
    url: str | None = None

    def guessed(self, row: Mapping[str, Any]) -> Fields:
        """These fields, those that are None taken from the names in ``row``, the first of a file."""
        there = {_folded(name): name for name in reversed(list(names(row)))}
        taken = set(filter(None, self))
        found: list[str | None] = []
        for what, given in self._asdict().items():
            free = (there.get(name) for name in _common()[what])
            name = given or next((name for name in free if name and name not in taken), None)
            taken |= {name} if name else set()
            found.append(name)
        return Fields(*found)

    def of(self, row: Mapping[str, Any], what: str) -> object:
        """What ``row`` says of ``what``: text, title, date, outlet or url."""
        name: str | None = getattr(self, what)
        value = lookup(row, name) if name else None
        return row.get(what) if value is None else value

    def told(self, given: Fields) -> str | None:
        """In words, what was guessed beyond the fields ``given``; None if nothing was that has another name."""
        parts = [
            f"{what} from {name!r}"
            for what, name, asked in zip(self._fields, self, given, strict=True)
            if name and name != what and asked is None
        ]
        return ", ".join(parts) or None


NO_FIELDS: Final = Fields()


def lookup(row: Mapping[str, Any], name: str) -> object:
    """The value at ``name``, which may be a path with dots; None if there is none."""
    if name in row:
        return row[name]
    value: object = row
    for part in name.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(part)
    return value


def names(row: Mapping[str, Any]) -> Iterable[str]:
    """The names of the fields, those of nested ones with dots."""
    for name, value in row.items():
        if isinstance(value, Mapping):
            yield from (f"{name}.{inner}" for inner in value if not isinstance(value[inner], Mapping | list))
        else:
            yield str(name)


def as_line(value: object) -> str | None:
    """A value as one line of text; None if it is empty or of another type."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    try:
        text = str(value)
    except ValueError:  # a number of thousands of digits
        return None
    return " ".join(text.encode("utf-8", "replace").decode().split()) or None


def _folded(name: str) -> str:
    return "_".join(name.strip().lower().replace("-", " ").replace("_", " ").split())
