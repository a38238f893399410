"""What phrases like ``the finance minister of Norland`` say somebody is, and which of them may be one person's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from onrecord.names.countries import country_in, split_countries
from onrecord.names.forms import HONORIFICS, TITLES, Gender, fold, is_title, title_gender, without_possessive
from onrecord.names.lexicon import KIN, PORTFOLIOS, RANKS, ROLE_NOUNS, is_agent, noun_variants
from onrecord.stages.speakers.entities import Entity, Role
from onrecord.text.positions import PREPOSITIONS
from onrecord.text.word_lists import read_lists

_SAME: Final = noun_variants("role")
_KINDS_OF: Final = read_lists("onrecord.stages.speakers", "role_kinds")
_WORDS: Final = read_lists("onrecord.stages.speakers", "role_phrases")
_OFFICES: Final = _WORDS["offices"]
"""Nouns for offices; a person usually holds only one: a minister is not "the spokesperson"."""

_PORTFOLIO_OFFICES: Final = frozenset(["minister", "secretary", "ministry", "department", "commissioner"])
_SETS_APART: Final = frozenset(["vice", "deputy", "former", "ex", "assistant", "acting", "first", "late", "under"])
PRONOUN_GENDERS: Final[dict[str, Gender]] = {
    **dict.fromkeys(["he", "him", "his", "himself"], "masculine"),
    **dict.fromkeys(["she", "her", "hers", "herself"], "feminine"),
}
DETERMINERS: Final = frozenset(["the", "a", "an"])
_OPENERS: Final = DETERMINERS | _WORDS["openers"]
_SEVERAL: Final = frozenset(["these", "those", "many", "some", "other", "several", "all", "two", "three", "most"])
_ALIKE: Final[dict[str, str]] = {"military": "army", "army": "military"}
_NOT_TELLING: Final = frozenset(["the", "its", "his", "her", "their", "this", "that", "s"])
_DATES: Final = _WORDS["dates"]
_MODIFIERS: Final = _WORDS["modifiers"]
_TELLING: Final = 2
"""Words of a role that says more than a title."""

_CLAUSE: Final = re.compile(r"(?:ing|ed)$")


def role_noun(phrase: str) -> str | None:
    """The role noun at the head of ``phrase``: the last word before its first preposition, if it is one.

    >>> role_noun("leader of the opposition"), role_noun("Harbour Board spokeswoman"), role_noun("harbour")
    ('leader', 'spokeswoman', None)
    >>> role_noun("lawyer representing owners")
    'lawyer'
    """
    words = phrase.casefold().replace("‑", "-").replace("/", " ").split()
    cut = next((index for index, word in enumerate(words) if index and _ends(words, index)), len(words))
    if cut > 1 and words[cut - 1] in ("designate", "elect", "emeritus"):
        cut -= 1
    return _role_word(words[cut - 1]) if cut else None


def _ends(words: list[str], index: int) -> bool:
    """Whether the noun phrase of ``words`` ends before ``index``: with a preposition, or a clause after its noun."""
    if words[index] in PREPOSITIONS:
        return True
    clause = _CLAUSE.search(words[index]) is not None and len(words[index]) > 5 and index < len(words) - 1
    return clause and _role_word(words[index - 1]) is not None


def _role_word(word: str) -> str | None:
    word = word.strip(".,;:()’'\"“”‘").removeprefix("ex-").removeprefix("then-")
    if word in ROLE_NOUNS or (word in TITLES and word not in ("the", "state", "former", "first", "vice", "chief")):
        return word
    if is_plural_noun(word):
        return word
    last = word.rsplit("-", 1)[-1]  # "singer-songwriter"
    if last != word and last in ROLE_NOUNS and last not in ("in", "law"):
        return last
    return word if re.search(r"(?:man|woman|person|ologist)$", word) and len(word) > 6 else None


def is_plural_noun(word: str) -> bool:
    """Whether ``word`` is the plural of a role noun."""
    singular = word.removesuffix("s")
    return word not in ROLE_NOUNS and word != singular and (singular in ROLE_NOUNS or singular in ("sen", "rep", "gov"))


def joins_portfolios(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether an ``and`` between these words is inside a portfolio that has its office near: ``trade and tourism``."""
    if not before or before[-1].casefold().strip(",") not in PORTFOLIOS:
        return False
    return any(word.casefold() in _PORTFOLIO_OFFICES for word in (*before, *after[:4]))


def make_role(phrase: str, *, is_stated: bool = False) -> Role | None:
    """``phrase`` as a role, or None if its head is not a role noun or it is about several people.

    If the article states it of somebody (``a harvester from Easton``), any noun built like one is enough.
    """
    phrase = re.split(r" and (?:a|an|the|his|her|its) | who | which ", phrase)[0]
    pieces = phrase.strip(" ,;:").split()
    while pieces and pieces[-1].casefold() in ("and", "or", "of", "for", "the"):
        pieces.pop()
    while pieces and (pieces[0].casefold() in _OPENERS | _DATES or pieces[0].casefold().strip(".") in HONORIFICS):
        pieces.pop(0)
    while len(pieces) > 1 and _is_rank(pieces[-1]) and _is_office(pieces[:-1]):
        pieces.pop()
    if pieces and pieces[-1].endswith(".") and not _is_abbreviation(pieces[-1]):
        pieces[-1] = pieces[-1][:-1]
    text = " ".join(pieces)
    noun = role_noun(text)
    if noun is None and is_stated:
        noun = _agent(pieces)
    if noun is None or pieces[0].isdigit() or pieces[0].casefold() in _SEVERAL | PREPOSITIONS | {"and", "or", "but"}:
        return None
    affiliations, rest = _sorted_out(pieces)
    if re.match(r"heads? of (?:state|government)", text.casefold()):
        return Role(text, "leader", affiliations, frozenset(["leader"]))
    return Role(text, _SAME.get(noun, noun), affiliations, _content(rest))


def _agent(pieces: list[str]) -> str | None:
    cut = next((index for index, word in enumerate(pieces) if index and word.casefold() in PREPOSITIONS), len(pieces))
    word = pieces[cut - 1].strip(".,;:’'\"“”") if cut else ""
    return word if word.islower() and is_agent(word) else None


def _is_rank(word: str) -> bool:
    plain = word.casefold().strip(".()")
    return plain in RANKS or plain in HONORIFICS


def _is_office(pieces: list[str]) -> bool:
    return any(_role_word(piece.casefold()) is not None and not _is_rank(piece) for piece in pieces)


def _is_abbreviation(word: str) -> bool:
    return word.count(".") > 1 or (len(word) <= 5 and is_title(word))


def read_role(phrase: str) -> Role:
    """The role that an article gives somebody in these words; one without a noun if that is not known to be one."""
    found = make_role(phrase, is_stated=True)
    if found is not None:
        return replace(found, text=phrase)
    affiliations, rest = _sorted_out(phrase.split())
    return Role(phrase, "", affiliations, _content(rest))


def fits(description: Role, role: Role) -> float:
    """How well a description fits ``role``: 0 not at all, 1 by its noun alone, more with an affiliation."""
    if role.noun != description.noun and role.noun not in _KINDS_OF.get(description.noun, frozenset()):
        return 0
    if (description.words & _SETS_APART) != (role.words & _SETS_APART):
        return 0
    apart = description.words - role.words - {description.noun}
    exact = 0.1 * (role.noun == description.noun)
    if description.affiliations:
        if description.affiliations <= role.affiliations:
            return 2 - 0.5 * bool(apart) + exact
        if role.affiliations and role.affiliations < description.affiliations:
            return 1.5 + exact
        shared = len(role.affiliations & description.affiliations)
        if shared and 2 * shared >= min(len(role.affiliations), len(description.affiliations)):
            return 1.2 + exact
        if role.affiliations:
            return 0
        return 0 if apart else 0.5
    return 0 if apart else 1 + exact


def best_fit(description: Role, roles: list[Role]) -> float:
    """How well a description fits somebody of these roles; 0 if one has another affiliation and none fits fully."""
    fit = max((fits(description, role) for role in roles), default=0.0)
    elsewhere = any(role.noun == description.noun and role.affiliations for role in roles)
    return 0.0 if fit < 1 and elsewhere else fit


def may_be(description: Role, entity: Entity) -> bool:
    """Whether nothing that the article says about a person contradicts the description."""
    gender = title_gender(description.noun) or KIN.get(description.noun)
    if gender and entity.gender not in (None, gender):
        return False
    for role in entity.roles:
        if (description.words & _SETS_APART) - role.words and role.noun == description.noun:
            return False
        related = role.noun in _KINDS_OF.get(description.noun, frozenset()) or role.noun == description.noun
        if description.noun in _OFFICES and role.noun in _OFFICES and not related:
            return False
        countries = [
            {name for name in own if country_in(name)} for own in (description.affiliations, role.affiliations)
        ]
        if all(countries) and not countries[0] & countries[1]:
            return False
    return True


def _sorted_out(pieces: list[str]) -> tuple[frozenset[str], list[str]]:
    """The countries and names in a phrase, folded, and its other words."""
    found, others = split_countries(pieces)
    rest: list[str] = []
    for piece in map(without_possessive, others):
        plain = piece.casefold().strip(".")
        if piece[:1].isupper() and plain not in TITLES and plain not in ROLE_NOUNS and plain not in _MODIFIERS:
            found.add(_SAME.get(fold(piece), fold(piece)))
        else:
            rest.append(piece)
    return frozenset(found - DETERMINERS), rest


def _content(pieces: list[str]) -> frozenset[str]:
    plain = (fold(without_possessive(piece)) for piece in pieces)
    words = {_SAME.get(part, part) for piece in plain for part in piece.split()}
    return frozenset(words - DETERMINERS - PREPOSITIONS - {"and", ""})


def best_role(entity: Entity) -> str | None:
    """The first role that is stated by the article, has a noun for people, and says more than a title does."""

    def lacks(role: Role) -> tuple[bool, bool, bool]:
        return not role.is_stated, not role.noun, len(role.text.split()) < _TELLING

    return min(entity.roles, key=lacks).text if entity.roles else None


def fit_of(role: Role | None, entity: Entity) -> int:
    """How well what the article says of a person fits: 0 it speaks against it, 1 nothing known, 2 in part, 3 fully."""
    if role is None or entity.kind != "person":
        return 1
    fit = best_fit(role, entity.roles)
    if fit > 0:
        return 3 if fit > 1 else 2
    return 1 if may_be(role, entity) else 0


def shares_words(words: str, forms: Iterable[str]) -> bool:
    """Whether all telling words of a description are in a form of a name: ``the ministry``, ``Ministry of Labour``."""
    wanted = set(fold(words).split()) - _NOT_TELLING
    others = {_ALIKE.get(word, word) for word in wanted}
    names = (set(fold(form).split()) for form in forms)
    return bool(wanted) and any(wanted <= name or others <= name for name in names)


def note_role(entity: Entity, role: Role) -> None:
    """Takes a description that was resolved to a person as something that the article says of them."""
    found = Role(role.text, role.noun, role.affiliations, role.words, is_stated=False)
    stated = Role(role.text, role.noun, role.affiliations, role.words)
    telling = bool(role.affiliations) or len(role.text.split()) > 1
    if telling and found not in entity.roles and stated not in entity.roles:
        entity.add_role(found)
