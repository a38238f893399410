"""Sources whose name an article keeps back at their request, and the words in which it says why.

Only what the article says of its own sources counts: ``a donor who asked not to be named`` is nobody's anonymity here
unless the donor speaks, nor is an artist who is called anonymous. What somebody says (the content) is not read.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from onrecord.document import Span
from onrecord.text.positions import Layout
from onrecord.text.word_lists import read_entries

_STARTS: Final = re.compile(
    r"\b(?:anonym|confidential|unnamed|unidentified|nameless|named|identified|quoted|background|attribution|"
    r"off the record|name|identit|authori[sz]|allowed|permitted|cleared|clearance|entitled|empowered|liberty|supposed|"
    r"position|permission|barred|banned|prohibited|forbidden|precluded)",
    re.IGNORECASE,
)
"""What every sentence that keeps a name back has; the other expressions are only looked for there."""

_SUBJECT: Final = re.compile(
    r"\W*(?:(he|she|they|both|all|neither|none|each|speaking)|(?:the|this|that)((?: \w+){1,4}))\b", re.I
)
_PLURAL: Final = re.compile(
    r"\W*(?:they|both|all|neither|none|the (?:\w+ )?(?:officials|sources|people|employees|workers|diplomats))\b", re.I
)
_GLUE: Final = re.compile(
    r"\s*,?\s*(?:and\s+|but\s+)?(?:(?:partly|mainly|simply|in part|largely|only|also|publicly|directly|openly|by name|"
    r"in print|in public|in (?:this|the) (?:story|article|report|piece))\s+)*",
    re.IGNORECASE,
)
_CLOSES: Final = re.compile(
    r"[;—–“”\"()\[\]\n]|\s--?\s|,(?=\s*(?:$|[“”\"]))|"
    r",(?=\s+(?:said|says|told|adds|added|who|which|while|but|and (?:said|says|told|added|asked|who))\b)"
)
_OPENING_REASON: Final = re.compile(
    r"\W*((?:because|fearing|citing|for fear|out of fear|afraid|worried|concerned|as|since)\b[^,;“”\"]+),\s", re.I
)
_LONGEST: Final = 4000
"""Characters of a sentence; what is longer is none."""

_BACK: Final = 2
"""Sentences before one like ``She asked not to be named`` in which the one who asked is named as a source."""


@dataclass(frozen=True, slots=True)
class Source:
    """A source mention, the speakers without a name behind it (none if they have names), and where its statement has
    its other parts: there a reason ends.
    """

    span: Span
    nameless: tuple[Hashable, ...]
    stops: tuple[int, ...] = ()


def kept_back(layout: Layout, sources: Sequence[Source], contents: Sequence[Span]) -> dict[Hashable, Span | None]:
    """The speakers whose name is kept back, each with the words that say why, if the article says it.

    ``contents`` are the spans of what is said.
    """
    found: dict[Hashable, Span | None] = {}
    if not any(source.nameless for source in sources):
        return found
    ordered = sorted(sources, key=lambda source: source.span)
    starts = [source.span.start for source in ordered]
    said = _Covered(contents)
    for number, sentence in _sentences(layout):
        for signal, is_bar in _signals(layout.text, sentence):
            if said.covers(signal.start) or layout.is_quoted(signal.start):
                continue
            keepers = _keepers(layout, ordered, starts, number, sentence, signal)
            reason = Span(signal.start, sentence.end) if is_bar else _reason(layout.text, sentence, signal)
            if reason is not None:
                reason = _cut(layout.text, reason, sentence, ordered, starts)
            for speaker in keepers:
                # A request says more than a bar beside it, which is its reason.
                if found.get(speaker) is None:
                    found[speaker] = reason
    return found


def _sentences(layout: Layout) -> Iterator[tuple[int, Span]]:
    """The sentences that may keep a name back, with their numbers."""
    last = -1
    for match in _STARTS.finditer(layout.text):
        number = layout.sentence_at(match.start())
        if number != last and layout.sentences:
            last = number
            sentence = layout.sentences[number]
            if sentence.end - sentence.start <= _LONGEST:
                yield number, sentence


def _signals(text: str, sentence: Span) -> Iterator[tuple[Span, bool]]:
    """Where the sentence says that a name is kept back, and whether it only says that somebody may not speak."""
    taken: list[Span] = []
    for name in ("requests", "bars"):
        for pattern in _patterns()[name]:
            for match in pattern.finditer(text, *sentence):
                span = Span(*match.span())
                if not any(span.overlaps(other) for other in taken):
                    taken.append(span)
                    yield span, name == "bars"


def _keepers(
    layout: Layout, ordered: Sequence[Source], starts: Sequence[int], number: int, sentence: Span, signal: Span
) -> tuple[Hashable, ...]:
    """The speakers without a name whom the signal is about."""
    first, here = bisect_right(starts, sentence.start - 1), bisect_right(starts, signal.start)
    last = bisect_right(starts, sentence.end - 1)
    if here > first:
        return ordered[here - 1].nameless
    if last > here:
        return ordered[here].nameless
    subject = _SUBJECT.match(layout.text, sentence.start, sentence.end)
    if subject is None or first == 0:
        return ()
    before = [source for source in ordered[max(0, first - 8) : first] if _is_near(layout, source, number)]
    if not before:
        return ()
    if _PLURAL.match(layout.text, sentence.start, sentence.end):
        return tuple(speaker for source in before for speaker in source.nameless)
    # "The official" is the one before; "the crane's owner" is somebody else.
    words = set(layout.text[slice(*before[-1].span)].casefold().split())
    return before[-1].nameless if subject[1] or words & set(subject[2].casefold().split()) else ()


def _is_near(layout: Layout, source: Source, number: int) -> bool:
    here = layout.sentence_at(source.span.start)
    return number - here <= _BACK or layout.distance(source.span.start, layout.sentences[number].start) <= _BACK


def _reason(text: str, sentence: Span, signal: Span) -> Span | None:
    """The words after the signal that say why, or those that open its sentence."""
    glue = _GLUE.match(text, signal.end, sentence.end)
    start = glue.end() if glue else signal.end
    for pattern in (*_patterns()["reasons"], *_patterns()["bars"]):
        if match := pattern.match(text, start, sentence.end):
            return Span(match.start(), sentence.end)
    opening = _OPENING_REASON.match(text, sentence.start, signal.start)
    return Span(*opening.span(1)) if opening else None


def _cut(text: str, reason: Span, sentence: Span, ordered: Sequence[Source], starts: Sequence[int]) -> Span:
    """The reason up to the end of its clause, or to where the rest of its statement begins."""
    ends = [reason.end]
    if closing := _CLOSES.search(text, reason.start, sentence.end):
        ends.append(closing.start())
    near = ordered[max(0, bisect_right(starts, sentence.start) - 4) : bisect_right(starts, sentence.end)]
    for source in near:
        ends += [stop for stop in (source.span.start, *source.stops) if stop > reason.start + 1]
        if source.span.start <= reason.start < source.span.end:
            ends.append(source.span.end)
    words = text[reason.start : min(ends)]
    return Span(reason.start, reason.start + max(1, len(words.rstrip(' \t\r\n,.:;!?"“”'))))


@cache
def _patterns() -> Mapping[str, tuple[re.Pattern[str], ...]]:
    """The expressions of ``anonymity.txt`` by list."""
    entries = read_entries("onrecord.stages.sourcing", "anonymity")
    parts = dict(line.split(" = ", 1) for line in entries["parts"])

    def expanded(line: str) -> str:
        while (match := re.search(r"<(\w+)>", line)) is not None:
            line = f"{line[: match.start()]}(?:{parts[match.group(1)]}){line[match.end() :]}"
        return line.replace(" ", r"\s+").replace(r"\s+*", r"\s*")

    return {
        name: tuple(re.compile(rf"(?<!\w)(?:{expanded(line)})(?!\w)", re.IGNORECASE) for line in lines)
        for name, lines in entries.items()
        if name != "parts"
    }


class _Covered:
    """Whether a place is inside one of many spans."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(spans):
            self._starts.append(start)
            self._ends.append(max(end, self._ends[-1] if self._ends else 0))

    def covers(self, position: int) -> bool:
        index = bisect_right(self._starts, position) - 1
        return index >= 0 and position < self._ends[index]
