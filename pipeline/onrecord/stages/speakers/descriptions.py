"""What tells whose a description is: roles that the article states, and words of a name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from onrecord.names.forms import fold
from onrecord.stages.speakers.entities import Entity, Role
from onrecord.stages.speakers.role_phrases import best_fit, make_role, may_be
from onrecord.stages.speakers.sources import Party

_ALIKE: Final[dict[str, str]] = {"military": "army", "army": "military"}
_NOT_TELLING: Final = frozenset(["the", "its", "his", "her", "their", "this", "that", "s"])


def described_role(party: Party, words: str) -> Role | None:
    """The role that a description of a person names."""
    return make_role(words) if party.kind == "person" else None


def fit_of(role: Role | None, entity: Entity) -> int:
    """How well what the article says of a person fits: 0 it speaks against it, 1 nothing known, 2 in part, 3 fully."""
    if role is None or entity.kind != "person":
        return 1
    fit = best_fit(role, entity.roles)
    if fit > 0:
        return 3 if fit > 1 else 2
    return 1 if may_be(role, entity) else 0


def shares_words(words: str, forms: Iterable[str]) -> bool:
    """Whether all telling words of a description are in a form of a name: ``the ministry``, ``Ministry of Labour``."""
    wanted = set(fold(words).split()) - _NOT_TELLING
    others = {_ALIKE.get(word, word) for word in wanted}
    names = (set(fold(form).split()) for form in forms)
    return bool(wanted) and any(wanted <= name or others <= name for name in names)


def note_role(entity: Entity, role: Role) -> None:
    """Takes a description that was resolved to a person as something that the article says of them."""
    found = Role(role.text, role.noun, role.affiliations, role.words, is_stated=False)
    stated = Role(role.text, role.noun, role.affiliations, role.words)
    telling = bool(role.affiliations) or len(role.text.split()) > 1
    if telling and found not in entity.roles and stated not in entity.roles:
        entity.roles.append(found)
