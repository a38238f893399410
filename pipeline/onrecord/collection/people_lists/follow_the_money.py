"""Entities of FollowTheMoney, as OpenSanctions publishes them: a JSON object a line, with a schema and properties.

Persons are read with their positions, parties and countries; so are organizations of every kind. An ``Occupancy`` joins
a person with a ``Position`` elsewhere in the file. Weak aliases are left out: many people have them. Other entities
(addresses, vessels, sanctions) are no speakers.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, Final

from onrecord.collection.people_lists.entries import (
    Fault,
    Listed,
    gender_of,
    listed_or_fault,
    objects,
    text_of,
    texts,
    unique,
    usable,
)
from onrecord.document import Kind
from onrecord.text.word_lists import read_table

_KINDS: Final[dict[str, Kind | None]] = {
    "Person": "person",
    "Organization": "organization",
    "Company": "organization",
    "PublicBody": "organization",
    "LegalEntity": None,
}
_COUNTRIES: Final = ("country", "citizenship", "nationality", "jurisdiction")


def is_entity(value: Any) -> bool:
    """Whether a JSON value is an entity."""
    return (
        isinstance(value, dict) and isinstance(value.get("schema"), str) and isinstance(value.get("properties"), dict)
    )


def read_lines(lines: Iterable[bytes]) -> Iterator[Listed | Fault]:
    """The entities of JSON lines. A line that is not JSON is fatal: the file was cut or damaged."""

    def entities() -> Iterator[tuple[str, Any] | Fault]:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            where = f"line {number}"
            try:
                yield where, json.loads(line)
            except (ValueError, RecursionError) as error:
                yield Fault(where, f"not JSON ({' '.join(str(error).split())[:80]})", fatal=True)

    yield from _read(entities())


def read_array(data: list[Any]) -> Iterator[Listed | Fault]:
    """The entities of a JSON array."""
    yield from _read((f"entry {number}", item) for number, item in enumerate(data, 1))


def _read(entities: Iterable[tuple[str, Any] | Fault]) -> Iterator[Listed | Fault]:
    occupied: list[tuple[str, str]] = []
    positions: dict[str, str] = {}
    held: dict[str, Listed] = {}
    for found in entities:
        if isinstance(found, Fault):
            yield found
            continue
        where, item = found
        if not is_entity(item):
            yield Fault(where, "not an entity: it needs a schema and properties")
            continue
        schema, properties = item["schema"], item["properties"]
        identifier = text_of(item.get("id"))
        if schema == "Position" and identifier is not None:
            positions[identifier] = text_of(properties.get("name")) or text_of(item.get("caption")) or ""
        elif schema == "Occupancy":
            occupied += [
                (holder, post) for holder in _ids(properties.get("holder")) for post in _ids(properties.get("post"))
            ]
        elif schema in _KINDS:
            entry = listed_or_fault(_entity(where, item, properties))
            if isinstance(entry, Listed) and entry.id is not None and entry.kind == "person":
                held[entry.id] = entry
            yield entry
    # A position may come after its holder: it is given as a second entry of the same id.
    for holder, post in occupied:
        if (person := held.get(holder)) is not None and (role := positions.get(post)):
            yield Listed(person.where, person.name, person.id, person.kind, roles=(role,))


def _entity(where: str, item: dict[str, Any], properties: dict[str, Any]) -> Listed:
    names = [*texts(properties.get("name")), *texts(properties.get("alias")), *texts(properties.get("previousName"))]
    first, last = text_of(properties.get("firstName")), text_of(properties.get("lastName"))
    kind = _KINDS[item["schema"]]
    if first and last:
        names.append(f"{first} {last}")
    # An entity has names in many scripts; the caption is the one that its publisher shows.
    name = text_of(item.get("caption")) or next(iter(names), "")
    posts = [post for value in objects(properties.get("positionOccupancies")) for post in _posts(value)]
    codes = [code for key in _COUNTRIES for code in texts(properties.get(key))]
    return Listed(
        where,
        name,
        text_of(item.get("id")),
        kind,
        aliases=usable(other for other in names if other != name),
        roles=unique([*texts(properties.get("position")), *posts]),
        parties=unique(texts(properties.get("political"))),
        places=unique(_country(code) for code in codes),
        gender=gender_of(properties.get("gender")),
    )


def _posts(occupancy: dict[str, Any]) -> list[str]:
    """The names of positions nested in an occupancy."""
    within = occupancy.get("properties")
    posts = objects(within.get("post")) if isinstance(within, dict) else []
    return [name for post in posts for name in (text_of(post.get("caption")),) if name]


def _ids(value: Any) -> list[str]:
    nested = [text_of(item.get("id")) for item in objects(value)]
    return [*texts(value), *(found for found in nested if found is not None)]


def _country(code: str) -> str:
    """The country of an ISO code of two letters; other codes as they are."""
    return _countries().get(code.casefold(), code)


@cache
def _countries() -> dict[str, str]:
    return {row["code"]: row["country"] for row in read_table("onrecord.names", "country_codes")}
