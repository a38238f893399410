"""Whom or what a description refers to: ``the finance minister``, ``the official``, ``the firm``.

One that fits what the article says about somebody is that person. One that fits nobody is whoever spoke last, or is
spoken of just before, if nothing is known of them that speaks against it and no stranger was brought in by the
same word (``a doctor``).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Final

from onrecord.document import Kind, Statement
from onrecord.names.forms import fold
from onrecord.names.lexicon import DOCUMENT_NOUNS, KIN, ORGANIZATION_NOUNS, is_agent
from onrecord.stages.base import Analysis
from onrecord.stages.speakers.entities import Entity, Role
from onrecord.stages.speakers.role_phrases import best_fit, make_role, may_be
from onrecord.stages.speakers.salience import Anaphor, Candidate, EntityResolver
from onrecord.stages.speakers.sources import Party
from onrecord.text.positions import Layout
from onrecord.text.word_lists import read_lists

Candidates = Callable[[int, Kind], Sequence[Candidate]]

_WORDS: Final = read_lists("onrecord.stages.speakers", "descriptions")
_STRANGERS: Final = _WORDS["left unnamed"]
"""Nouns for people whom articles leave unnamed even where they write ``the``."""

_ANY_ORGANIZATION: Final = _WORDS["any organization"]
"""Nouns for an organization whether or not its name has them; the name of a ministry or a court has its own."""

_OF_STATES: Final = frozenset(["body", "institution", "agency", "institute", "force", "regulator", "watchdog"])
_STATE: Final = _WORDS["of states"]
_OWNERS: Final = frozenset(["his", "her", "their", "its", "my", "our", "whose"])
_ALIKE: Final[dict[str, str]] = {"military": "army", "army": "military"}
_NEAR_PARAGRAPHS: Final = 3
_UNNAMED_FIT: Final = 0.5
_NOT_TELLING: Final = frozenset(["the", "its", "his", "her", "their", "this", "that", "s"])


class DescriptionResolver:
    """Resolves the definite descriptions of one article. ``candidates`` gives the entities of a kind at a place."""

    def __init__(self, analysis: Analysis, layout: Layout, resolver: EntityResolver, candidates: Candidates) -> None:
        self._analysis = analysis
        self._layout = layout
        self._resolver = resolver
        self._candidates = candidates
        self._introduced: dict[str, list[int]] = {}

    # People

    def person(self, party: Party, statement: Statement, last: Sequence[object]) -> Entity | None:
        """The person of the article that ``party`` describes; ``last`` are the referents that spoke last."""
        phrase = " ".join(self._layout.text[slice(*party.span)].split())
        role = make_role(phrase) if party.kind == "person" else None
        anaphor = Anaphor(party.span, party.words, False, None, statement.content)
        chosen = self._fitting(role, anaphor) if role is not None else None
        if chosen is None and self._may_be_anybody(party, phrase):
            chosen = self._spoken_of(party, role, anaphor, last)
        if chosen is not None and role is not None and (role.affiliations or len(role.text.split()) > 1):
            found = replace(role, is_stated=False)
            if found not in chosen.roles and role not in chosen.roles:
                chosen.roles.append(found)
        return chosen

    def _fitting(self, role: Role, anaphor: Anaphor) -> Entity | None:
        fitting = []
        for candidate in self._candidates(len(self._layout.text), "person"):
            fit = best_fit(role, candidate.entity.roles)
            if fit > 0:
                before = tuple(place for place in candidate.mentions if place.start < anaphor.span.start)
                fitting.append(Candidate(candidate.entity, before, fit, candidate.spoke_last))
        chosen = self._resolver.choose(self._analysis, self._layout, anaphor, fitting)
        return chosen.entity if chosen else None

    def _may_be_anybody(self, party: Party, phrase: str) -> bool:
        """Whether ``phrase`` may refer to somebody of whom the article does not say that they are that."""
        words = phrase.casefold().split()
        if words[0] in _OWNERS:
            return False
        if party.kind == "person":
            return party.head not in KIN
        return party.kind == "unknown" and words[0] == "the" and is_agent(party.head)

    def _spoken_of(self, party: Party, role: Role | None, anaphor: Anaphor, last: Sequence[object]) -> Entity | None:
        """Who spoke last or is spoken of just before, if the description may be theirs."""
        candidates = self._near(self._candidates(party.span.start, "person"), party.span.start, last)
        possible = [candidate for candidate in candidates if self._is_possible(candidate, party, role)]
        return self._salient(possible, anaphor, last)

    def _is_possible(self, candidate: Candidate, party: Party, role: Role | None) -> bool:
        if role is not None and not may_be(role, candidate.entity):
            return False
        known = role is not None and any(stated.noun == role.noun for stated in candidate.entity.roles)
        if party.head in _STRANGERS and not known:
            return False
        first = candidate.entity.places[0].start if candidate.entity.places else 0
        return not self._is_introduced(party.head, first, party.span.start)

    def _is_introduced(self, noun: str, start: int, end: int) -> bool:
        """Whether somebody or something else comes in as ``a doctor`` between the two places."""
        if noun not in self._introduced:
            pattern = rf"\b(?:an?|one|another|some|two|three|several)\s+(?:[\w’'\-]+\s+){{0,3}}{re.escape(noun)}\b"
            found = re.finditer(pattern, self._layout.text, re.IGNORECASE) if noun else ()
            self._introduced[noun] = [match.start() for match in found]
        places = self._introduced[noun]
        return bisect_left(places, start) < bisect_left(places, end)

    # What both have in common

    def _near(self, candidates: Iterable[Candidate], position: int, last: Sequence[object]) -> list[Candidate]:
        """The candidates of the last paragraphs, and those who spoke last."""
        here = self._layout.paragraph_at(position)
        return [
            candidate
            for candidate in candidates
            if candidate.entity in last
            or (
                candidate.mentions and here - self._layout.paragraph_at(candidate.mentions[-1].start) < _NEAR_PARAGRAPHS
            )
        ]

    def _salient(self, candidates: Sequence[Candidate], anaphor: Anaphor, last: Sequence[object]) -> Entity | None:
        """The candidate who alone spoke last, else the one whom the text puts first."""
        if len(last) == 1 and (speaking := [candidate.entity for candidate in candidates if candidate.entity in last]):
            return speaking[0]
        chosen = self._resolver.choose(self._analysis, self._layout, replace(anaphor, is_pronoun=True), candidates)
        return chosen.entity if chosen else None

    # Organizations

    def organization(self, party: Party, statement: Statement, last: Sequence[object]) -> Entity | None:
        """The organization that ``the ministry`` or ``the firm`` is."""
        position = party.span.start
        organizations = list(self._candidates(position, "organization"))
        anaphor = Anaphor(party.span, party.words, False, None, statement.content)
        named = [candidate for candidate in organizations if self._is_named(party, candidate)]
        near = [
            replace(candidate, fit=1.0 if candidate in named else _UNNAMED_FIT)
            for candidate in self._near(organizations, position, last)
            if candidate in named or self._may_be_called(party.head, candidate.entity)
        ]
        if found := self._salient(near, anaphor, last):
            return found
        chosen = self._resolver.choose(self._analysis, self._layout, anaphor, named)
        return chosen.entity if chosen else None

    def _is_named(self, party: Party, candidate: Candidate) -> bool:
        """Whether the words of ``party`` are in the candidate's name, and no other was introduced with them since."""
        wanted = set(fold(party.words).split()) - _NOT_TELLING
        others = {_ALIKE.get(word, word) for word in wanted}
        forms = (set(fold(form).split()) for form in candidate.entity.forms)
        if not any(wanted <= words or others <= words for words in forms):
            return False
        since = candidate.mentions[-1].end if candidate.mentions else party.span.start
        return not self._is_introduced(party.head, since, party.span.start)

    def _may_be_called(self, noun: str, entity: Entity) -> bool:
        """Whether ``noun`` may stand for an organization whose name does not have it: ``the firm``, ``the group``."""
        if noun not in _ANY_ORGANIZATION or not entity.is_organization or entity.country is not None:
            return False
        words = {word for form in entity.forms for word in fold(form).split()}
        return noun in _OF_STATES or not words & _STATE

    # Documents

    def document(self, party: Party) -> Entity | None:
        """The titled document that ``the treaty`` is: the last one before it whose title ends in the noun."""
        before = [
            candidate
            for candidate in self._candidates(party.span.start, "document")
            if candidate.mentions and any(fold(form).split()[-1:] == [party.head] for form in candidate.entity.forms)
        ]
        bare = len(self._layout.text[slice(*party.span)].split()) == 2
        return max(before, key=lambda candidate: candidate.mentions[-1]).entity if before and bare else None


def has_organization_noun(party: Party) -> bool:
    """Whether a party's head is a noun for organizations."""
    return party.kind == "organization" or (party.head in ORGANIZATION_NOUNS and party.head not in DOCUMENT_NOUNS)
