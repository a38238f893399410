"""The data model: what the stages pass on to each other and what a user gets back.

Everything is frozen. Offsets are half-open ``[start, end)`` and count Unicode code points in
``Article.text``. The words (statement, content, cue, source, speaker, form, stance, via) are defined in
``docs/guidelines.md``.

The same classes describe the JSON of an output line, schema ``onrecord/1``: pydantic reads their types. It is
imported when the first line is read or written, as the command line's help must not wait for it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Literal, NamedTuple

from onrecord.errors import RecordError
from onrecord_models.labels import SPAN_SEPARATOR, Act

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, TypeAdapter, ValidationError, ValidationInfo
    from pydantic_core import CoreSchema

SCHEMA: Final = "onrecord/1"
"""The version of the output lines. Fields may be added within a version, so readers ignore those they don't know."""


class _Limits:
    """Limits of a type as pydantic-core names them; annotated-types would take milliseconds of every import."""

    def __init__(self, **limits: int | bool) -> None:
        self._limits = limits

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema: Any = {**handler(source), **self._limits}
        limited: CoreSchema = schema
        return limited


Form = Literal["direct", "indirect", "mixed"]
Kind = Literal["person", "organization", "group", "document", "unknown"]
Gender = Literal["feminine", "masculine"]
SourceType = Literal["named person", "named organization", "document", "unnamed person", "unnamed group"]
StanceLabel = Literal["support", "oppose", "neutral", "unclear"]
Probability = Annotated[float, _Limits(ge=0, le=1, allow_inf_nan=False)]


class Span(NamedTuple):
    """A half-open range ``[start, end)`` of code points in an article's text; in JSON, a pair of integers."""

    start: int
    end: int

    def overlaps(self, other: Span) -> bool:
        """Whether the two share a code point."""
        return self.start < other.end and other.start < self.end

    def covers(self, other: Span) -> bool:
        """Whether all of ``other`` lies within this span."""
        return self.start <= other.start and other.end <= self.end

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        from pydantic_core import core_schema

        def checked(pair: tuple[int, int]) -> Span:
            if pair[0] > pair[1]:
                raise ValueError(f"{list(pair)} is not a half-open range")
            return cls(*pair)

        offset = core_schema.int_schema(ge=0)
        return core_schema.no_info_after_validator_function(checked, core_schema.tuple_schema([offset, offset]))


Spans = Annotated[tuple[Span, ...], _Limits(min_length=1)]


class _Record:
    """A part of an output line: a JSON object in which every field is required, with or without a default here.

    ``_ADDED`` are the exceptions: fields that lines of an earlier release don't have. ``_SPANS`` is the field whose
    spans ``text`` is made of, if there is one.
    """

    __slots__ = ()
    _ADDED: ClassVar[frozenset[str]] = frozenset()
    _SPANS: ClassVar[str | None] = None

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        from pydantic_core import core_schema

        schema: CoreSchema = handler(source)
        for entry in cls._entries(schema):
            if entry["schema"]["type"] == "default" and entry["name"] not in cls._ADDED:
                entry["schema"] = entry["schema"]["schema"]
            if entry["name"] == cls._SPANS:
                entry["schema"] = core_schema.with_info_after_validator_function(_as_long_as_text, entry["schema"])
        return schema

    @classmethod
    def _entries(cls, schema: Any) -> list[Any]:
        """The fields of a line's object as pydantic-core has them; in this order they are read."""
        entries: list[Any] = schema["schema"]["fields"]
        return entries


@dataclass(frozen=True, slots=True)
class Meta(_Record):
    """What is known of an article besides its text; None where nothing is.

    ``title``, ``outlet`` and ``url`` are as the page or row has them; ``date`` is ISO 8601 where it could be read as a
    date. ``language`` is an ISO 639-1 code. ``encoding`` decodes the file to exactly the text that offsets count in.
    ``duplicate_of`` is the ``doc`` of the article that this one is nearly a copy of, as with wire copy.
    """

    _ADDED = frozenset({"duplicate_of"})

    title: str | None = None
    date: str | None = None
    outlet: str | None = None
    url: str | None = None
    language: str | None = None
    encoding: str | None = None
    duplicate_of: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """One text and where it came from. ``doc`` is its path, its id, or ``-``."""

    doc: str
    text: str
    meta: Meta = Meta()

    def slice(self, spans: Spans) -> str:
        """The text of ``spans``, pieces joined by an ellipsis."""
        return SPAN_SEPARATOR.join(self.text[span.start : span.end] for span in spans)


@dataclass(frozen=True, slots=True)
class Mention(_Record):
    """Words of the article that play a part in a statement: its cue, its source or its relay.

    ``text`` holds the words of ``spans``, the pieces joined by an ellipsis between spaces.
    """

    _SPANS = "spans"

    text: str
    spans: Spans

    @property
    def start(self) -> int:
        """Where its first piece starts."""
        return self.spans[0].start


@dataclass(frozen=True, slots=True)
class Name:
    """A named entity found in an article; ``label`` is one of ``models.labels.NAME_CLASSES``."""

    span: Span
    label: str
    score: float


@dataclass(frozen=True, slots=True)
class Speaker(_Record):
    """Who is behind a source.

    ``name`` and ``id`` are the same in all articles of a run, and None where the article gives no name. ``role`` is the
    function that the article gives, ``description`` an unnamed source in the article's words, ``aliases`` are other
    forms of the name. ``score`` is the probability, 0 to 1, that this is who the source refers to; None in labels.

    ``source_type`` is what kind of source this is, None where that is open. ``gender`` is the one that the article's
    words tell of a person (pronouns, forms of address, words like ``spokeswoman``), or the file of people; None where
    neither says it: a first name tells none. ``anonymous`` is true if the article says that it keeps the name back
    at the source's request, or why; ``reason`` are the words that say why.
    """

    _ADDED = frozenset({"score", "source_type", "gender", "anonymous", "reason"})

    name: str | None
    id: str | None = None
    kind: Kind = "unknown"
    role: str | None = None
    description: str | None = None
    aliases: tuple[str, ...] = ()
    score: Probability | None = None
    source_type: SourceType | None = None
    gender: Gender | None = None
    anonymous: bool = False
    reason: Mention | None = None


@dataclass(frozen=True, slots=True)
class StanceScores(_Record):
    """The probabilities of the three stances; they add up to 1 but for rounding to four places."""

    support: Probability
    oppose: Probability
    neutral: Probability


@dataclass(frozen=True, slots=True)
class Stance(_Record):
    """The speaker's attitude towards ``target`` as one statement expresses it.

    ``score`` is the probability of the likeliest of the three stances. ``label`` is that stance, or ``unclear`` if the
    score is below the minimum that was asked for. ``about`` is the probability that the statement is about the target
    at all: a neutral one may be about something else. Both ``score`` and ``scores`` are None in hand-made labels.
    """

    _ADDED = frozenset({"about"})

    target: str
    label: StanceLabel
    score: Probability | None = None
    scores: StanceScores | None = None
    about: Probability | None = None


@dataclass(frozen=True, slots=True)
class Statement(_Record):
    """Content that an article attributes to somebody: one line of the output.

    ``text`` holds the words of ``content``, the pieces joined by `` … ``; ``context`` is the span of the sentences
    around it. ``id`` is ``doc``, ``#`` and the statement's number in the article, counted from 1. ``confidence`` is the
    calibrated probability that the article attributes this content to somebody; it says nothing about the speaker.
    ``act`` is ``expressed`` where words exist (said, wrote, asked, promised), ``attitude`` where somebody thinks, wants
    or plans it, ``decision`` where somebody decided, ordered or refused it; ``act_score`` is how probable that is.
    Statements of the same words share a ``cluster``; ``attribution_conflict`` is true if articles give those words to
    different speakers.

    >>> statement = Statement("a.txt", "a.txt#1", "No.", (Span(0, 3),), "direct", Span(0, 15))
    >>> record = statement.to_dict()
    >>> record["content"], record["form"], record["speakers"]
    ([[0, 3]], 'direct', [])
    >>> Statement.from_dict(record) == statement
    True
    """

    _ADDED = frozenset({"attribution_conflict", "act", "act_score"})
    _SPANS = "content"

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
    confidence: Probability | None = None
    cluster: str | None = None
    attribution_conflict: bool = False
    act: Act | None = None
    act_score: Probability | None = None
    meta: Meta = field(default_factory=Meta)

    def to_dict(self) -> dict[str, Any]:
        """The plain values of its output line: dictionaries, lists, texts and numbers, ``schema`` first."""
        return {"schema": SCHEMA, **record_adapter().dump_python(self, mode="json")}

    def to_json(self) -> str:
        """Its output line, without the line break."""
        return json.dumps(self.to_dict(), ensure_ascii=False)

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Statement:
        """The statement behind the plain values of an output line, as `to_dict` gives them; checked in full.

        Raises:
            RecordError: they don't follow the schema; the message names the first field that doesn't.
        """
        from pydantic_core import PydanticSerializationError, to_json

        try:
            line = to_json(dict(record))
        except (PydanticSerializationError, TypeError, ValueError) as error:
            raise _record_error(" ".join(str(error).split())) from error
        return cls.from_json(line)

    @classmethod
    def from_json(cls, line: str | bytes) -> Statement:
        """The statement of an output line, checked in full.

        Raises:
            RecordError: it doesn't follow the schema; the message names the first field that doesn't.
        """
        from pydantic import ValidationError

        try:
            # Strict: true is not a number, nor "7".
            return record_adapter().validate_json(line, strict=True)
        except ValidationError as error:
            raise _record_error(_fault(error)) from error

    @classmethod
    def _entries(cls, schema: Any) -> list[Any]:
        from pydantic_core import core_schema

        # Checked, and not kept: the version is that of the line, not of the statement.
        version = core_schema.dataclass_field("schema", core_schema.literal_schema([SCHEMA]), init_only=True)
        entries: list[Any] = schema["schema"]["fields"]
        entries.insert(0, version)
        return entries


@cache
def record_adapter() -> TypeAdapter[Statement]:
    """The adapter that reads and writes the JSON of a statement."""
    from pydantic import TypeAdapter

    return TypeAdapter(Statement)


def _as_long_as_text(spans: Spans, info: ValidationInfo) -> Spans:
    """The spans, if the ``text`` that was read before them can be made of them."""
    text = info.data.get("text")  # not there if it is at fault itself
    length = sum(end - start for start, end in spans) + len(SPAN_SEPARATOR) * (len(spans) - 1)
    if text is not None and length != len(text):
        raise ValueError(f"the spans {[list(span) for span in spans]} are not as long as their text")
    return spans


def _fault(error: ValidationError) -> str:
    """The first thing that is wrong with a line, and where."""
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    if first["type"] == "missing":
        return f"no field {where!r}"
    fault = _WORDED.get(first["type"], first["msg"].removeprefix("Value error, "))
    fault = fault[:1].lower() + fault[1:]
    if first["type"] not in {"json_invalid", "value_error", *_WORDED}:
        fault = f"{fault}, not {json.dumps(first['input'])[:40]}"
    return f"{where}: {fault}" if where else fault


_WORDED: Final = {"too_short": "too few items", "too_long": "too many items"}
"""Faults that pydantic words in terms of Python's types."""


def _record_error(fault: str) -> RecordError:
    return RecordError(f"not a statement of schema {SCHEMA} ({fault}); `onrecord schema` prints what a line looks like")
