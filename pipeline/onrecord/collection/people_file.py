"""The file of people: the user's own CSV or a list as others publish it, read into `listed_people.People`.

`people_lists` knows the formats. In the user's own file a mistake stops everything; from a list of thousands, entries
that cannot be used are left out and counted.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO, Final

from onrecord.collection.listed_people import NOBODY, Given, Key, People, key_without_initials, keys_of
from onrecord.collection.people_lists.entries import Fault, Listed
from onrecord.collection.people_lists.recognition import Recognized, recognize
from onrecord.errors import InputError
from onrecord.names.forms import person_words

__all__ = ["NOBODY", "Given", "People", "PeopleCheck", "check_people", "read_people"]

_MOST_FAULTS: Final = 10_000
"""Faults that are kept to be shown; the others are counted."""


@dataclass(slots=True)
class PeopleCheck:
    """What a file of people holds: the entries that can be used, and what is wrong with the others."""

    people: People
    faults: list[Fault] = field(default_factory=list)
    more_faults: int = 0


def read_people(path: Path) -> People:
    """The people of a file.

    Raises:
        InputError: the file cannot be read, is of no known format, or has nobody in it; or it is the user's own and a
            row is wrong. The message names file and line.
    """
    check = _read(path, strict=True)
    if not check.people.own and not len(check.people):
        reason = f"{check.faults[0].where}: {check.faults[0].reason}" if check.faults else "it is empty"
        raise InputError(f"{path}: no people in it ({reason}); `onrecord people check` shows what was read")
    return check.people


def check_people(path: Path) -> PeopleCheck:
    """The people of a file, with everything that is wrong in it.

    Raises:
        InputError: the file cannot be read.
    """
    return _read(path, strict=False)


def _read(path: Path, *, strict: bool) -> PeopleCheck:
    try:
        with path.open("rb") as opened:
            stream: BinaryIO = opened if opened.seekable() else io.BytesIO(opened.read())
            digest = _digest(stream)
            stream.seek(0)
            return _build(path, recognize(stream), digest, strict)
    except OSError as error:
        raise InputError(f"{path}: cannot be read as the file of people ({error.strerror}); check the path") from error


def _digest(stream: BinaryIO) -> str:
    digest = hashlib.sha256()
    while part := stream.read(1 << 20):
        digest.update(part)
    return digest.hexdigest()


def _build(path: Path, recognized: Recognized, digest: str, strict: bool) -> PeopleCheck:
    entries = _OwnEntries() if recognized.own else _Entries()
    faults: list[Fault] = []
    count = 0

    def note(fault: Fault) -> None:
        nonlocal count
        if strict and (recognized.own or fault.fatal):
            raise InputError(f"{path}, {fault.where}: {fault.reason}")
        count += 1
        if len(faults) < _MOST_FAULTS:
            faults.append(fault)

    for entry in recognized.entries:
        fault = entry if isinstance(entry, Fault) else entries.take(entry)
        if fault is not None:
            note(fault)
    for fault in entries.finish():
        note(fault)
    keys = {key: tuple(numbers) for key, numbers in entries.keys.items()}
    people = People(tuple(entries.entries), keys, digest, own=recognized.own, format=recognized.format, unusable=count)
    return PeopleCheck(people, faults, count - len(faults))


class _Entries:
    """The entries of a list: those with one id are one person, and a name may be several people's."""

    def __init__(self) -> None:
        self.entries: list[Given] = []
        self.keys: dict[Key, list[int]] = {}
        self._ids: dict[str, int] = {}

    def take(self, entry: Listed) -> Fault | None:
        number = self._ids.get(entry.id) if entry.id is not None else None
        if number is None:
            number = len(self.entries)
            self.entries.append(
                Given(
                    entry.name, entry.id, entry.kind, entry.role, entry.roles, entry.parties, entry.places, entry.gender
                )
            )
            if entry.id is not None:
                self._ids[entry.id] = number
        else:
            self._add_facts(number, entry)
        kind = self.entries[number].kind or "person"
        full = kind == "person" and len(person_words(entry.name)) > 1
        for form in (entry.name, *entry.aliases):
            # A single word is the name of too many people, unless it is the only one that somebody has.
            if not full or len(person_words(form)) > 1:
                for key in keys_of(form, kind):
                    self._add_key(key, number)
            if kind == "person" and (shorter := key_without_initials(form)) is not None:
                self._add_key(shorter, number)
        return None

    def finish(self) -> Iterator[Fault]:
        """What only all entries together show to be wrong."""
        yield from ()

    def _add_facts(self, number: int, entry: Listed) -> None:
        known = self.entries[number]
        added: dict[str, Any] = {
            name: tuple(dict.fromkeys((*getattr(known, name), *getattr(entry, name))))
            for name in ("roles", "parties", "places")
        }
        if known.gender is None and entry.gender is not None:
            added["gender"] = entry.gender
        if "gender" in added or any(len(values) > len(getattr(known, name)) for name, values in added.items()):
            self.entries[number] = replace(known, **added)

    def _add_key(self, key: Key, number: int) -> None:
        numbers = self.keys.setdefault(key, [])
        if number not in numbers[-1:] and number not in numbers:
            numbers.append(number)


class _OwnEntries(_Entries):
    """The entries of the user's own file: rows of one name are one person, and every name is one person's."""

    def __init__(self) -> None:
        super().__init__()
        self._forms: list[tuple[str, int, str]] = []
        self._names: dict[str, int] = {}
        self._owners: dict[str, tuple[int, str]] = {}

    def take(self, entry: Listed) -> Fault | None:
        number = self._names.setdefault(entry.name, len(self.entries))
        if number == len(self.entries):
            self.entries.append(Given(entry.name))
        self._forms += [(entry.where, number, form) for form in (entry.name, *entry.aliases)]
        return self._note_facts(entry, number)

    def _note_facts(self, entry: Listed, number: int) -> Fault | None:
        for column in ("id", "kind", "role", "gender"):
            value, known = getattr(entry, column), getattr(self.entries[number], column)
            if value is None:
                continue
            if known not in (None, value):
                return Fault(
                    entry.where,
                    f"{entry.name!r} has the {column} {value!r} here and {known!r} above; keep one of them",
                )
            change: dict[str, Any] = {column: value}
            self.entries[number] = replace(self.entries[number], **change)
        if entry.id is not None:
            owner, first = self._owners.setdefault(entry.id, (number, entry.where))
            if owner != number:
                name = self.entries[owner].name
                fault = f"id {entry.id!r} already belongs to {name!r} ({first}); give its other names as aliases"
                return Fault(entry.where, fault)
        return None

    def finish(self) -> Iterator[Fault]:
        """Fills ``keys``, now that all kinds are known."""
        places: dict[Key, str] = {}
        for where, number, form in self._forms:
            # Without a kind, an entry counts as a person. A person also gets the other key, because people are
            # sometimes taken for organizations.
            for key in keys_of(form, self.entries[number].kind or "person"):
                owner = self.keys.setdefault(key, [number])[0]
                first = places.setdefault(key, where)
                if owner != number:
                    name = self.entries[owner].name
                    yield Fault(where, f"{form!r} is also a name of {name!r} ({first}); keep one of the two")
                    break
