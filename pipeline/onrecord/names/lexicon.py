"""Nouns and titles that tell what a source is: a person in a role, an organization or a document.

The lists are data files in ``data``; this module gives those that several rooms use a name and a type.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal, cast

from onrecord.names.forms import Gender
from onrecord.text.word_lists import read_lists, read_table

_NOUNS: Final = read_lists("onrecord.names", "nouns")
_ORGANIZATIONS: Final = read_lists("onrecord.names", "organizations")

DOCUMENT_NOUNS: Final = _NOUNS["documents"]
"""Nouns that make a source a document."""

ORGANIZATION_NAME_WORDS: Final = _ORGANIZATIONS["name words"]
"""Words that names of organizations are made with."""

COLLECTIVE: Final = _ORGANIZATIONS["collective nouns"]
ORGANIZATION_NOUNS: Final = COLLECTIVE | _ORGANIZATIONS["other nouns"]
"""Nouns for an organization that may speak."""

PORTFOLIOS: Final = read_lists("onrecord.names", "roles")["portfolios"]
"""What ministers and departments are for."""

RANKS: Final = read_lists("onrecord.names", "person_names")["ranks"]
"""Titles that go with any office and say little where a name has another one: ``Director Prof. Lund``."""

_AGENT: Final = re.compile(r"(?:[^aeiou\W]er|eer|[st]or|ist|ician|yst)$")


@dataclass(frozen=True, slots=True)
class PersonNoun:
    """A noun for people: one row of ``person_nouns.csv``, where the columns are explained."""

    is_role: bool
    field: str | None
    scope: Literal["general", "anybody"] | None
    post: str | None
    kin: Gender | None


@cache
def person_nouns() -> Mapping[str, PersonNoun]:
    """All nouns for people that onrecord knows."""
    return {
        row["noun"]: PersonNoun(
            row["role"] == "yes",
            row["field"] or None,
            cast(Literal["general", "anybody"], row["scope"]) if row["scope"] else None,
            row["post"] or None,
            cast(Gender, row["kin"]) if row["kin"] else None,
        )
        for row in read_table("onrecord.names", "person_nouns")
    }


def noun_variants(use: Literal["role", "occupation"]) -> Mapping[str, str]:
    """The noun that each of ``noun_variants.csv`` is read as for this ``use``."""
    return {row["noun"]: row[use] for row in read_table("onrecord.names", "noun_variants") if row[use]}


ROLE_NOUNS: Final = frozenset(noun for noun, facts in person_nouns().items() if facts.is_role)
"""Nouns that say what a person does, holds or is to somebody."""

KIN: Final[Mapping[str, Gender]] = {noun: facts.kin for noun, facts in person_nouns().items() if facts.kin}
"""Words of kinship and the gender that they tell."""


def is_agent(word: str) -> bool:
    """Whether a lower-case noun is built like a noun for people: ``harvester``, ``violinist``."""
    known = word in _NOUNS["not agents"] or word in DOCUMENT_NOUNS
    return len(word) > 5 and not known and _AGENT.search(word) is not None
