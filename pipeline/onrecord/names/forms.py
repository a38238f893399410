"""What two written forms of a name have in common: titles, initials, possessives, spelling, acronyms, slugs.

Nothing here knows an article; see ``entities`` for what links the forms of one.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, cast

from onrecord.document import Gender as Gender  # noqa: PLC0414 — for those who know it from here
from onrecord.text.word_lists import read_lists, read_table

Words = tuple[str, ...]

HONORIFICS: Final[dict[str, Gender | None]] = {
    row["form"]: cast(Gender, row["gender"]) if row["gender"] else None
    for row in read_table("onrecord.names", "honorifics")
}
"""Forms of address, which say nothing about what a person does, and the gender that they tell, if any."""

_WORDS: Final = read_lists("onrecord.names", "person_names")
TITLES: Final = _WORDS["titles"]
"""Words that may stand before a name as part of a title; a name is never made of them alone."""

_SUFFIXES: Final = _WORDS["suffixes"]
_POSTNOMINALS: Final = re.compile(
    r"(?:,? (?:A[CMO]|[CMO]BE|[CM]?DSO|CMG|[GK]CMG|KBE|DBE|MP|MPP|MLA|MSP|[QKS]C|PhD|MD|OC|CC|PC|CNZM|ONZM|[DK]NZM))+$"
)
_SOUNDS: Final = (
    ("kh", "h"), ("iy", "i"), ("yi", "i"), ("y", "i"), ("ou", "u"), ("oo", "u"), ("w", "v"), ("ph", "f"),
    ("ks", "x"), ("tch", "ch"), ("ie", "e"),
)  # fmt: skip
OFFICES: Final = _WORDS["offices"]
_LETTERS: Final = str.maketrans(
    {"ø": "o", "ł": "l", "ß": "ss", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)
_POSSESSIVE: Final = re.compile(r"(?:['’‘`´]s?|(?<=[sS])['’])$")
_FAMILY_FIRST: Final = re.compile(r"[^\W\d_]+ [^\W\d_]+[-‐‑][^\W\d_]+")
"""A name whose second part is two syllables with a hyphen, as given names in Korea and Taiwan are written."""
_SPACE: Final = re.compile(r"[\s_/\-‐‑‒–—―]+")
_SMALL: Final = read_lists("onrecord.names", "organizations")["left out of acronyms"]


@lru_cache(maxsize=32768)
def fold(text: str) -> str:
    """``text`` without case, accents and punctuation; hyphens become spaces.

    >>> fold("Carol‑Ann MÖLLER, U.S.")
    'carol ann moller us'
    """
    decomposed = unicodedata.normalize("NFKD", text).casefold().translate(_LETTERS)
    spaced = _SPACE.sub(" ", decomposed)
    return " ".join("".join(c for c in spaced if c.isalnum() or c == " ").split())


def without_possessive(name: str) -> str:
    """``name`` without a possessive ending and the punctuation around it.

    >>> without_possessive("Georgia’s"), without_possessive("Bo Lindros'"), without_possessive("“Ada Lund,")
    ('Georgia', 'Bo Lindros', 'Ada Lund')
    """
    trimmed = name.strip(' \t\r\n\u00a0,;:!?"“”„«»()[]…')
    return _POSSESSIVE.sub("", trimmed).strip()


def split_title(name: str) -> tuple[str, str]:
    """The titles and honorifics that ``name`` begins with, and the rest, which is never empty.

    >>> split_title("Prime Minister Ada Lund"), split_title("Mr. Bo"), split_title("President")
    (('Prime Minister', 'Ada Lund'), ('Mr.', 'Bo'), ('', 'President'))
    """
    pieces = name.split()
    cut = 0
    while cut < len(pieces) - 1 and is_title(pieces[cut]):
        cut += 1
    # "General Assembly", "President of Georgia": no name is left behind a title.
    if cut and not pieces[cut][:1].isupper():
        return "", " ".join(pieces)
    return " ".join(pieces[:cut]), " ".join(pieces[cut:])


def without_postnominals(name: str) -> str:
    """``name`` without the honours and degrees behind it.

    >>> without_postnominals("Ada Lund AM, MP"), without_postnominals("Bo AM")
    ('Ada Lund', 'Bo')
    """
    return _POSTNOMINALS.sub("", name)


def without_lead(name: str) -> str:
    """A personal name as a tagger gives it, without everything up to a title inside it: ``Norland Sen. Ada Lund``.

    >>> without_lead("Norland Sen. Ada Lund"), without_lead("Stephen King Jr.")
    ('Ada Lund', 'Stephen King Jr.')
    """
    pieces = name.split()
    for index in range(len(pieces) - 2, 0, -1):
        plain = pieces[index].casefold()
        if plain.strip(".") in _SUFFIXES or fold(pieces[index + 1]) in _SUFFIXES:
            continue
        if (plain.endswith(".") and len(plain) > 3 and is_title(plain)) or plain in OFFICES:
            return " ".join(pieces[index + 1 :])
    return split_title(name)[1]


def is_title(word: str) -> bool:
    """Whether ``word`` may belong to a title or is a form of address."""
    plain = word.casefold().strip(".,")
    return plain in HONORIFICS or plain in TITLES


def is_surname(words: Words, name: str) -> bool:
    """Whether ``words`` are the surname of a person's full ``name``: its last words, or the first of ``Moon Jae-in``.

    >>> [is_surname(("moon",), name) for name in ("Moon Jae-in", "Keith Moon", "Moon Zappa", "Moon")]
    [True, True, False, False]
    """
    full = person_words(name)
    family_first = _FAMILY_FIRST.fullmatch(name) is not None and full[: len(words)] == words
    return full != words and (full[-len(words) :] == words or family_first)


def is_behind_name(word: str) -> bool:
    """Whether a word after a person's name belongs to the name: ``Jr``, ``III``, ``OBE``."""
    return not without_postnominals(f" {word}").strip() or fold(word).strip(".") in _SUFFIXES


def title_before(text: str, position: int) -> str:
    """The titles and forms of address directly before ``position`` in ``text``.

    >>> title_before("said the Prime Minister Ada Lund", 24)
    'Prime Minister'
    """
    line = text[max(0, position - 60) : position]
    pieces = line.split() if line[-1:].isspace() else []
    cut = len(pieces)
    while cut > 0 and is_title(pieces[cut - 1]) and not pieces[cut - 1].endswith((",", ";", ":")):
        cut -= 1
    return " ".join(piece for piece in pieces[cut:] if piece.casefold() != "the")


def title_gender(title: str) -> Gender | None:
    """The gender that a title tells by its form of address or its last word: ``Mrs.``, ``spokeswoman``, ``King``."""
    for word in reversed(fold(title).split()):
        if HONORIFICS.get(word):
            return HONORIFICS[word]
        if word.endswith("woman") or word in ("queen", "princess", "actress", "empress", "businesswoman"):
            return "feminine"
        if (word.endswith("man") and word not in ("human", "german", "roman", "ottoman", "layman")) or word in (
            "king", "prince", "emperor", "pope", "imam", "actor",
        ):  # fmt: skip
            return "masculine"
    return None


@lru_cache(maxsize=8192)
def person_words(name: str) -> Words:
    """The folded words of a personal name: no titles and suffixes, initials one by one.

    >>> person_words("Dr. HD Kumara, Jr.") == person_words("H. D. Kumara")
    True
    """
    _, bare = split_title(without_possessive(name))
    shouted = bare.upper() == bare
    found: list[str] = []
    for piece in re.split(r"[\s\-‐‑–]+|(?<=\.)(?=\w)", bare):
        word = fold(piece)
        if not word or (word in _SUFFIXES and found):
            continue
        if len(word) == 2 and piece.isupper() and not shouted:
            found.extend(word)
        else:
            found.append(word)
    return tuple(found) or tuple(fold(name).split())


@lru_cache(maxsize=8192)
def sounding(word: str) -> str:
    """``word`` with the letters folded that transliterations disagree on.

    >>> sounding("zelenskyy") == sounding("zelenskiy") == sounding("zelensky")
    True
    """
    for old, new in _SOUNDS:
        word = word.replace(old, new)
    return re.sub(r"(.)\1+", r"\1", word)


def acronyms(name: str) -> frozenset[str]:
    """The acronyms that the words of ``name`` may give, in lower case.

    >>> sorted(acronyms("International Atomic Energy Agency"))
    ['iaea']
    """
    pieces = [piece for piece in re.split(r"[\s\-‐‑–/]+", without_possessive(name)) if piece[:1].isalpha()]
    if len(pieces) < 2:
        return frozenset()
    capitals = "".join(piece[0] for piece in pieces if piece[0].isupper())
    significant = "".join(piece[0] for piece in pieces if fold(piece) not in _SMALL)
    everything = "".join(piece[0] for piece in pieces)
    return frozenset(found for letters in (capitals, significant, everything) if len(found := fold(letters)) >= 2)


def is_acronym(name: str) -> bool:
    """Whether ``name`` looks like an acronym: ``NATO``, ``E.U.``, ``DfID``."""
    letters = [c for c in without_possessive(name) if c.isalpha()]
    return (
        " " not in name.strip()
        and 2 <= len(letters) <= 8
        and letters[0].isupper()
        and sum(c.isupper() for c in letters) >= max(2, len(letters) - 2)
    )


def is_initials(name: str) -> bool:
    """Whether ``name`` is made of initials and full stops alone."""
    return all(len(word) == 1 for word in person_words(name))


def slug(name: str) -> str:
    """A lower-case ASCII identifier; a name without ASCII letters gets a short hash of its characters.

    >>> slug("Carol-Ann Möller"), slug("U.S. Department of State")
    ('carol-ann-moller', 'us-department-of-state')
    """
    ascii_words = fold(name).encode("ascii", "ignore").decode().split()
    if ascii_words:
        return "-".join(ascii_words)
    return "name-" + hashlib.sha1(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def fullest(forms: Sequence[str]) -> str:
    """The form with the most words, then letters, the first of several; one in capitals only if there is no other."""

    def weight(form: str) -> tuple[int, bool, bool, int]:
        spelled_out = sum(len(word) > 1 for word in person_words(form))
        owned = re.search(r"['’]s\s", form) is not None
        return (spelled_out, form.upper() != form, not owned, sum(c.isalpha() for c in form))

    return max(forms, key=weight)
