"""Goes through an article's sources in reading order and says who or what each of them refers to: its referents.

A name that one entity bears is resolved by itself; all else goes to an `EntityResolver`. Sources that stay unnamed have
one referent wherever the article uses the same description.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from onrecord.document import Kind, Span, Statement
from onrecord.names.countries import country_of_seat
from onrecord.names.forms import fold
from onrecord.stages.base import Analysis
from onrecord.stages.speakers.candidates import (
    Anaphor,
    AnaphorKind,
    Candidate,
    Choice,
    EntityResolver,
    Form,
    Mentions,
    Referent,
    Unnamed,
)
from onrecord.stages.speakers.continuation import Continuations
from onrecord.stages.speakers.enclosing import Enclosing
from onrecord.stages.speakers.entities import ArticleEntities, Entity, Role
from onrecord.stages.speakers.phrases import head_word, is_plural, number_of
from onrecord.stages.speakers.role_phrases import PRONOUN_GENDERS, fit_of, make_role, note_role, shares_words
from onrecord.stages.speakers.sources import MentionReader, Party
from onrecord.text.positions import Layout
from onrecord.text.word_lists import read_lists

_FIRST_PERSON: Final = frozenset(["i", "me", "my"])
_RELATIVE: Final = frozenset(["who", "which", "that", "whose", "whom"])
_PERSONS: Final = frozenset(["who", "whose", "whom"])
_THEY: Final = frozenset(["they", "them", "their"])
_IT: Final = frozenset(["it", "its"])
_NEAR_PARAGRAPHS: Final = 2
_FARTHEST: Final = 400
"""Characters before a relative pronoun in which what it follows stands."""
_PRONOUN, _NAME = -1, -2
"""What is resolved besides statements' sources, in place of a statement's number."""
_FREE_PRONOUN: Final = re.compile(r"\b(?:he|she|him|his|hers?)\b", re.IGNORECASE)
_NOT_IN_PHRASE: Final = read_lists("onrecord.stages.speakers", "resolution")["not in a phrase"]
_BY_NAME: Final = 0.97
_NAMELESS: Final = 0.95
"""How often it is right to take the name that a source gives itself, and to leave ``a driver`` without one."""


@dataclass(frozen=True, slots=True)
class Attributed:
    """The referents behind a source, how likely it is that they are meant (0 to 1), and the source's own words."""

    referents: tuple[Referent, ...] = ()
    score: float = 1.0
    words: str = ""


class Attribution:
    """Resolves the sources of one article."""

    def __init__(self, analysis: Analysis, layout: Layout, entities: ArticleEntities, resolver: EntityResolver) -> None:
        self._analysis = analysis
        self.layout = layout
        self._entities = entities
        self._resolver = resolver
        self._reader = MentionReader(layout, entities)
        self._mentions = Mentions()
        for entity in entities.entities:
            self._mentions.register(entity)
            for place in entity.places:
                if place not in entities.ambiguous:
                    self._mentions.add(entity, place, self._form(place))
        self._history: list[tuple[int, tuple[Referent, ...]]] = []
        self._unnamed: dict[str, Unnamed] = {}
        self._last_of_head: dict[str, Unnamed] = {}
        self._labelled: dict[str, tuple[tuple[Referent, ...], float]] = {}
        self._continuations = Continuations(layout, analysis.statements)
        sources = {source_span(statement) for statement in analysis.statements if statement.source}
        self._parties = {span: self._reader.read(span) for span in sorted(sources)}
        self._named_sources = {party.span for parties in self._parties.values() for party in parties}

    @property
    def asked(self) -> list[Span]:
        """What the resolver will be asked about: parts of sources, and openings without a source."""
        parties = [
            party
            for parties in self._parties.values()
            for party in parties
            if party.definiteness != "name" or party.span in self._entities.ambiguous
        ]
        return [*(party.span for party in parties), *(opening(statement) for _, statement in self._unattributed())]

    def words_for(self, referent: Referent, form: Form) -> list[str]:
        """The article's words of this form for somebody, as far as they are resolved."""
        return [self.layout.text[slice(*span)] for span, own in self._mentions.of(referent) if own == form]

    def resolve(self) -> list[Attributed]:
        """Who is behind each statement of the analysis, in their order."""
        statements = self._analysis.statements
        found = [Attributed()] * len(statements)
        events = [(source_span(statement), index) for index, statement in enumerate(statements) if statement.source]
        sources: dict[Span, list[int]] = {}
        for span, index in events:
            sources.setdefault(span, []).append(index)
        shared: dict[Span, Attributed] = {}
        taken = {position for span, _ in events for position in range(*span)}
        pronouns = [Span(*match.span()) for match in _FREE_PRONOUN.finditer(self.layout.text)]
        apart = [span for span in pronouns if span.start not in taken and not self.layout.is_quoted(span.start)]
        free = [
            *((span, _PRONOUN) for span in apart),
            *((span, _NAME) for span in self._entities.ambiguous if span not in self._named_sources),
        ]
        bare = [(opening(statement), index) for index, statement in self._unattributed()]
        for span, index in sorted(events + free + bare):
            if index == _PRONOUN:
                self._free_pronoun(span)
                continue
            if index == _NAME:
                self._bearer(span, self._entities.ambiguous[span][0], ())
                continue
            if statements[index].source is None:
                found[index] = self._unsourced(span, index, found)
                continue
            if span not in shared:  # one "he said" may have two statements: all that they say is his
                together = tuple(piece for other in sources[span] for piece in statements[other].content)
                shared[span] = self._referents(span, replace(statements[index], content=together))
            found[index] = shared[span]
            if statements[index].text:  # without, it is no statement, and a mention is asked for
                self._history.append((span.start, found[index].referents))
        around = Enclosing(statements)
        for span, index in events:  # an "I" inside a quotation is whoever speaks there
            if fold(self.layout.text[span.start : span.end]) in _FIRST_PERSON and self.layout.is_quoted(span.start):
                others = (other for other in around.covering(span) if other != index and found[other].referents)
                found[index] = next((found[other] for other in others), found[index])
        return found

    def _unattributed(self) -> list[tuple[int, Statement]]:
        """The statements without a source in which somebody is heard, by number."""
        return [
            (index, statement)
            for index, statement in enumerate(self._analysis.statements)
            if statement.source is None and (statement.form != "indirect" or statement.cue is None)
        ]

    def _unsourced(self, span: Span, index: int, found: Sequence[Attributed]) -> Attributed:
        """Whoever is heard before, if this plainly goes on with it, else whomever the resolver hears."""
        statements = self._analysis.statements
        before = self._continuations.continued(index, lambda number: len(found[number].referents))
        if before is not None:
            return found[before]
        party = Party(self.layout.text[slice(*span)], span, "pronoun", "person")
        choice = self._choose(party, "quotation", statements[index].content)
        chosen = tuple(candidate.referent for candidate in choice.candidates)
        if chosen:
            self._history.append((span.start, chosen))
        return Attributed(chosen, choice.score)

    def _referents(self, span: Span, statement: Statement) -> Attributed:
        referents: list[Referent] = []
        score = 1.0
        for party in self._parties[span]:
            if party.definiteness == "name" and party.entity is not None:
                entity, own = self._bearer(party.span, party.entity, statement.content)
                resolved: tuple[Referent, ...] = (self._standing_for(entity, party),)
                score = min(score, own)
            else:
                resolved, own = self._referred(party, statement)
                score = min(score, own)
            referents.extend(referent for referent in resolved if referent not in referents)
        return Attributed(tuple(referents), score, " ".join(self.layout.text[slice(*span)].split()))

    def _bearer(self, place: Span, usual: Entity, content: tuple[Span, ...]) -> tuple[Entity, float]:
        """Who is meant by a name, and how sure that is; the place is then one of their mentions.

        That is ``usual``, unless several people bear the name and the resolver chooses another of them.
        """
        entity, score = usual, _BY_NAME
        if bearers := self._entities.ambiguous.get(place):
            party = Party(self.layout.text[slice(*place)], place, "name", "person")
            choice = self._choose(party, "name", content, among=bearers)
            for referent in (candidate.referent for candidate in choice.candidates):
                if isinstance(referent, Entity):
                    entity, score = referent, choice.score
        self._mentions.add(entity, place, self._form(place))
        return entity, score

    def _form(self, span: Span) -> Form:
        return "full name" if " " in self.layout.text[slice(*span)].strip() else "short name"

    def _standing_for(self, entity: Entity, party: Party) -> Referent:
        """The country if a capital means its government, else the entity itself."""
        if entity.kind != "organization" or entity.country is not None:
            return entity
        form = self.layout.text[party.span.start : party.span.end]
        country = country_of_seat(form)
        if country is None or fold(party.words.removesuffix("'s").removesuffix("’s")).removeprefix("the ") != fold(
            form
        ):
            return entity
        government = self._entities.country(country)
        government.add(form)
        return government

    # Pronouns and descriptions

    def _referred(self, party: Party, statement: Statement) -> tuple[tuple[Referent, ...], float]:
        """Whom words without a name stand for, and how sure that is."""
        plain = fold(party.words)
        if party.definiteness == "pronoun":
            if plain in _RELATIVE:
                return self._relative(party, statement)
            kind = _pronoun_kind(plain)
            return self._asked(party, kind, statement) if kind else ((self._nameless(party),), _NAMELESS)
        if party.definiteness == "label":
            return self._labelled.get(party.words) or self._whose_turn(party, statement)
        if party.plural or party.kind == "group":
            return self._asked(party, "several", statement)
        if party.definiteness == "definite":
            return self._asked(party, _description_kind(party), statement)
        return (self._nameless(party),), _NAMELESS

    def _whose_turn(self, party: Party, statement: Statement) -> tuple[tuple[Referent, ...], float]:
        """Who says all turns with this label of a few letters: one of the people named before the first such label.

        Two labels are never one person. ``A`` is asked about before ``Q``, as whom an interview is with is clearer.
        """
        labels = [each for parties in self._parties.values() for each in parties if each.definiteness == "label"]
        answers = next((each for each in labels if each.words == "A"), None)
        if party.words == "Q" and answers is not None and "A" not in self._labelled:
            turns = (each for each in self._analysis.statements if each.source and source_span(each) == answers.span)
            self._whose_turn(answers, next(turns, statement))
        taken = [referent for referents, _ in self._labelled.values() for referent in referents]
        first = labels[0].span.start
        among = [
            referent
            for referent, mentions in self._mentions.candidates(first)
            if referent.kind == "person" and referent not in taken and mentions[0][0].start < first
        ]
        choice = self._choose(party, "person", statement.content, among)
        chosen = tuple(candidate.referent for candidate in choice.candidates)
        self._labelled[party.words] = chosen or (self._nameless(party),), choice.score if among else _NAMELESS
        return self._labelled[party.words]

    def _asked(self, party: Party, kind: AnaphorKind, statement: Statement) -> tuple[tuple[Referent, ...], float]:
        choice = self._choose(party, kind, statement.content)
        chosen = tuple(candidate.referent for candidate in choice.candidates)
        if not chosen:
            return (self._nameless(party),), choice.score
        form: Form = "pronoun" if party.definiteness == "pronoun" else "description"
        role = self._role(party)
        for referent in chosen:
            self._mentions.add(referent, party.span, form)
            if role is not None and len(chosen) == 1 and isinstance(referent, Entity) and referent.kind == "person":
                note_role(referent, role)
        return chosen, choice.score

    def _role(self, party: Party) -> Role | None:
        """The role that a description of a person names."""
        return make_role(" ".join(self.layout.text[slice(*party.span)].split())) if party.kind == "person" else None

    def _free_pronoun(self, span: Span) -> None:
        """A pronoun that is no source: one more mention of whom it stands for."""
        party = Party(self.layout.text[slice(*span)], span, "pronoun", "person")
        for candidate in self._choose(party, "he or she", ()).candidates:
            self._mentions.add(candidate.referent, span, "pronoun")

    def _choose(
        self, party: Party, kind: AnaphorKind, content: tuple[Span, ...], among: Sequence[Referent] | None = None
    ) -> Choice:
        """The resolver's answer; ``among`` are the only ones who may be meant, where that is known."""
        gender = PRONOUN_GENDERS.get(fold(party.words)) if kind == "he or she" else None
        plural = kind in ("they", "several") or party.plural
        number = number_of(party.words) if kind == "several" else None
        anaphor = Anaphor(party.span, party.words, kind, gender, plural, content, number)
        role = self._role(party)
        last = self._last_referents(party.span.start)
        candidates = []
        for referent, mentions in self._mentions.candidates(party.span.start):
            if _agrees(anaphor, referent) if among is None else referent in among:
                forms = referent.forms if isinstance(referent, Entity) else [referent.description]
                fit = fit_of(role, referent) if isinstance(referent, Entity) else 1
                shares = shares_words(party.words, forms)
                candidates.append(Candidate(referent, mentions, referent in last, fit, shares))
        return self._resolver.choose(self._analysis, self.layout, anaphor, candidates)

    def _last_referents(self, position: int) -> tuple[Referent, ...]:
        """Who spoke last, if not too long ago."""
        if not self._history:
            return ()
        where, referents = self._history[-1]
        near = self.layout.paragraph_at(position) - self.layout.paragraph_at(where) < _NEAR_PARAGRAPHS
        return referents if near else ()

    def _relative(self, party: Party, statement: Statement) -> tuple[tuple[Referent, ...], float]:
        """What ``who`` and ``which`` refer to, and how sure that is: the name that they follow, or whoever is meant."""
        sentence = self.layout.sentence_span(party.span.start)
        ended = party.span.start
        while ended > sentence.start and self.layout.text[ended - 1] in " ,–—\t\n":
            ended -= 1
        for place in self._entities.inside(Span(max(sentence.start, ended - _FARTHEST), ended)):
            if place.span.end == ended and place.entity is not None:
                return (place.entity,), _BY_NAME
        choice = self._choose(party, "other", statement.content)
        if choice.candidates:
            return tuple(candidate.referent for candidate in choice.candidates), choice.score
        phrase = self._phrase_before(sentence.start, ended)
        if phrase is None:
            return (self._nameless(party),), choice.score
        plural = is_plural(head_word(phrase))
        kind: Kind = "group" if plural else "person" if fold(party.words) == "who" else "unknown"
        described = Party(phrase, party.span, "indefinite", kind, None, plural, head_word(phrase))
        return (self._nameless(described),), choice.score

    def _phrase_before(self, start: int, end: int) -> str | None:
        words = re.findall(r"[\w'’\-]+|[^\w\s]", self.layout.text[max(start, end - _FARTHEST) : end])
        kept: list[str] = []
        for word in reversed(words[-5:]):
            if not word[0].isalnum() or word.casefold() in _NOT_IN_PHRASE:
                break
            kept.append(word)
            if word.casefold() in ("the", "a", "an", "some", "those", "many", "most", "one"):
                break
        return " ".join(reversed(kept)) or None

    def _nameless(self, party: Party) -> Unnamed:
        """The unnamed referent of this description: of the same words, or of ``a driver`` for ``the driver``."""
        words = re.sub(r"^(?:the|a|an) ", "", fold(party.words))
        if party.definiteness == "pronoun":
            return Unnamed(party.words, party.kind)
        if words in self._unnamed:
            return self._unnamed[words]
        earlier = self._last_of_head.get(party.head)
        if earlier is not None and party.definiteness == "definite" and words == fold(party.head):
            return earlier
        referent = Unnamed(party.words, party.kind, party.head, party.span.start)
        self._unnamed[words] = referent
        last = self._last_of_head.setdefault(party.head, referent)
        if referent.position > last.position:
            self._last_of_head[party.head] = referent
        self._mentions.add(referent, party.span, "description")
        return referent


def _pronoun_kind(plain: str) -> AnaphorKind | None:
    if plain in PRONOUN_GENDERS:
        return "he or she"
    return "they" if plain in _THEY else "it" if plain in _IT else None


def _description_kind(party: Party) -> AnaphorKind:
    kinds: dict[Kind, AnaphorKind] = {"person": "person", "organization": "organization", "document": "document"}
    return kinds.get(party.kind, "other")


def _agrees(anaphor: Anaphor, referent: Referent) -> bool:
    """Whether nothing rules ``referent`` out: its kind, or a gender that the article shows.

    Somebody unnamed can only be meant by a pronoun: a description of them would use the same words.
    """
    if anaphor.kind == "he or she":
        if not isinstance(referent, Entity):
            return referent.kind in ("person", "unknown")  # "a driver"
        return referent.kind == "person" and referent.gender in (None, anaphor.gender)
    if anaphor.kind == "quotation":
        return referent.kind != "document"
    if anaphor.kind in ("they", "it"):
        return anaphor.kind == "they" or referent.kind != "person"
    if not isinstance(referent, Entity):
        return False
    if anaphor.kind == "organization":
        return referent.kind in ("organization", "unknown")
    if anaphor.kind == "document":
        return referent.kind in ("document", "unknown")
    personal = anaphor.kind == "person" or fold(anaphor.words) in _PERSONS
    return not personal or referent.kind == "person"


def opening(statement: Statement) -> Span:
    """The first character of what is said: a quotation mark or a letter."""
    start = statement.content[0].start
    return Span(start, start + 1)


def source_span(statement: Statement) -> Span:
    """The longest piece of a statement's source, the first of several, without a closing comma; it must have one."""
    if statement.source is None:
        raise ValueError(f"statement {statement.id} has no source")
    spans, words = statement.source.spans, statement.source.text
    longest = max(spans, key=lambda span: span.end - span.start)
    closing = len(words) - len(words.rstrip(",;: ")) if longest == spans[-1] else 0
    return Span(longest.start, longest.end - closing)
