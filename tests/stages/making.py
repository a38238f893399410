"""Analyses made by hand for the speakers stage: texts with statements and names."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from hypothesis import strategies as st

from onrecord.document import Article, Mention, Name, Span, Speaker, Statement
from onrecord.pipeline import Pipeline
from onrecord.stages.base import Analysis
from onrecord.stages.speakers.candidates import Anaphor, Candidate, Choice, EntityResolver
from onrecord.stages.speakers.entities import Entity
from onrecord.stages.speakers.stage import SpeakersStage
from onrecord.text.positions import Layout
from onrecord.text.quotations import form_of, quotation_states
from onrecord.text.segmentation import context_of, segment
from onrecord.text.windows import Window
from onrecord_models.decoding import RoleRange, WindowReading
from onrecord_models.labels import Side


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


@st.composite
def analyses(draw: st.DrawFn) -> Analysis:
    """Any text, with any spans as names and statements."""
    words = st.sampled_from(
        ["Ada", "Lund", "he", "she", "who", "“", "”", ",", ".", "said", "\n\n", "the", "and", "of", "’s", "İ", "ﬁ",
         "\u202e", "U.S.", "president", "Mr.", "(", ")", "–", "NATO", "\u00a0", "’", "I", "they", "it", "é", "𝔄", "&"]
    )  # fmt: skip
    text = draw(st.one_of(st.lists(words, min_size=1, max_size=40).map(" ".join), st.text(min_size=1, max_size=60)))

    def draw_span() -> Span:
        start = draw(st.integers(0, len(text) - 1))
        return Span(start, draw(st.integers(start + 1, len(text))))

    labels = st.sampled_from(["person", "organization", "location", "norp", "misc"])
    names = tuple(Name(draw_span(), draw(labels), 0.5) for _ in range(draw(st.integers(0, 5))))
    statements = []
    for number in range(draw(st.integers(1, 4))):
        content, source = draw_span(), draw(st.one_of(st.none(), st.just(True))) and draw_span()
        mention = Mention(text[slice(*source)], (source,)) if source else None
        statements.append(
            Statement("a", f"a#{number}", text[slice(*content)], (content,), "direct", content, None, mention)
        )
    return Analysis(Article("a", text), segment(text), names=names, statements=tuple(statements))


def read_by(reader: Pipeline, analysis: Analysis) -> Analysis:
    """The analysis with windows and states as ``reader`` reads them."""
    (read,) = reader.analyse([analysis.article])
    return replace(read, names=analysis.names, statements=analysis.statements)


def make_analysis(
    text: str, said: Sequence[tuple[str, str | None]], roles: Sequence[tuple[str, Side]] = (), **forms: Sequence[str]
) -> Analysis:
    """An analysis with statements of (content, source): the source's occurrence nearest to the content.

    ``roles`` are what the quote model found: words that say what somebody is, and the side of that name where they are.
    """
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
    found = Analysis(Article("a", text), segmentation, names=make_names(text, **forms), statements=tuple(statements))
    if not roles:
        return found
    window, reading = _read_roles(text, roles)
    return replace(found, windows=(window,), readings=(reading,))


def _read_roles(text: str, roles: Sequence[tuple[str, Side]]) -> tuple[Window, WindowReading]:
    """A window whose tokens are these roles, and a reading that found them."""
    spans = [Span(start := text.index(words), start + len(words)) for words, _ in roles]
    nothing = [0] * len(spans)
    found = [RoleRange((token, token + 1), side) for token, (_, side) in enumerate(roles)]
    return Window(nothing, nothing, nothing, nothing, spans), WindowReading([], [], found)


class Nearest(EntityResolver):
    """In place of the trained model: a pronoun is whoever is named last before it, a description whom it fits best.

    It is sure of that by ``score``, and keeps what it was asked in ``asked``.
    """

    def __init__(self, score: float = 0.8) -> None:
        self.score = score
        self.asked: list[tuple[Anaphor, tuple[Candidate, ...]]] = []

    def choose(self, analysis: Analysis, layout: Layout, anaphor: Anaphor, candidates: Sequence[Candidate]) -> Choice:
        self.asked.append((anaphor, tuple(candidates)))
        if anaphor.kind == "name":
            return Choice((), 0.0)
        if anaphor.kind in ("he or she", "they", "it"):
            before = [(_last_before(each, anaphor.span), at) for at, each in enumerate(candidates)]
            place, at = max(before, default=(-1, -1))
            return Choice((candidates[at],) if place >= 0 else (), self.score)
        fitting = [each for each in candidates if each.shares or each.fit >= 2]
        return Choice(tuple(sorted(fitting, key=lambda each: -each.fit)[:1]), self.score)


class Answering(EntityResolver):
    """Chooses the candidates that ``wanted`` picks by their names, and keeps what it was asked."""

    def __init__(self, wanted: Callable[[str], bool], score: float = 0.8) -> None:
        self.wanted, self.score = wanted, score
        self.asked: list[tuple[Anaphor, tuple[Candidate, ...]]] = []

    def choose(self, analysis: Analysis, layout: Layout, anaphor: Anaphor, candidates: Sequence[Candidate]) -> Choice:
        self.asked.append((anaphor, tuple(candidates)))
        return Choice(tuple(each for each in candidates if self.wanted(named(each))), self.score)


def named(candidate: Candidate) -> str:
    referent = candidate.referent
    return referent.name if isinstance(referent, Entity) else referent.description


def _last_before(candidate: Candidate, span: Span) -> int:
    return max((place.start for place, _ in candidate.mentions if place.start < span.start), default=-1)


def resolved(analysis: Analysis, resolver: EntityResolver | None = None, min_score: float | None = None) -> Analysis:
    """The analysis behind the speakers stage."""
    (done,) = SpeakersStage(resolver or Nearest(), min_score).process([analysis])
    return done


def speakers_of(
    text: str, said: Sequence[tuple[str, str | None]], roles: Sequence[tuple[str, Side]] = (), **forms: Sequence[str]
) -> list[tuple[Speaker, ...]]:
    """Who speaks, without scores, which are the resolver's, and without what the article says of sources besides."""
    done = resolved(make_analysis(text, said, roles, **forms))
    return [tuple(who_alone(speaker) for speaker in each.speakers) for each in done.statements]


def who_alone(speaker: Speaker) -> Speaker:
    """The speaker without a score, source type, gender and reason for anonymity."""
    return replace(speaker, score=None, source_type=None, gender=None, anonymous=False, reason=None)


def names_of(text: str, said: Sequence[tuple[str, str | None]], **forms: Sequence[str]) -> list[list[str | None]]:
    return [[speaker.name for speaker in group] for group in speakers_of(text, said, **forms)]


BRIDGES = [f"Day {day} brought rain, and Ada Lund said that bridge {day} would stay open." for day in range(12)]
"""Paragraphs with a statement each; together they are several windows of the tiny model."""

MANY_BRIDGES = "\n\n".join(BRIDGES)


def said(*days: int) -> list[tuple[str, str | None]]:
    """What is said of the bridges on these days, for `make_analysis`."""
    return [(f"that bridge {day} would stay open", "Ada Lund") for day in days]
