"""What counts about each speaker of each statement: one row of facts, from the fields of the output line."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from onrecord.audit.groups import group_of
from onrecord.document import Gender, Speaker, Statement
from onrecord.names.forms import fold
from onrecord.stages.sourcing.gender import told_gender

UNKNOWN: Final = "unknown"
NO_SPEAKER: Final = "no speaker told"
LEAD: Final = 500
"""Characters of an article, behind its headline, that count as its lead: about two paragraphs of news."""

_WORD: Final = re.compile(r"\w+(?:[.,:'’-]\w+)*")
_GENDERS: Final[dict[Gender | None, str]] = {"feminine": "women", "masculine": "men", None: "person, not said"}
_NOBODY: Final = "no single person"

TYPES: Final = (
    "named person", "named organization", "document", "unnamed person", "unnamed group", UNKNOWN, NO_SPEAKER,
)  # fmt: skip
GENDERS: Final = ("women", "men", "person, not said", _NOBODY)
POSITIONS: Final = ("headline", "lead", "later")
ANONYMITY: Final = ("name kept back, reason given", "name kept back", "other")


@dataclass(frozen=True, slots=True)
class Fact:
    """A speaker of a statement. ``weight`` is their part of it, ``words`` their part of its words."""

    doc: str
    weight: float
    words: float
    type: str
    group: str
    gender: str
    position: str
    outlet: str
    anonymity: str
    speaker: str | None


class Genders:
    """The gender of named people as all articles together tell it: one may only say ``she`` of somebody."""

    def __init__(self, statements: Iterable[Statement] = ()) -> None:
        self._told: defaultdict[str, Counter[Gender]] = defaultdict(Counter)
        for statement in statements:
            for speaker in statement.speakers:
                if speaker.id is not None and speaker.gender is not None:
                    self._told[speaker.id][speaker.gender] += 1

    def of(self, speaker: Speaker) -> Gender | None:
        """The gender that is told of the speaker, here or, if not here, clearly elsewhere."""
        if speaker.gender is not None or speaker.id is None:
            return speaker.gender
        return told_gender((), votes=self._told.get(speaker.id))


def facts_of(statement: Statement, genders: Genders) -> Iterator[Fact]:
    """A fact for each speaker, or one for nobody."""
    words = len(_WORD.findall(statement.text))
    count = len(statement.speakers) or 1
    shared = (statement.doc, 1 / count, words / count)
    place = (position_of(statement), statement.meta.outlet or UNKNOWN)
    if not statement.speakers:
        yield Fact(*shared, NO_SPEAKER, UNKNOWN, _NOBODY, *place, "other", None)
    for speaker in statement.speakers:
        anonymity = "other"
        if speaker.anonymous:
            anonymity = "name kept back, reason given" if speaker.reason else "name kept back"
        yield Fact(
            *shared, type_of(speaker), group_of(speaker), gender_of(speaker, genders), *place, anonymity, speaker.name
        )


def type_of(speaker: Speaker) -> str:
    """The speaker's source type; lines of earlier releases have none, and there the kind tells it."""
    return speaker.source_type or _TYPES_OF_KINDS.get((speaker.kind, speaker.name is not None), UNKNOWN)


_TYPES_OF_KINDS: Final[Mapping[tuple[str, bool], str]] = {
    ("person", True): "named person",
    ("person", False): "unnamed person",
    ("organization", True): "named organization",
    ("group", True): "named organization",
    ("organization", False): "unnamed group",
    ("group", False): "unnamed group",
    ("document", True): "document",
    ("document", False): "document",
}


def gender_of(speaker: Speaker, genders: Genders) -> str:
    """``women``, ``men``, a person of whom it is not said, or nobody in the singular."""
    gender = genders.of(speaker)
    is_person = speaker.kind == "person" or (gender is not None and speaker.name is None)
    return _GENDERS[gender] if is_person else _NOBODY


def position_of(statement: Statement) -> str:
    """Whether the statement begins in the headline, the lead or later; ``meta.title`` tells what the headline is."""
    start = statement.content[0].start
    title = statement.meta.title or ""
    if title and start < len(title) and fold(statement.text) in fold(title):
        return "headline"
    # A title that is no part of the text moves the lead by its own length: too little to matter.
    return "lead" if start < LEAD + len(title) else "later"
