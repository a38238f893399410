"""What the words of a source mention stand for: which of its names is the head, how many parties, what description.

``U.S. State Department spokeswoman Jen Psaki`` has one name that speaks and one that only modifies;
``a spokesman for Ada Lund`` has none that speaks; ``both Norland and the Union`` has two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from onrecord.document import Kind, Span
from onrecord.stages.countries import adjective_of, country_of_adjective
from onrecord.stages.entities import ArticleEntities, Entity, NamePlace
from onrecord.stages.layout import PREPOSITIONS, Layout
from onrecord.stages.naming import fold, is_title
from onrecord.stages.roles import PRONOUN_GENDERS, role_noun
from onrecord.stages.vocabulary import DOCUMENT_NOUNS

Definiteness = Literal["name", "pronoun", "definite", "indefinite"]

PRONOUNS: Final = frozenset(
    """i me my we us our you your he him his she her hers himself herself they them their it its itself who whom whose
    which that this these those one""".split()  # noqa: SIM905
)
_BREAK: Final = re.compile(r"[,;()\[\]]|\s[–—-]{1,2}\s|--|—|(?<!\w)(?:who|whose|whom|which|that)(?!\w)")
_AND: Final = re.compile(r"\s*(?:(?<!\w)(?:and|as well as|along with|together with)(?!\w)|&)\s*")
_OPENS_WITH_AND: Final = re.compile(r"\s*(?:and|as well as|along with|together with|or)\s+")
_FILLERS: Final = re.compile(r"\s*(?:both|even|also|including|according to|by|from|either|neither)\s+", re.IGNORECASE)
_PLURAL_PRONOUNS: Final = frozenset(["they", "them", "their", "we", "us", "our", "these", "those"])
_COLLECTIVE: Final = frozenset(
    """administration government campaign ministry army military police parliament embassy office department party
    authorities presidency cabinet bureau company union court committee council board delegation mission team
    newspaper agency organization organisation camp press-office team regime junta senate legislature""".split()  # noqa: SIM905
)
BODIES: Final = _COLLECTIVE | frozenset(
    """association bank broadcaster charity church club commission country city firm foundation group hospital
    institute magazine maker nation network operator outlet paper programme program publication retailer school
    service society state station think-tank tribunal university watchdog website""".split()  # noqa: SIM905
)
_GOVERNMENTS: Final = frozenset(["government", "administration", "authorities", "regime", "delegation"])
_PLURALS: Final = frozenset(
    """people police public many most some several others few both all men women children folks crowd majority
    percent media experts staff parents those half everyone everybody none youth opposition leadership two three
    group""".split()  # noqa: SIM905
)
_PERSONAL: Final = frozenset(
    """man woman boy girl person someone somebody anyone guy mom dad source insider passer-by bystander onlooker
    one child youth teenager adult gentleman anybody nobody""".split()  # noqa: SIM905
)
_ADVERBS: Final = frozenset(
    """himself herself itself themselves too also then later once now recently himself jr sr alone said says has had
    was is were are""".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Party:
    """One party that a source stands for, before pronouns and descriptions are resolved."""

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

    def read(self, source: Span) -> list[Party]:
        """The parties of one source mention, in order; empty if there are no words in it."""
        span = self._tidy(source)
        words = " ".join(self._text[span.start : span.end].split())
        if not any(character.isalnum() for character in words):
            return []
        plain = fold(words)
        if plain in PRONOUNS and words not in ("US", "IT", "WHO"):
            return [Party(words, span, "pronoun", _pronoun_kind(plain), plural=plain in _PLURAL_PRONOUNS)]
        segments = list(self._segments(span))
        return (
            self._named(segments)
            or self._apposed(segments)
            or self._trailing_pronoun(segments)
            or [self._described(span, segments)]
        )

    def _trailing_pronoun(self, segments: list[Span]) -> list[Party]:
        """The pronoun of ``However, she``, where more was taken for the source than is."""
        last = segments[-1] if len(segments) > 1 else Span(0, 0)
        words = self._text[slice(*last)].casefold()
        return self.read(last) if words in ("he", "she", "they", "it") else []

    # Cutting

    def _tidy(self, span: Span) -> Span:
        words = self._text[span.start : span.end]
        inner = words.strip(' \t\r\n\u00a0,;:.—–-"“”„«»')
        start = span.start + words.find(inner)
        if re.search(r"(?<!\w)(?:\w\.)+\w$", inner) and self._text[start + len(inner) : start + len(inner) + 1] == ".":
            inner += "."  # the full stop of "U.S." belongs to it
        if filler := _FILLERS.match(inner):
            start, inner = start + filler.end(), inner[filler.end() :]
        return Span(start, start + len(inner))

    def _segments(self, span: Span) -> Iterator[Span]:
        """The parts of ``span`` between commas and the like, without parentheses and relative clauses."""
        start, skip = span.start, False
        for mark in [*_BREAK.finditer(self._text, span.start, span.end), None]:
            if mark is not None and self._within_name(mark.start()):
                continue
            end = span.end if mark is None else mark.start()
            part = self._strip(Span(start, end))
            if not skip and part.end > part.start:
                yield part
            if mark is not None:
                skip = mark.group() in ("(", "[") or mark.group().strip().isalpha()
                start = mark.end()

    def _conjuncts(self, segment: Span) -> list[Span]:
        parts, start = [], segment.start
        for mark in _AND.finditer(self._text, segment.start, segment.end):
            if not self._within_name(mark.start() + mark.group().find(mark.group().strip())):
                parts.append(self._strip(Span(start, mark.start())))
                start = mark.end()
        parts.append(self._strip(Span(start, segment.end)))
        return [part for part in parts if part.end > part.start]

    def _within_name(self, position: int) -> bool:
        return self._entities.is_within_name(position)

    def _strip(self, span: Span) -> Span:
        start, end = span
        while start < end and self._text[start].isspace():
            start += 1
        while end > start and self._text[end - 1].isspace():
            end -= 1
        return Span(start, end)

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
        """Parties named only in an apposition: ``the mayor of Easton, Ada Lund``."""
        for segment in segments[1:]:
            parts = self._conjuncts(segment)
            if all(self._is_pure(part, ("person",)) for part in parts):
                return [party for part in parts for party in self._coordinated(part)]
            head = self._head(segment)
            if head is not None and head.entity is not None and head.entity.kind == "person" and len(parts) == 1:
                before = self._text[segment.start : head.span.start]
                if head.span.end == segment.end and before and role_noun(before):
                    return [self._name(head, segment)]
        return []

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
        if len(parts) > 1:
            heads = [self._head(part) for part in parts]
            if heads[0] is not None and all(
                head is not None or self._is_group(part) or self._is_holder(part)
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
        body = self._body(segment)
        return [body] if body is not None else []

    def _is_holder(self, part: Span) -> bool:
        """Whether ``part`` is like ``the mayor of Easton``."""
        words = self._text[part.start : part.end]
        return words.startswith("the ") and role_noun(words) is not None

    def _is_group(self, part: Span) -> bool:
        words = fold(self._text[part.start : part.end]).split()
        head = head_word(self._text[part.start : part.end])
        owned = words[0] in ("his", "her", "their", "its", "others", "the") or words[0] in _PLURALS
        return not self._entities.inside(part) and (owned or (is_plural(head) and role_noun(head) is not None))

    def _name(self, place: NamePlace, segment: Span) -> Party:
        entity = place.entity
        if entity is None:
            raise ValueError("a name that only modifies heads no party")
        words = " ".join(self._text[segment.start : segment.end].split())
        return Party(words, place.span, "name", entity.kind, entity)

    def _head(self, segment: Span) -> NamePlace | None:
        """The name in ``segment`` that speaks: no modifier, no owner, not what a preposition governs."""
        places = self._entities.inside(segment)
        for index, place in enumerate(places):
            if place.entity is None:
                continue
            rest = self._text[place.span.end : segment.end]
            if re.match(r"[-‐‑]\w", rest):  # "the Easton-based institute"
                continue
            possessive = re.match(r"[’']s?(?!\w)", rest)
            if possessive:
                rest = rest[possessive.end() :]
                if rest.strip(" .,"):
                    continue
            following = re.match(r"\s*([^\W\d_][\w'’\-]*)", rest)
            word = following.group(1) if following else ""
            modifies = word and word.casefold() not in PREPOSITIONS and word.casefold() not in _ADVERBS
            if modifies and not (place.entity.kind == "person" and is_acronym_like(word)):
                continue
            if not self._is_governed(segment, place, places[:index]):
                return place
        return None

    def _is_governed(self, segment: Span, place: NamePlace, earlier: list[NamePlace]) -> bool:
        """Whether ``place`` is what the last preposition before it is about.

        In ``head of the Harbour Board Ada Lund`` that is the board; in ``an aide to mayor Ada Lund`` it is she.
        """
        before = self._text[segment.start : place.span.start]
        tokens = list(re.finditer(r"[\w.'’\-]+", before))
        last = next((i for i in range(len(tokens) - 1, 0, -1) if tokens[i].group().casefold() in PREPOSITIONS), None)
        if last is None:
            return False
        between = tokens[last + 1 :]
        has_the = bool(between) and between[0].group().casefold() == "the"
        between = [token for token in between if token.group().casefold() not in ("the", "a", "an")]
        if not between or place.entity is None or place.entity.kind != "person":
            return True
        closing = next((one for one in earlier if one.span.end == segment.start + between[-1].end()), None)
        if closing is not None:
            return closing.label == "norp"
        word = between[-1].group()
        if word[0].isupper() and not is_title(word):
            return False
        return not (has_the and tokens[0].group().casefold() not in ("a", "an", "one"))

    def _body(self, segment: Span) -> Party | None:
        """A body called by a name and a common noun: ``the Norland government``, ``the Lund campaign``."""
        words = self._text[segment.start : segment.end]
        match = re.search(r"(?:press )?[\w\-]+$", words)
        places = self._entities.inside(segment)
        if match is None or match.group().split()[-1].casefold() not in _COLLECTIVE or not places:
            return None
        place = places[-1]
        if self._is_governed(segment, place, []) or role_noun(words):
            return None
        owner = self._text[place.span.start : place.span.end]
        country = place.entity.country if place.entity is not None else country_of_adjective(owner)
        span = Span(place.span.start, segment.end)
        text = " ".join(words.split())
        noun = self._text[place.span.end : segment.end].lstrip("’'s").strip() if country else ""
        if country and noun.casefold() in _GOVERNMENTS:
            entity = self._entities.country(country)
            entity.add(self._text[span.start : span.end])
            return Party(text, span, "name", "organization", entity)
        possessive = self._text[place.span.end : place.span.end + 2] in ("'s", "’s")
        if possessive and country and (adjective := adjective_of(country)):
            form = f"{adjective} {noun}"
        elif possessive or " " in self._text[place.span.end : segment.end].strip().removeprefix("press "):
            return None
        else:
            form = " ".join(self._text[span.start : span.end].split())
        return Party(text, span, "name", "organization", self._entities.body(form))

    # Descriptions

    def _described(self, span: Span, segments: list[Span]) -> Party:
        first = segments[0] if segments else span
        phrase = " ".join(self._text[first.start : first.end].split())
        words = " ".join(self._text[span.start : span.end].split())
        head = head_word(phrase)
        plural = is_plural(head) or phrase.split()[0].casefold() in _PLURALS
        definiteness: Definiteness = "definite" if _is_definite(phrase) else "indefinite"
        return Party(words, first, definiteness, _kind(head, phrase, plural), None, plural, head)


def is_acronym_like(word: str) -> bool:
    """Whether a word after a person's name belongs to the name: ``Jr``, ``III``."""
    return word.casefold().strip(".") in ("jr", "sr", "ii", "iii", "iv")


def _pronoun_kind(pronoun: str) -> Kind:
    if pronoun in PRONOUN_GENDERS or pronoun in ("i", "me", "my"):
        return "person"
    return "group" if pronoun in _PLURAL_PRONOUNS else "unknown"


def head_word(phrase: str) -> str:
    """The noun that a description is about: the last word before its first preposition, lower case."""
    words = phrase.casefold().split()
    breaks = (
        index for index, word in enumerate(words) if index and (word in PREPOSITIONS or _participle(words, index))
    )
    cut = next(breaks, len(words))
    word = re.sub(r"['’]s?$", "", words[cut - 1].strip('.,;:"“”')) if cut else ""
    return word.replace("‑", "-")


def _participle(words: list[str], index: int) -> bool:
    """Whether the word at ``index`` opens a clause like ``tracking such cases`` or ``issued online by``."""
    word, before = words[index], words[index - 1]
    if word.endswith("ed") and (before in DOCUMENT_NOUNS or role_noun(before)):
        return True
    return index > 1 and words[index].endswith("ing") and len(words[index]) > 5 and index < len(words) - 1


def is_plural(word: str) -> bool:
    return word in _PLURALS or (len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")))


def _is_definite(phrase: str) -> bool:
    first = phrase.split(maxsplit=1)[0]
    if first.casefold() in ("the", "this", "that", "these", "those", "his", "her", "their", "its"):
        return True
    # "Norland's president" is one, "Norland officials" are some.
    return re.match(r"(?:[A-Z][\w.\-]* ){0,3}[A-Z][\w.\-]*(?:['’]s|(?<=s)['’]) ", phrase) is not None


def _kind(head: str, phrase: str, plural: bool) -> Kind:
    if head in DOCUMENT_NOUNS and head not in ("form", "will", "post", "paper", "site"):
        return "document"
    if plural:
        return "group" if head.removesuffix("s") not in DOCUMENT_NOUNS else "document"
    if role_noun(phrase) or head in _PERSONAL:
        return "person"
    if head in BODIES:
        return "organization"
    return "unknown"
