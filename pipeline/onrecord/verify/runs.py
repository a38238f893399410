"""Runs of words that a quotation and a source have in common, and what of the quotation they make up."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from onrecord.verify.marked import Quote
from onrecord.verify.source import BREAK, Source
from onrecord.verify.words import weight_of

_BRACKETED: Final = 15
"""Words that a bracketed one may stand for, at most."""

_PLACES: Final = 50
"""Places of a quotation's first words that are followed up, at most."""


class Run(NamedTuple):
    """``length`` words that are the same from ``quoted`` on in the quotation and from ``said`` on in the source."""

    quoted: int
    said: int
    length: int

    @property
    def end(self) -> int:
        """The index after its last word in the quotation."""
        return self.quoted + self.length


class Found(NamedTuple):
    """A whole quotation in a source: the ranges of its segments' words there, and how many words lie between them."""

    pieces: tuple[tuple[int, int], ...]
    skipped: int


def find_runs(keys: Sequence[str], source: Source) -> list[Run]:
    """All runs of two words and more that can be made no longer."""
    runs: list[Run] = []
    words = source.words
    for index in range(len(keys) - 1):
        for place in source.pairs.get((keys[index], keys[index + 1]), ()):
            if index and place and keys[index - 1] == words[place - 1].key:
                continue
            length = 2
            while (
                index + length < len(keys)
                and place + length < len(words)
                and keys[index + length] == words[place + length].key
            ):
                length += 1
            runs.append(Run(index, place, length))
    return runs


def find_whole(quote: Quote, runs: Sequence[Run], source: Source) -> list[Found]:
    """Where the source has all segments of the quotation in order, as its marks allow: one speaker's, brackets near."""
    segments = quote.segments()
    keys = quote.keys
    places = [_places(keys, start, end, runs, source) for start, end in segments]
    if not all(places):
        return []
    chains = (_chain(first, segments, places, quote, source) for first in places[0][:_PLACES])
    return [chain for chain in chains if chain is not None]


def _places(keys: Sequence[str], start: int, end: int, runs: Sequence[Run], source: Source) -> list[int]:
    if end - start == 1:
        return [index for index, word in enumerate(source.words) if word.key == keys[start]]
    return sorted(run.said + start - run.quoted for run in runs if run.quoted <= start and end <= run.end)


def _chain(
    first: int, segments: Sequence[tuple[int, int]], places: Sequence[Sequence[int]], quote: Quote, source: Source
) -> Found | None:
    position = first + segments[0][1] - segments[0][0]
    pieces = [(first, position)]
    skipped = 0
    for (start, end), candidates in zip(segments[1:], places[1:], strict=True):
        index = bisect_left(candidates, position)
        if index == len(candidates):
            return None
        place = candidates[index]
        between = [word.key for word in source.words[position:place]]
        if quote.marks[start] == "bracket" and (len(between) > _BRACKETED or BREAK in between):
            return None
        turns = source.turns
        if BREAK in between and turns.speaker_at(source.words[place].span.start) != turns.speaker_at(
            source.words[position - 1].span.start
        ):
            return None
        skipped += len(between)
        position = place + end - start
        pieces.append((place, position))
    return Found(tuple(pieces), skipped)


def cover(length: int, runs: Sequence[Run], most: int) -> list[Run] | None:
    """The fewest runs that the whole quotation can be made of, cut to fit; None if it takes more than ``most``."""
    pieces: list[Run] = []
    position = 0
    while position < length:
        able = [run for run in runs if run.quoted <= position < run.end]
        if not able or len(pieces) == most:
            return None
        run = max(able, key=lambda run: run.end)
        pieces.append(Run(position, run.said + position - run.quoted, run.end - position))
        position = run.end
    return pieces


def stretches(length: int, keys: Sequence[str], runs: Sequence[Run], total: int) -> Iterator[tuple[int, int]]:
    """The likeliest places of a quotation that has been altered: ranges of the source's words, best first."""
    slack = 5 + length // 2
    telling = [run for run in runs if _weight(keys, run) >= 1.4]
    telling = sorted(telling, key=lambda run: -_weight(keys, run))[:100]
    scored: list[tuple[float, int, int]] = []
    for run in telling:
        start, end = run.said - run.quoted - slack, run.said - run.quoted + length + slack
        inside = [other for other in telling if start <= other.said and other.said + other.length <= end]
        shared = {index for other in inside for index in range(other.quoted, other.end)}
        scored.append((sum(weight_of(keys[index]) for index in shared), max(0, start), min(end, total)))
    taken: list[tuple[int, int]] = []
    for _, start, end in sorted(scored, key=lambda each: (-each[0], each[1])):
        if all(abs(start - other) > slack for other, _ in taken):
            taken.append((start, end))
            yield start, end


def _weight(keys: Sequence[str], run: Run) -> float:
    return sum(weight_of(key) for key in keys[run.quoted : run.end])
