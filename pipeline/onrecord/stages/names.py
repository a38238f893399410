"""The names stage: from the quote model's token ranges to names with spans in the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final, Protocol

from onrecord.document import Name, Span
from onrecord.stages.base import Analysis
from onrecord.stages.rereading import read_anew
from onrecord.text.segmentation import whole_words
from onrecord.text.windows import Window
from onrecord_models.decoding import NameRange

if TYPE_CHECKING:
    from onrecord_models.inference import QuoteModelRunner
    from onrecord_models.tagger import TaggedName
    from onrecord_models.transformer.tokenizer import FastTokenizer


_SYLLABLE: Final = re.compile(r"[-‐‑]([^\W\d_A-Z]{2,5})(?!\w)")
_COMPOUNDS: Final = frozenset(["led", "era", "run", "like", "made", "born", "held", "type", "owned", "based", "style"])
"""What a hyphen joins to a name without being part of it: ``the Ada Lund-led board``."""


class Tagger(Protocol):
    """Finds the names of texts, with offsets into each."""

    def find(self, texts: Sequence[str]) -> Iterable[list[TaggedName]]: ...


class NerStage:
    """Fills ``names`` from ``readings``: whole words, without spaces and loose punctuation around them."""

    requires: ClassVar[frozenset[str]] = frozenset({"readings"})
    provides: ClassVar[frozenset[str]] = frozenset({"names"})

    def process(self, analyses: list[Analysis]) -> list[Analysis]:
        return [replace(analysis, names=_names(analysis)) for analysis in analyses]


class BorrowedNamesStage:
    """Fills ``names`` by another quote model, which reads the articles in windows of its own."""

    requires: ClassVar[frozenset[str]] = frozenset({"readings"})
    provides: ClassVar[frozenset[str]] = frozenset({"names"})

    def __init__(self, runner: QuoteModelRunner, tokenizer: FastTokenizer) -> None:
        self._runner = runner
        self._tokenizer = tokenizer

    def process(self, analyses: list[Analysis]) -> list[Analysis]:
        read = read_anew(analyses, self._runner, self._tokenizer)
        return [replace(a, names=_names(other)) for a, other in zip(analyses, read, strict=True)]


class TaggerStage:
    """Fills ``names`` by another model, which reads every paragraph except boilerplate."""

    requires: ClassVar[frozenset[str]] = frozenset({"readings"})
    provides: ClassVar[frozenset[str]] = frozenset({"names"})

    def __init__(self, tagger: Tagger) -> None:
        self._tagger = tagger

    def process(self, analyses: list[Analysis]) -> list[Analysis]:
        return [replace(analysis, names=self._names(analysis)) for analysis in analyses]

    def _names(self, analysis: Analysis) -> tuple[Name, ...]:
        text = analysis.article.text
        paragraphs = enumerate(analysis.segmentation.paragraphs)
        spans = [paragraph.span for index, paragraph in paragraphs if index not in analysis.boilerplate]
        found: list[Name] = []
        for span, names in zip(spans, self._tagger.find([text[slice(*span)] for span in spans]), strict=True):
            for name in names:
                placed = _tidy(text, span.start + name.start, span.start + name.end)
                if placed is not None:
                    found.append(Name(placed, name.label, name.score))
        return _without_overlaps(found)


def _names(analysis: Analysis) -> tuple[Name, ...]:
    text = analysis.article.text
    found: list[Name] = []
    for window, reading in zip(analysis.windows, analysis.readings, strict=True):
        for name in reading.names:
            span = _place(text, window, name)
            if span is not None:
                found.append(Name(span, name.label, round(name.score, 4)))
    return whole_names(text, _without_overlaps(found))


def whole_names(text: str, names: tuple[Name, ...]) -> tuple[Name, ...]:
    """Personal names with all parts that hyphens join: ``Michael-John Lund`` from two pieces, ``Park Ji-won``."""
    whole: list[Name] = []
    for name in names:
        before = whole[-1] if whole else None
        if (
            before is not None
            and before.label == name.label == "person"
            and text[before.span.end : name.span.start] == "-"
        ):
            whole[-1] = replace(
                before, span=Span(before.span.start, name.span.end), score=min(before.score, name.score)
            )
        else:
            whole.append(name)
    return tuple(replace(name, span=_with_syllable(text, name)) for name in whole)


def _with_syllable(text: str, name: Name) -> Span:
    """The span with the second syllable of a given name written with a hyphen, as in Korea: ``Ji-won``."""
    if name.label != "person" or " " not in text[slice(*name.span)]:
        return name.span
    rest = _SYLLABLE.match(text, name.span.end)
    return name.span if rest is None or rest.group(1) in _COMPOUNDS else Span(name.span.start, rest.end())


def _without_overlaps(found: list[Name]) -> tuple[Name, ...]:
    """In order, and without names that overlap an earlier one: two that were widened to the same word are one."""
    found.sort(key=lambda name: (name.span.start, -name.span.end))
    kept: list[Name] = []
    for name in found:
        if not kept or name.span.start >= kept[-1].span.end:
            kept.append(name)
    return tuple(kept)


def _place(text: str, window: Window, name: NameRange) -> Span | None:
    """The span of a name in the text, or None if it is a single character or has no letters."""
    spans = [span for span in window.spans[slice(*name.tokens)] if span.end > span.start]
    if not spans:
        return None
    return _tidy(text, spans[0].start, spans[-1].end)


def _tidy(text: str, start: int, end: int) -> Span | None:
    """Whole words, without marks and spaces around them; None if that leaves no name."""
    while start < end and not text[start].isalnum():
        start += 1
    while end > start and not text[end - 1].isalnum():
        end -= 1
    if start == end:
        return None
    start, end = whole_words(text, Span(start, end))
    # The full stop of an abbreviation belongs to the name: "U.S.".
    if end < len(text) and text[end] == "." and "." in text[start:end] and text[end - 2 : end - 1] == ".":
        end += 1
    letters = sum(character.isalpha() for character in text[start:end])
    return Span(start, end) if letters and end - start > 1 else None
