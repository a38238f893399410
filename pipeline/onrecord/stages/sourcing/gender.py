"""The gender that an article's words tell of a person: pronouns, forms of address, and words like ``spokeswoman``.

A name tells none here, whatever a model may think of it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from onrecord.document import Gender
from onrecord.names.forms import HONORIFICS, fold
from onrecord.names.lexicon import KIN
from onrecord.text.positions import PREPOSITIONS
from onrecord.text.word_lists import read_lists

_WORDS: Final = read_lists("onrecord.stages.sourcing", "gender")
_PRONOUNS: Final[dict[str, Gender]] = {
    **dict.fromkeys(("she", "her", "hers", "herself"), "feminine"),
    **dict.fromkeys(("he", "him", "his", "himself"), "masculine"),
}
_OWNER: Final = re.compile(r"^.*(?:['’]s|(?<=s)['’])\s+", re.DOTALL)
_CLAUSE: Final = re.compile(r"\s(?:who|whose|whom|which|that)\s|[,;(–—]")
_BY_WORD: Final = 3
"""What a word for the person weighs against one pronoun, which may be somebody else's."""


def described_gender(phrase: str) -> Gender | None:
    """The gender that the words for somebody tell.

    >>> described_gender("the 45-year-old woman from Easton"), described_gender("the woman's lawyer")
    ('feminine', None)
    """
    phrase = _OWNER.sub("", _CLAUSE.split(phrase, maxsplit=1)[0])
    words = fold(phrase).split()
    cut = next((index for index, word in enumerate(words) if index and word in PREPOSITIONS), len(words))
    found = {gender for word in words[:cut] if (gender := _gender_of(word)) is not None}
    return found.pop() if len(found) == 1 else None


def told_gender(
    pronouns: Iterable[str], phrases: Iterable[str] = (), votes: Mapping[Gender, int] | None = None
) -> Gender | None:
    """The gender that all words for one person tell together; None if they tell none, or two.

    ``pronouns`` stand for the person, ``phrases`` describe them, ``votes`` are what is known already.
    """
    counts: Counter[Gender] = Counter(votes or {})
    counts.update(gender for word in pronouns if (gender := _PRONOUNS.get(fold(word))) is not None)
    for phrase in phrases:
        if (gender := described_gender(phrase)) is not None:
            counts[gender] += _BY_WORD
    feminine, masculine = counts["feminine"], counts["masculine"]
    if feminine > 2 * masculine:
        return "feminine"
    return "masculine" if masculine > 2 * feminine else None


def _gender_of(word: str) -> Gender | None:
    if word in _WORDS["feminine"] or word.endswith("woman"):
        return "feminine"
    if word in _WORDS["masculine"]:
        return "masculine"
    if (gender := KIN.get(word) or HONORIFICS.get(word)) is not None:
        return gender
    return "masculine" if word.endswith("man") and len(word) > 5 and word not in _WORDS["not by ending"] else None
