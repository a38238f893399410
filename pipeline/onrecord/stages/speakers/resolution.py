"""Goes through an article's sources in reading order and says who or what each of them refers to: its referents.

A name is resolved by itself; pronouns and descriptions go to an `EntityResolver`. Sources that stay unnamed have one
referent wherever the article uses the same description.
"""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from onrecord.document import Kind, Span, Statement
from onrecord.names.countries import country_of_seat
from onrecord.names.forms import fold
from onrecord.stages.base import Analysis
from onrecord.stages.speakers.descriptions import DescriptionResolver, has_organization_noun
from onrecord.stages.speakers.entities import ArticleEntities, Entity
from onrecord.stages.speakers.phrases import head_word, is_plural
from onrecord.stages.speakers.role_phrases import PRONOUN_GENDERS
from onrecord.stages.speakers.salience import Anaphor, Candidate, EntityResolver
from onrecord.stages.speakers.sources import PRONOUNS, MentionReader, Party
from onrecord.text.positions import Layout
from onrecord.text.word_lists import read_lists

_FIRST_PERSON: Final = frozenset(["i", "me", "my"])
_RELATIVE: Final = frozenset(["who", "which", "that", "whose", "whom"])
_NEAR_PARAGRAPHS: Final = 2
_NEAR_SENTENCES: Final = 2
_AS_FOR: Final = re.compile(
    r"^\W*(?:As for|For|According to|Like|Together with|Asked by)\s+([^,]+),\s*$", re.IGNORECASE
)
_IN_WHICH: Final = re.compile(r"\b(?:in|with|to|by|during|after|at|under) which\s+$")
_FREE_PRONOUN: Final = re.compile(r"\b(?:[Hh]e|[Ss]he)\b")
_NOT_IN_PHRASE: Final = read_lists("onrecord.stages.speakers", "resolution")["not in a phrase"]


@dataclass(eq=False, slots=True)
class Unnamed:
    """A speaker that the article does not name. Two of the same words are different: equality is identity."""

    description: str
    kind: Kind
    head: str = ""
    position: int = 0


Referent = Entity | Unnamed


class Attribution:
    """Resolves the sources of one article."""

    def __init__(self, analysis: Analysis, layout: Layout, entities: ArticleEntities, resolver: EntityResolver) -> None:
        self._analysis = analysis
        self._layout = layout
        self._entities = entities
        self._resolver = resolver
        self._reader = MentionReader(layout, entities)
        self._mentions = {entity: list(entity.places) for entity in entities.entities}
        self._history: list[tuple[int, tuple[Referent, ...]]] = []
        self._unnamed: dict[str, Unnamed] = {}
        self._descriptions = DescriptionResolver(analysis, layout, resolver, self._candidates)

    def resolve(self) -> list[tuple[Referent, ...]]:
        """The referents behind each statement of the analysis, in their order; empty for those without a source."""
        statements = self._analysis.statements
        found: list[tuple[Referent, ...]] = [()] * len(statements)
        events = [(source_span(statement), index) for index, statement in enumerate(statements) if statement.source]
        sources: dict[Span, list[int]] = {}
        for span, index in events:
            sources.setdefault(span, []).append(index)
        shared: dict[Span, tuple[Referent, ...]] = {}
        taken = {position for span, _ in events for position in range(*span)}
        free = [
            (Span(*match.span()), -1)
            for match in _FREE_PRONOUN.finditer(self._layout.text)
            if match.start() not in taken and not self._layout.is_quoted(match.start())
        ]
        for span, index in sorted(events + free):
            if index < 0:
                self._pronoun(Party(self._layout.text[span.start : span.end], span, "pronoun", "person"), None)
            else:
                if span not in shared:  # one "he said" may have two statements: all that they say is his
                    together = tuple(piece for other in sources[span] for piece in statements[other].content)
                    shared[span] = self._referents(span, replace(statements[index], content=together))
                found[index] = shared[span]
                if statements[index].cue is not None:  # without one nobody is said to speak
                    self._history.append((span.start, found[index]))
        for span, index in events:  # an "I" inside a quotation is whoever speaks there
            if fold(self._layout.text[span.start : span.end]) in _FIRST_PERSON and self._layout.is_quoted(span.start):
                found[index] = self._around(span, index, found) or found[index]
        return found

    def _around(self, span: Span, index: int, found: Sequence[tuple[Referent, ...]]) -> tuple[Referent, ...]:
        for other, statement in enumerate(self._analysis.statements):
            if other != index and found[other] and any(content.covers(span) for content in statement.content):
                return found[other]
        return ()

    def _referents(self, span: Span, statement: Statement) -> tuple[Referent, ...]:
        referents: list[Referent] = []
        for party in self._reader.read(span):
            if party.definiteness == "name" and party.entity is not None:
                resolved: tuple[Referent, ...] = (self._standing_for(party.entity, party),)
                self._note(party.entity, party.span)
            elif party.definiteness == "pronoun":
                resolved = self._pronoun(party, statement)
            elif party.definiteness == "definite" and not party.plural:
                resolved = (self._description(party, statement),)
            else:
                resolved = (self._nameless(party),)
            referents.extend(referent for referent in resolved if referent not in referents)
        return tuple(referents)

    def _note(self, entity: Entity, span: Span) -> None:
        """Takes a source as one more mention of ``entity``."""
        mentions = self._mentions.setdefault(entity, [])
        if span not in mentions:
            insort(mentions, span)

    def _standing_for(self, entity: Entity, party: Party) -> Referent:
        """The country if a capital means its government, else the entity itself."""
        if entity.kind != "organization" or entity.country is not None:
            return entity
        form = self._layout.text[party.span.start : party.span.end]
        country = country_of_seat(form)
        if country is None or fold(party.words.removesuffix("'s").removesuffix("’s")).removeprefix("the ") != fold(
            form
        ):
            return entity
        government = self._entities.country(country)
        government.add(form)
        return government

    # Pronouns

    def _pronoun(self, party: Party, statement: Statement | None) -> tuple[Referent, ...]:
        plain = fold(party.words)
        if plain in PRONOUN_GENDERS:
            return self._third_person(party, statement)
        if plain in _RELATIVE:
            return self._relative(party, statement)
        if plain in ("they", "them", "their"):
            position = party.span.start
            return self._topic(position) or self._plural() or self._pair_before(position) or (self._nameless(party),)
        if plain in ("it", "its"):
            return self._neuter(party, statement) or (self._nameless(party),)
        return (self._nameless(party),)

    def _third_person(self, party: Party, statement: Statement | None) -> tuple[Referent, ...]:
        gender = PRONOUN_GENDERS[fold(party.words)]
        unnamed = self._unnamed_before(party.span.start) if statement is not None else None
        # Somebody introduced as "the doctor", not "a doctor", mostly has a name in the article.
        if unnamed is not None and not fold(unnamed.description).startswith("the "):
            return (unnamed,)
        candidates = [
            candidate
            for candidate in self._candidates(party.span.start, "person", look_ahead=True)
            if candidate.entity.gender in (None, gender)
        ]
        if nearest := self._antecedent(party, candidates):
            candidates = [nearest]
        anaphor = Anaphor(party.span, party.words, True, gender, statement.content if statement else ())
        chosen = self._resolver.choose(self._analysis, self._layout, anaphor, candidates)
        if chosen is None:
            return () if statement is None else (unnamed or self._nameless(party),)
        if len(candidates) == 1 and chosen.mentions:
            chosen.entity.gender_votes[gender] += 1
        self._note(chosen.entity, party.span)
        return (chosen.entity,)

    def _antecedent(self, party: Party, candidates: Sequence[Candidate]) -> Candidate | None:
        """The last of the candidates in the same sentence, for the pronoun of ``a letter in which he``."""
        sentence = self._layout.sentence_span(party.span.start)
        if not _IN_WHICH.search(self._layout.text[sentence.start : party.span.start]):
            return None
        here = [
            candidate
            for candidate in candidates
            if candidate.mentions and candidate.mentions[-1].start >= sentence.start
        ]
        return max(here, key=lambda candidate: candidate.mentions[-1].start, default=None)

    def _candidates(self, position: int, kind: Kind, look_ahead: bool = False) -> list[Candidate]:
        last = self._last_referents(position)
        end = self._layout.sentence_span(position).end if look_ahead else position
        found = []
        for entity in self._entities.entities:
            if entity.kind == kind:
                mentions = self._mentions.get(entity, [])
                here = bisect_left(mentions, Span(position, 0))
                before = tuple(mentions[:here])
                ahead = tuple(mentions[here : bisect_left(mentions, Span(end, 0))])
                if before or ahead or entity in last:
                    found.append(Candidate(entity, before, spoke_last=entity in last, ahead=ahead))
        return found

    def _last_referents(self, position: int) -> tuple[Referent, ...]:
        """Who spoke last, if not too long ago."""
        if not self._history:
            return ()
        where, referents = self._history[-1]
        near = self._layout.paragraph_at(position) - self._layout.paragraph_at(where) < _NEAR_PARAGRAPHS
        return referents if near else ()

    def _unnamed_before(self, position: int) -> Unnamed | None:
        """The unnamed person who spoke last, if nobody has been named since."""
        last = self._last_referents(position)
        if len(last) != 1 or not isinstance(last[0], Unnamed) or last[0].kind != "person":
            return None
        where = self._history[-1][0]
        named = any(
            place.entity is not None and place.entity.kind == "person" and where < place.span.start < position
            for place in self._entities.places
        )
        pronoun = fold(last[0].description) in PRONOUNS
        return None if named or pronoun else last[0]

    def _plural(self) -> tuple[Referent, ...]:
        for _, referents in reversed(self._history[-3:]):
            if len(referents) > 1:
                return referents
            if referents and referents[0].kind in ("group", "organization"):
                return referents
        return ()

    def _topic(self, position: int) -> tuple[Referent, ...]:
        """Those of ``As for Ada Lund and Bo Berg, they``."""
        sentence = self._layout.sentence_span(position)
        opening = _AS_FOR.search(self._layout.text[sentence.start : position])
        if opening is None:
            return ()
        parties = self._reader.read(Span(sentence.start + opening.start(1), sentence.start + opening.end(1)))
        entities = [party.entity for party in parties if party.entity is not None]
        return tuple(entities) if len(entities) > 1 else ()

    def _pair_before(self, position: int) -> tuple[Referent, ...]:
        """The two people of the sentence before, if it names just two."""
        here = self._layout.sentence_at(position)
        found: list[Referent] = []
        for place in self._entities.places:
            near = self._layout.sentence_at(place.span.start) == here - 1 and not self._layout.is_quoted(
                place.span.start
            )
            if near and place.entity is not None and place.entity.kind == "person" and place.entity not in found:
                found.append(place.entity)
        return tuple(found) if len(found) == 2 else ()

    def _neuter(self, party: Party, statement: Statement | None) -> tuple[Referent, ...]:
        last = self._last_referents(party.span.start)
        if len(last) == 1 and last[0].kind in ("organization", "document"):
            return last
        near = [
            candidate
            for candidate in self._candidates(party.span.start, "organization")
            if candidate.mentions
            and self._layout.distance(candidate.mentions[-1].start, party.span.start) < _NEAR_SENTENCES
        ]
        anaphor = Anaphor(party.span, party.words, True, None, statement.content if statement else ())
        chosen = self._resolver.choose(self._analysis, self._layout, anaphor, near)
        return (chosen.entity,) if chosen else ()

    def _relative(self, party: Party, statement: Statement | None) -> tuple[Referent, ...]:
        """What ``who`` and ``which`` refer to: the name that they follow, else the words before them."""
        sentence = self._layout.sentence_span(party.span.start)
        before = self._layout.text[sentence.start : party.span.start]
        comma = re.search(r"[,–—]\s*$", before) is not None
        ended = party.span.start - len(before) + len(before.rstrip(" ,–—\t\n"))
        names = [place for place in self._entities.places if sentence.start <= place.span.start < party.span.start]
        for place in reversed(names):
            fitting = place.entity is not None and (
                place.entity.kind == "person" or fold(party.words) != "who" or place.span.end == ended
            )
            touching = place.span.end == ended
            if place.entity is not None and fitting and (touching or (comma and place.entity.kind == "person")):
                return (place.entity,)
        phrase = self._phrase_before(sentence.start, ended)
        if phrase is None:
            return (self._nameless(party),)
        start = self._layout.text.rfind(phrase, sentence.start, ended)
        parties = self._reader.read(Span(start, ended)) if start >= 0 else []
        if named := [party.entity for party in parties if party.entity]:
            return tuple(named)
        if statement is not None and len(parties) == 1 and parties[0].definiteness == "definite":
            return (self._description(parties[0], statement),)
        plural = is_plural(head_word(phrase))
        kind: Kind = "group" if plural else "person" if fold(party.words) == "who" else "unknown"
        return (self._nameless(Party(phrase, party.span, "indefinite", kind, None, plural, head_word(phrase))),)

    def _phrase_before(self, start: int, end: int) -> str | None:
        words = re.findall(r"[\w'’\-]+|[^\w\s]", self._layout.text[start:end])
        kept: list[str] = []
        for word in reversed(words[-5:]):
            if not word[0].isalnum() or word.casefold() in _NOT_IN_PHRASE:
                break
            kept.append(word)
            if word.casefold() in ("the", "a", "an", "some", "those", "many", "most", "one"):
                break
        return " ".join(reversed(kept)) or None

    # Descriptions

    def _description(self, party: Party, statement: Statement) -> Referent:
        last = self._last_referents(party.span.start)
        if has_organization_noun(party):
            return self._descriptions.organization(party, statement, last) or self._nameless(party)
        if party.kind == "document":
            chosen = self._descriptions.document(party)
        else:
            chosen = self._descriptions.person(party, statement, last)
        if chosen is None:
            return self._nameless(party)
        self._note(chosen, party.span)
        return chosen

    def _nameless(self, party: Party) -> Unnamed:
        """The unnamed referent of this description: of the same words, or of ``a driver`` for ``the driver``."""
        words = re.sub(r"^(?:the|a|an) ", "", fold(party.words))
        if party.definiteness == "pronoun":
            return Unnamed(party.words, party.kind)
        if words in self._unnamed:
            return self._unnamed[words]
        if party.definiteness == "definite" and words == fold(party.head):
            earlier = [referent for referent in self._unnamed.values() if referent.head == party.head]
            if earlier:
                return max(earlier, key=lambda referent: referent.position)
        referent = Unnamed(party.words, party.kind, party.head, party.span.start)
        self._unnamed[words] = referent
        return referent


def source_span(statement: Statement) -> Span:
    """The longest piece of a statement's source, the first of several, without a closing comma; it must have one."""
    if statement.source is None:
        raise ValueError(f"statement {statement.id} has no source")
    spans, words = statement.source.spans, statement.source.text
    longest = max(spans, key=lambda span: span.end - span.start)
    closing = len(words) - len(words.rstrip(",;: ")) if longest == spans[-1] else 0
    return Span(longest.start, longest.end - closing)
