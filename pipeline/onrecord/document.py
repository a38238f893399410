"""The data model: what the stages pass on to each other and what a user gets back.

Everything is frozen. Offsets are half-open ``[start, end)`` and count Unicode code points in
``Article.text``. The words (statement, content, cue, source, speaker, form, stance, via) are defined in
``docs/guidelines.md``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from onrecord_models.labels import SPAN_SEPARATOR

Form = Literal["direct", "indirect", "mixed"]
Kind = Literal["person", "organization", "group", "document", "unknown"]
StanceLabel = Literal["support", "oppose", "neutral", "unclear"]


class Span(NamedTuple):
    """A half-open range of code points in an article's text."""

    start: int
    end: int

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end

    def covers(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end


Spans = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Meta:
    """What is known of an article beside its text; ``encoding`` decodes the file to exactly that text.

    ``duplicate_of`` is the ``doc`` of the article that this one nearly is, as wire copy is.
    """

    title: str | None = None
    date: str | None = None
    outlet: str | None = None
    url: str | None = None
    language: str | None = None
    encoding: str | None = None
    duplicate_of: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """One text and where it came from."""

    doc: str
    text: str
    meta: Meta = Meta()

    def slice(self, spans: Spans) -> str:
        """The text of ``spans``, pieces joined by an ellipsis."""
        return SPAN_SEPARATOR.join(self.text[span.start : span.end] for span in spans)


@dataclass(frozen=True, slots=True)
class Mention:
    """Words of the article that play a part in a statement: its cue, its source or its relay."""

    text: str
    spans: Spans

    @property
    def start(self) -> int:
        return self.spans[0].start


@dataclass(frozen=True, slots=True)
class Name:
    """A named entity found in an article; ``label`` is one of ``models.labels.NAME_CLASSES``."""

    span: Span
    label: str
    score: float


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who is behind a source. ``name`` and ``id`` are None when the article never says."""

    name: str | None
    id: str | None = None
    kind: Kind = "unknown"
    role: str | None = None
    description: str | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stance:
    """The speaker's attitude towards ``target`` as one statement expresses it.

    ``scores`` are the probabilities of support, oppose and neutral in this order; None in hand-made labels.
    """

    target: str
    label: StanceLabel
    score: float | None = None
    scores: tuple[float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """Content that an article attributes to somebody: one line of the output.

    Statements of the same words share a ``cluster``; ``attribution_conflict`` if articles give those words to
    different speakers.
    """

    doc: str
    id: str
    text: str
    content: Spans
    form: Form
    context: Span
    cue: Mention | None = None
    source: Mention | None = None
    speakers: tuple[Speaker, ...] = ()
    via: Mention | None = None
    stance: tuple[Stance, ...] = ()
    confidence: float | None = None
    cluster: str | None = None
    attribution_conflict: bool = False
    meta: Meta = field(default_factory=Meta)
