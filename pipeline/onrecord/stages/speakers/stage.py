"""The speakers stage: fills ``speakers`` of every statement with who its source refers to in the article."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import ClassVar, Final

from onrecord.document import Name, Span, Speaker, Statement
from onrecord.names.forms import slug
from onrecord.stages.base import Analysis
from onrecord.stages.speakers.candidates import EntityResolver, Referent, Unnamed
from onrecord.stages.speakers.entities import ArticleEntities, Entity
from onrecord.stages.speakers.missed_names import is_plausible, missed_names, repeated_names
from onrecord.stages.speakers.name_expansion import expanded_names
from onrecord.stages.speakers.name_repair import repaired_names
from onrecord.stages.speakers.resolution import Attributed, Attribution, source_span
from onrecord.stages.speakers.role_phrases import best_role
from onrecord.stages.speakers.roles import RoleFinder
from onrecord.text.positions import Layout

_LONGEST_SUBHEADING: Final = 60


class SpeakersStage:
    """Says who is behind each source. Names and ids are those of one article; `collection` joins articles."""

    requires: ClassVar[frozenset[str]] = frozenset({"names", "statements"})
    provides: ClassVar[frozenset[str]] = frozenset({"speakers"})

    def __init__(self, resolver: EntityResolver, min_score: float | None = None) -> None:
        """``resolver`` says whom pronouns and descriptions stand for; who is below ``min_score`` stays unnamed."""
        self.resolver = resolver
        self._min_score = min_score or 0.0

    def process(self, analyses: list[Analysis]) -> list[Analysis]:
        attributions = [self._attribution(analysis) for analysis in analyses]
        self.resolver.prepare(
            [(analysis, each.layout, each.asked) for analysis, each in zip(analyses, attributions, strict=True)]
        )
        done = [
            replace(analysis, statements=_attributed(analysis, each, self._min_score))
            for analysis, each in zip(analyses, attributions, strict=True)
        ]
        self.resolver.prepare([])  # it keeps no texts and states that nobody needs any more
        return done

    def _attribution(self, analysis: Analysis) -> Attribution:
        layout = Layout(analysis.article.text, analysis.segmentation)
        sources = _sources(analysis)
        names: list[Name] = []
        if sources:
            names = [name for name in repaired_names(layout, analysis.names) if is_plausible(layout, name)]
            names = expanded_names(layout, sources, names)
            names += repeated_names(layout, names)
            names += missed_names(layout, sources, names)
        entities = ArticleEntities(layout, names)
        RoleFinder(layout, entities).find()
        return Attribution(analysis, layout, entities, self.resolver)


def _attributed(analysis: Analysis, attribution: Attribution, min_score: float) -> tuple[Statement, ...]:
    found = [_sure_enough(each, min_score) for each in attribution.resolve()]
    continue_quotations(attribution.layout, analysis.statements, found)
    speakers = _Speakers()
    return tuple(
        replace(statement, speakers=tuple(speakers.of(referent, own.score) for referent in own.referents))
        for statement, own in zip(analysis.statements, found, strict=True)
    )


def _sure_enough(attributed: Attributed, min_score: float) -> Attributed:
    """The same, or nobody named where it is too doubtful who is meant."""
    named = any(isinstance(referent, Entity) for referent in attributed.referents)
    if not named or attributed.score >= min_score:
        return attributed
    return Attributed((Unnamed(attributed.words, attributed.referents[0].kind),), 1 - attributed.score)


def _sources(analysis: Analysis) -> list[Span]:
    return [source_span(statement) for statement in analysis.statements if statement.source]


class _Speakers:
    """Turns referents into speakers, each referent once, so that ids stay apart within the article."""

    def __init__(self) -> None:
        self._known: dict[Referent, Speaker] = {}
        self._ids: set[str] = set()

    def of(self, referent: Referent, score: float) -> Speaker:
        if referent not in self._known:
            self._known[referent] = self._named(referent) if isinstance(referent, Entity) else self._unnamed(referent)
        return replace(self._known[referent], score=round(score, 4))

    def _named(self, entity: Entity) -> Speaker:
        name = entity.name
        base = slug(name)
        identifier, number = base, 2
        while identifier in self._ids:
            identifier, number = f"{base}-{number}", number + 1
        self._ids.add(identifier)
        aliases: list[str] = []
        for form in entity.forms:
            plain = " ".join(form.split())
            if plain not in (name, *aliases):
                aliases.append(plain)
        role = best_role(entity) if entity.kind == "person" else None
        return Speaker(name, identifier, entity.kind, role and " ".join(role.split()), None, tuple(aliases))

    def _unnamed(self, referent: Unnamed) -> Speaker:
        return Speaker(None, kind=referent.kind, description=referent.description)


def continue_quotations(layout: Layout, statements: tuple[Statement, ...], found: list[Attributed]) -> None:
    """Gives quotations without a source the referents of the quotation that they continue; changes ``found``.

    One continues another if it follows in the same paragraph, or if it opens its paragraph and the other ended the
    paragraph before; there may be a one-line subheading between them. A statement without quotation marks is continued
    too if it closes the paragraph before.
    """
    order = sorted(range(len(statements)), key=lambda index: statements[index].content[0].start)
    for rank, index in enumerate(order):
        statement = statements[index]
        if statement.source is not None or found[index].referents or statement.form == "indirect":
            continue
        start = statement.content[0].start
        for other in reversed(order[:rank]):
            earlier = statements[other]
            if any(piece.overlaps(two) for piece in earlier.content for two in statement.content):
                continue
            is_quoted = earlier.form != "indirect"
            goes_on = is_quoted or (len(found[other].referents) == 1 and _ends_paragraph(layout, earlier, start))
            if found[other].referents and goes_on and _follows(layout, earlier, start):
                found[index] = found[other]
            break


def _ends_paragraph(layout: Layout, earlier: Statement, start: int) -> bool:
    """Whether ``earlier`` closes the paragraph directly before the one at ``start``."""
    here = layout.paragraph_at(start)
    mentions = [mention for mention in (earlier.source, earlier.cue) if mention is not None]
    ends = [span.end for spans in (earlier.content, *(mention.spans for mention in mentions)) for span in spans]
    last = layout.paragraph_at(max(ends) - 1)
    between = layout.text[max(ends) : layout.paragraphs[last].end]
    return here == last + 1 and not re.search(r"\w", between)


def _follows(layout: Layout, earlier: Statement, start: int) -> bool:
    here = layout.paragraph_at(start)
    there = layout.paragraph_at(earlier.content[-1].start)
    opens = not re.search(r"\w", layout.text[layout.paragraphs[here].start : start])
    if here == there:
        return True
    between = [layout.text[slice(*layout.paragraphs[index])].strip() for index in range(there + 1, here)]
    return opens and len(between) <= 1 and all(_is_subheading(line) for line in between)


def _is_subheading(line: str) -> bool:
    return len(line) <= _LONGEST_SUBHEADING and "\n" not in line and not line.endswith((".", ":", ",", ";"))
