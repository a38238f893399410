"""The type of a source: a person, an organization or a document, named or not, or a group."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, Literal, TypeAlias

from onrecord.document import Kind, SourceType
from onrecord.names.forms import fold
from onrecord.names.lexicon import DOCUMENT_NOUNS, ORGANIZATION_NOUNS, is_agent, person_nouns
from onrecord.stages.sourcing.nouns import Phrase, Word, heads, phrases, singulars, words_of
from onrecord.text.word_lists import read_lists

_Told: TypeAlias = SourceType | Literal["thing"] | None

_WORDS: Final = read_lists("onrecord.stages.sourcing", "types")
_COUNT: Final = r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|every)"
_MEASURED: Final = re.compile(
    r"\b(?:percent|per cent|%|quarter|third|half|majority|two-thirds) of\b|\d ?%|\b(?:percent|per cent)\b"
    rf"|\b{_COUNT} (?:in|out of) {_COUNT}\b|\bno one\b"
)
_AGED: Final = re.compile(r"\d+-year-old(s?)")
_SINGLE: Final = frozenset(["another", "any", "each", "either", "neither", "one"])
"""Parts of several people that are one person."""


def source_type(kind: Kind, name: str | None = None, description: str | None = None) -> SourceType | None:
    """The type of a speaker; None where neither its kind nor its words tell.

    A body without a name (``the board``) counts as a group. Of a source without a name, its words tell more than the
    kind, which is that of the words at their beginning or of a pronoun.

    >>> source_type("person", "Ada Lund"), source_type("organization", None, "the board")
    ('named person', 'unnamed group')
    >>> source_type("unknown", None, "a TV interviewer"), source_type("unknown", None, "a long thing")
    ('unnamed person', None)
    """
    if name is not None:
        return _of_name(kind, fold(name))
    words = words_of(description or "")
    if _MEASURED.search((description or "").casefold()):
        return "unnamed group"
    told = _first(_of_phrase(phrase, kind) for phrase in phrases(words))
    if told is None:
        return _BY_KIND.get(kind)
    return None if told == "thing" else told


_BY_KIND: Final[dict[Kind, SourceType]] = {
    "document": "document",
    "person": "unnamed person",
    "organization": "unnamed group",
    "group": "unnamed group",
}


def _of_name(kind: Kind, name: str) -> SourceType | None:
    words = name.split()
    if kind == "document":
        return "document"
    if kind == "unknown":
        return "document" if set(words) & DOCUMENT_NOUNS else None
    if kind == "person":
        return "named person"
    while len(words) > 1 and words[-1].isdigit():
        words.pop()
    if len(words) > 1 and words[-1] in _WORDS["names of documents"]:
        return "document"
    # "Police" with a capital is no more a name than without.
    return "unnamed group" if name in ORGANIZATION_NOUNS else "named organization"


def _of_phrase(phrase: Phrase, kind: Kind) -> _Told:
    """What a phrase tells: a type, or that it is about a thing, which is none."""
    if phrase.whole:
        return _of_part(phrase, kind)
    first, *others = heads(phrase.words) or [""]
    if (told := _of_noun(first)) is not None:
        return told
    if phrase.of_people:
        return "unnamed group" if first.endswith("s") else "unnamed person"
    # With a kind, the noun is known, and the words before it are not it: "presidential hopefuls".
    return _first(map(_of_noun, others)) if kind == "unknown" else None


def _of_part(phrase: Phrase, kind: Kind) -> _Told:
    """What a part of something is: of documents and organizations, the same; one of several people is one person."""
    part = phrase.words[-1].plain
    whole = _first(_of_phrase(inner, kind) for inner in phrases(phrase.whole))
    if part in _SINGLE:
        return "unnamed person" if whole == "unnamed group" and not _is_body(phrase.whole) else whole
    return "unnamed group" if whole == "unnamed person" else whole or _of_noun(part)


def _first(told: Iterable[_Told]) -> _Told:
    return next((each for each in told if each is not None), None)


def _is_body(words: tuple[Word, ...]) -> bool:
    """Whether words for several mean organizations: ``the groups``."""
    noun = next(iter(heads(next(phrases(words)).words)), "")
    return bool({noun, *singulars(noun)} & ORGANIZATION_NOUNS)


@lru_cache(10_000)
def _of_noun(noun: str) -> _Told:
    if aged := _AGED.fullmatch(noun):
        return "unnamed group" if aged[1] else "unnamed person"
    if noun in _WORDS["open"]:
        return None
    if _WORDS["things"] & {noun, *singulars(noun)}:
        return "thing"
    if noun in _WORDS["groups"] or noun in _WORDS["people as adjectives"]:
        return "unnamed group"
    if _is_person(noun):
        return "unnamed person"
    if noun in _WORDS["documents"] or noun in DOCUMENT_NOUNS:
        return "document"
    if noun in ORGANIZATION_NOUNS:
        return "unnamed group"
    for singular in singulars(noun):
        if singular in _WORDS["documents"] or singular in DOCUMENT_NOUNS:
            return "document"
        # Several people: "traditionalists nationwide"; but "rising rates" are nobody.
        if _is_person(singular) or singular in ORGANIZATION_NOUNS or singular in _WORDS["groups"]:
            return "unnamed group"
    return None


def _is_person(noun: str) -> bool:
    return noun in person_nouns() or noun in _WORDS["people"] or is_agent(noun)
