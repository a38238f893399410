"""Whether the speaker that a draft names is the one that a source names, as far as names tell.

A wrong accusation is worse than none: only clearly different people are told apart, and doubt is said to be doubt.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from difflib import SequenceMatcher
from enum import Enum
from typing import Final

from onrecord.document import Speaker
from onrecord.names.forms import HONORIFICS, OFFICES, fold, is_title, person_words, sounding
from onrecord.text.word_lists import read_lists

_ROLES: Final = read_lists("onrecord.text", "transcripts")["roles"]
_NOTE: Final = re.compile(r"[\[(].*?[\])]|[*_]+")
SURE: Final = 0.7
"""How likely a speaker that the model names must be, to be called another than the source's."""

_ALIKE: Final = 0.75
"""Words so similar may be one name as two people heard it."""


class Relation(Enum):
    """How a draft's speaker is related to a source's."""

    SAME = "same"
    OTHER = "other"
    UNKNOWN = "unknown"


def relate(speakers: Sequence[Speaker], label: str | None, labels: Collection[str] = ()) -> Relation:
    """Whether the words that a source gives to ``label`` are said by one of the draft's ``speakers``.

    ``labels`` are all labels of the source: somebody who has one is not behind the ``REPORTER`` of the same text.
    """
    named = [speaker for speaker in speakers if speaker.name and speaker.kind in ("person", "unknown")]
    if label is None or not named:
        return Relation.UNKNOWN
    found = {_relate(speaker, label, labels) for speaker in named}
    if Relation.SAME in found:
        return Relation.SAME
    is_sure = len(named) == len(speakers) and all(speaker.score is None or speaker.score >= SURE for speaker in named)
    return Relation.OTHER if found == {Relation.OTHER} and is_sure else Relation.UNKNOWN


def _relate(speaker: Speaker, label: str, labels: Collection[str]) -> Relation:
    names = [name for name in (speaker.name, *speaker.aliases) if name]
    direct = _compare(names, label)
    if direct is Relation.SAME:
        return direct
    words = _label_words(label)
    if words and words <= _own_roles(speaker):
        return Relation.SAME
    own = [other for other in labels if other != label and _compare(names, other) is Relation.SAME]
    if own:
        titles = {word for other in own for word in _label_words(other) if _is_role(word)} | _own_roles(speaker)
        is_apart = not (words & titles) - HONORIFICS.keys() and (direct is Relation.OTHER or all(map(_is_role, words)))
        return Relation.OTHER if is_apart else Relation.UNKNOWN
    return direct if _is_surely_a_name(label) else Relation.UNKNOWN


def same_name(first: str, second: str) -> Relation:
    """Whether two names are one person's, for names that are written in full or in part."""
    return _compare([first], second)


def _compare(names: Iterable[str], label: str) -> Relation:
    found = {_compare_one(name, label) for name in names}
    for relation in (Relation.SAME, Relation.UNKNOWN):
        if relation in found:
            return relation
    return Relation.OTHER if found else Relation.UNKNOWN


def _compare_one(name: str, label: str) -> Relation:
    bare = _bare(label)
    if not (words := _name_words(bare)) or not (others := _name_words(name)):
        return Relation.UNKNOWN
    first, second = ([sounding(word) for word in some] for some in (words, others))
    if len(first) == 1 or len(second) == 1:
        if first[0] in second or second[0] in first:
            return Relation.SAME
    elif first[-1] == second[-1]:
        # Not Bill and William, nor two of a family: who knows?
        return Relation.SAME if _given_fit(first[0], second[0]) else Relation.UNKNOWN
    if set(first[1:]) & set(second[1:]) or first[0] in second[1:] or second[0] in first[1:]:
        return Relation.UNKNOWN
    if bare.isupper() and bare.replace(".", "").casefold() in _initials(others):
        return Relation.SAME
    is_surname = len(words) < len(fold(bare).split())  # it has a title
    pairs = [(first[-1], second[-1])] if is_surname or len(first) > 1 else [(first[0], word) for word in second]
    return Relation.UNKNOWN if any(_sound_alike(*pair) for pair in pairs) else Relation.OTHER


def _sound_alike(first: str, second: str) -> bool:
    return SequenceMatcher(None, first, second).ratio() >= _ALIKE


def _given_fit(first: str, second: str) -> bool:
    short, long = sorted((first, second), key=len)
    return long.startswith(short)


def _initials(words: Sequence[str]) -> set[str]:
    letters = [word[0] for word in words]
    return {"".join(letters), letters[0] + letters[-1]}


def _bare(label: str) -> str:
    """A label without its note and what follows a comma: ``JOHN LUND, ANCHOR (on camera)``."""
    return _NOTE.sub(" ", label).split(",")[0].strip(" :.")


def _name_words(name: str) -> list[str]:
    return [word for word in person_words(name) if not _is_role(word)]


def _is_role(word: str) -> bool:
    return word in _ROLES or word.isdecimal() or is_title(word) or word in OFFICES


def _label_words(label: str) -> set[str]:
    return set(fold(_bare(label)).split()) - {"the"}


def _own_roles(speaker: Speaker) -> set[str]:
    return set(fold(f"{speaker.role or ''} {speaker.description or ''}").split())


def _is_surely_a_name(label: str) -> bool:
    """Whether a label can only be a name: with a title or a given name, or in capitals as transcripts print them."""
    bare = _bare(label)
    words = _name_words(bare)
    has_title = len(words) < len(fold(bare).split())
    return bool(words) and (has_title or len(words) > 1 or (bare.isupper() and len(bare) > 3))
