"""The turns of a transcript as statements: a label names the speaker, and what follows is what was said.

    BRANDT: The harbour will stay open.

The quote model's corpus has no transcripts. A label on a line of its own covers all paragraphs up to the next label;
any other covers its own paragraph only, because articles may add words of their own between the turns they quote.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from typing import Final

from onrecord.document import Mention, Span
from onrecord.stages.base import Analysis
from onrecord.stages.statements.quotation_rules import Draft
from onrecord.text.segmentation import Paragraph, trim
from onrecord.text.statements import build_mention
from onrecord.text.turns import Turn, find_turns
from onrecord.text.word_lists import read_lists

_ROLES: Final = read_lists("onrecord.text", "transcripts")["roles"]
_CONFIDENCE: Final = 0.9
"""Nearly all of these are right; the exact share has not been measured."""

_PARENTHETICAL: Final = re.compile(r"\s*[\[(][^\])\n]*[\])]\s*")
_COLON: Final = re.compile(r"\s*:")


def turns(analysis: Analysis) -> list[Draft]:
    """A statement for each turn of a transcript; none if the article is not one, or if most labels name nobody.

    A label that is there only once and plainly nobody, such as ``Motion: carried.``, begins no turn.
    """
    found = find_turns(analysis.article.text).turns
    labels = {turn.speaker: turn for turn in found if turn.speaker}
    speakers = {label for label, turn in labels.items() if _is_speaker(analysis, turn)}
    if 2 * len(speakers) < len(labels):
        return []  # "Claim: … Verdict: … Claim: …"
    times = Counter(turn.speaker for turn in found)
    speakers |= {label for label in labels if times[label] > 1}
    drafts = []
    for number, turn in enumerate(found):
        if turn.speaker in speakers and (content := _content(analysis, turn, is_last=number == len(found) - 1)):
            drafts.append(
                Draft(
                    content, _cue(analysis, turn), _source(analysis, turn), _CONFIDENCE, act=("expressed", _CONFIDENCE)
                )
            )
    return drafts


def _is_speaker(analysis: Analysis, turn: Turn) -> bool:
    """Whether the label plainly is somebody: a person's name, a role, capitals, ``Q``, or a repeated heading."""
    if turn.heads(analysis.article.text):
        return True
    kinds = {name.label for name in analysis.names if name.span.overlaps(turn.words)}
    if "PER" in kinds or kinds == {"LOC"}:
        return "PER" in kinds  # "CHILE: Thousands marched."
    label = analysis.article.text[slice(*turn.words)]
    words = {word.strip(".,'’()").casefold() for word in label.split()}
    shouted = any(len(word) > 2 and word.isupper() for word in label.split())
    return shouted or label.isupper() or words <= _ROLES


def _content(analysis: Analysis, turn: Turn, is_last: bool) -> tuple[Span, ...]:
    """The paragraphs that are said, without notes in brackets that fill one."""
    text = analysis.article.text
    paragraphs = analysis.segmentation.paragraphs
    said: list[Span] = []
    first = max(0, bisect_right(paragraphs, turn.label.start, key=_start) - 1)
    for index in range(first, bisect_left(paragraphs, turn.end, key=_start)):
        paragraph = paragraphs[index]
        span = trim(text, Span(max(paragraph.span.start, turn.label.end), min(paragraph.span.end, turn.end)))
        if span.end <= span.start or index in analysis.boilerplate:
            continue
        words = text[slice(*span)]
        if any(character.isalnum() for character in words) and not _PARENTHETICAL.fullmatch(words):
            said.append(span)
    return tuple(said if turn.heads(text) and not is_last else said[:1])


def _start(paragraph: Paragraph) -> int:
    return paragraph.span.start


def _source(analysis: Analysis, turn: Turn) -> Mention | None:
    return build_mention(analysis.article, (turn.words,))


def _cue(analysis: Analysis, turn: Turn) -> Mention | None:
    match = _COLON.match(analysis.article.text, turn.words.end, turn.label.end)
    return build_mention(analysis.article, (Span(match.end() - 1, match.end()),)) if match else None
