"""Statements from what the quote model found in an article's windows."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from onrecord.document import Article, Form, Mention, Span, Statement
from onrecord.stages.base import Analysis
from onrecord.stages.statements.quotation_rules import (
    Draft,
    add_bare_quotations,
    give_whole_quotations,
    snap,
    split_paragraphs,
)
from onrecord.stages.statements.relays import resolve_relays
from onrecord.stages.statements.signatures import add_signed
from onrecord.text.quotations import form_of, quotation_states
from onrecord.text.segmentation import trim, whole_words
from onrecord.text.statements import build_mention, build_statement
from onrecord.text.windows import Window
from onrecord_models.decoding import Range, StatementRange


class QuotesStage:
    """Turns the quote model's token ranges into statements, in the order of the text."""

    requires: ClassVar[frozenset[str]] = frozenset({"readings"})
    provides: ClassVar[frozenset[str]] = frozenset({"statements"})

    def process(self, analyses: list[Analysis]) -> list[Analysis]:
        return [replace(analysis, statements=_statements(analysis)) for analysis in analyses]


def _statements(analysis: Analysis) -> tuple[Statement, ...]:
    drafts = [
        draft
        for window, reading in zip(analysis.windows, analysis.readings, strict=True)
        for found in reading.statements
        if (draft := _draft(analysis, window, found)) is not None
    ]
    drafts.sort(key=lambda draft: draft.content)
    for rule in (give_whole_quotations, resolve_relays, split_paragraphs, add_bare_quotations, add_signed):
        drafts = rule(analysis, drafts)
    article = analysis.article
    states = quotation_states(article.text, analysis.segmentation.quotations)
    return tuple(
        build_statement(
            article,
            analysis.segmentation,
            draft.content,
            identifier=f"{article.doc}#{number}",
            states=states,
            cue=draft.cue,
            source=draft.source,
            via=draft.via,
            confidence=draft.confidence,
            act=draft.act,
            form=_form(article.text, draft, states),
        )
        for number, draft in enumerate(drafts, 1)
    )


def _form(text: str, draft: Draft, states: bytearray) -> Form:
    """As the quotation marks say; direct, too, are whole sentences that no words of the reporter introduce.

    Those are the turns of a transcript and posts. A headline such as ``Roads are safe: mayor`` has no full stop.
    """
    form = form_of(text, draft.content, states)
    introduced = draft.cue is not None and draft.cue.text != ":"
    is_sentence = text[draft.content[-1].end - 1] in ".!?…"
    return "direct" if form == "indirect" and not introduced and is_sentence else form


def _draft(analysis: Analysis, window: Window, found: StatementRange) -> Draft | None:
    """None where nothing but punctuation is left of the content."""
    article = analysis.article
    cue = _mention(article, window, found.cue.tokens) if found.cue else None
    pieces = tuple(_characters(article.text, window, tokens) for tokens in found.content)
    content = snap(article.text, pieces, analysis.segmentation.quotations)
    if not content or (found.cue and cue is None):
        return None
    source = _mention(article, window, found.source) if found.source else None
    if source is not None and not any(character.isalnum() for character in source.text):
        source = None
    return Draft(content, cue, source, round(found.score, 4), act=found.act)


def _mention(article: Article, window: Window, tokens: Range) -> Mention | None:
    """The words as the annotators draw them, with a comma that closes an apposition and the colon of a cue.

    A cue may be a colon alone, as in ``Ada Lund: “We are ready.”``
    """
    span = _characters(article.text, window, tokens)
    return build_mention(article, (span,)) if span.end > span.start else None


def _characters(text: str, window: Window, tokens: Range) -> Span:
    """The text of a token range, widened to whole words: tokens can be parts of words."""
    return trim(text, whole_words(text, Span(window.spans[tokens[0]].start, window.spans[tokens[1] - 1].end)))
