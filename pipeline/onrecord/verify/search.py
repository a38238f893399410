"""The search for one quotation: what is found in each source, and what it amounts to in the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from onrecord.document import Article, Span, Spans, Speaker, Statement
from onrecord.verify.alignment import Comparison, compare
from onrecord.verify.attribution import attributed
from onrecord.verify.marked import Quote, has_round_brackets, read_quote
from onrecord.verify.people import Relation, relate
from onrecord.verify.result import Difference, Finding, Passage, Status
from onrecord.verify.runs import Found, Run, cover, find_runs, find_whole, stretches
from onrecord.verify.source import Source
from onrecord.verify.words import weight_of

FEWEST: Final = 4
"""Fewer words may be anybody's: they are looked up, but their absence proves nothing."""

ALTERED: Final = 0.6
"""The share of its words, by weight, that a quotation must have in common with a passage to be one that was altered."""

_NEAR: Final = 0.4
"""The same for a passage that is shown beside a quotation that was not found."""

_SLIP: Final = 8
"""More words left out in one go without a mark join two passages; fewer alter one."""

_MOST_PIECES: Final = 3
_PIECE: Final = 4
"""Words of a piece of a spliced quotation, at least: fewer are found anywhere."""

_PIECE_ELSEWHERE: Final = 6
"""The same if the pieces come from different sources."""

_KEPT: Final = 5
"""Places of an exact quotation that are kept: one of them may be the speaker's own."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A quotation of a draft: the draft, where the quotation stands in it, and whose the draft says it is.

    It has several spans if the draft interrupts it.
    """

    article: Article
    spans: Spans
    speakers: tuple[Speaker, ...] = ()
    statement: str | None = None

    @property
    def text(self) -> str:
        """The words as printed."""
        return self.article.slice(self.spans)


@dataclass(frozen=True, slots=True)
class Candidate:
    """The best that was found so far: passages and what they amount to."""

    status: Status
    passages: tuple[Passage, ...]
    similarity: float
    differences: tuple[Difference, ...] = ()
    source: Article | None = None


class Search:
    """One quotation, and the best that has been found for it so far."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.quotes = _readings(asked)
        self.exact: list[Candidate] = []
        self.spliced: Candidate | None = None
        self.closest: Candidate | None = None
        self.far: dict[int, tuple[Run, Passage]] = {}
        """For a word of the quotation, the run from any source that covers it and reaches farthest."""

    @property
    def quote(self) -> Quote:
        """The quotation as it stands."""
        return self.quotes[0]

    @property
    def is_short(self) -> bool:
        """Whether it has so few words that their absence proves nothing."""
        return len(self.quote.words) < FEWEST

    @property
    def is_settled(self) -> bool:
        """Whether nothing better can be found: the words as the speaker's own, or a few words by anybody."""
        found = {each.passages[0].relation for each in self.exact}
        return Relation.SAME in found or (self.is_short and bool(found))

    @property
    def candidates(self) -> list[Candidate]:
        """All that may be reported."""
        return [*self.exact, *filter(None, (self.spliced, self.closest))]

    def look(self, source: Source) -> None:
        """Looks for the quotation in a source; keeps what is better than what was found before."""
        runs = find_runs(self.quote.keys, source)
        for quote in self.quotes:
            own = runs if quote is self.quote else find_runs(quote.keys, source)
            for found in find_whole(quote, own, source):
                self._add_exact(_exact(self.asked, quote, found, source))
        if self.exact or self.is_short:
            return
        self._splice(runs, source)
        self._compare(runs, source)

    def _splice(self, runs: Sequence[Run], source: Source) -> None:
        length = len(self.quote.words)
        long = [run for run in runs if run.length >= _PIECE]
        pieces = cover(length, long, _MOST_PIECES)
        if pieces and len(pieces) > 1 and length >= 2 * _PIECE - 1 and self.spliced is None:
            passages = [_passage(self.asked, source, run.said, run.said + run.length) for run in pieces]
            self.spliced = Candidate("spliced", tuple(passages), 1.0, source=source.article)
        for run in long:
            if run.length < _PIECE_ELSEWHERE:
                continue
            passage: Passage | None = None
            for index in range(run.quoted, run.end):
                if index not in self.far or self.far[index][0].end < run.end:
                    passage = passage or _passage(self.asked, source, run.said, run.said + run.length)
                    self.far[index] = (run, passage)

    def _compare(self, runs: Sequence[Run], source: Source) -> None:
        quote = self.quote
        keys = quote.keys
        total = sum(map(weight_of, keys))
        shared = {index for run in runs for index in range(run.quoted, run.end)}
        reach = sum(weight_of(keys[index]) for index in shared) / total
        if reach < max(0.3, 0.6 * (self.closest.similarity if self.closest else 0.0)):
            return
        for number, (start, end) in enumerate(stretches(len(keys), keys, runs, len(source.words))):
            if number == 2:
                break
            found = compare(quote, source.words[start:end], self.asked.article.text, source.article.text)
            if found is None or (span := found.span) is None:
                continue
            passage = _passage_at(self.asked, source, span)
            candidate = Candidate("altered", (passage,), found.similarity, tuple(found.differences), source.article)
            if self.closest is None or _rank(candidate) > _rank(self.closest):
                self.closest = candidate
                if all(each.kind in ("same", "marked") for each in found.differences):  # but for spacing
                    self._add_exact(Candidate(_mark(found), (passage,), 1.0, source=source.article))

    def _add_exact(self, candidate: Candidate) -> None:
        self.exact = sorted([*self.exact, candidate], key=_exactness)[:_KEPT]

    def attribute(self, found: Mapping[int, Sequence[Statement]]) -> None:
        """Names the speakers of passages that have none; ``found`` are the statements of sources by their identity."""

        def named(candidate: Candidate) -> Candidate:
            statements = found.get(id(candidate.source), ())
            passages = tuple(attributed(each, self.asked.speakers, statements) for each in candidate.passages)
            return replace(candidate, passages=passages)

        self.exact = sorted(map(named, self.exact), key=_exactness)
        self.spliced, self.closest = self.spliced and named(self.spliced), self.closest and named(self.closest)

    def finding(self) -> Finding:
        """What became of the quotation."""
        decided = self._decide()
        asked = self.asked
        return Finding(
            doc=asked.article.doc,
            statement=asked.statement,
            spans=asked.spans,
            text=asked.text,
            speakers=tuple(name for speaker in asked.speakers if (name := speaker.name or speaker.description)),
            status=decided.status,
            passages=decided.passages,
            similarity=decided.similarity,
            differences=decided.differences,
        )

    def _decide(self) -> Candidate:
        if self.exact:
            best = self.exact[0]
            if best.passages[0].relation is not Relation.OTHER:
                return best
            return Candidate("too_short" if self.is_short else "other_speaker", best.passages, 1.0, source=best.source)
        if self.is_short:
            return Candidate("too_short", (), 0.0)
        closest = self.closest
        slipped = closest is not None and closest.similarity >= ALTERED and _is_slip(closest.differences)
        spliced = self.spliced or self._spliced_elsewhere()
        if spliced is not None and not slipped:
            return spliced
        if closest is None or closest.similarity < _NEAR:
            return Candidate("not_found", (), closest.similarity if closest else 0.0)
        if closest.similarity < ALTERED:
            return Candidate("not_found", closest.passages, closest.similarity, closest.differences, closest.source)
        return closest

    def _spliced_elsewhere(self) -> Candidate | None:
        """The quotation made of pieces of several sources, if they make up all of it."""
        runs = [run for run, _ in self.far.values()]
        pieces = cover(len(self.quote.words), runs, _MOST_PIECES)
        if not pieces or len(pieces) < 2:
            return None
        passages = tuple(self.far[piece.quoted][1] for piece in pieces)
        return Candidate("spliced", passages, 1.0)


def _readings(asked: Asked) -> list[Quote]:
    """The quotation as it stands, and without what is in round brackets, if some is."""
    quotes = [read_quote(asked.article.text, asked.spans)]
    if has_round_brackets(asked.article.text, asked.spans):
        quotes.append(read_quote(asked.article.text, asked.spans, round_brackets=True))
    return [quote for quote in quotes if quote.words] or quotes[:1]


def _passage(asked: Asked, source: Source, start: int, end: int) -> Passage:
    return _passage_at(asked, source, source.span(start, end))


def _passage_at(asked: Asked, source: Source, span: Span) -> Passage:
    label = source.turns.speaker_at(span.start)
    relation = relate(asked.speakers, label, source.turns.labels)
    return Passage(source.doc, span, source.article.text[slice(*span)], label, relation)


def _exact(asked: Asked, quote: Quote, found: Found, source: Source) -> Candidate:
    passage = _passage(asked, source, found.pieces[0][0], found.pieces[-1][1])
    longest = max(map(len, quote.brackets), default=0) + 2
    around = source.article.text[max(0, passage.span.start - longest) : passage.span.end + longest]
    is_printed = all(bracket in around for bracket in quote.brackets)  # the source has the same brackets
    # A hidden word, `f---ing`, is two words of the source at most.
    is_masked = found.skipped <= 2 * len(quote.brackets) and "ellipsis" not in quote.marks.values()
    is_whole = is_printed and (not found.skipped or is_masked)
    return Candidate("verbatim" if is_whole else "shortened", (passage,), 1.0, source=source.article)


def _mark(found: Comparison) -> Status:
    return "shortened" if any(each.kind == "marked" for each in found.differences) else "verbatim"


_ORDER: Final = {Relation.SAME: 2, Relation.UNKNOWN: 1, Relation.OTHER: 0}


def _rank(candidate: Candidate) -> tuple[float, ...]:
    relation = _ORDER[candidate.passages[0].relation]
    return (candidate.similarity + 0.05 * relation, -len(candidate.passages[0].text))


def _exactness(candidate: Candidate) -> tuple[int, bool, int]:
    passage = candidate.passages[0]
    return (-_ORDER[passage.relation], candidate.status != "verbatim", len(passage.text))


def _is_slip(differences: Sequence[Difference]) -> bool:
    """Whether a passage only lacks a few words here and there."""
    left_out = [each for each in differences if each.kind not in ("same", "marked")]
    return all(each.kind == "left_out" and len(each.source_text.split()) <= _SLIP for each in left_out)
