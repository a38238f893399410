"""What an article says people are: the phrases that the quote model finds beside their names.

The roles noted here go into the output as ``role``, and descriptions (``the mayor``) are matched with them. Genders
come from here too: from titles, kinship and pronouns that can mean only one person.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from onrecord.document import Span
from onrecord.names.forms import title_gender
from onrecord.names.lexicon import KIN
from onrecord.stages.base import Analysis
from onrecord.stages.speakers.entities import ArticleEntities, Entity, NamePlace
from onrecord.stages.speakers.role_phrases import DETERMINERS, PRONOUN_GENDERS, is_plural_noun, read_role, role_noun
from onrecord.text.positions import PREPOSITIONS, Layout
from onrecord.text.segmentation import whole_words
from onrecord_models.labels import Side

_FARTHEST: Final = 80
"""Characters between a phrase and the name that it is about, at most."""

_DEFINED: Final = re.compile(r"\s*\(([A-Z]{2,6})\)")
_LONGEST_ACRONYM: Final = 9
"""Characters of an acronym in brackets, with a space before it."""

_OPEN: Final = DETERMINERS | PREPOSITIONS | {"and", "or", "mr", "mrs", "ms", "dr"}
"""Words with which no phrase ends, in lower case and without full stops."""


@dataclass(frozen=True, slots=True)
class RolePhrase:
    """Words that say what somebody is, and on which side of that name they stand."""

    span: Span
    side: Side


def role_phrases(analysis: Analysis) -> Iterator[RolePhrase]:
    """The phrases that the quote model found in an article, in the order of its windows."""
    for window, reading in zip(analysis.windows, analysis.readings, strict=True):
        for role in reading.roles:
            tokens = [span for span in window.spans[slice(*role.tokens)] if span.end > span.start]
            if tokens:
                yield RolePhrase(Span(tokens[0].start, tokens[-1].end), role.side)


class RoleFinder:
    """Notes the roles and genders of an article's people in its entities."""

    def __init__(self, layout: Layout, entities: ArticleEntities, phrases: Sequence[RolePhrase]) -> None:
        self._layout = layout
        self._text = layout.text
        self._entities = entities
        self._phrases = phrases
        self._people = [
            place for place in entities.places if place.entity is not None and place.entity.kind == "person"
        ]
        self._starts = [place.span.start for place in self._people]
        self._ends = [place.span.end for place in entities.places]

    def find(self) -> None:
        """Fills ``roles`` and ``gender_votes`` of every person, and gives acronyms of posts to who holds them."""
        holders: dict[str, set[Entity]] = {}
        for phrase in self._phrases:
            place = self._about(phrase)
            if place is not None and place.entity is not None:
                self._note(place.entity, phrase)
                if phrase.side == "before":
                    self._entities.described.setdefault(place.span, phrase.span.start)
                for post in self._posts(phrase.span):
                    holders.setdefault(post, set()).add(place.entity)
        self._give_posts(holders)
        self._note_pronouns()

    def _posts(self, span: Span) -> Iterator[str]:
        """The acronyms that a phrase defines for a post: ``MCE`` of ``Municipal Chief Executive (MCE)``."""
        for match in _DEFINED.finditer(self._text, span.start, span.end + _LONGEST_ACRONYM):
            words = self._text[span.start : match.start()]
            initials = [part[0] for part in re.split(r"[\s‑-]+", words) if part[:1].isupper()]
            head = (words.split(" of ")[0].split() or [""])[-1]
            is_post = role_noun(words) is not None and head[:1].isupper()
            named = self._entities.inside(Span(span.start, max(span.start, match.start())))
            if is_post and not named and "".join(initials[-len(match.group(1)) :]) == match.group(1):
                yield match.group(1)

    def _give_posts(self, holders: dict[str, set[Entity]]) -> None:
        """Makes names of posts those of the one who holds it, and nobody's if several do."""
        for index, place in enumerate(self._entities.places):
            if (held := holders.get(self._text[slice(*place.span)])) is not None and place.label != "person":
                entity = next(iter(held)) if len(held) == 1 else None
                self._entities.places[index] = NamePlace(place.span, "person", entity)
                if entity is not None:
                    entity.places.append(place.span)
                if place.entity is not None and place.span in place.entity.places:
                    place.entity.places.remove(place.span)

    def _about(self, phrase: RolePhrase) -> NamePlace | None:
        """The person's name that is nearest to a phrase on its side, if it is near."""
        if phrase.side == "before":
            index = bisect_left(self._starts, phrase.span.end)
            near = self._people[index] if index < len(self._people) else None
            gap = None if near is None else (phrase.span.end, near.span.start)
        else:
            index = bisect_left(self._starts, phrase.span.start)
            near = self._people[index - 1] if index else None
            gap = None if near is None else (near.span.end, phrase.span.start)
        if gap is None or gap[1] - gap[0] > _FARTHEST or "\n\n" in self._text[slice(*gap)]:
            return None
        return near

    def _words(self, phrase: RolePhrase) -> str:
        """The words of a phrase, whole names included, without an article before and open ends behind."""
        start, end = whole_words(self._text, phrase.span)
        if phrase.side == "after":
            end = self._with_name(start, end)
        words = self._text[start:end].strip(' ,;:–—-“”"(').split()
        while words and words[-1].casefold().strip(".,") in _OPEN:
            words.pop()
        return " ".join(words[1:] if words and words[0].casefold() in DETERMINERS else words)

    def _with_name(self, start: int, end: int) -> int:
        """Where a phrase ends if the name that it ends in, or leads to as in ``critic of Mr.``, belongs to it."""
        index = bisect_right(self._ends, end)
        if index == len(self._entities.places):
            return end
        name = self._entities.places[index].span
        between, last = self._text[end : name.start], (self._text[start:end].split() or [""])[-1]
        leads = last.casefold().strip(".") in _OPEN and not between.strip(" .") and len(between) <= 2
        return name.end if name.start < end or leads else end

    def _note(self, entity: Entity, phrase: RolePhrase) -> None:
        words = self._words(phrase)
        if not words:
            return
        role = replace(read_role(words), is_stated=not self._layout.is_quoted(phrase.span.start))
        if is_plural_noun(role.noun):  # "Sens. Ada Lund and Per Moe"
            return
        entity.add_role(role)
        gender = title_gender(role.noun) or KIN.get(role.noun)
        for word in role.text.split(" of ")[0].split():
            gender = gender or KIN.get(word.casefold()) or title_gender(word)
        # "The chairwoman's lawyer" need not be a woman.
        if gender and (role.noun in KIN or not re.search("['’]s ", role.text)):
            entity.gender_votes[gender] += 3

    def _note_pronouns(self) -> None:
        """Pronouns tell a gender if their sentence and the one before mention only one person."""
        first: dict[int, tuple[int, Entity]] = {}
        people: dict[int, set[Entity]] = {}
        for place in self._people:
            if place.entity is not None:
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
