"""Who speaks where in a transcript, by the labels that its turns begin with.

``MS. OBI:``, ``Anchor (on camera):``, ``Q.`` and ``A.``, ``>> ADA LUND:``, ``[00:12] Ada Lund:``, ``Mr. LUND.``; on
lines of their own ``Ada Lund  0:12`` and ``Ada Lund — Chief Executive``. A text with fewer than three such turns is no
transcript, but two of the kind ``Mr. LUND.`` are enough: nothing else looks like that.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from onrecord.document import Span
from onrecord.text.word_lists import read_lists

_LISTS: Final = read_lists("onrecord.text", "transcripts")
_NO_SPEAKERS: Final = _LISTS["no speakers"]
_TIME: Final = r"[\[(]?\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?[\])]?"
_BEFORE: Final = rf"[ \t\u00a0]*(?:\d{{1,2}}[ \t]{{2,}})?(?:[>*#•_-]+[ \t]*)?(?:{_TIME}[ \t]*(?:[-–—][ \t]*)?)?\**"
_LABEL: Final = re.compile(
    rf"^{_BEFORE}(?:(?P<letter>[QA])(?:[.:]\**(?=\s)|(?=[ \t\u00a0]{{2,}}\S))"
    r"|(?P<name>[^\W_a-z][^\n:“”\"?!]{0,70}?)[ \t]*(?P<note>[\[(][^\])\n]{0,60}[\])])?[ \t]*\**:\**(?=\s|$)"
    rf"|(?P<timed>[^\W\d_a-z][^\n:“”\"?!]{{0,50}}?)[ \t]+{_TIME}[ \t]*$"
    r"|(?P<titled>(?:Mrs?|Ms|Miss|Dr|The|Chair(?:man|woman|person)?|Senator|Representative)\.?[ \t]+"
    r"[A-Z][A-Z’'-]+(?:[ \t]+[A-Z][A-Z’'-]+){0,3})\.(?=\s+\S)"
    r"|(?P<headed>[^\W\d_a-z][^\n:“”\"?!.;—–]{2,40}?[ \t]+[—–][ \t]+[^\n:“”\"?!;]{2,80}?)[ \t]*$)",
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
_FEWEST_CERTAIN: Final = 2
_MANY: Final = 5
"""So many turns are a transcript even if nobody speaks twice."""

_FURNITURE: Final = re.compile(
    r"^[ \t]*(?:\d{1,5}|\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?(?:[ \t]*-->[^\n]*)?|page \d+(?: of \d+)?)[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
_NUMBERED: Final = re.compile(r"^[ \t]*\d{1,2}(?=[ \t]{1,12}\S)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Turn:
    """The words after a label; ``speaker`` is the label without its note, None after a label of no speaker.

    ``words`` are where that stands in the label.
    """

    label: Span
    words: Span
    speaker: str | None
    end: int

    def heads(self, text: str) -> bool:
        """Whether the label has its line for itself."""
        end = text.find("\n", self.label.end)
        return not text[self.label.end : len(text) if end < 0 else end].strip()


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
    headed = [label.speaker for label in found if label.headed]
    if len(set(headed)) == len(headed):  # nominees, bylines, sections: in a talk, somebody speaks again
        found = [label for label in found if not label.headed]
    speakers = [label.speaker for label in found if label.speaker]
    repeated = len(set(speakers)) < len(speakers) or len(speakers) >= _MANY
    enough = (len(speakers) >= _FEWEST and repeated) or sum(label.certain for label in found) >= _FEWEST_CERTAIN
    if not enough or len(set(speakers)) < 2:
        return Turns()
    ends = [label.span.start for label in found[1:]] + [len(text)]
    names = _names(found, text)
    turns = [Turn(label.span, label.words, name, end) for label, name, end in zip(found, names, ends, strict=True)]
    first = [replace(turn, end=_paragraph_end(text, turn)) for turn in turns]
    said, beyond = (sum(turn.end - turn.label.end for turn in some) for some in (first, turns))
    is_whole = any(label.headed for label in found)
    if not is_whole and beyond > 2 * said and beyond > 0.2 * len(text) and _longest_gap(first, turns) > 0.3 * beyond:
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


@dataclass(frozen=True, slots=True)
class _Label:
    span: Span
    words: Span
    speaker: str | None
    certain: bool = False
    headed: bool = False


def _labels(text: str) -> Iterator[_Label]:
    for match in _LABEL.finditer(text):
        span = Span(*match.span())
        kind = next(kind for kind in ("letter", "name", "timed", "titled", "headed") if match[kind])
        given = match[kind]
        name = given.strip(" *_#>-\t")
        start = match.start(kind) + given.index(name)
        words = Span(start, start + len(name))
        if kind in ("letter", "titled"):
            yield _Label(span, words, name, kind == "titled")
            continue
        own = _first_part(name).replace("*", "").split()
        if not own or len(own) > 8 or not all(_fits(word) for word in own):
            continue
        speaker = None if all(_is_no_speaker(word) for word in own) else name
        yield _Label(span, words, speaker, headed=kind == "headed")


def _first_part(name: str) -> str:
    return re.split(r",|[ \t][—–][ \t]", name, maxsplit=1)[0]


def _is_no_speaker(word: str) -> bool:
    bare = word.strip(".'’").casefold()
    return bare in _NO_SPEAKERS or (bare in _SMALL and not word.isupper())


def _fits(word: str) -> bool:
    bare = word.lstrip("(\"'‘’")
    return bare[:1].isupper() or bare[:1].isdecimal() or bare.casefold() in _SMALL or bare in {"&", "/", "-", "–"}


def _names(labels: list[_Label], text: str) -> Iterator[str | None]:
    """The speakers, ``Q`` and ``A`` by names that the text tells: ``BY MR. LUND:``, ``Interview with Ada Obi``."""
    about = _ABOUT.search(text[:_HEAD])
    names = {"A": about["name"].strip()} if about else {}
    for label in labels:
        speaker = label.speaker
        if speaker is not None and speaker.upper().startswith("BY "):
            names["Q"] = speaker[3:]
            yield names["Q"]
        else:
            yield names.get(speaker, speaker) if speaker else None


def _furniture(text: str) -> Iterator[Span]:
    """Lines that hold a number or a time alone, and the numbers that most lines begin with."""
    spans = [Span(*match.span()) for match in _FURNITURE.finditer(text)]
    numbered = [Span(*match.span()) for match in _NUMBERED.finditer(text)]
    lines = text.count("\n") + 1
    if len(numbered) > 0.6 * lines - text.count("\n\n"):
        spans += numbered
    yield from sorted(set(spans))
