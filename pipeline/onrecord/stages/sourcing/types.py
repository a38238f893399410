"""The type of a source: a person, an organization or a document, named or not, or a group."""

from __future__ import annotations

import re
from typing import Final

from onrecord.document import Kind, SourceType
from onrecord.names.forms import fold
from onrecord.names.lexicon import DOCUMENT_NOUNS, ORGANIZATION_NOUNS, is_agent, person_nouns
from onrecord.text.positions import PREPOSITIONS
from onrecord.text.word_lists import read_lists

_WORDS: Final = read_lists("onrecord.stages.sourcing", "types")
_OWNER: Final = re.compile(r"(?:['’]s?)$")
_PART: Final = re.compile(r"(?:an?other|one|each|either|neither|any) of (.+)", re.IGNORECASE | re.DOTALL)
_MEASURED: Final = re.compile(r"\b(?:percent|per cent|%|quarter|third|half|majority|two-thirds) of\b|\d ?%|\bpercent\b")


def source_type(kind: Kind, name: str | None = None, description: str | None = None) -> SourceType | None:
    """The type of a speaker; None where neither its kind nor its words tell.

    A body without a name (``the board``) counts as a group.

    >>> source_type("person", "Ada Lund"), source_type("organization", None, "the board")
    ('named person', 'unnamed group')
    >>> source_type("unknown", None, "a TV interviewer"), source_type("unknown", None, "a long thing")
    ('unnamed person', None)
    """
    if kind == "document":
        return "document"
    if name is not None:
        if kind == "unknown":
            return "document" if set(fold(name).split()) & DOCUMENT_NOUNS else None
        # "Police" with a capital is no more a name than without.
        generic = kind != "person" and fold(name) in ORGANIZATION_NOUNS
        return "named person" if kind == "person" else "unnamed group" if generic else "named organization"
    of_some = _PART.match(description or "")
    if of_some and (whole := _of_several(of_some.group(1))) is not None:
        return whole
    if kind == "unknown":
        return _by_words(description or "")
    return "unnamed person" if kind == "person" else "unnamed group"


def _by_words(description: str) -> SourceType | None:
    head = _head(description)
    if not head:
        return None
    if head in _WORDS["groups"] or head in _WORDS["people as adjectives"] or _MEASURED.search(description.casefold()):
        return "unnamed group"
    if head in _WORDS["people"] or _is_person(head):
        return "unnamed person"
    if head in DOCUMENT_NOUNS or head in _WORDS["documents"]:
        return "document"
    if head in ORGANIZATION_NOUNS:
        return "unnamed group"
    # Several people: "traditionalists nationwide"; but "rising rates" are nobody.
    return "unnamed group" if head.endswith("s") and _is_person(head.removesuffix("s")) else None


def _of_several(description: str) -> SourceType | None:
    """What one of several is, if it is no person: ``one of her ads``, ``one of the groups``."""
    head = _head(description)
    if head in DOCUMENT_NOUNS or head.removesuffix("s") in DOCUMENT_NOUNS | _WORDS["documents"]:
        return "document"
    return "unnamed group" if head.removesuffix("s") in ORGANIZATION_NOUNS else None


def _is_person(noun: str) -> bool:
    return noun in person_nouns() or noun in _WORDS["people"] or is_agent(noun)


def _head(description: str) -> str:
    """The noun that the words are about, lower case: the last before the first preposition."""
    words = [_OWNER.sub("", word.strip('.,;:"“”()')) for word in description.casefold().replace("‑", "-").split()]
    words = [word for word in words if word and word not in ("nationwide", "worldwide", "alike", "alone", "too")]
    cut = next((index for index, word in enumerate(words) if index and word in PREPOSITIONS), len(words))
    return words[cut - 1] if cut else ""
