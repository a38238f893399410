"""What the words of a description tell: its head noun, one or several, and what kind of speaker it is."""

from __future__ import annotations

import re
from typing import Final

from onrecord.document import Kind
from onrecord.names.forms import fold
from onrecord.names.lexicon import DOCUMENT_NOUNS, ORGANIZATION_NOUNS
from onrecord.stages.speakers.role_phrases import role_noun
from onrecord.text.positions import PREPOSITIONS
from onrecord.text.word_lists import read_lists

_WORDS: Final = read_lists("onrecord.stages.speakers", "phrases")
_INDEFINITE: Final = _WORDS["indefinite"]
_PERSONAL: Final = _WORDS["people"]
PLURALS: Final = _WORDS["plurals"]
QUANTIFIERS: Final = _WORDS["quantifiers"]
_COUNTS: Final = frozenset(["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"])
_OF_ALL: Final = _WORDS["of all"]
_NUMBERS: Final = {2: _WORDS["two"], 3: _WORDS["three"], 4: _WORDS["four"], 5: _WORDS["five"]}


def head_word(phrase: str) -> str:
    """The noun that a description is about: the last word before its first preposition, lower case."""
    words = phrase.casefold().split()
    breaks = (
        index for index, word in enumerate(words) if index and (word in PREPOSITIONS or _participle(words, index))
    )
    cut = next(breaks, len(words))
    word = re.sub(r"['’]s?$", "", words[cut - 1].strip('.,;:"“”')) if cut else ""
    return word.replace("‑", "-")


def _participle(words: list[str], index: int) -> bool:
    """Whether the word at ``index`` opens a clause like ``tracking such cases`` or ``issued online by``."""
    word, before = words[index], words[index - 1]
    if word.endswith("ed") and (before in DOCUMENT_NOUNS or role_noun(before)):
        return True
    if before.endswith(("'s", "’s")):
        return False
    return index > 1 and words[index].endswith("ing") and len(words[index]) > 5 and index < len(words) - 1


def is_plural(word: str) -> bool:
    """Whether a noun means several."""
    return word in PLURALS or (len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")))


def counts_several(word: str) -> bool:
    """Whether a description that begins with ``word`` is one of several: ``many``, ``two``, ``12``."""
    return word in QUANTIFIERS or word in _COUNTS or word.isdigit()


def number_of(phrase: str) -> int | None:
    """How many are meant by a description of all of them, such as ``both men`` or ``the young couple``, if it tells."""
    words = [word.strip('.,;:"“”') for word in phrase.casefold().split()]
    if words and words[0] in _OF_ALL:
        words = words[1:]
    elif words[:1] != ["both"]:
        return None
    told = (number for word in (*words[:1], head_word(phrase)) for number, own in _NUMBERS.items() if word in own)
    return next(told, None)


def is_definite(phrase: str) -> bool:
    """Whether a description is about somebody in particular: ``the mayor``, ``Norland's president``."""
    first = phrase.split(maxsplit=1)[0]
    if first.casefold() in ("the", "this", "that", "these", "those", "his", "her", "their", "its"):
        return True
    # Some newspapers leave the article out: "Harbour Board secretary".
    bare = " " in phrase and first[:1].isalpha() and fold(first) not in _INDEFINITE
    if bare and role_noun(phrase) is not None and not is_plural(head_word(phrase)):
        return True
    # "Norland's president" is one, "Norland officials" are some.
    return re.match(r"(?:[A-Z][\w.\-]* ){0,3}[A-Z][\w.\-]*(?:['’]s|(?<=s)['’]) ", phrase) is not None


def kind_of(head: str, phrase: str, plural: bool) -> Kind:
    """What kind of speaker a description with this head is."""
    if head in DOCUMENT_NOUNS and head not in ("form", "will", "post", "paper", "site"):
        return "document"
    if head in ORGANIZATION_NOUNS and not head.endswith("s") and head not in PLURALS:
        return "organization"
    if plural:
        return "group" if head.removesuffix("s") not in DOCUMENT_NOUNS else "document"
    if role_noun(phrase) or head in _PERSONAL:
        return "person"
    return "organization" if head in ORGANIZATION_NOUNS else "unknown"
