"""Popolo JSON (popoloproject.com): persons, organizations, and the memberships that join them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
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

_SECTIONS: Final = ("persons", "organizations", "memberships", "areas", "posts")
_SAYS_NOTHING: Final = frozenset({"member", "representative"})
"""Roles of memberships that everybody has: `representative` is EveryPolitician's word for any member."""


def is_popolo(data: Any) -> bool:
    """Whether the JSON of a file is Popolo's."""
    return isinstance(data, dict) and any(isinstance(data.get(section), list) for section in _SECTIONS[:2])


def read_popolo(data: dict[str, Any]) -> Iterator[Listed | Fault]:
    """The persons and organizations of a file's JSON."""
    sections = {section: objects(data.get(section)) for section in _SECTIONS}
    known = {
        section: {text: item for item in sections[section] if (text := text_of(item.get("id"))) is not None}
        for section in ("organizations", "areas", "posts")
    }
    memberships: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for membership in sections["memberships"]:
        if (member := text_of(membership.get("person_id"))) is not None:
            memberships[member].append(membership)
    for section, make in (("persons", _person), ("organizations", _organization)):
        listed = data.get(section)
        for number, item in enumerate(listed if isinstance(listed, list) else ()):
            where = f"{section}[{number}]"
            if not isinstance(item, dict):
                yield Fault(where, "not an object")
                continue
            own = [*objects(item.get("memberships")), *memberships.get(text_of(item.get("id")) or "", ())]
            yield listed_or_fault(make(where, item, own, known))


def _person(where: str, item: dict[str, Any], memberships: list[dict[str, Any]], known: dict[str, Any]) -> Listed:
    roles: list[str] = texts(item.get("role"))
    parties: list[str] = []
    places: list[str] = []
    for membership in memberships:
        organization = _known(membership, "organization", known["organizations"])
        behalf = _known(membership, "on_behalf_of", known["organizations"])
        post = _known(membership, "post", known["posts"])
        area = _known(membership, "area", known["areas"]) or _known(post, "area", known["areas"])
        name = text_of(organization.get("name"))
        parties += texts(behalf.get("name"))
        places += texts(area.get("name"))
        if organization.get("classification") == "party":
            parties += [name] if name else []
            continue
        titles = [*texts(membership.get("role")), *texts(membership.get("label")), *texts(post.get("label"))]
        roles += [title if name is None else f"{title} of {name}" for title in titles if title not in _SAYS_NOTHING]
        roles += [f"member of {name}"] if name and not titles else []
    given, family = text_of(item.get("given_name")), text_of(item.get("family_name"))
    name = text_of(item.get("name")) or " ".join(part for part in (given, family) if part)
    aliases = [*_other_names(item), *([f"{given} {family}"] if given and family else [])]
    return Listed(
        where,
        name,
        text_of(item.get("id")),
        "person",
        aliases=usable(aliases),
        roles=unique(roles),
        parties=unique(parties),
        places=unique(places),
        gender=gender_of(item.get("gender")),
    )


def _organization(where: str, item: dict[str, Any], memberships: list[dict[str, Any]], known: dict[str, Any]) -> Listed:
    area = _known(item, "area", known["areas"])
    return Listed(
        where,
        text_of(item.get("name")) or "",
        text_of(item.get("id")),
        "organization",
        aliases=usable(_other_names(item)),
        places=unique(texts(area.get("name"))),
    )


def _other_names(item: dict[str, Any]) -> list[str]:
    return [name for other in objects(item.get("other_names")) for name in texts(other.get("name"))]


def _known(item: dict[str, Any], what: str, known: dict[str, Any]) -> dict[str, Any]:
    """What ``item`` embeds or names by its id; an empty one if neither."""
    embedded = item.get(what)
    if isinstance(embedded, dict):
        return embedded
    found: dict[str, Any] = known.get(text_of(item.get(f"{what}_id")) or "", {})
    return found
