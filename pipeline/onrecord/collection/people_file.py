"""The file of people: the user's own names, ids, kinds and roles for speakers.

A CSV file in UTF-8 with the columns ``name``, ``alias``, ``id``, ``kind`` and ``role``, of which only ``name`` is
required. The rows with one name are one person, organization or document; each may add an alias. Names match without
case, punctuation and titles, and only as a whole: ``Lund`` is Ada Lund only if the article says so.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, get_args

from onrecord.document import Kind, Speaker
from onrecord.errors import InputError
from onrecord.names.countries import organization_key
from onrecord.names.forms import fold, person_words

COLUMNS: Final = ("name", "alias", "id", "kind", "role")

_Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """One entry. Fields that are None are taken from the articles."""

    name: str
    id: str | None = None
    kind: Kind | None = None
    role: str | None = None


class People:
    """The entries of a file. ``digest`` is the SHA-256 of the file's bytes."""

    def __init__(self, entries: tuple[Given, ...], keys: dict[_Key, int], digest: str) -> None:
        self._entries = entries
        self._keys = keys
        self.digest = digest

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, number: int) -> Given:
        return self._entries[number]

    def find(self, speaker: Speaker) -> int | None:
        """The number of the entry that ``speaker`` is, by its name, else by its other names in the article.

        Single-word aliases of a person with a full name are ignored: Eva Lund is called Lund, too.
        """
        if speaker.name is None:
            return None
        if (named := self._entry(speaker.name, speaker.kind)) is not None:
            return named
        words = len(person_words(speaker.name))
        others = [
            form
            for form in speaker.aliases
            if speaker.kind == "organization" or words == 1 or len(person_words(form)) > 1
        ]
        found = {entry for form in others if (entry := self._entry(form, speaker.kind)) is not None}
        return found.pop() if len(found) == 1 else None

    def _entry(self, form: str, kind: Kind) -> int | None:
        return next((self._keys[key] for key in _keys(form, kind) if key in self._keys), None)


NOBODY: Final = People((), {}, "")


def read_people(path: Path) -> People:
    """The people of a file.

    Raises:
        InputError: the file cannot be read or a row is wrong; the message names file and line.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read as the file of people ({error.strerror}); check the path") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(f"{path}, line {line}: not UTF-8 ({error.reason}); save it as CSV in UTF-8") from error
    entries = _Entries(path)
    for line, row in _rows(path, text):
        entries.take(line, row)
    entries.check_forms()
    return People(tuple(entries.entries), entries.keys, hashlib.sha256(content).hexdigest())


def _rows(path: Path, text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows, each with the line that it begins on."""
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] | None = None
    line = 1
    try:
        for row in lines:
            fields = [field.strip() for field in row]
            if any(fields):
                if header is None:
                    header = _header(path, line, fields)
                elif len(fields) != len(header):
                    count = f"{len(fields)} field{'s' if len(fields) > 1 else ''}"
                    raise _wrong(path, line, f"{count} where the header has {len(header)}; quote a field with commas")
                else:
                    yield line, dict(zip(header, fields, strict=True))
            line = lines.line_num + 1
    except csv.Error as error:
        raise _wrong(path, line, f"not CSV ({error}); check the quotation marks") from error
    if header is None:
        raise _wrong(path, 1, f"empty; the first line must name the columns: {','.join(COLUMNS)}")


def _header(path: Path, line: int, fields: list[str]) -> list[str]:
    header = [field.casefold() for field in fields]
    accepted = f"the columns are {', '.join(COLUMNS)}, with commas between them"
    if unknown := [field for field in header if field not in COLUMNS]:
        raise _wrong(path, line, f"unknown column {unknown[0][:40]!r}; {accepted}")
    if twice := [field for field in COLUMNS if header.count(field) > 1]:
        raise _wrong(path, line, f"column {twice[0]!r} appears twice; {accepted}")
    if "name" not in header:
        raise _wrong(path, line, f"no column 'name'; {accepted}")
    return header


class _Entries:
    """The entries read so far, with their lines."""

    def __init__(self, path: Path) -> None:
        self.entries: list[Given] = []
        self.keys: dict[_Key, int] = {}
        self._path = path
        self._forms: list[tuple[int, int, str]] = []
        self._names: dict[str, int] = {}
        self._ids: dict[str, tuple[int, int]] = {}

    def take(self, line: int, row: dict[str, str]) -> None:
        row = dict.fromkeys(COLUMNS, "") | row
        for column, value in row.items():
            if not value.isprintable():
                raise _wrong(self._path, line, f"{column} {value[:40]!r} has control characters; remove them")
        if not row["name"]:
            raise _wrong(self._path, line, "no name; every row needs a name")
        if row["kind"] and row["kind"] not in get_args(Kind):
            raise _wrong(self._path, line, f"unknown kind {row['kind'][:40]!r}; one of {', '.join(get_args(Kind))}")
        for column in ("name", "alias"):
            if row[column] and not fold(row[column]):
                raise _wrong(self._path, line, f"{column} {row[column][:40]!r} has no letters")
        number = self._names.setdefault(row["name"], len(self.entries))
        if number == len(self.entries):
            self.entries.append(Given(row["name"]))
        self._note_facts(line, number, row)
        self._forms += [(line, number, form) for form in (row["name"], row["alias"]) if form]

    def _note_facts(self, line: int, number: int, row: dict[str, str]) -> None:
        for column in ("id", "kind", "role"):
            if not (value := row[column]):
                continue
            known = getattr(self.entries[number], column)
            if known not in (None, value):
                raise _wrong(
                    self._path,
                    line,
                    f"{row['name']!r} has the {column} {value!r} here and {known!r} above; keep one of them",
                )
            change: dict[str, Any] = {column: value}
            self.entries[number] = replace(self.entries[number], **change)
        if row["id"]:
            owner, first = self._ids.setdefault(row["id"], (number, line))
            if owner != number:
                name = self.entries[owner].name
                raise _wrong(
                    self._path,
                    line,
                    f"id {row['id']!r} already belongs to {name!r} (line {first}); give its other names as aliases",
                )

    def check_forms(self) -> None:
        """Fills ``keys``; to be called after the last row, when all kinds are known."""
        lines: dict[_Key, int] = {}
        for line, number, form in self._forms:
            # Without a kind, an entry counts as a person. A person also gets the other key, because people are
            # sometimes taken for organizations.
            for key in _keys(form, self.entries[number].kind or "person"):
                owner = self.keys.setdefault(key, number)
                first = lines.setdefault(key, line)
                if owner != number:
                    name = self.entries[owner].name
                    fault = f"{form!r} is also a name of {name!r} (line {first}); keep one of the two"
                    raise _wrong(self._path, line, fault)


def _keys(form: str, kind: Kind) -> tuple[_Key, ...]:
    """The keys that spellings of a form share: as a person's name, without titles, and as any other name."""
    plain = ("", *organization_key(form))
    return (("person", *person_words(form)), plain) if kind in ("person", "unknown") else (plain,)


def _wrong(path: Path, line: int, fault: str) -> InputError:
    return InputError(f"{path}, line {line}: {fault}")
