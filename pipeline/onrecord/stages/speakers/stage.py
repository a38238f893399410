"""The speakers stage: fills ``speakers`` of every statement with who its source refers to in the article."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import ClassVar

from onrecord.document import Article, Gender, Name, Span, Speaker, Statement
from onrecord.names.forms import slug
from onrecord.stages.base import Analysis
from onrecord.stages.sourcing.anonymity import Source, kept_back
from onrecord.stages.sourcing.gender import told_gender
from onrecord.stages.sourcing.types import source_type
from onrecord.stages.speakers.candidates import EntityResolver, Referent, Unnamed
from onrecord.stages.speakers.entities import ArticleEntities, Entity
from onrecord.stages.speakers.name_checks import is_plausible, repeated_names
from onrecord.stages.speakers.resolution import Attributed, Attribution, source_span
from onrecord.stages.speakers.role_phrases import best_role
from onrecord.stages.speakers.roles import RoleFinder, role_phrases
from onrecord.text.positions import Layout
from onrecord.text.statements import build_mention


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
        names: list[Name] = []
        if analysis.statements:
            names = [name for name in analysis.names if is_plausible(layout, name)]
            names += repeated_names(layout, names)
        entities = ArticleEntities(layout, names)
        RoleFinder(layout, entities, tuple(role_phrases(analysis))).find()
        return Attribution(analysis, layout, entities, self.resolver)


def _attributed(analysis: Analysis, attribution: Attribution, min_score: float) -> tuple[Statement, ...]:
    found = [_sure_enough(each, min_score) for each in attribution.resolve()]
    speakers = _Speakers(analysis.article, attribution, _kept_back(analysis, attribution, found))
    return tuple(
        replace(statement, speakers=tuple(speakers.of(referent, own.score) for referent in own.referents))
        for statement, own in zip(analysis.statements, found, strict=True)
    )


def _sure_enough(attributed: Attributed, min_score: float) -> Attributed:
    """The same, or nobody named where it is too doubtful who is meant."""
    named = any(isinstance(referent, Entity) for referent in attributed.referents)
    if not named or attributed.score >= min_score:
        return attributed
    if not attributed.words:
        return Attributed((), 1 - attributed.score)
    return Attributed((Unnamed(attributed.words, attributed.referents[0].kind),), 1 - attributed.score)


def _kept_back(analysis: Analysis, attribution: Attribution, found: list[Attributed]) -> Mapping[Hashable, Span | None]:
    """The speakers whose names the article keeps back, with the words that say why."""
    sources = []
    for statement, own in zip(analysis.statements, found, strict=True):
        if statement.source is not None:
            parts = [*statement.content, *(statement.cue.spans if statement.cue else ())]
            nameless = tuple(each for each in own.referents if isinstance(each, Unnamed))
            sources.append(Source(source_span(statement), nameless, tuple(part.start for part in parts)))
    contents = [piece for statement in analysis.statements for piece in statement.content]
    return kept_back(attribution.layout, sources, contents)


def _sources(analysis: Analysis) -> list[Span]:
    return [source_span(statement) for statement in analysis.statements if statement.source]


class _Speakers:
    """Turns referents into speakers, each referent once, so that ids stay apart within the article."""

    def __init__(self, article: Article, attribution: Attribution, kept_back: Mapping[Hashable, Span | None]) -> None:
        """``attribution`` must be resolved: it knows the words for everybody."""
        self._article = article
        self._attribution = attribution
        self._kept_back = kept_back
        self._known: dict[Referent, Speaker] = {}
        self._ids: set[str] = set()
        self._numbers: dict[str, int] = {}

    def of(self, referent: Referent, score: float) -> Speaker:
        if referent not in self._known:
            self._known[referent] = self._named(referent) if isinstance(referent, Entity) else self._unnamed(referent)
        return replace(self._known[referent], score=round(score, 4))

    def _named(self, entity: Entity) -> Speaker:
        name = entity.name
        base = slug(name)
        identifier, number = base, self._numbers.get(base, 2)
        while identifier in self._ids:
            identifier, number = f"{base}-{number}", number + 1
        self._ids.add(identifier)
        self._numbers[base] = number
        aliases: list[str] = []
        for form in entity.forms:
            plain = " ".join(form.split())
            if plain not in (name, *aliases):
                aliases.append(plain)
        role = best_role(entity) if entity.kind == "person" else None
        return Speaker(
            name,
            identifier,
            entity.kind,
            role and " ".join(role.split()),
            None,
            tuple(aliases),
            source_type=source_type(entity.kind, name),
            gender=self._gender(entity),
        )

    def _unnamed(self, referent: Unnamed) -> Speaker:
        reason = self._kept_back.get(referent)
        return Speaker(
            None,
            kind=referent.kind,
            description=referent.description,
            source_type=source_type(referent.kind, None, referent.description),
            gender=self._gender(referent),
            anonymous=referent in self._kept_back,
            reason=build_mention(self._article, (reason,)) if reason else None,
        )

    def _gender(self, referent: Referent) -> Gender | None:
        if referent.kind not in ("person", "unknown"):
            return None
        words = self._attribution.words_for(referent, "pronoun")
        phrases = self._attribution.words_for(referent, "description")
        if isinstance(referent, Entity):
            phrases += [role.text for role in referent.roles]
            return told_gender(words, phrases, referent.gender_votes)
        return told_gender([*words, referent.description], {*phrases, referent.description})
