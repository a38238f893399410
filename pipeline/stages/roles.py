"""What an article says people are: titles before a name, appositions around it, ``X is the mayor of Y``.

The roles found are what the output gives as ``role`` and what descriptions (``the mayor``) are matched by.
Genders come from here too: from titles, from kinship and from pronouns that only one person can be behind.
"""

from __future__ import annotations

import re
from typing import Final

from onrecord.document import Span
from onrecord.stages.countries import country_in
from onrecord.stages.entities import ArticleEntities, Entity, NamePlace, Role
from onrecord.stages.layout import PREPOSITIONS, Layout
from onrecord.stages.naming import HONORIFICS, TITLES, Gender, fold, is_title, title_gender, without_possessive
from onrecord.stages.vocabulary import ROLE_NOUNS

_SAME: Final[dict[str, str]] = {
    "gov": "governor", "sen": "senator", "rep": "representative", "gen": "general", "pres": "president",
    "prof": "professor", "sec": "secretary", "dr": "doctor", "spokesman": "spokesperson", "ceo": "executive",
    "spokeswoman": "spokesperson", "chairman": "chair", "chairwoman": "chair", "chairperson": "chair",
    "congressman": "representative", "congresswoman": "representative", "advisor": "adviser", "amb": "ambassador",
    "councilman": "councillor", "councilwoman": "councillor", "rev": "reverend", "del": "delegate",
    "nominee": "candidate",
    "premier": "minister", "businesswoman": "businessman", "attorney": "lawyer", "head": "chief", "boss": "chief",
    "gop": "republican",
}  # fmt: skip
_KINDS_OF: Final[dict[str, frozenset[str]]] = {
    "leader": frozenset(["president", "minister", "chancellor", "ruler", "king", "queen", "emir", "chief", "speaker"]),
    "lawmaker": frozenset(["senator", "representative", "legislator", "delegate"]),
    "politician": frozenset(["senator", "representative", "governor", "mayor"]),
    "chief": frozenset(["director", "chair", "secretary-general", "commissioner", "coordinator", "commander"]),
    "official": frozenset(["secretary", "director"]),
}
_SETS_APART: Final = frozenset(["vice", "deputy", "former", "ex", "assistant", "acting", "first", "late", "under"])
_KIN: Final[dict[str, Gender]] = {
    **dict.fromkeys(["wife", "mother", "daughter", "sister", "niece", "aunt", "widow", "girlfriend"], "feminine"),
    **dict.fromkeys(["granddaughter", "grandmother", "lady"], "feminine"),
    **dict.fromkeys(["husband", "father", "son", "brother", "nephew", "uncle", "widower", "boyfriend"], "masculine"),
    **dict.fromkeys(["grandson", "grandfather"], "masculine"),
}
PRONOUN_GENDERS: Final[dict[str, Gender]] = {
    **dict.fromkeys(["he", "him", "his", "himself"], "masculine"),
    **dict.fromkeys(["she", "her", "hers", "herself"], "feminine"),
}
_DETERMINERS: Final = frozenset(["the", "a", "an"])
_OPENERS: Final = _DETERMINERS | {"now", "then", "both", "even", "also", "once", "currently", "himself", "herself"}
_SEVERAL: Final = frozenset(["these", "those", "many", "some", "other", "several", "all", "two", "three", "most"])
_BREAKS: Final = frozenset(
    """and or but nor that which who whom whose when while where as if than because so said says say saying told tells
    telling is was are were be been has had have will would could should may might did does do added adds met meets
    called calls asked asks argued argues wrote writes according not also then now he she it they we i you his her
    their its this these those there here what how why after before to in on at by from with against for of
    about""".split()  # noqa: SIM905
)
_DATES: Final = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december today yesterday tomorrow""".split()  # noqa: SIM905
)
_TOKEN: Final = re.compile(r"\w+(?:[.’'&/\-‐‑]\w+)*(?:[’'](?=\s)|\.(?=[\s(]))?|[^\w\s]")
_ADJECTIVE: Final = re.compile(r"(?:al|ary|ic|ive|ian|ish|ous|ior|-led)$")
_MODIFIERS: Final = frozenset(
    """vice prime deputy former acting foreign defence defense interior finance state press chief senior top junior
    policy trade energy health justice home security campaign party opposition union police city county district
    attorney executive general managing research field staff media human rights co-founder running right-wing left-
    wing longtime retired elected appointed ex late then current new old human-rights foreign-policy house senate
    assembly board""".split()  # noqa: SIM905
)
_LONGEST: Final = 14


def role_noun(phrase: str) -> str | None:
    """The role noun that ``phrase`` is headed by: the last word before its first preposition, if it is one.

    >>> role_noun("leader of the opposition"), role_noun("Harbour Board spokeswoman"), role_noun("harbour")
    ('leader', 'spokeswoman', None)
    """
    words = phrase.casefold().replace("‑", "-").replace("/", " ").split()
    cut = next((index for index, word in enumerate(words) if word in PREPOSITIONS and index), len(words))
    word = words[cut - 1].strip(".,;:’'\"“”").removeprefix("ex-").removeprefix("then-") if cut else ""
    if word in ROLE_NOUNS or (word in TITLES and word not in ("the", "state", "former", "first", "vice", "chief")):
        return word
    if is_plural_noun(word):
        return word
    return word if re.search(r"(?:man|woman|person|ologist)$", word) and len(word) > 6 else None


def _is_abbreviation(word: str) -> bool:
    return word.count(".") > 1 or (len(word) <= 5 and is_title(word))


def is_plural_noun(word: str) -> bool:
    """Whether ``word`` is the plural of a role noun."""
    singular = word.removesuffix("s")
    return word not in ROLE_NOUNS and word != singular and (singular in ROLE_NOUNS or singular in ("sen", "rep", "gov"))


def make_role(phrase: str) -> Role | None:
    """``phrase`` as a role, or None if a role noun does not head it or it speaks of several."""
    pieces = phrase.strip(" ,;:").split()
    while pieces and pieces[-1].casefold() in ("and", "or", "of", "for", "the"):
        pieces.pop()
    while pieces and (pieces[0].casefold() in _OPENERS | _DATES or pieces[0].casefold().strip(".") in HONORIFICS):
        pieces.pop(0)
    if pieces and pieces[-1].endswith(".") and not _is_abbreviation(pieces[-1]):
        pieces[-1] = pieces[-1][:-1]
    text = " ".join(pieces)
    noun = role_noun(text)
    if noun is None or pieces[0].casefold() in _SEVERAL | {"and", "or", "but"}:
        return None
    return Role(text, _same(noun), _affiliations(pieces), _content(pieces))


def fits(description: Role, role: Role) -> float:
    """How well a description names somebody of ``role``: 0 not at all, 1 by its noun alone, more with affiliation."""
    narrower = _KINDS_OF.get(description.noun, frozenset())
    if role.noun != description.noun and role.noun not in narrower:
        return 0
    if (description.words & _SETS_APART) != (role.words & _SETS_APART):
        return 0
    apart = description.words - role.words - {description.noun} - description.affiliations
    if description.affiliations:
        if description.affiliations <= role.affiliations:
            return 2 - 0.5 * bool(apart) + 0.1 * (role.noun == description.noun)
        if role.affiliations:
            return 0
        return 0 if apart else 0.5
    return 0 if apart else 1 + 0.1 * (role.noun == description.noun)


def best_fit(description: Role, roles: list[Role]) -> float:
    """How well a description names somebody of these roles; 0 if one of them belongs elsewhere and none fits fully."""
    fit = max((fits(description, role) for role in roles), default=0.0)
    elsewhere = any(role.noun == description.noun and role.affiliations for role in roles)
    return 0.0 if fit < 1 and elsewhere else fit


def _same(noun: str) -> str:
    return _SAME.get(noun, noun)


def _affiliations(pieces: list[str]) -> frozenset[str]:
    found: set[str] = set()
    index = 0
    while index < len(pieces):
        for width in (3, 2, 1):
            words = " ".join(without_possessive(piece) for piece in pieces[index : index + width])
            if words[:1].isupper() and (country := country_in(words)):
                found.add(fold(country))
                index += width
                break
        else:
            piece = without_possessive(pieces[index])
            plain = piece.casefold().strip(".")
            if piece[:1].isupper() and plain not in TITLES and plain not in ROLE_NOUNS and plain not in _MODIFIERS:
                found.add(_SAME.get(fold(piece), fold(piece)))
            index += 1
    return frozenset(found)


def _content(pieces: list[str]) -> frozenset[str]:
    plain = (fold(without_possessive(piece)) for piece in pieces)
    words = {_same(part) for piece in plain for part in piece.split()}
    return frozenset(words - _DETERMINERS - PREPOSITIONS - {"and"})


class RoleFinder:
    """Finds the roles and genders of an article's people and notes them in its entities."""

    def __init__(self, layout: Layout, entities: ArticleEntities) -> None:
        self._layout = layout
        self._text = layout.text
        self._names = {position: place for place in entities.places for position in range(*place.span)}
        self._entities = entities
        bodies = [one.entity for one in entities.places if one.entity is not None and one.label == "organization"]
        self._bodies = {fold(form) for entity in bodies for form in entity.forms}

    def find(self) -> None:
        """Fills ``roles`` and ``gender_votes`` of every person."""
        for place in self._entities.places:
            if place.entity is not None and place.entity.kind == "person":
                for look in (self.title_before, self._apposed_before, self._after):
                    self._note(place.entity, look(place.span))
        self._note_pronouns()

    def _note(self, entity: Entity, phrase: str | None) -> None:
        if not phrase:
            return
        role = self._employer(phrase) or make_role(phrase)
        if role is None or is_plural_noun(role.noun):
            return
        if role not in entity.roles:
            entity.roles.append(role)
        gender = title_gender(role.noun) or _KIN.get(role.noun)
        for word in role.text.split(" of ")[0].split():
            gender = gender or _KIN.get(word.casefold()) or title_gender(word)
        # "The chairwoman's lawyer" is no woman for it.
        if gender and (role.noun in _KIN or not re.search("['’]s ", role.text)):
            entity.gender_votes[gender] += 3

    def _employer(self, phrase: str) -> Role | None:
        """The body in ``of the Harbour Board``, as a role without a noun."""
        found = re.match(r"(?:of|from|at|with) (?:the )?([A-Z].*)", phrase)
        if found is None or fold(found.group(1)) not in self._bodies:
            return None
        pieces = found.group(1).split()
        return Role(found.group(1), "", _affiliations(pieces), _content(pieces))

    def _tokens(self, start: int, end: int) -> list[re.Match[str]]:
        return list(_TOKEN.finditer(self._text, start, end))

    def title_before(self, name: Span) -> str | None:
        """The title directly before a name, with its modifiers: ``Norland's finance minister`` ``Ada Lund``."""
        tokens = self._tokens(self._layout.sentence_span(name.start).start, name.start)
        if not tokens or self._text[tokens[-1].end() : name.start].strip():
            return None
        stop = len(tokens)
        start = self._walk_back(tokens, stop)
        plain = self._text[tokens[start].start() : name.start] if start < stop else ""
        if plain and role_noun(plain):
            if (whole := self._with_complement(tokens, start)) is not None:
                return self._text[tokens[whole].start() : name.start]
            return plain
        # "the spokeswoman of the Harbour Board Ada Lund"
        whole = self._with_complement(tokens, stop)
        return None if whole is None else self._text[tokens[whole].start() : name.start]

    def _walk_back(self, tokens: list[re.Match[str]], stop: int) -> int:
        """The index of the first token of the noun phrase that ends before token ``stop``."""
        index = stop
        anchored = False
        while index > 0 and stop - index < _LONGEST:
            token = tokens[index - 1]
            word, plain = token.group(), token.group().casefold().strip(".")
            if not word[0].isalnum() or plain in _BREAKS or plain in _DETERMINERS or plain in _DATES:
                break
            named: NamePlace | None = self._names.get(token.start())
            if named is not None and named.label == "person" and not word.endswith(("'s", "’s", "'", "’")):
                break
            if named is not None or word[0].isupper():
                anchored = True
            elif not (plain in _MODIFIERS or plain in ROLE_NOUNS or plain in TITLES or _ADJECTIVE.search(plain)) and (
                anchored or not self._anchor_before(tokens, index - 1)
            ):
                break
            index -= 1
        return index

    def _anchor_before(self, tokens: list[re.Match[str]], index: int) -> bool:
        for token in reversed(tokens[max(0, index - 3) : index]):
            plain = token.group().casefold()
            if token.start() in self._names or plain in _DETERMINERS:
                return True
            if plain in _BREAKS or not plain[0].isalpha():
                return False
        return False

    def _with_complement(self, tokens: list[re.Match[str]], stop: int) -> int | None:
        """Where a phrase like ``director of the Norland Institute`` starts that ends before token ``stop``."""
        index = stop
        while index > 0 and stop - index < _LONGEST:
            token = tokens[index - 1]
            plain = token.group().casefold()
            if plain in ("of", "for", "to", "at") and index < stop and index > 1:
                start = self._walk_back(tokens, index - 1)
                if start < index - 1 and role_noun(self._text[tokens[start].start() : token.start()]):
                    definite = start == 0 or tokens[start - 1].group().casefold() != "a"
                    the = tokens[index].group().casefold() == "the"
                    return start if definite and (stop == len(tokens) or the) else None
            elif not (token.group()[0].isupper() or plain in ("and", "the", "of", "for", "de")):
                return None
            index -= 1
        return None

    def _after(self, name: Span) -> str | None:
        """The apposition or copula after a name: ``, mayor of Easton,``; ``is the mayor of Easton``."""
        tokens = self._tokens(name.end, min(self._layout.sentence_span(name.start).end, name.end + 240))
        words = [token.group().casefold() for token in tokens]
        start = 0
        if words[:1] == ["("] and ")" in words:
            start = words.index(")") + 1
        if words[start : start + 1] == [","] and len(words) > start + 2 and words[start + 1].isdigit():
            start += 2
        copula = words[start : start + 2] in (["is", "the"], ["was", "the"], ["is", "a"], ["was", "a"], ["is", "an"])
        if words[start : start + 1] in ([","], ["–"], ["—"]) or copula:
            start += 1
        else:
            return None
        if words[start : start + 2] in (["who", "is"], ["who", "was"]):
            start += 2
        end = start
        while end < len(tokens) and end - start < _LONGEST and (words[end][0].isalnum() or words[end] in "&"):
            if words[end] in _BREAKS - PREPOSITIONS - {"and", "its", "his", "to"}:
                break
            end += 1
        closed = end == len(tokens) or not words[end][0].isalnum() or words[end] in ("who", "which", "that")
        if end == start or not (closed or copula):
            return None
        return self._text[tokens[start].start() : tokens[end - 1].end()]

    def _apposed_before(self, name: Span) -> str | None:
        """The description that a name is an apposition to: ``the mayor of Easton, Ada Lund``."""
        tokens = self._tokens(self._layout.sentence_span(name.start).start, name.start)
        if not tokens or tokens[-1].group() != ",":
            return None
        first = len(tokens) - 1
        while first > 0 and len(tokens) - first < _LONGEST and tokens[first - 1].group()[0].isalnum():
            first -= 1
        for index in range(first, len(tokens) - 1):
            word = tokens[index].group()
            owns = word.endswith(("'s", "’s")) and word[0].isupper()
            if (
                (index == first and word.casefold() not in PREPOSITIONS)
                or word.casefold() in _DETERMINERS
                or owns
                or self._opens_name(tokens[index])
            ):
                phrase = self._text[tokens[index].start() : tokens[-1].start()]
                rest = {token.group().casefold() for token in tokens[index + 1 : -1]}
                inside = [self._names.get(token.start()) for token in tokens[index:-1]]
                if any(one is not None and one.label == "person" for one in inside) and not owns:
                    continue
                if not rest & (_BREAKS - PREPOSITIONS - {"and"}) and make_role(phrase):
                    return phrase
        return None

    def _opens_name(self, token: re.Match[str]) -> bool:
        place = self._names.get(token.start())
        return place is not None and place.span.start == token.start()

    def _note_pronouns(self) -> None:
        """Pronouns of a sentence in which, and before which, only one person is spoken of tell a gender."""
        people: dict[int, list[tuple[int, Entity]]] = {}
        for place in self._entities.places:
            if place.entity is not None and place.entity.kind == "person":
                sentence = self._layout.sentence_at(place.span.start)
                people.setdefault(sentence, []).append((place.span.start, place.entity))
        for match in re.finditer(r"\b(?:[Hh](?:e|im|is|imself|er|ers|erself)|[Ss]he)\b", self._text):
            sentence = self._layout.sentence_at(match.start())
            here = [entity for start, entity in people.get(sentence, []) if start < match.start()]
            around = {id(entity) for _, entity in people.get(sentence, []) + people.get(sentence - 1, [])}
            if here and len(around) == 1 and not self._layout.is_quoted(match.start()):
                here[0].gender_votes[PRONOUN_GENDERS[match.group().casefold()]] += 1


def best_role(entity: Entity) -> str | None:
    """The role that the article gives most fully: the shortest that names an affiliation, else the first."""
    if not entity.roles:
        return None
    affiliated = [role for role in entity.roles if role.affiliations or " of " in role.text]
    return min(affiliated, key=lambda role: len(role.text.split())).text if affiliated else entity.roles[0].text
