"""What a source mention refers to: which of its names is the head, how many parties, what description.

``U.S. State Department spokeswoman Jen Psaki`` has one name that speaks and one that only modifies. In
``a spokesman for Ada Lund`` no name speaks, in ``both Norland and the Union`` two do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from onrecord.document import Kind, Span
from onrecord.names.forms import fold, is_behind_name, is_title
from onrecord.stages.speakers.entities import ArticleEntities, Entity, NamePlace
from onrecord.stages.speakers.organizations import OrganizationReader
from onrecord.stages.speakers.phrases import PLURALS, counts_several, head_word, is_definite, is_plural, kind_of
from onrecord.stages.speakers.role_phrases import PRONOUN_GENDERS, joins_portfolios, role_noun
from onrecord.text.positions import PREPOSITIONS, Layout, leads_to_object
from onrecord.text.segmentation import trim
from onrecord.text.word_lists import read_lists

Definiteness = Literal["name", "pronoun", "definite", "indefinite", "label"]

_WORDS: Final = read_lists("onrecord.stages.speakers", "sources")
PRONOUNS: Final = _WORDS["pronouns"]
_BREAK: Final = re.compile(r"[,;()\[\]\n]|\s[–—-]{1,2}\s|--|—|(?<!\w)(?:who|whose|whom|which|that)(?!\w)")
_AND: Final = re.compile(r"\s*(?:(?<!\w)(?:and|as well as|along with|together with)(?!\w)|&)\s*")
_OPENS_WITH_AND: Final = re.compile(r"\s*(?:and|as well as|along with|together with|or)\s+")
_ACRONYM: Final = re.compile(r"\s[(“\"][A-Z][\w\-.]{1,11}[)”\"]\s*")
_EXAMPLES: Final = re.compile(r"\W+(?:including|like|among them|such as)\s+")
_NAMING: Final = re.compile(
    r"\b(?:called|named|known as|(?:calls|calling) (?:him|her|it|them)sel(?:f|ves)|"
    r"(?:identified|identifying|introduced|introducing) (?:him|her|it|them)sel(?:f|ves)(?: only)? as)\s+"
)
"""What leads from a description to the name."""
_FILLERS: Final = re.compile(r"\s*(?:both|even|also|including|according to|by|from|either|neither)\s+", re.IGNORECASE)
_PLURAL_PRONOUNS: Final = frozenset(["they", "them", "their", "we", "us", "our", "these", "those"])
_WORDS_OF: Final = _WORDS["sayings"]
"""What somebody says: ``Lund's remarks`` are Lund's."""
_ADVERBS: Final = _WORDS["after a name"]


@dataclass(frozen=True, slots=True)
class Party:
    """One party that a source refers to, before pronouns and descriptions are resolved."""

    words: str
    span: Span
    definiteness: Definiteness
    kind: Kind
    entity: Entity | None = None
    plural: bool = False
    head: str = ""


class MentionReader:
    """Reads source mentions of one article."""

    def __init__(self, layout: Layout, entities: ArticleEntities) -> None:
        self._layout = layout
        self._text = layout.text
        self._entities = entities
        self._organizations = OrganizationReader(layout, entities)

    def read(self, source: Span) -> list[Party]:
        """The parties of one source mention, in order; empty if there are no words in it."""
        span = self._tidy(source)
        words = " ".join(self._text[span.start : span.end].split())
        if not any(character.isalnum() for character in words):
            return []
        plain = fold(words)
        if plain in PRONOUNS and words not in ("US", "IT", "WHO"):
            return [Party(words, span, "pronoun", _pronoun_kind(plain), plural=plain in _PLURAL_PRONOUNS)]
        segments = self._cut(span)
        return (
            self._labelled(span, words)
            or self._enumerated(span)
            or self._exemplified(span)
            or self._introduced(span)
            or self._named(segments)
            or self._apposed(segments)
            or self._bracketed(segments, span)
            or self._trailing_pronoun(segments)
            or [self._described(span, segments)]
        )

    def _labelled(self, span: Span, words: str) -> list[Party]:
        """Whose turn of a transcript begins with ``Q``, ``A`` or somebody's initials."""
        if not re.fullmatch("[A-Z]{1,3}", words) or not self._opens_line(span):
            return []
        people = self._entities.by_initials.get(words, [])
        if len(people) == 1:
            return [Party(words, span, "name", "person", people[0])]
        return [Party(words, span, "label", "person")]

    def _opens_line(self, span: Span) -> bool:
        start = span.start
        while start and self._text[start - 1] in " \t":
            start -= 1
        return self._text[max(0, start - 1) : start] in ("", "\n") and self._text[span.end : span.end + 1] in (":", ".")

    def _trailing_pronoun(self, segments: list[Span]) -> list[Party]:
        """The pronoun of ``However, she``, where the source mention has too many words."""
        last = segments[-1] if len(segments) > 1 else Span(0, 0)
        words = self._text[slice(*last)].casefold()
        return self.read(last) if words in ("he", "she", "they", "it") else []

    def _bracketed(self, segments: list[Span], span: Span) -> list[Party]:
        entity = self._organizations.bracketed(segments[0], span) if segments else None
        if entity is None:
            return []
        return [Party(" ".join(self._text[slice(*span)].split()), segments[0], "name", entity.kind, entity)]

    # Cutting

    def _tidy(self, span: Span) -> Span:
        words = self._text[span.start : span.end]
        inner = words.strip(' \t\r\n\u00a0,;:.—–-"“”„«»')
        if inner.count(")") > inner.count("("):
            inner = inner.rstrip(")")
        start = span.start + words.find(inner)
        if re.search(r"(?<!\w)(?:\w\.)+\w$", inner) and self._text[start + len(inner) : start + len(inner) + 1] == ".":
            inner += "."  # the full stop of "U.S." belongs to it
        if filler := _FILLERS.match(inner):
            start, inner = start + filler.end(), inner[filler.end() :]
        return Span(start, start + len(inner))

    def _segments(self, span: Span) -> Iterator[Span]:
        """The parts of ``span`` between commas and the like, without parentheses and relative clauses."""
        start, skip = span.start, False
        acronym_end = 0
        for mark in [*_BREAK.finditer(self._text, span.start, span.end), None]:
            if mark is not None and (self._within_name(mark.start()) or mark.start() < acronym_end):
                continue
            acronym = _ACRONYM.match(self._text, mark.start() - 1, span.end) if mark is not None else None
            if acronym is not None and self._text[acronym.end() : acronym.end() + 1].isalpha():
                acronym_end = acronym.end()  # "the Harbour Board (HB) chairman"
                continue
            end = span.end if mark is None else mark.start()
            part = trim(self._text, Span(start, end))
            if not skip and part.end > part.start:
                yield part
            if mark is not None:
                skip = mark.group() in ("(", "[") or mark.group().strip().isalpha()
                start = mark.end()

    def _conjuncts(self, segment: Span) -> list[Span]:
        parts, start = [], segment.start
        for mark in _AND.finditer(self._text, segment.start, segment.end):
            inner = self._within_name(mark.start() + mark.group().find(mark.group().strip()))
            before, after = self._text[start : mark.start()].split(), self._text[mark.end() : segment.end].split()
            if not inner and not joins_portfolios(before, after):
                parts.append(trim(self._text, Span(start, mark.start())))
                start = mark.end()
        parts.append(trim(self._text, Span(start, segment.end)))
        return [part for part in parts if part.end > part.start]

    def _within_name(self, position: int) -> bool:
        return self._entities.is_within_name(position)

    # Names

    def _named(self, segments: list[Span]) -> list[Party]:
        """Parties whose first is a name: one, or several that are coordinated."""
        if not segments:
            return []
        found = self._coordinated(segments[0])
        if not found:
            return []
        if len(found) == 1 and self._is_list(segments):
            for segment in segments[1:]:
                found += self._coordinated(self._without_and(segment))
            return found
        if found[-1].entity is None and len(segments) > 1 and self._is_pure(segments[1], ("person",)):
            found[-1:] = self._coordinated(segments[1])  # "Ada Lund and the mayor, Bo Berg"
        for segment in segments[1:]:
            if _OPENS_WITH_AND.match(self._text, segment.start, segment.end):
                found += self._coordinated(self._without_and(segment))
        return found

    def _apposed(self, segments: list[Span]) -> list[Party]:
        """Parties named only in an apposition: ``the mayor of Easton, Ada Lund``; ``two guards – Bo and Eva Ek``."""
        if len(segments) > 1 and self._calls_body(*segments[:2]):
            return self._coordinated(segments[1])
        if segments and self._described(segments[0], segments).kind == "document":
            return []  # "a statement issued by the mayor, Ada Lund"
        for index, segment in enumerate(segments[1:], 1):
            parts = self._conjuncts(segment)
            if self._is_list(segments[index:]):
                whole = [self._without_and(part) for part in segments[index:]]
                return [party for part in whole for party in self._coordinated(part)]
            if all(self._is_pure(part, ("person",)) for part in parts):
                return [party for part in parts for party in self._coordinated(part)]
            head = self._head(segment)
            if head is not None and head.entity is not None and head.entity.kind == "person" and len(parts) == 1:
                before = self._text[segment.start : head.span.start]
                if head.span.end == segment.end and before and role_noun(before):
                    return [self._name(head, segment)]
        return []

    def _calls_body(self, noun: Span, name: Span) -> bool:
        """Whether a common noun for one organization and its name stand side by side: ``the retailer, Quickmart``."""
        party, labels = self._described(noun, [noun]), [place.label for place in self._entities.inside(name)]
        return (party.kind, party.plural, labels) == ("organization", False, ["organization"]) and self._is_pure(name)

    def _enumerated(self, span: Span) -> list[Party]:
        """The parties of ``the mayor, Ada Lund; the treasurer, Bo Berg, and the clerk, Eva Ek``."""
        if ";" not in self._text[slice(*span)]:
            return []
        parts, start = [], span.start
        for mark in [*re.compile(r";|(?<=\w) and (?=the )").finditer(self._text, *span), None]:
            parts.append(trim(self._text, Span(start, span.end if mark is None else mark.start())))
            start = span.end if mark is None else mark.end()
        found = [self._named(segments) or self._apposed(segments) for segments in map(self._cut, parts)]
        return [party for parties in found for party in parties] if all(found) else []

    def _exemplified(self, span: Span) -> list[Party]:
        """The group and the names of ``bodies such as the Harbour Board`` and ``critics, including Ada Lund``."""
        match = _EXAMPLES.search(self._text, *span)
        if match is None or not re.search(r"\w", self._text[span.start : match.start()]):
            return []
        group = trim(self._text, Span(span.start, match.start()))
        examples = self._named(self._cut(Span(match.end(), span.end)))
        party = self._described(group, self._cut(group))
        return [party, *examples] if examples and party.plural else []

    def _introduced(self, span: Span) -> list[Party]:
        """The name of ``a man who identified himself as Bo Berg`` and ``a group called Future Norland``."""
        match = _NAMING.search(self._text, *span)
        if match is None or self._within_name(match.start()):
            return []
        segments = self._cut(Span(match.end(), span.end))
        found = self._named(segments)
        opening = self._text[match.end() : found[0].span.start] if found else ""
        return found if len(found) == 1 and all(is_title(word) for word in opening.split()) else []

    def _cut(self, span: Span) -> list[Span]:
        return list(self._segments(span))

    def _is_list(self, segments: list[Span]) -> bool:
        last = segments[-1]
        closing = len(self._conjuncts(last)) > 1 or _OPENS_WITH_AND.match(self._text, last.start, last.end)
        parts = [part for segment in segments for part in self._conjuncts(self._without_and(segment))]
        return len(segments) > 1 and bool(closing) and all(self._is_pure(part) for part in parts)

    def _is_pure(self, part: Span, kinds: tuple[Kind, ...] = ("person", "organization")) -> bool:
        """Whether ``part`` is one name and nothing else but titles and an article."""
        places = [place for place in self._entities.inside(part) if place.entity is not None]
        if len(places) != 1 or places[0].entity is None or places[0].entity.kind not in kinds:
            return False
        rest = self._text[part.start : places[0].span.start] + self._text[places[0].span.end : part.end]
        return all(is_title(word) or fold(word) in ("the", "s", "") for word in rest.split())

    def _without_and(self, segment: Span) -> Span:
        opening = _OPENS_WITH_AND.match(self._text, segment.start, segment.end)
        return Span(opening.end(), segment.end) if opening else segment

    def _coordinated(self, segment: Span) -> list[Party]:
        parts = self._conjuncts(segment)
        if len(parts) > 1 and not re.search(r"\bbetween\b", self._text[slice(*parts[0])]):
            heads = [self._head(part) for part in parts]
            if heads[0] is not None and all(
                head is not None or self._is_group(part) or self._is_holder(part) or self._is_company(part)
                for head, part in zip(heads, parts, strict=True)
            ):
                return [
                    self._name(head, part) if head is not None else self._described(part, [part])
                    for head, part in zip(heads, parts, strict=True)
                ]
            last = heads[-1]
            if last is not None and last.span.end == parts[-1].end and self._is_group(parts[0]) and len(parts) == 2:
                return [self._described(parts[0], parts[:1]), self._name(last, parts[-1])]
        head = self._head(segment)
        if head is not None:
            return [self._name(head, segment)]
        words = " ".join(self._text[slice(*segment)].split())
        if (document := self._organizations.law(segment)) is not None:
            return [Party(words, segment, "name", "document", document)]
        found = self._organizations.read(segment)
        if found is None or self._holds(segment):
            return []
        return [Party(words, found[0], "name", "organization", found[1])]

    def _holds(self, segment: Span) -> bool:
        """Whether ``segment`` means somebody at an organization, not the organization."""
        return role_noun(self._text[slice(*segment)]) is not None

    def _is_holder(self, part: Span) -> bool:
        """Whether ``part`` is like ``the mayor of Easton``."""
        words = self._text[part.start : part.end]
        return words.startswith("the ") and role_noun(words) is not None

    def _is_company(self, part: Span) -> bool:
        """Whether ``part`` is several others without a name, as behind ``Ada Lund and``: ``allies``."""
        named = any(place.entity is not None for place in self._entities.inside(part))
        return not named and is_plural(head_word(self._text[part.start : part.end]))

    def _is_group(self, part: Span) -> bool:
        words = fold(self._text[part.start : part.end]).split() or [""]
        head = head_word(self._text[part.start : part.end])
        owned = words[0] in ("his", "her", "their", "its", "others", "the") or words[0] in PLURALS
        named = any(place.entity is not None for place in self._entities.inside(part))
        several = is_plural(head) and role_noun(head) is not None
        return (not named and owned) or (several and (not named or words[-1] == head))

    def _name(self, place: NamePlace, segment: Span) -> Party:
        entity = place.entity
        if entity is None:
            raise ValueError("a name that only modifies heads no party")
        words = " ".join(self._text[segment.start : segment.end].split())
        return Party(words, place.span, "name", entity.kind, entity)

    def _head(self, segment: Span) -> NamePlace | None:
        """The name in ``segment`` that speaks: not a modifier, not an owner, not governed by a preposition."""
        places = self._entities.inside(segment)
        for index, place in enumerate(places):
            if place.entity is None or self._is_aside(segment, place) or self._is_one_of_many(segment, place):
                continue
            rest = self._text[place.span.end : segment.end]
            if re.match(r"[-‐‑/]\w", rest):  # "the Easton-based institute", "a Star/Gazette poll"
                continue
            possessive = re.match(r"[’'][sS]?(?!\w)", rest)
            if possessive:
                rest = rest[possessive.end() :]
                if rest.strip(" .,") and not (place.entity.kind == "person" and rest.strip(" .,") in _WORDS_OF):
                    continue
                rest = ""
            rest = _ACRONYM.sub("", rest)
            following = re.match(r"[”\"]?\s*([^\W\d_][\w'’\-]*)", rest)
            word = following.group(1) if following else ""
            # "the Harbour Treaty signed in 1960"
            clause = word == "former" or (place.entity.kind != "person" and re.fullmatch("[a-z]+(?:ed|ing)", word))
            own_kind = self._organizations.names_own_kind(segment, place)
            modifies = word and not own_kind and not clause and word.casefold() not in PREPOSITIONS | _ADVERBS
            if modifies and not (place.entity.kind == "person" and is_behind_name(word)):
                continue
            if not self._is_governed(segment, place, places[:index]):
                return place
        return None

    def _is_aside(self, segment: Span, place: NamePlace) -> bool:
        """Whether a name is an abbreviation or a nickname of what stands before it: ``Sub-Inspector (SI)``."""
        return place.span.start > segment.start and self._text[place.span.start - 1] in '(“"'

    def _is_one_of_many(self, segment: Span, place: NamePlace) -> bool:
        """Whether a name only says what several are: ``two outside GOP spending groups``, ``many Millennials``."""
        before = self._text[segment.start : place.span.start].casefold().split()
        is_person = place.entity is not None and place.entity.kind == "person"
        return not is_person and bool(before) and counts_several(before[0])

    def _is_governed(self, segment: Span, place: NamePlace, earlier: list[NamePlace]) -> bool:
        """Whether the last preposition before ``place`` governs it.

        In ``head of the Harbour Board Ada Lund`` it governs the board, in ``an aide to mayor Ada Lund`` the person.
        """
        before = self._text[segment.start : place.span.start]
        tokens = [  # a preposition inside a name ("University of Easton") governs nothing outside of it
            token
            for token in re.finditer(r"[\w.'’\-]+", before)
            if token.group().casefold() not in PREPOSITIONS or not self._within_name(segment.start + token.start())
        ]
        last = next((i for i in range(len(tokens) - 1, 0, -1) if tokens[i].group().casefold() in PREPOSITIONS), None)
        if last is None:  # or a participle: "lawyers representing the Harbour Board"
            return leads_to_object(before)
        if (told := self._entities.described.get(place.span)) is not None:
            return told > segment.start + tokens[last].start()
        between = tokens[last + 1 :]
        has_the = bool(between) and between[0].group().casefold() == "the"
        between = [token for token in between if token.group().casefold() not in ("the", "a", "an")]
        if not between or place.entity is None or place.entity.kind != "person":
            return True
        closing = next((place for place in earlier if place.span.end == segment.start + between[-1].end()), None)
        if closing is not None:
            return closing.label == "norp"
        word = between[-1].group()
        if word[0].isupper() and not is_title(word):
            return False
        return not (has_the and tokens[0].group().casefold() not in ("a", "an", "one"))

    # Descriptions

    def _described(self, span: Span, segments: list[Span]) -> Party:
        first = segments[0] if segments else span
        phrase = " ".join(self._text[first.start : first.end].split())
        words = " ".join(self._text[span.start : span.end].split())
        head = head_word(phrase)
        plural = is_plural(head) or phrase.split()[0].casefold() in PLURALS
        definiteness: Definiteness = "definite" if is_definite(phrase) else "indefinite"
        if head == "group" and definiteness == "indefinite":
            return Party(words, first, definiteness, "group", None, True, head)
        return Party(words, first, definiteness, kind_of(head, phrase, plural), None, plural, head)


def _pronoun_kind(pronoun: str) -> Kind:
    if pronoun in PRONOUN_GENDERS or pronoun in ("i", "me", "my"):
        return "person"
    return "group" if pronoun in _PLURAL_PRONOUNS else "unknown"
