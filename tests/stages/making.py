"""Analyses made by hand for the speakers stage: texts with statements and names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from onrecord.document import Article, Mention, Name, Span, Speaker, Statement
from onrecord.stages.base import Analysis
from onrecord.stages.speakers.stage import SpeakersStage
from onrecord.text.quotations import form_of, quotation_states
from onrecord.text.segmentation import context_of, segment


def make_names(text: str, **forms: Sequence[str]) -> tuple[Name, ...]:
    """Every occurrence of the given forms as a name of the class that is their keyword, long forms first."""
    found: list[Name] = []
    pairs = [(form, label) for label, group in forms.items() for form in group]
    for form, label in sorted(pairs, key=lambda pair: -len(pair[0])):
        for match in re.finditer(rf"(?<!\w){re.escape(form)}(?!\w)", text):
            span = Span(*match.span())
            if not any(span.overlaps(name.span) for name in found):
                found.append(Name(span, label, 0.9))
    return tuple(sorted(found, key=lambda name: name.span))


def make_analysis(text: str, said: Sequence[tuple[str, str | None]], **forms: Sequence[str]) -> Analysis:
    """An analysis with statements of (content, source): the source's occurrence nearest to the content."""
    segmentation = segment(text)
    states = quotation_states(text, segmentation.quotations)
    statements = []
    for number, (words, source) in enumerate(said, 1):
        start = text.index(words)
        content = (Span(start, start + len(words)),)
        mention = None
        if source is not None:
            places = [m.start() for m in re.finditer(rf"(?<!\w){re.escape(source)}(?!\w)", text)] or [start]
            nearest = min(places, key=lambda place: min(abs(place - content[0].end), abs(place + len(source) - start)))
            mention = Mention(source, (Span(nearest, nearest + len(source)),))
        statements.append(
            Statement("a", f"a#{number}", words, content, form_of(text, content, states),
                      context_of(segmentation, content), None, mention)
        )  # fmt: skip
    return Analysis(Article("a", text), segmentation, names=make_names(text, **forms), statements=tuple(statements))


def speakers_of(text: str, said: Sequence[tuple[str, str | None]], **forms: Sequence[str]) -> list[tuple[Speaker, ...]]:
    (analysis,) = SpeakersStage().process([make_analysis(text, said, **forms)])
    return [statement.speakers for statement in analysis.statements]


def names_of(text: str, said: Sequence[tuple[str, str | None]], **forms: Sequence[str]) -> list[list[str | None]]:
    return [[speaker.name for speaker in group] for group in speakers_of(text, said, **forms)]
