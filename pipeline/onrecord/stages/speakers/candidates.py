"""The question of whom a mention refers to: the mention asked about, the candidates for it, and the answer.

A pronoun or description means somebody near. So of an article that names very many, only those mentioned nearest are
candidates, and of somebody mentioned very often only the first mentions and the nearest; the models look at no more.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol, get_args

from onrecord.document import Kind, Span, Spans
from onrecord.names.forms import Gender
from onrecord.stages.base import Analysis
from onrecord.stages.speakers.entities import Entity
from onrecord.text.positions import Layout

AnaphorKind = Literal[
    "he or she", "they", "it", "person", "organization", "document", "other", "several", "quotation", "name"
]
"""What is asked about: a pronoun, a description of a kind, the first words of a statement without a source, or a name.

``several`` are ``both``, ``the two leaders``; a ``name`` is one that several people bear. New kinds come last: weights
know the first so many.
"""

ANAPHOR_KINDS: Final[tuple[AnaphorKind, ...]] = get_args(AnaphorKind)

Form = Literal["full name", "short name", "pronoun", "description"]
FORMS: Final[tuple[Form, ...]] = get_args(Form)


Mention = tuple[Span, Form]

MOST_CANDIDATES: Final = 128
"""Of so many referents all are candidates: more than even long articles have."""
_MOST_PASSED: Final = 2000
"""Mentions that are passed on the way to the nearest referents."""
_MOST_MENTIONS: Final = 64
_NEAR: Final = 16
_OF_A_FORM: Final = 3


@dataclass(eq=False, slots=True)
class Unnamed:
    """A speaker that the article does not name. Two of the same words are different: equality is identity."""

    description: str
    kind: Kind
    head: str = ""
    position: int = 0


Referent = Entity | Unnamed


@dataclass(frozen=True, slots=True)
class Anaphor:
    """Words that stand for somebody mentioned elsewhere; ``content`` is what their statement says, for a source.

    ``plural`` says that they may stand for several, and ``number`` for how many, where the words tell: ``the pair``.
    """

    span: Span
    words: str
    kind: AnaphorKind
    gender: Gender | None = None
    plural: bool = False
    content: Spans = ()
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody whom an anaphor may stand for, with all mentions known so far and how each is worded, in order.

    ``fit`` tells how well what the article says of them fits a description, from 0 to 3; ``shares`` whether words of
    the description are in their name.
    """

    referent: Referent
    mentions: tuple[tuple[Span, Form], ...]
    spoke_last: bool = False
    fit: int = 0
    shares: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """The candidates that an anaphor stands for, none if nobody mentioned, and how likely that is right (0 to 1)."""

    candidates: tuple[Candidate, ...]
    score: float


class Mentions:
    """The mentions of every referent known so far, each in the order of the text."""

    def __init__(self) -> None:
        self._referents: list[Referent] = []
        self._number: dict[Referent, int] = {}
        self._mentions: list[list[Mention]] = []
        self._places: list[tuple[int, int]] = []

    def register(self, referent: Referent) -> int:
        """The referent's number: they are candidates in the order in which they were registered."""
        number = self._number.setdefault(referent, len(self._referents))
        if number == len(self._referents):
            self._referents.append(referent)
            self._mentions.append([])
        return number

    def add(self, referent: Referent, span: Span, form: Form) -> None:
        """Takes ``span`` as a mention, unless it is one already."""
        number = self.register(referent)
        mentions = self._mentions[number]
        index = bisect_left(mentions, span, key=lambda mention: mention[0])
        if index == len(mentions) or mentions[index][0] != span:
            mentions.insert(index, (span, form))
            insort(self._places, (span.start, number))

    def of(self, referent: Referent) -> Sequence[Mention]:
        """The mentions of a referent, in the order of the text."""
        number = self._number.get(referent)
        return () if number is None else self._mentions[number]

    def candidates(self, position: int) -> Iterator[tuple[Referent, tuple[Mention, ...]]]:
        """Whoever may be meant at ``position``, with the mentions that count there."""
        numbers = self._near(position) if len(self._referents) > MOST_CANDIDATES else range(len(self._referents))
        for number in numbers:
            if mentions := self._mentions[number]:
                yield self._referents[number], _counting(mentions, position)

    def _near(self, position: int) -> list[int]:
        """The numbers of those mentioned nearest to ``position``, in order."""
        before = bisect_left(self._places, (position, -1)) - 1
        behind = before + 1
        found: set[int] = set()
        for _ in range(_MOST_PASSED):
            if len(found) == MOST_CANDIDATES or (before < 0 and behind == len(self._places)):
                break
            back = position - self._places[before][0] if before >= 0 else None
            ahead = self._places[behind][0] - position if behind < len(self._places) else None
            if ahead is None or (back is not None and back <= ahead):
                found.add(self._places[before][1])
                before -= 1
            else:
                found.add(self._places[behind][1])
                behind += 1
        return sorted(found)


def _counting(mentions: list[Mention], position: int) -> tuple[Mention, ...]:
    """All mentions, or of very many the first ones, of each form, and those nearest to ``position``."""
    if len(mentions) <= _MOST_MENTIONS:
        return tuple(mentions)
    here = bisect_left(mentions, position, key=lambda mention: mention[0].start)
    first = mentions[:_MOST_MENTIONS]
    named = [[mention for mention in first if mention[1] == form] for form in ("full name", "short name")]
    kept = {*first[:_OF_A_FORM], *mentions[max(0, here - _NEAR) : here + _NEAR]}
    return tuple(sorted(kept.union(*(each[:_OF_A_FORM] for each in named))))


class EntityResolver(Protocol):
    """Answers whom an anaphor stands for."""

    def prepare(self, articles: Sequence[tuple[Analysis, Layout, Sequence[Span]]]) -> None:
        """Announces the articles that come next and their sources, so that a model can read them all at once.

        Of those before nothing needs to be kept.
        """
        return

    def choose(self, analysis: Analysis, layout: Layout, anaphor: Anaphor, candidates: Sequence[Candidate]) -> Choice:
        """Whom among ``candidates`` the anaphor stands for."""
        ...
