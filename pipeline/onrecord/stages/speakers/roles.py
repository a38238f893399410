"""What an article says people are: titles before a name, appositions around it, ``X is the mayor of Y``.

The roles found here go into the output as ``role``, and descriptions (``the mayor``) are matched with them. Genders
come from here too: from titles, kinship and pronouns that can mean only one person.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import Final

from onrecord.document import Span
from onrecord.names.forms import TITLES, fold, is_title, title_gender
from onrecord.names.lexicon import KIN, ROLE_NOUNS, is_agent
from onrecord.stages.speakers.entities import ArticleEntities, Entity, NamePlace, Role
from onrecord.stages.speakers.role_phrases import (
    DATES,
    DETERMINERS,
    MODIFIERS,
    PRONOUN_GENDERS,
    employer_role,
    is_plural_noun,
    joins_portfolios,
    make_role,
    role_noun,
)
from onrecord.text.positions import PREPOSITIONS, Layout
from onrecord.text.word_lists import read_lists

_WORDS: Final = read_lists("onrecord.stages.speakers", "roles")
_BREAKS: Final = _WORDS["breaks"]
_TOKEN: Final = re.compile(r"\w+(?:[.’'&/\-‐‑]\w+)*(?:[’'](?=\s)|\.(?=[\s(]))?|[^\w\s]")
_ADJECTIVE: Final = re.compile(r"(?:al|ary|ic|ive|ian|ish|ous|ior|-led)$")
_LONGEST: Final = 16
_LONGEST_APPOSITION: Final = 26
_LOOKED_BACK: Final = 4 * _LONGEST
"""Tokens before a name that are looked at: a noun phrase, one in it behind ``of``, and what they may begin with."""

_SAYING: Final = _WORDS["verbs"]
_NAMED_AS: Final = re.compile(
    r" (?:(?:has|had) been|was|is) (?:\w+ )?(?:announced|named|appointed|elected|chosen|sworn in|re-elected)"
    r"(?: as)?(?: the| a| an)? "
)


class RoleFinder:
    """Finds the roles and genders of an article's people and notes them in its entities."""

    def __init__(self, layout: Layout, entities: ArticleEntities) -> None:
        self._layout = layout
        self._text = layout.text
        self._names = {position: place for place in entities.places for position in range(*place.span)}
        self._entities = entities
        organizations = [
            place.entity for place in entities.places if place.entity is not None and place.label == "organization"
        ]
        self._token_starts: tuple[int, list[int]] = (-1, [])
        self._organizations = {fold(form) for entity in organizations for form in entity.forms}

    def find(self) -> None:
        """Fills ``roles`` and ``gender_votes`` of every person."""
        for place in self._entities.places:
            if place.entity is not None and place.entity.kind == "person":
                self._note(place.entity, self._titled_before(place.span), is_stated=True)
                self._note(place.entity, self._apposed_before(place.span))
                self._note(place.entity, self._after(place.span), is_stated=True)
                self._note_employer(place.entity, place.span)
        self._note_pronouns()

    def _note(self, entity: Entity, phrase: str | None, *, is_stated: bool = False) -> None:
        if not phrase:
            return
        role = self._employer(phrase) or make_role(phrase, is_stated=is_stated)
        if role is None or is_plural_noun(role.noun):
            return
        entity.add_role(role)
        gender = title_gender(role.noun) or KIN.get(role.noun)
        for word in role.text.split(" of ")[0].split():
            gender = gender or KIN.get(word.casefold()) or title_gender(word)
        # "The chairwoman's lawyer" need not be a woman.
        if gender and (role.noun in KIN or not re.search("['’]s ", role.text)):
            entity.gender_votes[gender] += 3

    def _employer(self, phrase: str) -> Role | None:
        """The organization in ``of the Harbour Board``, as a role without a noun."""
        found = re.match(r"(?:of|from|at|with) (?:the )?([A-Z].*)", phrase)
        if found is None or fold(found.group(1)) not in self._organizations:
            return None
        return employer_role(found.group(1))

    def _note_employer(self, entity: Entity, name: Span) -> None:
        """Notes the organization of ``Ada Lund of the Harbour Board`` and of ``the Harbour Board's Ada Lund``."""
        after = re.compile(r" (?:of|from) (?:the )?").match(self._text, name.end)
        before = re.search(r"['’]s\s+$", self._text[max(0, name.start - 4) : name.start])
        place = self._names.get(after.end()) if after else None
        if before is not None:
            place = self._names.get(name.start - len(before.group()) - 1)
        if place is None or place.label != "organization" or place.entity is None or place.entity.country:
            return
        entity.add_role(employer_role(" ".join(self._text[slice(*place.span)].split())))

    def _tokens(self, start: int, end: int) -> list[re.Match[str]]:
        return list(_TOKEN.finditer(self._text, start, end))

    def _tokens_before(self, position: int) -> list[re.Match[str]]:
        """The last tokens of the sentence before ``position``, as many as a noun phrase may have and more."""
        sentence = self._layout.sentence_span(position)
        if self._token_starts[0] != sentence.start:  # names come in order, so the last sentence is enough
            self._token_starts = sentence.start, [token.start() for token in self._tokens(*sentence)]
        starts = self._token_starts[1]
        first = max(0, bisect_left(starts, position) - _LOOKED_BACK)
        return self._tokens(starts[first] if first else sentence.start, position)

    def _titled_before(self, name: Span) -> str | None:
        """The phrase directly before a name that says what it is: ``Norland's finance minister`` of ``Ada Lund``."""
        tokens = self._tokens_before(name.start)
        if not tokens or self._text[tokens[-1].end() : name.start].strip():
            return None
        stop = len(tokens)
        start = self._walk_back(tokens, stop)
        plain = self._text[tokens[start].start() : name.start] if start < stop else ""
        if plain and (role_noun(plain) or make_role(plain, is_stated=True)):
            if (whole := self._with_complement(tokens, start)) is not None:
                return self._text[tokens[whole].start() : name.start]
            return plain
        # "the spokeswoman of the Harbour Board Ada Lund"
        whole = self._with_complement(tokens, stop)
        return None if whole is None else self._text[tokens[whole].start() : name.start]

    def _walk_back(self, tokens: list[re.Match[str]], stop: int) -> int:
        """The index of the first token of the noun phrase that ends before token ``stop``."""
        words = [token.group() for token in tokens]
        index = stop
        anchored = False
        while index > 0 and stop - index < _LONGEST:
            token = tokens[index - 1]
            word = words[index - 1]
            plain = word.casefold().strip(".")
            if plain == "and" and joins_portfolios(words[: index - 1], words[index:], is_before_name=True):
                index -= 1
                continue
            if not word[0].isalnum() or plain in _BREAKS or plain in DETERMINERS or plain in DATES:
                break
            named: NamePlace | None = self._names.get(token.start())
            if named is not None and named.label == "person" and not self._modifies(tokens, index - 1):
                break
            if named is not None or word[0].isupper():
                anchored = True
            elif not (_is_modifier(plain) or (index == stop and is_agent(plain))) and (
                anchored or not self._anchor_before(tokens, index - 1)
            ):
                break
            index -= 1
        return index

    def _modifies(self, tokens: list[re.Match[str]], index: int) -> bool:
        """Whether a person's name is an owner or goes with a noun, as in ``the Lund spokesman``."""
        if tokens[index].group().endswith(("'s", "’s", "'", "’")):
            return True
        following = tokens[index + 1].group() if index + 1 < len(tokens) else ""
        return following.islower() or role_noun(following) is not None

    def _anchor_before(self, tokens: list[re.Match[str]], index: int) -> bool:
        for token in reversed(tokens[max(0, index - 3) : index]):
            plain = token.group().casefold()
            if token.start() in self._names or plain in DETERMINERS:
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
        if appointed := _NAMED_AS.match(self._text, name.end):
            first = next((index for index, token in enumerate(tokens) if token.start() >= appointed.end()), len(tokens))
            end = self._phrase_end(tokens, first)
            return self._text[tokens[first].start() : tokens[end - 1].end()] if end > first else None
        copula = words[start : start + 2] in [[verb, article] for verb in ("is", "was") for article in DETERMINERS]
        if words[start : start + 1] in ([","], ["–"], ["—"]) or copula:
            start += 1
        else:
            return None
        if words[start : start + 2] in (["who", "is"], ["who", "was"]):
            start += 2
        end = self._phrase_end(tokens, start)
        closed = end == len(tokens) or not words[end][0].isalnum() or words[end] in ("who", "which", "that")
        if end == start or not (closed or copula or words[end] in _SAYING):
            return None
        return self._text[tokens[start].start() : tokens[end - 1].end()]

    def _phrase_end(self, tokens: list[re.Match[str]], start: int) -> int:
        """The index after the last token of the noun phrase that starts at token ``start``, brackets included."""
        end = start
        while end < len(tokens) and end - start < _LONGEST_APPOSITION:
            word = tokens[end].group().casefold()
            if word == "(" and end > start and (closing := self._closing(tokens, end)) is not None:
                end = closing + 1
                continue
            if not (word[0].isalnum() or word == "&") or word in _BREAKS - PREPOSITIONS - {"and", "its", "his", "to"}:
                break
            end += 1
        return end

    def _closing(self, tokens: list[re.Match[str]], opening: int) -> int | None:
        """The index of the bracket that closes the one at ``opening``, if it is near."""
        near = range(opening + 1, min(len(tokens), opening + 6))
        return next((index for index in near if tokens[index].group() == ")"), None)

    def _apposed_before(self, name: Span) -> str | None:
        """The description that a name is an apposition to: ``the mayor of Easton, Ada Lund``."""
        tokens = self._tokens_before(name.start)
        while tokens and is_title(tokens[-1].group()):  # "the director, Dr Ada Lund"
            tokens.pop()
        if not tokens or tokens[-1].group() != ",":
            return None
        first = len(tokens) - 1
        while first > 0 and len(tokens) - first < _LONGEST and self._goes_on(tokens, first - 1):
            first -= 1
        for index in range(first, len(tokens) - 1):
            word = tokens[index].group()
            owns = word.endswith(("'s", "’s")) and word[0].isupper()
            if (
                (index == first and word.casefold() not in PREPOSITIONS)
                or word.casefold() in DETERMINERS
                or owns
                or self._opens_name(tokens[index])
            ):
                phrase = self._text[tokens[index].start() : tokens[-1].start()]
                rest = {token.group().casefold() for token in tokens[index + 1 : -1]}
                inside = [self._names.get(token.start()) for token in tokens[index:-1]]
                if any(place is not None and place.label == "person" for place in inside) and not owns:
                    continue
                if not rest & (_BREAKS - PREPOSITIONS - {"and"}) and make_role(phrase):
                    return phrase
        return None

    def _goes_on(self, tokens: list[re.Match[str]], index: int) -> bool:
        """Whether token ``index`` can be inside a noun phrase: a word, or a bracket."""
        word = tokens[index].group()
        return word[0].isalnum() or (word in "()‘" and index + 1 < len(tokens))

    def _opens_name(self, token: re.Match[str]) -> bool:
        place = self._names.get(token.start())
        return place is not None and place.span.start == token.start()

    def _note_pronouns(self) -> None:
        """Pronouns tell a gender if their sentence and the one before mention only one person."""
        first: dict[int, tuple[int, Entity]] = {}
        people: dict[int, set[Entity]] = {}
        for place in self._entities.places:
            if place.entity is not None and place.entity.kind == "person":
                sentence = self._layout.sentence_at(place.span.start)
                first.setdefault(sentence, (place.span.start, place.entity))
                if len(named := people.setdefault(sentence, set())) < 2:  # of two, neither is the only one
                    named.add(place.entity)
        for match in re.finditer(r"\b(?:[Hh](?:e|im|is|imself|er|ers|erself)|[Ss]he)\b", self._text):
            sentence = self._layout.sentence_at(match.start())
            start, entity = first.get(sentence, (match.start(), None))
            around = people.get(sentence, set()) | people.get(sentence - 1, set())
            alone = entity is not None and start < match.start() and len(around) == 1
            if entity is not None and alone and not self._layout.is_quoted(match.start()):
                entity.gender_votes[PRONOUN_GENDERS[match.group().casefold()]] += 1


def _is_modifier(word: str) -> bool:
    return word in MODIFIERS or word in ROLE_NOUNS or word in TITLES or _ADJECTIVE.search(word) is not None
