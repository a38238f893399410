"""The trained `EntityResolver`: pronouns go to a model that ranks mentions, descriptions stay with the rules."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING, Final

import torch
from torch import Tensor

from onrecord.document import Span
from onrecord.names.forms import fold
from onrecord.stages.base import Analysis
from onrecord.stages.speakers.role_phrases import PRONOUN_GENDERS
from onrecord.stages.speakers.salience import Anaphor, Candidate, EntityResolver, SalienceResolver, place_of
from onrecord.stages.speakers.sources import PRONOUNS
from onrecord.text.positions import Layout
from onrecord.text.windows import Window, build_windows
from onrecord_models.encoder import ready
from onrecord_models.inference import batches, pad

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from onrecord_models.coreference_model import CoreferenceModel

_MENTIONS: Final = 8
"""So many of an entity's mentions count, the nearest ones."""

_BEFORE: Final = 96
_AFTER: Final = 16
"""Tokens that a window has before and after a pronoun, if the text has them: else the pronoun gets another window."""

_BEHIND: Final = 48
"""Tokens that a window goes on behind the last pronoun that it is for. With 16 GAP's F1 among all names fell 0.02."""

_LEAST: Final = 0.02
_NONE: Final = 0.3
"""The salience of who is not about, and that of "none of them"."""

_STEPS: Final = (0, 1, 2, 3, 5, 8)
_COUNTS: Final = (1, 2, 4)
_BETWEEN: Final = (0, 1, 2, 3, 5)
_PLACES: Final = ("own", "quoted", "topic", "possessive", "governed", "opening", "subject", "other")

FEATURE_SIZES: Final = (len(_STEPS) + 3, len(_BETWEEN) + 1, len(_PLACES) + 1, 3, 2, 2, 4, len(_COUNTS) + 2)
"""How many values each feature of a pair has, in the order of `_features`."""

Range = tuple[int, int]
"""First and last token."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A mention of a candidate as tokens of the article (None outside of the window), and the pair's features."""

    tokens: Range | None
    features: tuple[int, ...]


class ArticleTokens:
    """All tokens of an article in one run, and windows of them around a place."""

    def __init__(self, analysis: Analysis, tokenizer: PreTrainedTokenizerBase, size: int) -> None:
        pieces = build_windows(analysis.article.text, analysis.segmentation, analysis.boilerplate, tokenizer, 10**9)
        self._first = pieces[0].input_ids[0] if pieces else 0
        self._whole = pieces[0] if pieces else Window([], [], [], [], [])
        self._starts = [span.start for span in self._whole.spans]
        self._size = size - 1

    def of(self, span: Span) -> Range | None:
        """The first and the last token of ``span``; None where the encoder is not shown it."""
        spans = self._whole.spans
        last = bisect_left(self._starts, span.end) - 1
        first = bisect_right(self._starts, span.start)
        while first > 0 and spans[first - 1].end > span.start:
            first -= 1
        while first <= last and spans[first].end == spans[first].start:
            first += 1
        while first <= last and spans[last].end == spans[last].start:
            last -= 1
        return (first, last) if first <= last else None

    def fits(self, tokens: Range, window: Range) -> bool:
        """Whether the window (half-open) has enough of the text around ``tokens``."""
        start, end = window
        begins = start <= 1 or start <= tokens[0] - _BEFORE
        return begins and (end >= len(self._whole.spans) or tokens[1] + _AFTER < end) and tokens[1] < end

    def around(self, tokens: Range) -> Range:
        """The window for ``tokens`` and for what follows soon."""
        start = max(1, tokens[0] - min(_BEFORE + _AFTER, self._size // 2))
        if len(self._whole.spans) - start < self._size:  # the text ends soon: rather more of what comes before
            start = max(1, min(start, len(self._whole.spans) - self._size))
        return start, min(len(self._whole.spans), start + self._size)

    def narrowest(self, asked: Iterable[Range]) -> list[Range]:
        """Windows for all that is ``asked``, in order, which end soon after the last of what they are for."""
        found: list[Range] = []
        for tokens in sorted(asked):
            end = min(len(self._whole.spans), tokens[1] + 1 + _BEHIND)
            if found and end - found[-1][0] <= self._size:
                found[-1] = (found[-1][0], end)
            else:
                found.append((max(1, tokens[0] - min(_BEFORE + _AFTER, self._size // 2)), end))
        return found

    def cut(self, window: Range) -> Window:
        """That part of the tokens, behind the first token of every window."""
        part = slice(*window)
        whole = self._whole
        return Window(
            [self._first, *whole.input_ids[part]],
            [0, *whole.cases[part]],
            [0, *whole.quotations[part]],
            [0, *whole.paragraphs[part]],
            [Span(0, 0), *whole.spans[part]],
        )


def pairs_of(
    layout: Layout, tokens: ArticleTokens, window: Range, anaphor: Anaphor, candidates: Sequence[Candidate]
) -> list[list[Pair]]:
    """What is scored for each candidate: its mentions inside the window, or one pair that says it has none there."""
    shown = [
        [(mention, found) for mention in (*candidate.mentions, *candidate.ahead) if (found := tokens.of(mention))]
        for candidate in candidates
    ]
    inside = [
        [(mention, found) for mention, found in own if window[0] <= found[0] and found[1] < window[1]][-_MENTIONS:]
        for own in shown
    ]
    offers = [
        (abs(found[0] - where[0]), index)
        for index, own in enumerate(inside)
        for _, found in own
        if (where := tokens.of(anaphor.span))
    ]
    result = []
    for index, (candidate, own) in enumerate(zip(candidates, inside, strict=True)):
        pairs = []
        for mention, found in own:
            where = tokens.of(anaphor.span) or found
            away = abs(found[0] - where[0])
            between = len({other for distance, other in offers if distance < away and other != index})
            pairs.append(Pair(found, _features(layout, anaphor, candidate, mention, between)))
        result.append(pairs or [Pair(None, _features(layout, anaphor, candidate, None, 0))])
    return result


def _features(
    layout: Layout, anaphor: Anaphor, candidate: Candidate, mention: Span | None, between: int
) -> tuple[int, ...]:
    count = bisect_left(_COUNTS, len(candidate.mentions)) if candidate.mentions else len(_COUNTS) + 1
    shared = (int(candidate.spoke_last), int(candidate.entity.gender is not None))
    if mention is None:
        return (len(_STEPS) + 2, len(_BETWEEN), len(_PLACES), 2, *shared, 3, count)
    if mention.start > anaphor.span.start:
        distance = len(_STEPS) + 1
    else:
        distance = bisect_left(_STEPS, layout.distance(mention.start, anaphor.span.start))
    paragraphs = layout.paragraph_at(anaphor.span.start) - layout.paragraph_at(mention.start)
    place = _PLACES.index(place_of(layout, anaphor, mention))
    words = layout.text[slice(*mention)]
    form = 0 if fold(words) in PRONOUNS else 1 if " " in words.strip() else 2
    return (distance, bisect_left(_BETWEEN, between), place, max(0, min(2, paragraphs)), *shared, form, count)


def salience(layout: Layout, anaphor: Anaphor, candidates: Sequence[Candidate]) -> list[float]:
    """The logarithm of each candidate's salience by rule, and last of what "none of them" has."""
    rules = SalienceResolver()
    return [log(_LEAST + rules.salience(layout, anaphor, candidate)) for candidate in candidates] + [log(_NONE)]


@dataclass(frozen=True, slots=True)
class _Read:
    """An article's tokens and the encoded windows in it: hidden states (tokens, hidden size) each."""

    layout: Layout
    tokens: ArticleTokens
    windows: list[tuple[Range, Tensor]]


class RankingResolver(EntityResolver):
    """Asks the model for sources that are pronouns of one person; everything else goes by `SalienceResolver`.

    The model knows the words, the rules who was spoken of and who spoke last; both opinions are added up. A pronoun
    that is not a source is only one more mention, for which the rules are enough: the model would take twice the time.
    """

    def __init__(
        self, model: CoreferenceModel, tokenizer: PreTrainedTokenizerBase, device: str = "cpu", precision: str = "fp32"
    ) -> None:
        self._model = ready(model, device, precision)
        self._tokenizer = tokenizer
        self._device = device
        self._rules = SalienceResolver()
        self._read: dict[Layout, _Read] = {}

    def prepare(self, articles: Sequence[tuple[Analysis, Layout, Sequence[Span]]]) -> None:
        """Encodes the windows around the sources that are pronouns of one person, those of all articles together."""
        self._read = {}
        wanted: list[tuple[_Read, Range]] = []
        for analysis, layout, sources in articles:
            pronouns = [span for span in sources if fold(layout.text[slice(*span)]) in PRONOUN_GENDERS]
            if pronouns:
                read = self._article(analysis, layout)
                asked = (tokens for span in pronouns if (tokens := read.tokens.of(span)) is not None)
                wanted += [(read, window) for window in read.tokens.narrowest(asked)]
        self._encode(wanted)

    def choose(
        self, analysis: Analysis, layout: Layout, anaphor: Anaphor, candidates: Sequence[Candidate]
    ) -> Candidate | None:
        """The likeliest candidate, or None if "none of them" is likelier than each."""
        if not candidates or not anaphor.content or fold(anaphor.words) not in PRONOUN_GENDERS:
            return self._rules.choose(analysis, layout, anaphor, candidates)
        read = self._article(analysis, layout)
        where = read.tokens.of(anaphor.span)
        if where is None:
            return self._rules.choose(analysis, layout, anaphor, candidates)
        window, hidden = self._window(read, where)
        options = pairs_of(layout, read.tokens, window, anaphor, candidates)
        scores, none = self._scores(hidden, window, where, options)
        present = salience(layout, anaphor, candidates)
        weight = float(self._model.config.salience_weight)
        weighed = [score + weight * prior for score, prior in zip([*scores, none], present, strict=True)]
        best = max(range(len(candidates)), key=weighed.__getitem__)
        return candidates[best] if weighed[best] > weighed[-1] else None

    def _article(self, analysis: Analysis, layout: Layout) -> _Read:
        if layout not in self._read:
            tokens = ArticleTokens(analysis, self._tokenizer, self._model.config.window_size)
            self._read[layout] = _Read(layout, tokens, [])
        return self._read[layout]

    def _window(self, read: _Read, where: Range) -> tuple[Range, Tensor]:
        for window, hidden in reversed(read.windows):
            if read.tokens.fits(where, window):
                return window, hidden
        self._encode([(read, read.tokens.around(where))])
        return read.windows[-1]

    def _encode(self, wanted: Sequence[tuple[_Read, Range]]) -> None:
        cuts = [read.tokens.cut(window) for read, window in wanted]
        encoded: dict[int, Tensor] = {}
        for indices in batches([len(cut.input_ids) for cut in cuts], self._device):
            batch = [cuts[index] for index in indices]
            rows = [[cut.input_ids for cut in batch], [[1] * len(cut.input_ids) for cut in batch]]
            rows += [[cut.cases for cut in batch], [cut.quotations for cut in batch]]
            with torch.inference_mode():
                hidden = self._model(*(pad(values, self._device) for values in rows))
            encoded |= {index: hidden[row, : len(cuts[index].input_ids)] for row, index in enumerate(indices)}
        for index, (read, window) in enumerate(wanted):
            read.windows.append((window, encoded[index]))

    def _scores(
        self, hidden: Tensor, window: Range, where: Range, options: list[list[Pair]]
    ) -> tuple[list[float], float]:
        pairs = [pair for own in options for pair in own]
        owners = [index for index, own in enumerate(options) for _ in own]
        with torch.inference_mode():
            scores, none = self._model.score(
                ends(hidden, [where], window),
                ends(hidden, [pair.tokens for pair in pairs], window),
                torch.tensor([pair.features for pair in pairs], device=self._device),
                torch.zeros(len(pairs), dtype=torch.long, device=self._device),
            )
        return [
            float(torch.logsumexp(scores[[at for at, owner in enumerate(owners) if owner == index]], 0))
            for index in range(len(options))
        ], float(none[0])


def ends(hidden: Tensor, ranges: Sequence[Range | None], window: Range) -> Tensor:
    """(ranges, 2 × hidden size): the states (tokens, hidden size) of the first and last tokens; zeros for None."""
    shift = window[0] - 1
    rows = [
        torch.cat([hidden[tokens[0] - shift], hidden[tokens[1] - shift]])
        if tokens
        else hidden.new_zeros(2 * hidden.shape[-1])
        for tokens in ranges
    ]
    return torch.stack(rows)
