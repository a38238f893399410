"""The question of whom a mention refers to: the mention asked about, the candidates for it, and the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol, get_args

from onrecord.document import Kind, Span, Spans
from onrecord.names.forms import Gender
from onrecord.stages.base import Analysis
from onrecord.stages.speakers.entities import Entity
from onrecord.text.positions import Layout

AnaphorKind = Literal["he or she", "they", "it", "person", "organization", "document", "other", "several", "quotation"]
"""What is asked about: a pronoun, a description of a kind, or the first words of a statement without a source.

``several`` are ``both``, ``the two leaders``.
"""

ANAPHOR_KINDS: Final[tuple[AnaphorKind, ...]] = get_args(AnaphorKind)

Form = Literal["full name", "short name", "pronoun", "description"]
FORMS: Final[tuple[Form, ...]] = get_args(Form)


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
