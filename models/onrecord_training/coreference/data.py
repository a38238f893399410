"""What the coreference model learns from: pronouns that the speakers stage asks about, answered by the labels.

The stage itself runs over the labelled texts with a `Teacher` for a coreference model: that one notes each question and
gives the right answer, so that training sees what running sees.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from transformers import PreTrainedTokenizerBase

from onrecord.document import Mention, Name, Span, Speaker, Statement
from onrecord.names.forms import Gender, fold
from onrecord.stages.base import Analysis
from onrecord.stages.speakers.entities import ArticleEntities, Entity
from onrecord.stages.speakers.ranking import ArticleTokens, Pair, Range, pairs_of, salience
from onrecord.stages.speakers.role_phrases import PRONOUN_GENDERS
from onrecord.stages.speakers.salience import Anaphor, Candidate, EntityResolver, SalienceResolver
from onrecord.stages.speakers.stage import SpeakersStage
from onrecord.text.positions import Layout
from onrecord.text.segmentation import segment
from onrecord.text.windows import Window
from onrecord_eval.corpora.gap import AmbiguousPronoun
from onrecord_eval.corpora.gum import CoreferenceDocument
from onrecord_eval.names import normalise_name

Answer = tuple[list[bool], bool]
"""Which candidates may be right, and whether none of them may be."""

Labels = Callable[[Anaphor, Sequence[Candidate]], Answer | None]
"""The answer to a question, None where the labels do not tell."""

_APART: Final = 300
_NEAR_SENTENCES: Final = 3
_MADE_EACH: Final = 4
_FORMS: Final[dict[Gender, tuple[str, str, str]]] = {
    "feminine": ("she", "her", "her"),
    "masculine": ("he", "him", "his"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """One pronoun: its tokens, the pairs of each candidate, the ``Answer`` and `salience` as lists, "none" last."""

    anaphor: Range
    options: list[list[Pair]]
    allowed: list[bool]
    salience: list[float]


@dataclass(frozen=True, slots=True)
class Passage:
    """A window and the questions about it, in tokens of the window."""

    window: Window
    questions: list[Question]


class Teacher(EntityResolver):
    """A coreference model that knows the answers and notes the questions of one article."""

    def __init__(self, labels: Labels) -> None:
        self._labels = labels
        self._rules = SalienceResolver()
        self.asked: list[tuple[Layout, Anaphor, tuple[Candidate, ...], Answer]] = []

    def choose(
        self, analysis: Analysis, layout: Layout, anaphor: Anaphor, candidates: Sequence[Candidate]
    ) -> Candidate | None:
        """The right candidate; what the rules say where the labels are silent."""
        if not candidates or fold(anaphor.words) not in PRONOUN_GENDERS:
            return self._rules.choose(analysis, layout, anaphor, candidates)
        answer = self._labels(anaphor, candidates)
        if answer is None:
            return self._rules.choose(analysis, layout, anaphor, candidates)
        right, none = answer
        if any(right) or none:
            self.asked.append((layout, anaphor, tuple(candidates), answer))
        if none:
            return None
        return next((one for one, is_right in zip(candidates, right, strict=True) if is_right), None)


def passages(analysis: Analysis, labels: Labels, tokenizer: PreTrainedTokenizerBase, size: int) -> list[Passage]:
    """The questions that the speakers stage asks about an article, in the windows that it is read in."""
    teacher = Teacher(labels)
    SpeakersStage(teacher).process([analysis])
    tokens = ArticleTokens(analysis, tokenizer, size)
    found: list[tuple[Range, list[Question]]] = []
    for layout, anaphor, candidates, (right, none) in teacher.asked:
        where = tokens.of(anaphor.span)
        if where is None:
            continue
        if not found or not (tokens.fits(where, found[-1][0]) and found[-1][0][0] <= where[0]):
            found.append((tokens.around(where), []))
        window, questions = found[-1]
        shift = window[0] - 1
        options = [
            [replace(pair, tokens=_shifted(pair.tokens, shift)) for pair in own]
            for own in pairs_of(layout, tokens, window, anaphor, candidates)
        ]
        answered = none or any(own[0].tokens for own, is_right in zip(options, right, strict=True) if is_right)
        if answered:  # not by somebody who is mentioned outside of the window only
            present = salience(layout, anaphor, candidates)
            questions.append(Question((where[0] - shift, where[1] - shift), options, [*right, none], present))
    return [Passage(tokens.cut(window), questions) for window, questions in found if questions]


def _shifted(tokens: Range | None, shift: int) -> Range | None:
    return (tokens[0] - shift, tokens[1] - shift) if tokens else None


def asking(analysis: Analysis, mentions: Iterable[Span]) -> Analysis:
    """The same article with every one of ``mentions`` as a source to be resolved, beside those of its statements."""
    text = analysis.article.text
    taken = {span for statement in analysis.statements if statement.source for span in statement.source.spans}
    asked = tuple(
        Statement("-", "-", "", (span,), "indirect", span, source=Mention(text[slice(*span)], (span,)))
        for span in mentions
        if span not in taken
    )
    return replace(analysis, statements=(*analysis.statements, *asked))


# GAP


def gap_analysis(analysis: Analysis, example: AmbiguousPronoun) -> Analysis:
    """The text with its pronoun and both names asked for, as in the evaluation."""
    return asking(replace(analysis, statements=()), [example.pronoun, *example.names])


def gap_labels(example: AmbiguousPronoun) -> Labels:
    """The name that the pronoun stands for is right; if it is neither, anything else may be."""

    def labels(anaphor: Anaphor, candidates: Sequence[Candidate]) -> Answer | None:
        if anaphor.span != example.pronoun:
            return None
        is_one, is_other = (
            [any(place.overlaps(name) for place in candidate.entity.places) for candidate in candidates]
            for name in example.names
        )
        if any(example.refers):
            return (is_one if example.refers[0] else is_other), False
        return [not (one or other) for one, other in zip(is_one, is_other, strict=True)], True

    return labels


# OntoGUM


def gum_labels(document: CoreferenceDocument) -> Labels:
    """A candidate is right if most of its places that the corpus marks are in the pronoun's cluster."""
    clusters = {mention.span: mention.cluster for mention in document.mentions}

    def labels(anaphor: Anaphor, candidates: Sequence[Candidate]) -> Answer | None:
        cluster = clusters.get(anaphor.span)
        if cluster is None:
            return None
        right = [_belongs(candidate.entity, cluster, document) for candidate in candidates]
        return right, not any(right)

    return labels


def _belongs(entity: Entity, cluster: str, document: CoreferenceDocument) -> bool:
    own = [
        mention.cluster
        for place in entity.places
        for mention in document.mentions
        if mention.form == "name" and mention.span.covers(place) and mention.span.end - place.end <= len("'s ")
    ]
    return 2 * own.count(cluster) > len(own)


# Labelled newswire


def newswire_labels(analysis: Analysis) -> Labels:
    """The candidate that has the name of the statement's speaker is right; none, if the speaker has no name."""
    speakers: dict[Span, tuple[Speaker, ...]] = {}
    for statement in analysis.statements:
        if statement.source is not None:
            for span in statement.source.spans:
                speakers[span] = statement.speakers

    def labels(anaphor: Anaphor, candidates: Sequence[Candidate]) -> Answer | None:
        found = speakers.get(anaphor.span, ())
        if len(found) != 1:
            return None
        if found[0].name is None:
            return [False] * len(candidates), True
        wanted = {normalise_name(name) for name in (found[0].name, *found[0].aliases)}
        right = [any(normalise_name(form) in wanted for form in one.entity.forms) for one in candidates]
        return right, not any(right)

    return labels


# Made questions: a name that comes again becomes a pronoun


def made_questions(analysis: Analysis, generator: random.Random) -> tuple[Analysis, Labels] | None:
    """The article with some of its repeated names as pronouns, and who they stand for (after Kocijan et al., 2019).

    Taken are names of people outside of quotation marks, if somebody else is named near before them.
    """
    layout = Layout(analysis.article.text, analysis.segmentation)
    entities = ArticleEntities(layout, analysis.names)
    chosen: list[tuple[Span, Entity, str]] = []
    places = [place for place in entities.places if place.entity is not None and place.entity.kind == "person"]
    for index, place in sorted(enumerate(places), key=lambda _: generator.random()):
        if place.entity is None or len(chosen) == _MADE_EACH:
            continue
        word = _pronoun_for(layout, place.span, place.entity, generator)
        known = any(other.entity is place.entity for other in places[:index])
        rival = any(
            other.entity is not place.entity and layout.distance(other.span.start, place.span.start) <= _NEAR_SENTENCES
            for other in places[max(0, index - 6) : index]
        )
        apart = all(abs(span.start - place.span.start) > _APART for span, _, _ in chosen)
        if word and known and rival and apart:
            chosen.append((place.span, place.entity, word))
    if not chosen:
        return None
    return _with_pronouns(analysis, sorted(chosen, key=lambda one: one[0]))


def _pronoun_for(layout: Layout, span: Span, entity: Entity, generator: random.Random) -> str | None:
    """What could stand in the place of a name; None where that is not clear."""
    genders: list[Gender] = list(_FORMS)
    gender: Gender = generator.choice(genders) if entity.gender is None else entity.gender
    subject, other, possessive = _FORMS[gender]
    if layout.is_quoted(span.start) or layout.text[span.start - 1 : span.start] not in ("", " ", "\n"):
        return None
    before = layout.text[layout.sentence_span(span.start).start : span.start]
    if before.rstrip()[-1:].isalpha() and before.split()[-1][0].isupper() and " " in before.strip():
        return None  # a title, or a longer name
    after = layout.text[span.end : span.end + 3]
    if after[:2] in ("'s", "’s"):
        return possessive.capitalize() if not before.strip() else possessive
    if layout.is_governed(span.start):
        return other if after[:1] in ".,; " and not before.rstrip().endswith(" the") else None
    if not before.strip():
        return subject.capitalize() if after[:1] == " " else None
    said = layout.text[span.end : span.end + 30].split()[:1]
    plausible = bool(said) and (
        said[0].endswith("ed") or said[0] in ("said", "has", "had", "was", "is", "will", "says")
    )
    return subject if plausible else None


def _with_pronouns(analysis: Analysis, chosen: list[tuple[Span, Entity, str]]) -> tuple[Analysis, Labels]:
    text = analysis.article.text
    pieces, edits, at = [], [], 0
    asked: dict[Span, set[str]] = {}
    for span, entity, word in chosen:
        end = span.end + 2 if text[span.end : span.end + 2] in ("'s", "’s") else span.end
        pieces += [text[at : span.start], word]
        start = sum(map(len, pieces)) - len(word)
        asked[Span(start, start + len(word))] = {fold(form) for form in entity.forms}
        edits.append((span.start, end, len(word)))
        at = end
    pieces.append(text[at:])
    new = "".join(pieces)

    def moved(position: int) -> int:
        shift = 0
        for start, end, length in edits:
            if position >= end:
                shift += length - (end - start)
            elif position > start:
                return start + shift + (length if position - start > 0 else 0)
        return position + shift

    def move(span: Span) -> Span:
        return Span(moved(span.start), moved(span.end))

    def move_mention(mention: Mention | None) -> Mention | None:
        if mention is None:
            return None
        spans = tuple(move(span) for span in mention.spans)
        return Mention(" … ".join(new[slice(*span)] for span in spans), spans)

    names = tuple(
        Name(move(name.span), name.label, name.score)
        for name in analysis.names
        if not any(name.span.overlaps(span) for span, _, _ in chosen)
    )
    statements = tuple(
        replace(
            statement,
            content=tuple(map(move, statement.content)),
            context=move(statement.context),
            cue=move_mention(statement.cue),
            source=move_mention(statement.source),
            via=None,
            speakers=(),
        )
        for statement in analysis.statements
    )
    article = replace(analysis.article, text=new)
    changed = Analysis(article, segment(new), analysis.furniture, names=names, statements=statements)

    def labels(anaphor: Anaphor, candidates: Sequence[Candidate]) -> Answer | None:
        forms = asked.get(anaphor.span)
        if forms is None:
            return None
        right = [any(fold(form) in forms for form in one.entity.forms) for one in candidates]
        return (right, False) if any(right) else None

    return asking(changed, asked), labels
