"""Reads articles as a stance model is shown them: only what goes into its layers, and nothing is looked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from onrecord.document import Article
from onrecord.reading.encodings import check_characters
from onrecord.stages.base import Analysis
from onrecord.stages.rereading import read_anew
from onrecord.stages.stance.inputs import EncodeTargets, target_encoder
from onrecord.text.boilerplate import find_boilerplate
from onrecord.text.segmentation import segment
from onrecord_models.inference import LowerReader, choose_precision
from onrecord_models.quote_model import QuoteModel
from onrecord_models.transformer.tokenizer import FastTokenizer

Analyse = Callable[[Sequence[Article]], list[Analysis]]
"""Reads articles, whose readings then have states."""


class StatesReader:
    """The lower layers of a quote model; its ``upper`` upper ones are taken off it."""

    def __init__(self, quote_model: QuoteModel, tokenizer: FastTokenizer, upper: int, device: str) -> None:
        self._reader = LowerReader(quote_model, upper, device, choose_precision(device))
        self._tokenizer = tokenizer

    def analyse(self, articles: Sequence[Article]) -> list[Analysis]:
        """The articles with their windows' states.

        Raises:
            InputError: a text holds half a surrogate pair.
        """
        for article in articles:
            check_characters(article.text, article.doc)
        segmented = [(article, segment(article.text)) for article in articles]
        analyses = [Analysis(article, parts, find_boilerplate(article.text, parts)) for article, parts in segmented]
        return read_anew(analyses, self._reader, self._tokenizer)

    @property
    def encode(self) -> EncodeTargets:
        """Gives the states of targets."""
        return target_encoder(self._reader, self._tokenizer)
