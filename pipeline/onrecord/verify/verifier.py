"""Looks quotations up in sources, which pass by one at a time: the time grows with their size, the memory doesn't.

The pairs of neighbouring words of all quotations are indexed. A source that has all pairs of a quotation is looked at
at once; of those that have some, the likeliest few of each quotation are kept, and looked at in the end.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

from onrecord.document import Article, Statement
from onrecord.verify.marked import Quote
from onrecord.verify.result import Finding
from onrecord.verify.search import Asked, Search
from onrecord.verify.source import read_source
from onrecord.verify.words import is_light, rough_words

FindStatements = Callable[[Sequence[Article]], Sequence[Sequence[Statement]]]
"""Gives the statements of each article."""

_LIKELIEST: Final = 6
"""Sources with some of a quotation's words that are kept for it."""

_LONGEST: Final = 200_000
"""Characters of a source that is read for who says what in it, at most."""

_NO_BRACKETS: Final = str.maketrans("", "", "[]")

_Pair = tuple[str, str]


class Verifier:
    """Give it every source with `read`, then ask for the `findings`."""

    def __init__(self, asked: Sequence[Asked]) -> None:
        self._searches = [search for search in map(Search, asked) if search.quote.words]
        self._asking: defaultdict[_Pair, list[int]] = defaultdict(list)
        self._asking_word: defaultdict[str, list[int]] = defaultdict(list)
        self._pairs = [_pairs(search.asked.article.text, search.quote) for search in self._searches]
        self._sources_with: Counter[_Pair] = Counter()
        self._likely: list[list[tuple[float, int, Article]]] = [[] for _ in self._searches]
        self._read = 0
        for index, search in enumerate(self._searches):
            for pair in self._pairs[index]:
                self._asking[pair].append(index)
            if len(search.quote.words) == 1:
                for word in rough_words(search.asked.text)[:1]:
                    self._asking_word[word].append(index)

    def read(self, article: Article) -> None:
        """Looks up all quotations in one source."""
        self._read += 1
        rough = rough_words(article.text)
        shared: defaultdict[int, list[_Pair]] = defaultdict(list)
        for pair in self._asking.keys() & set(pairwise(rough)):
            self._sources_with[pair] += 1
            for index in self._asking[pair]:
                shared[index].append(pair)
        wanted = {index for index, pairs in shared.items() if len(pairs) == len(self._pairs[index])}
        if self._asking_word:
            wanted |= {index for word in self._asking_word.keys() & set(rough) for index in self._asking_word[word]}
        self._look(article, sorted(wanted))
        for index in sorted(shared.keys() - wanted):
            self._keep(index, shared[index], article)

    def _look(self, article: Article, wanted: Sequence[int]) -> None:
        searches = [self._searches[index] for index in wanted if not self._searches[index].is_settled]
        if searches:
            source = read_source(article)
            for search in searches:
                search.look(source)

    def _keep(self, index: int, pairs: Sequence[_Pair], article: Article) -> None:
        """Keeps a source for a closer look, unless enough are likelier: they share more pairs, or rarer ones."""
        score = sum(1 / math.log2(1 + self._sources_with[pair]) for pair in sorted(pairs))
        heapq.heappush(self._likely[index], (score, -self._read, article))
        if len(self._likely[index]) > _LIKELIEST:
            heapq.heappop(self._likely[index])

    def _look_closer(self) -> None:
        """Looks at the sources that were kept, each of them once."""
        waiting: dict[int, tuple[Article, list[int]]] = {}
        for index, likely in enumerate(self._likely):
            for _, number, article in likely:
                waiting.setdefault(number, (article, []))[1].append(index)
            likely.clear()
        for _, (article, wanted) in sorted(waiting.items(), reverse=True):
            self._look(article, wanted)

    def attribute(self, find: FindStatements) -> None:
        """Finds out who says the passages that no label tells."""
        self._look_closer()
        unlabelled = {
            id(candidate.source): candidate.source
            for search in self._searches
            for candidate in search.candidates
            if candidate.source is not None
            and len(candidate.source.text) <= _LONGEST
            and all(passage.speaker is None for passage in candidate.passages)
            and any(speaker.name for speaker in search.asked.speakers)
        }
        found = dict(zip(unlabelled, find(list(unlabelled.values())), strict=True)) if unlabelled else {}
        for search in self._searches:
            search.attribute(found)

    def findings(self) -> list[Finding]:
        """What became of every quotation that has words, in the order in which they were given."""
        self._look_closer()
        return [search.finding() for search in self._searches]


def _pairs(text: str, quote: Quote) -> set[_Pair]:
    """The neighbouring words that tell a quotation from others; its marks interrupt them."""
    pairs: set[_Pair] = set()
    for start, end in quote.segments():
        printed = " ".join(text[slice(*word.span)] for word in quote.words[start:end])
        pairs.update(pairwise(rough_words(printed.translate(_NO_BRACKETS))))
    telling = {pair for pair in pairs if not (is_light(pair[0]) and is_light(pair[1]))}
    return telling if len(telling) >= 3 else pairs
