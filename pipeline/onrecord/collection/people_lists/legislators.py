"""The legislators of the unitedstates project (``legislators-current.yaml`` and its kin), in YAML or JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, BinaryIO, Final

from onrecord.collection.people_lists.entries import (
    Fault,
    Listed,
    gender_of,
    listed_or_fault,
    objects,
    text_of,
    unique,
    usable,
)
from onrecord.collection.people_lists.yaml_items import YamlError, yaml_items
from onrecord.text.word_lists import read_table

_OFFICES: Final = {"sen": "senator", "rep": "representative", "prez": "president", "viceprez": "vice president"}


def is_legislator(value: Any) -> bool:
    """Whether an item of a list is a legislator."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("name"), dict)
        and isinstance(value.get("id"), dict)
        and isinstance(value.get("terms"), list)
    )


def read_yaml(stream: BinaryIO) -> Iterator[Listed | Fault]:
    """The legislators of a YAML file."""
    try:
        yield from _read((f"line {line}", item) for line, item in yaml_items(stream))
    except YamlError as error:
        yield Fault(f"line {error.line}", f"not the YAML of a list ({error})", fatal=True)


def read_array(data: list[Any]) -> Iterator[Listed | Fault]:
    """The legislators of a JSON array."""
    yield from _read((f"entry {number}", item) for number, item in enumerate(data, 1))


def _read(items: Iterable[tuple[str, Any]]) -> Iterator[Listed | Fault]:
    for where, item in items:
        if is_legislator(item):
            yield listed_or_fault(_legislator(where, item))
        else:
            yield Fault(where, "not a legislator: it needs id, name and terms")


def _legislator(where: str, item: dict[str, Any]) -> Listed:
    parts = {key: text_of(value) for key, value in item["name"].items() if isinstance(key, str)}
    firsts = [parts.get("first"), parts.get("nickname")]
    middle, last = parts.get("middle"), parts.get("last")
    forms = [f"{first} {last}" for first in firsts if first and last]
    forms += [f"{parts['first']} {middle} {last}"] if parts.get("first") and middle and last else []
    for other in objects(item.get("other_names")):
        first, family = text_of(other.get("first")) or parts.get("first"), text_of(other.get("last")) or last
        forms += [f"{first} {family}"] if first and family else []
    name = parts.get("official_full") or next(iter(forms), "")
    terms = objects(item["terms"])
    places = [_states().get(state, state) for term in terms for state in (text_of(term.get("state")),) if state]
    offices = [_OFFICES[office] for term in terms if (office := text_of(term.get("type"))) in _OFFICES and office]
    parties = [party for term in terms for party in (text_of(term.get("party")), text_of(term.get("caucus"))) if party]
    return Listed(
        where,
        name,
        text_of(item["id"].get("bioguide")) or text_of(item["id"].get("wikidata")),
        "person",
        aliases=usable(form for form in forms if form != name),
        roles=unique(f"United States {office}" for office in offices),
        parties=unique(parties),
        places=unique(places),
        gender=gender_of(bio.get("gender")) if isinstance(bio := item.get("bio"), dict) else None,
    )


@cache
def _states() -> dict[str, str]:
    return {row["code"]: row["state"] for row in read_table("onrecord.names", "us_states")}
