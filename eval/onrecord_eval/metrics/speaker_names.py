"""Whether a predicted speaker is the one of the gold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from onrecord.document import Speaker

_TITLES: Final = (
    "attorney general|crown prince|first lady|foreign minister|foreign secretary|prime minister|secretary general|"
    "secretary of state|vice president|admiral|ambassador|archbishop|baron|baroness|bishop|brigadier|captain|cardinal|"
    "chancellor|colonel|commissioner|congressman|congresswoman|dame|doctor|dr|emir|gen|general|gov|governor|hon|judge|"
    "justice|king|lady|lieutenant|lord|lt|madam|major|mayor|minister|miss|mr|mrs|ms|mx|pope|premier|president|prince|"
    "princess|prof|professor|queen|rep|representative|rev|reverend|secretary|sen|senator|sergeant|sgt|sheikh|sir|"
    "spokesman|spokesperson|spokeswoman|sultan"
)
# "President of Georgia" and "General Assembly" are not a title followed by a name.
_TITLE: Final = re.compile(rf"(?:{_TITLES}) (?!(?:of|for|and|to|in|on|general|assembly|ministry|department)\b)(?=\w)")
_STOPWORDS: Final = frozenset(
    """a an and as at by for from he her his i in it its of on one or our she some that the their they this those to
    we who with you""".split()  # noqa: SIM905 — a list of them would be four times as long
)


def normalise_name(name: str) -> str:
    """``name`` without case, punctuation, a leading article and titles; a name that is all title stays whole.

    >>> normalise_name("Prime Minister Ana-María O'Neil, Jr.")
    'ana maría oneil jr'
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    spaced = re.sub(r"[\s_/\-‐‑‒–—]+", " ", folded)
    plain = " ".join("".join(character for character in spaced if character.isalnum() or character == " ").split())
    plain = plain.removeprefix("the ")
    while match := _TITLE.match(plain):
        plain = plain[match.end() :]
    return plain


def content_words(text: str | None) -> frozenset[str]:
    """The words of ``text``, case folded, without articles, pronouns and prepositions."""
    return frozenset(re.findall(r"\w+", (text or "").casefold())) - _STOPWORDS


def is_speaker(gold: Speaker, predicted: Speaker) -> bool:
    """Whether ``predicted`` is the person, organization, group or document that ``gold`` is.

    A named one is right by name or alias. One that the gold leaves nameless is right if the prediction is
    nameless too and their descriptions share a content word, or if the name predicted is the gold's very
    description: a description resolved to somebody's name is a mistake.
    """
    if gold.name is not None:
        accepted = {normalise_name(name) for name in (gold.name, *gold.aliases)}
        return predicted.name is not None and normalise_name(predicted.name) in accepted
    if predicted.name is not None:
        descriptions = {content_words(name) for name in (gold.description, *gold.aliases)} - {frozenset()}
        return content_words(predicted.name) in descriptions
    if gold.description and normalise_name(gold.description) == normalise_name(predicted.description or ""):
        return True  # also "we", which has no other word
    return bool(content_words(gold.description) & content_words(predicted.description))


def same_speakers(gold: Sequence[Speaker], predicted: Sequence[Speaker]) -> bool:
    """Whether every speaker of the gold is predicted and no other; right if both are empty."""
    return all(any(is_speaker(speaker, candidate) for candidate in predicted) for speaker in gold) and all(
        any(is_speaker(speaker, candidate) for speaker in gold) for candidate in predicted
    )


def pair_speakers(gold: Sequence[Speaker], predicted: Sequence[Speaker]) -> list[tuple[Speaker, Speaker]]:
    """Each gold speaker with the first prediction that is right for it, where there is one."""
    return [
        (speaker, found)
        for speaker in gold
        if (found := next((candidate for candidate in predicted if is_speaker(speaker, candidate)), None)) is not None
    ]


def word_overlap(gold: str, predicted: str | None) -> float:
    """F1 of the content words of two descriptions, 0 to 1; 1 where neither has any."""
    expected, found = content_words(gold), content_words(predicted)
    total = len(expected) + len(found)
    return 2 * len(expected & found) / total if total else 1.0
