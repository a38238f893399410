"""The words of a quotation beside those of a stretch of a source: which agree, which differ.

Edit distance over words, with free ends in the source. Written out, since the quotation's ellipses make leaving words
out free in places, which no library's distance knows; a quotation and its stretch are short.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from onrecord.document import Span
from onrecord.verify.marked import Quote
from onrecord.verify.result import Difference, DifferenceKind
from onrecord.verify.words import Word, weight_of

_CHANGED: Final = 1.1
_ADDED: Final = 1.15
"""A little more than leaving a word of the source out, which is likelier."""

_BREAK_COST: Final = 3.0
"""What it costs to go on in another turn."""

_MARK_COST: Final = 0.001
_MOST: Final = 2_000_000
"""Words of the one times words of the other that are compared at most: about a second."""


class _Step(NamedTuple):
    """A word of the quotation and one of the stretch, by index; None where the other has one more."""

    quoted: int | None
    said: int | None


class Comparison(NamedTuple):
    """The quotation's words and the source's in order, and the share of their weight that agrees, 0 to 1."""

    differences: list[Difference]
    similarity: float

    @property
    def span(self) -> Span | None:
        """Where the words stand in the source."""
        spans = [each.source for each in self.differences if each.source]
        return Span(spans[0].start, spans[-1].end) if spans else None

    @property
    def left_out(self) -> int:
        """How many words of the source are left out without a mark."""
        return sum(len(each.source_text.split()) for each in self.differences if each.kind == "left_out")


def compare(quote: Quote, said: Sequence[Word], draft: str, source: str) -> Comparison | None:
    """How the quotation's words lie in the words ``said``; None if the two are too long to compare.

    ``draft`` and ``source`` are the texts that both stand in. Words that only spacing tells apart agree: ``health
    care``, ``healthcare``.
    """
    if not quote.words or not said or len(quote.words) * len(said) > _MOST:
        return None
    found: list[Difference] = []
    agreed = total = 0.0
    for run, quoted, spoken in _runs(quote, said, _trace(quote, said)):
        kind = _kind(run, quoted, spoken)
        weights = [sum(weight_of(word.key) for word in words) for words in (quoted, spoken)]
        if kind != "marked":
            total += weights[0] if kind == "same" else max(weights)
        agreed += weights[0] if kind == "same" else 0.0
        if quoted or spoken:
            _add(found, kind, _span(quoted), _span(spoken), draft, source)
    return Comparison(found, agreed / total if total else 0.0)


def _span(words: Sequence[Word]) -> Span | None:
    return Span(words[0].span.start, words[-1].span.end) if words else None


def _add(
    found: list[Difference], kind: DifferenceKind, quoted: Span | None, spoken: Span | None, draft: str, source: str
) -> None:
    """Adds a run; one that agrees joins one before it that does."""
    if found and kind == found[-1].kind == "same":
        before = found.pop()
        assert before.draft and before.source and quoted and spoken
        quoted, spoken = Span(before.draft.start, quoted.end), Span(before.source.start, spoken.end)
    texts = [text[slice(*span)] if span else "" for text, span in ((draft, quoted), (source, spoken))]
    found.append(Difference(kind, quoted, spoken, *texts))


def _costs(quote: Quote, said: Sequence[Word]) -> list[list[float]]:
    """The cost of each beginning of the quotation up to each place in the stretch, begun anywhere in it."""
    rows = [[0.0] * (len(said) + 1)]
    skips = _skips(said, 1.0), _skips(said, _MARK_COST)
    others = [word.key for word in said]
    for index, word in enumerate(quote.words, 1):
        above, last = rows[-1], rows[-1][0] + _ADDED
        row = [last]
        for other, diagonal, over, skip in zip(others, above, above[1:], skips[index in quote.marks], strict=False):
            best = diagonal + (_CHANGED if word.key != other else 0.0)
            best = over + _ADDED if over + _ADDED < best else best
            last = last + skip if last + skip < best else best
            row.append(last)
        rows.append(row)
    return rows


def _skips(said: Sequence[Word], cost: float) -> list[float]:
    return [cost if word.key else _BREAK_COST for word in said]


def _trace(quote: Quote, said: Sequence[Word]) -> list[_Step]:
    """The steps of the cheapest way, from the first word of the quotation to its last."""
    costs = _costs(quote, said)
    row, last = len(quote.words), costs[-1]
    column = min(range(len(last)), key=last.__getitem__)
    steps: list[_Step] = []
    while row > 0:
        here = costs[row][column]
        differs = _CHANGED if column > 0 and quote.words[row - 1].key != said[column - 1].key else 0.0
        if column > 0 and here == costs[row - 1][column - 1] + differs:
            row, column = row - 1, column - 1
            steps.append(_Step(row, column))
        elif here == costs[row - 1][column] + _ADDED:
            row -= 1
            steps.append(_Step(row, None))
        else:
            column -= 1
            steps.append(_Step(None, column))
    return steps[::-1]


def _runs(quote: Quote, said: Sequence[Word], steps: Sequence[_Step]) -> Iterator[tuple[str, list[Word], list[Word]]]:
    """Neighbouring steps of one kind, ``same``, ``marked`` or ``differs``, with their words."""
    kinds: list[str] = []
    following: int | None = None
    for step in reversed(steps):
        if step.quoted is None:
            kinds.append("marked" if following in quote.marks else "differs")
            continue
        following = step.quoted
        same = step.said is not None and quote.words[step.quoted].key == said[step.said].key
        kinds.append("same" if same else "differs")
    for kind, group in groupby(zip(reversed(kinds), steps, strict=True), key=lambda pair: pair[0]):
        members = [step for _, step in group]
        quoted = [quote.words[step.quoted] for step in members if step.quoted is not None]
        spoken = [said[step.said] for step in members if step.said is not None]
        yield kind, quoted, [word for word in spoken if word.key]


def _kind(run: str, quoted: Sequence[Word], spoken: Sequence[Word]) -> DifferenceKind:
    if run == "same" or (quoted and "".join(word.key for word in quoted) == "".join(word.key for word in spoken)):
        return "same"
    if run == "marked":
        return "marked"
    if quoted and spoken:
        return "changed"
    return "added" if quoted else "left_out"
