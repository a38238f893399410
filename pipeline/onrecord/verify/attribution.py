"""Who says a passage of a source that is no transcript, by the statements that were found in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from onrecord.document import Span, Speaker, Statement
from onrecord.verify.people import SURE, Relation, relate
from onrecord.verify.result import Passage

_MOST_OF_IT: Final = 0.5


def attributed(passage: Passage, speakers: Sequence[Speaker], statements: Sequence[Statement]) -> Passage:
    """The passage with the speaker of the statement that it is, if that one is surely known and a person.

    ``speakers`` are those of the draft. A passage that has a speaker stays as it is.
    """
    if passage.speaker is not None or not statements:
        return passage
    best = max(statements, key=lambda statement: shared(passage.span, statement))
    if shared(passage.span, best) < _MOST_OF_IT * (passage.span.end - passage.span.start):
        return passage
    names = [speaker.name for speaker in best.speakers if speaker.name and _is_sure(speaker)]
    if len(names) != len(best.speakers) or not names:
        return passage
    found = [relate(speakers, name) for name in names]
    if any(speaker.name in names for speaker in speakers) or Relation.SAME in found:
        relation = Relation.SAME
    else:
        relation = Relation.OTHER if all(each is Relation.OTHER for each in found) else Relation.UNKNOWN
    return replace(passage, speaker=" and ".join(names), relation=relation)


def _is_sure(speaker: Speaker) -> bool:
    return speaker.kind == "person" and (speaker.score is None or speaker.score >= SURE)


def shared(span: Span, statement: Statement) -> int:
    """How many characters of ``span`` belong to what a statement says."""
    return sum(max(0, min(span.end, end) - max(span.start, start)) for start, end in statement.content)
