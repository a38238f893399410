"""Organizations and laws that a source calls by a common noun: ``the Norland government``, ``the police``.

One that contains a name is named by its own words; one without a name (``a court``, ``the firm``) is a description.
"""

from __future__ import annotations

import re
from typing import Final

from onrecord.document import Span
from onrecord.names.countries import adjective_of, country_of_adjective
from onrecord.names.forms import fold
from onrecord.names.lexicon import COLLECTIVE, ORGANIZATION_NAME_WORDS, ORGANIZATION_NOUNS
from onrecord.stages.speakers.entities import ArticleEntities, Entity, NamePlace
from onrecord.text.positions import PREPOSITIONS, Layout, leads_to_object
from onrecord.text.word_lists import read_lists

_GOVERNMENTS: Final = frozenset(["government", "administration", "authorities", "regime", "delegation", "side"])
_ENTITIES: Final = read_lists("onrecord.stages.speakers", "entities")
_OWN_KIND: Final = _ENTITIES["own kind"]
"""Nouns behind the name of an organization that only say what it is: ``the Easton Times newspaper``."""

_LAWS: Final = read_lists("onrecord.stages.speakers", "sources")["laws"]
_OF_BODIES: Final = _ENTITIES["own kind of bodies"] | {"leadership", "authorities", "management"}
"""The same, where it is surely an organization, and nouns that speak for it: ``the Harbour Board management``."""

_OFFICES: Final = COLLECTIVE - {"side", "leadership"}
_OF: Final = re.compile(r"(?:the )?(?P<noun>[\w\-]+) of (?:the )?(?=[A-Z\u00c0-\u00de])")
_POSSESSIVE: Final = ("'s", "’s")


class OrganizationReader:
    """Finds the organization that a phrase of one article is about."""

    def __init__(self, layout: Layout, entities: ArticleEntities) -> None:
        self._text = layout.text
        self._entities = entities

    def read(self, segment: Span) -> tuple[Span, Entity] | None:
        """The organization that ``segment`` calls by a common noun and a name, with the words that say so."""
        words = self._text[slice(*segment)]
        if words.casefold().removeprefix("the ") == "police":
            return segment, self._police()
        places = self._entities.inside(segment)
        if not places and (named := self._shortened(words)) is not None:
            return segment, named
        if not places or re.match(r"(?:an?|one|some|another|other|no|any|every|each) ", words, re.IGNORECASE):
            return None
        if self._is_of(words):
            return self._governing(segment, places[0])
        match = re.search(r"[\w\-‐‑]+$", words)
        if match is None or match.group().casefold() not in COLLECTIVE:
            return None
        return self._modified(segment, places)

    def names_own_kind(self, segment: Span, place: NamePlace) -> bool:
        """Whether what follows an organization's name in ``segment`` only says what it is."""
        rest = self._text[place.span.end : segment.end].casefold().split()
        if place.label == "person" or not 0 < len(rest) <= 2:
            return False
        leads = place.label == "organization" and place.entity is not None and place.entity.country is None
        return all(word in _OWN_KIND or word == "press" or (leads and word in _OF_BODIES) for word in rest)

    def law(self, segment: Span) -> Entity | None:
        """The law or treaty that a name tells from others: ``the Norland constitution``."""
        words = " ".join(self._text[slice(*segment)].split())
        places = self._entities.inside(segment)
        if words.casefold().split()[-1] not in _LAWS or not places or "’s " in words or "'s " in words:
            return None
        before = self._text[segment.start : places[0].span.start].strip().casefold()
        between = self._text[places[-1].span.end : segment.end].split()
        if before not in ("", "the", "a", "an") or len(between) != 1:
            return None
        return self._entities.document(re.sub(r"^(?:[Tt]he|[Aa]n?)\s+", "", words))

    def bracketed(self, segment: Span, source: Span) -> Entity | None:
        """The organization whose acronym follows its description in brackets: ``the harbour federation (HF)``."""
        words = self._text[slice(*segment)].casefold().split()
        if self._entities.inside(segment) or not words or words[-1] not in ORGANIZATION_NOUNS | ORGANIZATION_NAME_WORDS:
            return None
        opening = re.compile(r"\s*\((?:the )?").match(self._text, segment.end)
        if opening is None or opening.end() > source.end + 2:
            return None
        place = next(iter(self._entities.inside(Span(opening.end(), opening.end() + 40))), None)
        if place is None or place.span.start != opening.end() or self._text[place.span.end : place.span.end + 1] != ")":
            return None
        if place.entity is None or place.entity.kind == "person":
            return None
        place.entity.add(re.sub(r"^[Tt]he\s+", "", self._text[slice(*segment)]))
        return place.entity

    def _police(self) -> Entity:
        """The only police of the article that has a name, else simply the police."""
        named = self._entities.ending_with("police")
        entity = named[0] if len(named) == 1 else self._entities.organization("police")
        entity.add("police")
        return entity

    def _shortened(self, words: str) -> Entity | None:
        """The only organization whose name ends with these words, if they are several: ``the board of elections``."""
        shortened = fold(words)
        if not shortened.startswith("the ") or shortened.count(" ") < 2:
            return None
        named = self._entities.ending_with(shortened.removeprefix("the "))
        return named[0] if len(named) == 1 else None

    def _is_of(self, words: str) -> bool:
        match = _OF.match(words[:1].lower() + words[1:])
        return match is not None and match.group("noun").casefold() in _OFFICES

    def _governing(self, segment: Span, place: NamePlace) -> tuple[Span, Entity] | None:
        """The organization of ``the government of Norland`` or ``the office of Ada Lund``."""
        words = " ".join(self._text[slice(*segment)].split())
        plain = re.sub(r"^[Tt]he\s+", "", words)
        country = place.entity is not None and place.entity.country and place.span.end == segment.end
        if place.entity is not None and country and plain.split()[0].casefold() in _GOVERNMENTS:
            place.entity.add(plain)
            return segment, place.entity
        return segment, self._entities.organization(plain)

    def _modified(self, segment: Span, places: list[NamePlace]) -> tuple[Span, Entity] | None:
        place = places[-1]
        before = self._text[segment.start : place.span.start]
        if any(word.casefold() in PREPOSITIONS for word in before.split()[1:]) or leads_to_object(before):
            return None  # "the report by the Harbour Board"
        owner = self._text[slice(*place.span)]
        if place.entity is not None and place.entity.country is not None:
            country: str | None = place.entity.country
        else:
            country = country_of_adjective(owner)
        start = places[0].span.start if self._is_one_phrase(places, segment) else place.span.start
        span = Span(start, segment.end)
        written = " ".join(self._text[slice(*span)].split())
        possessive = self._text[place.span.end : place.span.end + 2] in _POSSESSIVE
        noun = self._text[place.span.end : segment.end].lstrip("’'s").strip() if possessive else ""
        noun = noun or self._text[place.span.end : segment.end].strip()
        if country and noun.casefold() in _GOVERNMENTS:
            entity = self._entities.country(country)
            entity.add(written)
            return span, entity
        if country and possessive and (adjective := adjective_of(country)):
            entity = self._entities.organization(f"{adjective} {noun}")
            entity.add(written)
            return span, entity
        return span, self._entities.organization(written)

    def _is_one_phrase(self, places: list[NamePlace], segment: Span) -> bool:
        """Whether nothing but an article comes before the first of several names."""
        before = self._text[segment.start : places[0].span.start].strip().casefold()
        return len(places) > 1 and before in ("", "the")
