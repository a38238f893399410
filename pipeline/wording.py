"""The words of a text as they are compared across articles, and what two texts have in common.

Two newsrooms never print quite the same: they swap quotation marks and spellings of ``the``, cut, and join. Compared
are therefore the content words alone, in order, without case, accents and possessives. A shingle is a pair of
neighbouring content words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from itertools import pairwise
from typing import Final

from onrecord.document import Span, Statement
from onrecord.quotation import find_quotations

Shingles = frozenset[tuple[str, str]]

FEWEST_QUOTED: Final = 5
"""A quotation of fewer content words says too little: ``we are very happy`` is anybody's."""

FEWEST_REPORTED: Final = 7
"""What is not quoted needs more: its few words are often only what the statement is about."""

CONTAINED: Final = 0.7
"""The share of the shorter wording's shingles from which on it is one with the longer."""

_FUNCTION_WORDS: Final = frozenset(
    """a an the this that these those and or but nor so if then than as of in on at by to from for with into onto upon
    about over after before between through during under out off up down i me my mine we us our ours you your yours he
    him his she her hers it its they them their theirs who whom whose which what there here is are was were be been
    being am has have had having do does did doing done will would shall should can could may might must im ive ill id
    weve were well youre youve hes shes theyre theyve thats theres lets isnt also just very too such own some any all
    both each more most other how when where why while because until although though whether yes""".split()  # noqa: SIM905
)
"""Words that newsrooms change freely. Negations are none of them: they turn a statement into another."""

_WORD: Final = re.compile(r"[^\W_]+(?:['’‘`ʼ][^\W_]+)*")
_THOUSANDS: Final = re.compile(r"(?<=\d),(?=\d{3}\b)")
_POSSESSIVE: Final = re.compile(r"['’‘`ʼ]s$")
_APOSTROPHE: Final = re.compile(r"['’‘`ʼ]")


def plain_words(text: str) -> Iterator[str]:
    """The words of ``text`` without case, accents, possessives and apostrophes.

    >>> list(plain_words("The MAYOR’s café doesn't cost 1,000."))
    ['the', 'mayor', 'cafe', 'doesnt', 'cost', '1000']
    """
    decomposed = unicodedata.normalize("NFKD", _THOUSANDS.sub("", text).casefold())
    stripped = "".join(character for character in decomposed if not unicodedata.combining(character))
    for match in _WORD.finditer(stripped):
        yield _APOSTROPHE.sub("", _POSSESSIVE.sub("", match.group()))


def content_words(text: str) -> list[str]:
    """The words of ``text`` that carry what it says, in order."""
    return [word for word in plain_words(text) if word not in _FUNCTION_WORDS]


def wording_of(statement: Statement) -> list[str]:
    """The content words by which a statement is compared, none if they are too few.

    Those inside its quotation marks if they are enough by themselves: around them each newsroom writes its own words.
    """
    words = content_words(statement.text)
    if statement.form == "direct":
        return words if len(words) >= FEWEST_QUOTED else []
    if statement.form == "mixed":
        quotations = find_quotations(statement.text, [Span(0, len(statement.text))])
        quoted = [word for one in quotations for word in content_words(statement.text[slice(*one.inner)])]
        if len(quoted) >= FEWEST_QUOTED:
            return quoted
    return words if len(words) >= FEWEST_REPORTED else []


def shingles_of(words: Sequence[str]) -> Shingles:
    """The pairs of neighbouring words.

    >>> sorted(shingles_of(["one", "port", "open"]))
    [('one', 'port'), ('port', 'open')]
    """
    return frozenset(pairwise(words))


def containment(shorter: Shingles, longer: Shingles) -> float:
    """The share of the first one's shingles that the second has, from 0 to 1."""
    return len(shorter & longer) / len(shorter) if shorter else 0.0


def hash_words(words: Sequence[str]) -> int:
    """64 bits, signed as SQLite wants them; the same on every machine."""
    digest = blake2b(" ".join(words).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
