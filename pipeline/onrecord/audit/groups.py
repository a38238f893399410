"""The group in society that a speaker speaks for, from the words of the role: government, business, citizens …"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from onrecord.document import Speaker
from onrecord.names.countries import country_named, split_countries
from onrecord.names.forms import fold, without_possessive
from onrecord.names.lexicon import noun_variants
from onrecord.text.positions import PREPOSITIONS
from onrecord.text.word_lists import read_lists, read_table

UNKNOWN: Final = "unknown"
DOCUMENT: Final = "document"
_LISTS: Final = read_lists("onrecord.audit", "role_groups")
GROUPS: Final = (
    *dict.fromkeys(name.partition(":")[0] for name in _LISTS if ":" in name),
    DOCUMENT,
    UNKNOWN,
)
"""All groups; documents are a group of their own, as they speak for nobody."""

_HEADS: Final = {
    word: name.partition(":")[0] for name, words in _LISTS.items() if name.endswith(": heads") for word in words
}
_CONTEXT: Final = {
    word: name.partition(":")[0] for name, words in _LISTS.items() if name.endswith(": context") for word in words
}
_GENERAL: Final = _LISTS["no heads"]
_PHRASES: Final = {row["phrase"]: row["group"] for row in read_table("onrecord.audit", "role_phrases")}
_VARIANTS: Final = noun_variants("role")
_LONGEST: Final = max(len(phrase.split()) for phrase in _PHRASES)
_CLAUSE: Final = re.compile(r"\s(?:who|whose|whom|which|that|and)\s|[,;(–—]")


def group_of(speaker: Speaker) -> str:
    """The group of a speaker; ``unknown`` where the article gives no role or its words do not tell.

    >>> group_of(Speaker("Ada Lund", kind="person", role="mayor of Easton"))
    'government'
    >>> group_of(Speaker("Ada Lund", kind="person"))
    'unknown'
    """
    if speaker.kind == "document":
        return DOCUMENT
    if speaker.kind == "person" or speaker.name is None:
        return group_of_words((speaker.role if speaker.name else speaker.role or speaker.description) or "")
    if country_named(speaker.name) is not None:
        return "government"  # "Norland said": its government
    return group_of_organization(speaker.name)


@lru_cache(maxsize=16384)
def group_of_words(role: str) -> str:
    """The group that the words of a role or description tell.

    >>> group_of_words("a spokeswoman for the Department of Health"), group_of_words("hospital director")
    ('government', 'health')
    """
    words = _words(_CLAUSE.split(role, maxsplit=1)[0])
    cut = next((index for index, word in enumerate(words) if index and word in PREPOSITIONS), len(words))
    if cut == 0:
        return UNKNOWN
    before, after = words[:cut], words[cut:]
    head = _singular(before[-1])
    if (group := _phrase_at_end(before)) is not None:
        return group
    if head in _HEADS and head not in _GENERAL:
        own = _HEADS[head]
        # "police official", "union activist": the words around are closer than the noun.
        return _around(before[:-1], after) or own if head in ("official", "agent", "worker", "employee") else own
    if _CONTEXT.get(head, "government") != "government":
        return _CONTEXT[head]  # "federal courts"
    found = _around(before[:-1], after)
    if found is None and head == "president" and not after:
        return "government"  # a title before a name: "former President"
    if found is None and head in ("president", "leader", "spokesman", "spokeswoman", "spokesperson"):
        # "the Norland president", "president of Norland"
        pieces = [piece.strip('.,;:()"“”') for piece in re.split(r"[\s/–—]+", role)]
        found = "government" if split_countries([piece for piece in pieces if piece])[0] else None
    return found or _CONTEXT.get(head) or UNKNOWN


@lru_cache(maxsize=16384)
def group_of_organization(name: str) -> str:
    """The group that the words of an organization's name tell; the last one that tells any decides.

    >>> group_of_organization("Easton Police Department"), group_of_organization("University of Easton")
    ('police, courts and military', 'experts')
    """
    words = _words(name)
    for size in range(_LONGEST, 1, -1):
        for start in range(len(words) - size + 1):
            if (group := _PHRASES.get(" ".join(words[start : start + size]))) is not None:
                return group
    found = [_CONTEXT[word] for word in words if word in _CONTEXT]
    if not found:
        return UNKNOWN
    # A department or agency is known by what it is for: "Police Department".
    special = [group for group in found if group != "government"]
    return special[0] if special else found[0]


def _words(text: str) -> list[str]:
    pieces = (fold(without_possessive(piece)).replace(" ", "-") for piece in re.split(r"[\s/]+", text))
    found = [piece for piece in pieces if piece and piece not in ("the", "a", "an")]
    return [word.removeprefix("ex-").removeprefix("then-").removeprefix("former-") for word in found]


def _singular(word: str) -> str:
    for candidate in (word, word.removesuffix("s"), word.removesuffix("es"), f"{word.removesuffix('men')}man"):
        if candidate in _HEADS or candidate in _GENERAL or candidate in _VARIANTS:
            return candidate
    last = word.rsplit("-", 1)[-1]
    return _singular(last) if last != word else word


def _phrase_at_end(words: list[str]) -> str | None:
    for size in range(min(_LONGEST, len(words)), 1, -1):
        last = [*words[-size:-1], _singular(words[-1])]
        if (group := _PHRASES.get(" ".join(last))) is not None:
            return group
    return None


def _around(before: list[str], after: list[str]) -> str | None:
    """The group of the nearest telling words: those before the head from its side, then those behind it."""
    for end in range(len(before), 0, -1):
        for size in range(min(_LONGEST, end), 1, -1):
            if (group := _PHRASES.get(" ".join(before[end - size : end]))) is not None:
                return group
        if (group := _CONTEXT.get(before[end - 1])) is not None:
            return group
    for start in range(len(after)):
        for size in range(min(_LONGEST, len(after) - start), 1, -1):
            if (group := _PHRASES.get(" ".join(after[start : start + size]))) is not None:
                return group
        if (group := _CONTEXT.get(after[start])) is not None:
            return group
    return None
