"""The entities of one article: its names, with the forms of the same person, organization or country linked.

Full names come first; a surname, a first name or an acronym then joins the entity that it can be part of. Two
people of one surname stay apart: such a mention is `ambiguous`. Unless the model knows better, it belongs to the
first of its bearers: the one, compatible with its title, who was named last before it, or, where none is near, whose
full name is given most.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Final

from onrecord.document import Kind, Name, Span
from onrecord.names.countries import (
    country_named,
    country_of_adjective,
    country_words,
    organization_key,
    with_owner,
)
from onrecord.names.forms import (
    Gender,
    Words,
    fold,
    fullest,
    is_acronym,
    is_initials,
    is_surname,
    person_words,
    title_before,
    title_gender,
    without_possessive,
)
from onrecord.names.index import MOST, OrganizationIndex, PeopleIndex
from onrecord.names.lexicon import DOCUMENT_NOUNS
from onrecord.names.similarity import is_part, same_person
from onrecord.stages.speakers.name_spans import cleaned, voted_labels
from onrecord.text.positions import Layout
from onrecord.text.word_lists import read_lists

_WORDS: Final = read_lists("onrecord.stages.speakers", "entities")
_CORPORATE: Final = _WORDS["legal forms"]
_GENERIC: Final = _WORDS["generic nouns"]
_STATE_BODIES: Final = _WORDS["of states"]
_PARTISANS: Final = _WORDS["partisans"]
_KIND_OF: Final[dict[str, Kind]] = {"person": "person", "misc": "unknown"}  # all others are organizations
_NICKNAME: Final = re.compile(r" [(“\"‘'][^)”\"’']+[)”\"’'] ")
_DEFINED: Final = re.compile(r"\s*\(\s*(?:the\s+)?[“\"']?([^\s;,()“”\"']{1,20})[”\"']?\s*[);,]")
"""An acronym behind the name that it stands for."""

_NEAR_PARAGRAPHS: Final = 2
_MOST: Final = 100
"""More ways of writing a name, or more things that somebody is, tell a reader nothing."""


@dataclass(frozen=True, slots=True)
class Role:
    """What an article says somebody is: its words, and the words by which a description is matched."""

    text: str
    noun: str
    affiliations: frozenset[str]
    words: frozenset[str]
    is_stated: bool = True
    """Whether the article itself says it of a name: not somebody quoted, nor of a description that was resolved."""


@dataclass(eq=False, slots=True)
class Entity:
    """One person, organization, country or document of an article. ``forms`` come in order of appearance.

    Equality is identity, so that entities can be keys while they grow.
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
    unread: list[tuple[Entity, str]] | None = None
    """Where new forms are noted for the index of the article's entities."""

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
        if form and form not in self.forms and len(self.forms) < _MOST:
            self.forms.append(form)
            if self.unread is not None:
                self.unread.append((self, form))
        if place is not None:
            self.places.append(place)

    def add_role(self, role: Role) -> None:
        """Notes what the article says that somebody is, once."""
        if role not in self.roles and len(self.roles) < _MOST:
            self.roles.append(role)


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
        self.ambiguous: dict[Span, Sequence[Entity]] = {}
        self.described: dict[Span, int] = {}
        """Where the words before a person's name begin that say what they are."""
        self._people: PeopleIndex[Entity] = PeopleIndex()
        self._organizations: OrganizationIndex[Entity] = OrganizationIndex()
        self._countries: dict[str, Entity] = {}
        self._titles_of: dict[Entity, set[str]] = {}
        self._unread: list[tuple[Entity, str]] = []
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
        return (index := bisect_right(self._starts, position)) > 0 and position < self.places[index - 1].span.end

    def country(self, name: str) -> Entity:
        """The entity of a country given by its usual short name, made if the article has none yet."""
        return self._countries.get(name) or self._new("organization", name)

    def organization(self, form: str) -> Entity:
        """The organization of this form, made if the article has none yet."""
        entity = self._same_organization(form) or self._new("organization")
        entity.is_organization = True
        entity.add(form)
        return entity

    def document(self, form: str) -> Entity:
        """The document of this title, made if the article has none yet."""
        known = (entity for entity in self._index.with_form(form) if entity.kind == "document")
        entity = next(known, None) or self._new("document")
        entity.add(form)
        return entity

    def _form(self, name: Name) -> str:
        form = " ".join(self._layout.text[name.span.start : name.span.end].split())
        return _NICKNAME.sub(" ", form) if name.label == "person" else form

    def _new(self, kind: Kind, country: str | None = None) -> Entity:
        entity = Entity(kind, country, unread=None if kind == "person" else self._unread)
        self.entities.append(entity)
        if country is not None:
            self._countries[country] = entity
        return entity

    @property
    def _index(self) -> OrganizationIndex[Entity]:
        """The index, with all forms that organizations have got by now."""
        for entity, form in self._unread:
            self._organizations.add(entity, form, is_country=entity.country is not None)
        self._unread.clear()
        return self._organizations

    def ending_with(self, words: str) -> list[Entity]:
        """The organizations with a name that ends with ``words`` (folded) and has more before them."""
        ending = self._index.with_end(words.rsplit(maxsplit=1)[-1])
        found = [entity for entity in ending if entity.kind == "organization"]
        return [entity for entity in found if any(fold(form).endswith(f" {words}") for form in entity.forms)]

    @cached_property
    def by_initials(self) -> dict[str, list[Entity]]:
        """The people of the article by the initials of their names."""
        found: dict[str, list[Entity]] = {}
        for entity in self.entities:
            if entity.kind == "person":
                found.setdefault("".join(word[0] for word in entity.name.split()).upper(), []).append(entity)
        return found

    # People

    def _link_people(self, names: Sequence[Name]) -> dict[Span, Entity]:
        found: dict[Span, Entity] = {}
        for name in names:
            words = person_words(self._form(name))
            if len(words) >= 2:
                entity = self._same_full_name(words) or self._new("person")
                entity.add(self._form(name), name.span)
                self._people.add(entity, words, is_first=len(entity.forms) == 1)
                entity.full_places.append(name.span)
                self._note_title(entity, name.span)
                found[name.span] = entity
        shorter: dict[Words, list[Entity]] = {}
        for name in names:
            if name.span not in found:
                known = self._part_of_one(name, shorter) or self._same_short_name(name, shorter)
                entity = known or self._new("person")
                if known is None:
                    shorter.setdefault(person_words(self._form(name)), []).append(entity)
                entity.add(self._form(name), name.span)
                self._note_title(entity, name.span)
                found[name.span] = entity
        return found

    def _same_full_name(self, words: Words) -> Entity | None:
        if (equal := self._people.called(words)) is not None:
            return equal
        people = self._people.resembling(words)
        alike = [each for each in people if all(same_person(person_words(form), words) for form in each.forms)]
        return alike[0] if len(alike) == 1 else None

    def _same_short_name(self, name: Name, shorter: dict[Words, list[Entity]]) -> Entity | None:
        """The person called by nothing but the words of ``name`` before; ``shorter`` has those by their words."""
        gender = self._title_gender(name.span)
        known = shorter.get(person_words(self._form(name)), ())
        return next((each for each in known if not (gender and each.gender and gender != each.gender)), None)

    def _part_of_one(self, name: Name, shorter: dict[Words, list[Entity]]) -> Entity | None:
        """The person of a full name that ``name`` is part of; see the module for the choice among several."""
        words = person_words(self._form(name))
        gender = self._title_gender(name.span)
        fitting = [
            entity
            for entity in self._near_parts(words, name.span)
            if any(is_part(words, person_words(form)) for form in entity.forms)
            and not (gender and (entity.gender or gender) != gender)
            # News gives the full name first: a "Mrs. Lund" before the first "Bo Lund" is somebody else.
            and not (gender and entity.gender is None and name.span.start < entity.full_places[0].start)
        ]
        if gender and (same := self._same_short_name(name, shorter)) and same.gender == gender:
            return same
        by_surname = [entity for entity in fitting if any(is_surname(words, form) for form in entity.forms)]
        candidates = by_surname or fitting
        if len(candidates) <= 1:
            return candidates[0] if candidates else None
        if gender and (known := [entity for entity in candidates if entity.gender == gender]):
            candidates = known
        title = set(fold(title_before(self._layout.text, name.span.start)).split())
        if title and (same_title := [entity for entity in candidates if self._titles(entity) & title == title]):
            candidates = same_title
        nearest = self._nearest(name.span, candidates)
        if len(candidates) > 1:
            self.ambiguous[name.span] = sorted(candidates, key=lambda each: each is not nearest)
        return nearest

    def _near_parts(self, words: Words, place: Span) -> list[Entity]:
        """The people of full names of which ``words`` may be a part; of very many, those who were named last."""
        people = self._people.with_part(words)
        if len(people) > MOST:
            last = bisect_left(people, place.start, key=_first_place)
            people = people[max(0, last - MOST) : max(last, MOST)]
        return sorted(people, key=_first_place)

    def _titles(self, entity: Entity) -> set[str]:
        """The words of the titles before a person's full name."""
        if entity not in self._titles_of:
            titles = (title_before(self._layout.text, place.start) for place in entity.full_places)
            self._titles_of[entity] = {word for title in titles for word in fold(title).split()}
        return self._titles_of[entity]

    def _nearest(self, place: Span, candidates: Sequence[Entity]) -> Entity:
        here = self._layout.paragraph_at(place.start)
        before = [
            (mention.start, entity)
            for entity in candidates
            if (mention := _last_before(entity, place.start)) is not None
            and here - self._layout.paragraph_at(mention.start) <= _NEAR_PARAGRAPHS
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
                before = self._layout.text[max(0, name.span.start - 40) : name.span.start]
                owned = with_owner(before, form) if set(fold(form).split()) & _STATE_BODIES else ()
                entity = self._same_organization(owned[0] if owned else form) or self._new(_kind(form, name.label))
                for whole in owned:
                    entity.add(whole)
            entity.add(form, name.span)
            if entity.country is None and (defined := _DEFINED.match(self._layout.text, name.span.end)):
                self._organizations.define(entity, defined.group(1))
            found[name.span] = entity
        for entity in self.entities:
            entity.places.sort()
            if entity.kind != "person" and len(entity.forms) > 1:
                order = {form: self._layout.occurrences.first(form) for form in entity.forms}
                entity.forms.sort(key=lambda form, order=order: (order[form] is None, order[form] or 0))  # type: ignore[misc]
        self.entities.sort(key=lambda entity: entity.places[0] if entity.places else Span(len(self._layout.text), 0))
        self._index.reorder(self.entities)
        return found

    def _same_organization(self, form: str) -> Entity | None:
        index, key = self._index, organization_key(form)
        if (known := index.with_key(key)) is not None:
            return known
        if is_acronym(form):
            return index.with_acronym(form)
        fitting = (
            entity for entity in index.with_words(key) if any(_is_short_for(form, key, other) for other in entity.forms)
        )
        matching = list(islice(fitting, 2))
        return matching[0] if len(matching) == 1 else None


def _first_place(entity: Entity) -> int:
    return entity.full_places[0].start


def _last_before(entity: Entity, position: int) -> Span | None:
    """The last place of a person before ``position``; short names follow the full ones and are taken in order."""
    index = bisect_left(entity.full_places, position, key=lambda place: place.start)
    last = entity.full_places[index - 1] if index else None
    if len(entity.places) > len(entity.full_places):
        short = entity.places[-1]
        last = short if last is None or short.start > last.start else last
    return last


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
    return _KIND_OF.get(label, "organization")
