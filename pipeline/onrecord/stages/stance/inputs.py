"""What a stance model is shown of an article: its windows' lower states, and where in them the statements are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from onrecord.document import Span, Statement
from onrecord.stages.base import Analysis
from onrecord.stages.states import ArticleStates
from onrecord.text.segmentation import segment
from onrecord.text.windows import build_windows
from onrecord_models.stance.model import LEAD, ArticleInput, AskedStatement, Range

if TYPE_CHECKING:
    from torch import Tensor

    from onrecord_models.inference import LowerReader, QuoteModelRunner
    from onrecord_models.transformer.tokenizer import FastTokenizer

_TARGET_TOKENS = 64

EncodeTargets = Callable[[Sequence[str]], "list[Tensor]"]
"""Gives the lower states of targets, each (tokens, hidden size) from [CLS] to [SEP]."""


def target_encoder(runner: QuoteModelRunner | LowerReader, tokenizer: FastTokenizer) -> EncodeTargets:
    """Encodes with the lower layers of a quote model whose readings keep their states."""

    def encode(targets: Sequence[str]) -> list[Tensor]:
        windows = [build_windows(text, segment(text), frozenset(), tokenizer, _TARGET_TOKENS)[0] for text in targets]
        read = runner.read(windows)
        states = [reading.states if reading.stance_states is None else reading.stance_states for reading in read]
        return [each for each in states if each is not None]

    return encode


def article_input(analysis: Analysis) -> tuple[ArticleInput, list[int]] | None:
    """What the model is shown of the article, and which of its statements those are, by number; None if none are.

    A statement that lies in paragraphs which the quote model was not shown is left out.
    """
    states = ArticleStates(analysis, for_stance=True)
    found: list[tuple[int, int, Statement]] = []
    for number, statement in enumerate(analysis.statements):
        place = next((place for piece in statement.content if (place := states.of(piece))), None)
        if place is not None:
            found.append((place.window, number, statement))
    if not found:
        return None
    used = sorted({window for window, _, _ in found})
    numbers = {window: number for number, window in enumerate(used)}
    speakers: dict[str, int] = {}
    statements = tuple(
        AskedStatement(
            numbers[window],
            _ranges(states, window, statement.content),
            _ranges(states, window, statement.source.spans if statement.source else ()),
            _ranges(states, window, statement.cue.spans if statement.cue else ()),
            _number(statement, speakers),
        )
        for window, _, statement in found
    )
    windows = tuple(states.window_states(window) for window in used)
    led = tuple(window > 0 for window in used)
    article = ArticleInput(windows, led, states.window_states(0)[1 : 1 + LEAD], statements)
    return article, [number for _, number, _ in found]


def _ranges(states: ArticleStates, window: int, spans: Iterable[Span]) -> tuple[Range, ...]:
    places = (states.of(span) for span in spans)
    return tuple((place.tokens[0], place.tokens[1] + 1) for place in places if place and place.window == window)


def _number(statement: Statement, speakers: dict[str, int]) -> int:
    if not statement.speakers:
        return -1
    first = statement.speakers[0]
    key = first.id or first.name or first.description
    return speakers.setdefault(key, len(speakers)) if key else -1
