"""The entities of one article: its names, with the forms of the same person, organization or country linked.

Full names come first; a surname, a first name or an acronym then joins the entity that it can be part of. Two
people of one surname stay apart: such a mention goes to the one of them, compatible with its title, who was named
last before it, or, where none is near, whose full name is given most.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from onrecord.document import Kind, Name, Span
from onrecord.names.countries import (
    adjective_of,
    country_named,
    country_of_adjective,
    country_words,
    organization_key,
)
from onrecord.names.forms import (
    Gender,
    Words,
    acronyms,
    fold,
    fullest,
    is_acronym,
    is_initials,
    person_words,
    title_before,
    title_gender,
    without_possessive,
)
from onrecord.names.lexicon import DOCUMENT_NOUNS
from onrecord.names.similarity import is_part, same_person
from onrecord.stages.speakers.name_repair import cleaned, voted_labels
from onrecord.text.positions import Layout
from onrecord.text.word_lists import read_lists

_WORDS: Final = read_lists("onrecord.stages.speakers", "entities")
_CORPORATE: Final = _WORDS["legal forms"]
_GENERIC: Final = _WORDS["generic nouns"]
_STATE_BODIES: Final = _WORDS["of states"]
_PARTISANS: Final = _WORDS["partisans"]
_KIND_OF: Final[dict[str, Kind]] = {
    "person": "person", "organization": "organization", "location": "organization", "norp": "organization",
    "misc": "unknown",
}  # fmt: skip
_NICKNAME: Final = re.compile(r" [(“\"‘'][^)”\"’']+[)”\"’'] ")
_NEAR_PARAGRAPHS: Final = 2


@dataclass(frozen=True, slots=True)
class Role:
    """What an article says somebody is: its words, and the words by which a description is matched."""

    text: str
    noun: str
    affiliations: frozenset[str]
    words: frozenset[str]
    is_stated: bool = True
    """Whether the article says it of a name, not only of a description that was resolved to the name."""


@dataclass(eq=False, slots=True)
class Entity:
    """One person, organization, country or document of an article. ``forms`` come in order of appearance.

    Two entities are equal only if they are the same object, so that entities can be keys while they grow.
    """

    kind: Kind
    country: str | None = None
    forms: list[str] = field(default_factory=list)
    places: list[Span] = field(default_factory=list)
    full_places: list[Span] = field(default_factory=list)
    gender_votes: Counter[Gender] = field(default_factory=Counter)
    roles: list[Role] = field(default_factory=list)
    is_organization: bool = False
    """Whether the tagger takes it for an organization, not for a place."""

    @property
    def name(self) -> str:
        """The usual short name of a country, else the fullest form of the article."""
        name = self.country or fullest(self.forms)
        shouted = self.kind == "person" and name.upper() == name and len(name) > 3 and not is_initials(name)
        return name.title() if shouted else name

    @property
    def gender(self) -> Gender | None:
        """The gender that the article tells, if it tells one clearly."""
        feminine, masculine = self.gender_votes["feminine"], self.gender_votes["masculine"]
        if feminine > 2 * masculine:
            return "feminine"
        return "masculine" if masculine > 2 * feminine else None

    def add(self, form: str, place: Span | None = None) -> None:
        if form and form not in self.forms:
            self.forms.append(form)
        if place is not None:
            self.places.append(place)


@dataclass(frozen=True, slots=True)
class NamePlace:
    """A name at a place in the article. ``entity`` is None for nationalities and the like, which only modify."""

    span: Span
    label: str
    entity: Entity | None


class ArticleEntities:
    """The entities of an article, by place and by form."""

    def __init__(self, layout: Layout, names: Iterable[Name]) -> None:
        self._layout = layout
        self.entities: list[Entity] = []
        self.places: list[NamePlace] = []
        chosen = cleaned(layout.text, names)
        labels = voted_labels(layout.text, chosen)
        chosen = [Name(name.span, labels[fold(layout.text[slice(*name.span)])], name.score) for name in chosen]
        entity_of = self._link_people([name for name in chosen if name.label == "person"])
        entity_of |= self._link_bodies([name for name in chosen if name.label != "person"])
        for name in chosen:
            entity = entity_of.get(name.span)
            self.places.append(NamePlace(name.span, name.label, entity))
            if entity is not None and name.label == "organization":
                entity.is_organization = True
        self._starts = [place.span.start for place in self.places]

    def inside(self, span: Span) -> list[NamePlace]:
        """The names inside ``span``, in order."""
        first = bisect_left(self._starts, span.start)
        last = bisect_left(self._starts, span.end, first)
        return [place for place in self.places[first:last] if span.covers(place.span)]

    def is_within_name(self, position: int) -> bool:
        """Whether ``position`` is inside a name, or at its start."""
        index = bisect_right(self._starts, position) - 1
        return index >= 0 and position < self.places[index].span.end

    def country(self, name: str) -> Entity:
        """The entity of a country given by its usual short name, made if the article has none yet."""
        return next((entity for entity in self.entities if entity.country == name), None) or self._new(
            "organization", name
        )

    def organization(self, form: str) -> Entity:
        """The organization of this form, made if the article has none yet."""
        known = self._same_organization(form)
        entity = known or self._new("organization")
        entity.is_organization = True
        entity.add(form)
        return entity

    def document(self, form: str) -> Entity:
        """The document of this title, made if the article has none yet."""
        known = next((entity for entity in self.entities if entity.kind == "document" and form in entity.forms), None)
        entity = known or self._new("document")
        entity.add(form)
        return entity

    def _form(self, name: Name) -> str:
        form = " ".join(self._layout.text[name.span.start : name.span.end].split())
        return _NICKNAME.sub(" ", form) if name.label == "person" else form

    def _new(self, kind: Kind, country: str | None = None) -> Entity:
        entity = Entity(kind, country)
        self.entities.append(entity)
        return entity

    # People

    def _link_people(self, names: Sequence[Name]) -> dict[Span, Entity]:
        found: dict[Span, Entity] = {}
        for name in names:
            words = person_words(self._form(name))
            if len(words) >= 2:
                entity = self._same_full_name(words) or self._new("person")
                entity.add(self._form(name), name.span)
                entity.full_places.append(name.span)
                self._note_title(entity, name.span)
                found[name.span] = entity
        full = [entity for entity in self.entities if entity.kind == "person"]
        for name in names:
            if name.span not in found:
                entity = self._part_of_one(name, full) or self._same_short_name(name) or self._new("person")
                entity.add(self._form(name), name.span)
                self._note_title(entity, name.span)
                found[name.span] = entity
        return found

    def _same_full_name(self, words: Words) -> Entity | None:
        people = [entity for entity in self.entities if entity.kind == "person"]
        equal = [entity for entity in people if any(person_words(form) == words for form in entity.forms)]
        if equal:
            return equal[0]
        alike = [entity for entity in people if all(same_person(person_words(form), words) for form in entity.forms)]
        return alike[0] if len(alike) == 1 else None

    def _same_short_name(self, name: Name) -> Entity | None:
        words = person_words(self._form(name))
        gender = self._title_gender(name.span)
        for entity in self.entities:
            if entity.kind == "person" and any(person_words(form) == words for form in entity.forms):
                if gender and entity.gender and gender != entity.gender:
                    continue
                if not entity.full_places:
                    return entity
        return None

    def _part_of_one(self, name: Name, people: Sequence[Entity]) -> Entity | None:
        """The person of a full name that ``name`` is part of; see the module for the choice among several."""
        words = person_words(self._form(name))
        gender = self._title_gender(name.span)
        fitting = [
            entity
            for entity in people
            if any(is_part(words, person_words(form)) for form in entity.forms)
            and not (gender and (entity.gender or gender) != gender)
            # News gives the full name first: a "Mrs. Lund" before the first "Bo Lund" is somebody else.
            and not (gender and entity.gender is None and name.span.start < entity.full_places[0].start)
        ]
        if gender and (same := self._same_short_name(name)) and same.gender == gender:
            return same
        by_surname = [
            entity
            for entity in fitting
            if any(full[-len(words) :] == words != full for full in map(person_words, entity.forms))
        ]
        candidates = by_surname or fitting
        if len(candidates) <= 1:
            return candidates[0] if candidates else None
        if gender and (known := [entity for entity in candidates if entity.gender == gender]):
            candidates = known
        title = set(fold(title_before(self._layout.text, name.span.start)).split())
        if title and (same_title := [entity for entity in candidates if self._titles(entity) & title == title]):
            candidates = same_title
        return self._nearest(name.span, candidates)

    def _titles(self, entity: Entity) -> set[str]:
        """The words of the titles before a person's full name."""
        return {
            word for place in entity.full_places for word in fold(title_before(self._layout.text, place.start)).split()
        }

    def _nearest(self, place: Span, candidates: Sequence[Entity]) -> Entity:
        here = self._layout.paragraph_at(place.start)
        before = [
            (mention.start, entity)
            for entity in candidates
            for mention in entity.places
            if mention.start < place.start and here - self._layout.paragraph_at(mention.start) <= _NEAR_PARAGRAPHS
        ]
        if before:
            return max(before, key=lambda pair: pair[0])[1]
        return max(candidates, key=lambda entity: len(entity.full_places))

    def _title_gender(self, place: Span) -> Gender | None:
        return title_gender(title_before(self._layout.text, place.start))

    def _note_title(self, entity: Entity, place: Span) -> None:
        if gender := self._title_gender(place):
            entity.gender_votes[gender] += 3

    # Organizations, countries and the rest

    def _link_bodies(self, names: Sequence[Name]) -> dict[Span, Entity]:
        found: dict[Span, Entity] = {}
        # Long forms first, so that acronyms and short forms find what they stand for; ties in order of the text.
        for name in sorted(names, key=lambda name: (-len(self._form(name).split()), is_acronym(self._form(name)))):
            form = without_possessive(self._form(name))
            people = country_of_adjective(form) or form.endswith("s") or len(form) < 3
            if (name.label == "norp" and people) or (" " not in form and form.casefold() in _PARTISANS):
                continue
            country = country_named(form)
            if country and name.label != "misc":
                entity = self.country(country)
            else:
                owned = self._owned(form, name.span)
                entity = self._same_organization(owned[0] if owned else form) or self._new(_kind(form, name.label))
                for whole in owned:
                    entity.add(whole)
            entity.add(form, name.span)
            found[name.span] = entity
        for entity in self.entities:
            entity.places.sort()
            if entity.kind != "person":
                order = {form: self._layout.text.find(form) for form in entity.forms}
                entity.forms.sort(key=lambda form, order=order: (order[form] < 0, order[form]))  # type: ignore[misc]
        self.entities.sort(key=lambda entity: entity.places[0] if entity.places else Span(len(self._layout.text), 0))
        return found

    def _owned(self, form: str, place: Span) -> tuple[str, ...]:
        """The name of a state organization with its country: ``Georgian Foreign Ministry``; also as it is written."""
        if not set(fold(form).split()) & _STATE_BODIES:
            return ()
        before = self._layout.text[max(0, place.start - 40) : place.start]
        for owner_pattern in (r"[A-Z]\S*\s+[A-Z]\S*?", r"[A-Z]\S*?"):
            match = re.search(rf"(?<!\S)({owner_pattern})([’']s)?\s+$", before)
            owner = match.group(1) if match else ""
            country = country_named(owner)
            if match and (country or country_of_adjective(owner)):
                written = f"{owner}{match.group(2) or ''} {form}"
                adjective = adjective_of(country) if country and match.group(2) else owner
                return (f"{adjective} {form}", written) if adjective and adjective != owner else (written,)
        return ()

    def _same_organization(self, form: str) -> Entity | None:
        organizations = [entity for entity in self.entities if entity.kind != "person" and entity.country is None]
        key = organization_key(form)
        for entity in organizations:
            if any(organization_key(other) == key for other in entity.forms):
                return entity
        if is_acronym(form):
            return self._spelled_out(form, organizations)
        matching = [
            entity for entity in organizations if any(_is_short_for(form, key, other) for other in entity.forms)
        ]
        return matching[0] if len(matching) == 1 else None

    def _spelled_out(self, acronym: str, organizations: Sequence[Entity]) -> Entity | None:
        defined = re.compile(r"\s*\(\s*(?:the\s+)?[“\"']?" + re.escape(acronym) + r"[”\"']?\s*[);,]")
        for entity in organizations:
            for place in entity.places:
                if defined.match(self._layout.text, place.end):
                    return entity
        letters = fold(acronym)
        matching = [entity for entity in organizations if any(letters in acronyms(form) for form in entity.forms)]
        return matching[0] if len(matching) == 1 else None


def _is_short_for(short: str, key: tuple[str, ...], long: str) -> bool:
    """Whether ``short`` is short for the organization ``long``: without a country, a legal form or its first words."""
    other = organization_key(long)
    extra = set(other) - set(key)
    if not set(key) < set(other):
        return False
    if extra <= country_words(other) or extra <= _CORPORATE:
        return True
    pieces, longer = fold(short).split(), fold(long).split()
    if longer[-len(pieces) :] != pieces or len(pieces) == len(longer):
        return False
    return len(pieces) >= 2 or pieces[0] in _GENERIC


def _kind(form: str, label: str) -> Kind:
    last = re.split(r" (?:of|on|for|to) ", form)[0].split()[-1].casefold()
    # An organization's name may end in one of these words too (the Washington Post), so the label decides.
    if label == "misc" and last in DOCUMENT_NOUNS and len(form.split()) > 1:
        return "document"
    return _KIND_OF[label]
