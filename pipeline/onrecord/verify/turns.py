"""Who speaks where in a transcript, by the labels that its turns begin with.

``MS. OBI:``, ``Anchor (on camera):``, ``Q.`` and ``A.``, ``>> ADA LUND:``, ``[00:12] Ada Lund:``, ``Ada Lund  0:12``
on a line of its own. A text with fewer than three such turns is no transcript.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from onrecord.document import Span
from onrecord.text.word_lists import read_lists

_LISTS: Final = read_lists("onrecord.verify", "speech")
_NO_SPEAKERS: Final = _LISTS["no speakers"]
_TIME: Final = r"[\[(]?\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?[\])]?"
_BEFORE: Final = rf"[ \t\u00a0]*(?:\d{{1,2}}[ \t]{{2,}})?(?:[>*#•_-]+[ \t]*)?(?:{_TIME}[ \t]*(?:[-–—][ \t]*)?)?\**"
_LABEL: Final = re.compile(
    rf"^{_BEFORE}(?:(?P<letter>[QA])(?:[.:]\**(?=\s)|(?=[ \t\u00a0]{{2,}}\S))"
    r"|(?P<name>[^\W_a-z][^\n:“”\"?!]{0,70}?)[ \t]*(?P<note>[\[(][^\])\n]{0,60}[\])])?[ \t]*\**:\**(?=\s|$)"
    rf"|(?P<timed>[^\W\d_a-z][^\n:“”\"?!]{{0,50}}?)[ \t]+{_TIME}[ \t]*$)",
    re.MULTILINE,
)
_SMALL: Final = _LISTS["small"]
"""Words of a label that need no capital."""

_ABOUT: Final = re.compile(
    r"\b(?i:interview (?:with|of)|deposition of|examination of|testimony of|conversation with|q ?(?:&|and) ?a with)"
    r"[ \t]+(?P<name>(?:[^\W\d_]+\.[ \t]+)*[A-Z][^\W\d_]*(?:[-’' \t]+[A-Z][^\W\d_]*\.?){0,4})"
)
_HEAD: Final = 1500
"""Characters at the start of a transcript that may say whom it is an interview with."""

_FEWEST: Final = 3
_FURNITURE: Final = re.compile(
    r"^[ \t]*(?:\d{1,5}|\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?(?:[ \t]*-->[^\n]*)?|page \d+(?: of \d+)?)[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
_NUMBERED: Final = re.compile(r"^[ \t]*\d{1,2}(?=[ \t]{1,12}\S)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Turn:
    """The words after a label; ``speaker`` is the label without its note, None after a label of no speaker."""

    label: Span
    speaker: str | None
    end: int


@dataclass(frozen=True, slots=True)
class Turns:
    """The turns of a text in order; none if it is no transcript. ``furniture`` are numbers of lines, pages, times."""

    turns: tuple[Turn, ...] = ()
    furniture: tuple[Span, ...] = ()

    @property
    def labels(self) -> frozenset[str]:
        """All speakers as they are labelled."""
        return frozenset(turn.speaker for turn in self.turns if turn.speaker)

    def index_at(self, position: int) -> int:
        """The number of the turn at a position; -1 if none has begun, or the last has ended."""
        index = bisect_right(self.turns, position, key=lambda turn: turn.label.end) - 1
        return index if index >= 0 and position < self.turns[index].end else -1

    def speaker_at(self, position: int) -> str | None:
        """Who says what stands at a position; None if that is not known."""
        index = self.index_at(position)
        return None if index < 0 else self.turns[index].speaker


def find_turns(text: str) -> Turns:
    """The turns of a transcript.

    >>> turns = find_turns("MS. OBI: Will it close?\\nMR. LUND: No.\\nMS. OBI: Never?\\n")
    >>> turns.speaker_at(36), sorted(turns.labels)
    ('MR. LUND', ['MR. LUND', 'MS. OBI'])
    """
    found = list(_labels(text))
    speakers = [speaker for _, speaker in found if speaker]
    if len(speakers) < _FEWEST or len(set(speakers)) < 2 or len(set(speakers)) == len(speakers) < 5:
        return Turns()
    named = _name_letters(found, text)
    ends = [label.start for label, _ in named[1:]] + [len(text)]
    turns = [Turn(label, speaker, end) for (label, speaker), end in zip(named, ends, strict=True)]
    first = [Turn(turn.label, turn.speaker, _paragraph_end(text, turn)) for turn in turns]
    said, beyond = (sum(turn.end - turn.label.end for turn in some) for some in (first, turns))
    if beyond > 2 * said and beyond > 0.2 * len(text) and _longest_gap(first, turns) > 0.3 * beyond:
        turns = first  # an article with some labelled lines, which most of it does not belong to
    return Turns(tuple(turns), tuple(_furniture(text)))


def _paragraph_end(text: str, turn: Turn) -> int:
    start = turn.label.end
    while start < turn.end and text[start].isspace():
        start += 1
    end = text.find("\n", start, turn.end)
    return turn.end if end < 0 else end


def _longest_gap(first: list[Turn], turns: list[Turn]) -> int:
    return max(whole.end - part.end for part, whole in zip(first, turns, strict=True))


def _labels(text: str) -> Iterator[tuple[Span, str | None]]:
    for match in _LABEL.finditer(text):
        if letter := match["letter"]:
            yield Span(*match.span()), letter
            continue
        name = (match["name"] or match["timed"]).strip(" *_#>-\t")
        words = name.split(",")[0].replace("*", "").split()
        if not words or len(words) > 8 or not all(_fits(word) for word in words):
            continue
        is_speaker = not all(
            word.strip(".'’").casefold() in _NO_SPEAKERS or word.casefold() in _SMALL for word in words
        )
        yield Span(*match.span()), name if is_speaker else None


def _fits(word: str) -> bool:
    bare = word.lstrip("(\"'‘’")
    return bare[:1].isupper() or bare[:1].isdecimal() or bare.casefold() in _SMALL or bare in {"&", "/", "-", "–"}


def _name_letters(found: list[tuple[Span, str | None]], text: str) -> list[tuple[Span, str | None]]:
    """The labels with names for ``Q`` and ``A`` that the text tells: ``BY MR. LUND:``, ``Interview with Ada Obi``."""
    about = _ABOUT.search(text[:_HEAD])
    names = {"A": about["name"].strip()} if about else {}
    named: list[tuple[Span, str | None]] = []
    for label, speaker in found:
        if speaker is not None and speaker.upper().startswith("BY "):
            names["Q"] = speaker[3:]
            named.append((label, names["Q"]))
        else:
            named.append((label, names.get(speaker, speaker) if speaker else None))
    return named


def _furniture(text: str) -> Iterator[Span]:
    """Lines that hold a number or a time alone, and the numbers that most lines begin with."""
    spans = [Span(*match.span()) for match in _FURNITURE.finditer(text)]
    numbered = [Span(*match.span()) for match in _NUMBERED.finditer(text)]
    lines = text.count("\n") + 1
    if len(numbered) > 0.6 * lines - text.count("\n\n"):
        spans += numbered
    yield from sorted(set(spans))
