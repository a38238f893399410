"""Drafts of statements made by hand: what the quote model's ranges become before the rules are applied."""

from __future__ import annotations

from onrecord.document import Article, Mention, Span
from onrecord.stages.base import Analysis
from onrecord.stages.statements.quotation_rules import Draft
from onrecord.text.segmentation import segment


def analysis_of(text: str) -> Analysis:
    return Analysis(Article("a.txt", text), segment(text))


def at(text: str, words: str) -> Span:
    start = text.index(words)
    return Span(start, start + len(words))


def mention(text: str, words: str) -> Mention:
    return Mention(words, (at(text, words),))


def draft(text: str, *content: str, cue: str | None = None, source: str | None = None) -> Draft:
    return Draft(
        tuple(at(text, words) for words in content),
        mention(text, cue) if cue else None,
        mention(text, source) if source else None,
        0.9,
    )


def shown(text: str, drafts: list[Draft]) -> list[list[str]]:
    return [[text[slice(*piece)] for piece in one.content] for one in drafts]
