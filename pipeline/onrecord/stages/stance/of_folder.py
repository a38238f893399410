"""The judge that comes with a model folder: one that reads the article, one that judges pairs, or both together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from onrecord.stages.stance.inputs import target_encoder
from onrecord.stages.stance.judges import ArticleJudge, BorrowedArticleJudge, MeanJudge, PairJudge
from onrecord.stages.stance.stage import Judge
from onrecord_models.encoder import ready
from onrecord_models.errors import WeightsError
from onrecord_models.inference import LowerReader, batch_tokens
from onrecord_models.loading import load_quote_model, load_stance_model, load_tokenizer, model_folder, part_folder
from onrecord_models.stance.inference import StanceRunner
from onrecord_models.stance.pairs import PairModel, PairScorer

if TYPE_CHECKING:
    from onrecord_models.inference import QuoteModelRunner
    from onrecord_models.transformer.tokenizer import FastTokenizer

_TOGETHER: Final = 32
"""Pairs of a target and a statement that are read at once, at least."""


def judge_of(folder: Path, runner: QuoteModelRunner, tokenizer: FastTokenizer, precision: str) -> Judge:
    """The judge of a model folder, whose quote model is in ``runner``.

    Raises:
        WeightsError: a model is missing, damaged, or does not fit its configuration.
    """
    model = load_stance_model(folder, runner.model, as_stored=True)
    if isinstance(model, PairModel):  # it may be lent by a folder with another vocabulary
        own = load_tokenizer(part_folder(folder, "stance"))
        together = max(_TOGETHER, batch_tokens(runner.device) // model.config.window_size)
        pairs = PairJudge(PairScorer(ready(model, runner.device, precision), own, batch_size=together))
        lender = model.config.article_model
        return pairs if lender is None else MeanJudge([pairs, _borrowed(lender, runner.device, precision)])
    runner.keep_for_stance(model.config.layers)
    return ArticleJudge(StanceRunner(model, runner.device, precision), target_encoder(runner, tokenizer))


def _borrowed(name: str, device: str, precision: str) -> Judge:
    """The judge of another model, over the lower layers of that one's quote model."""
    folder = model_folder(name)
    quote_model, tokenizer = load_quote_model(folder, as_stored=True)
    model = load_stance_model(folder, quote_model, as_stored=True)
    if isinstance(model, PairModel):
        raise WeightsError(f"{folder}: its stance model judges pairs; an article_model is one that reads articles")
    reader = LowerReader(quote_model, model.config.layers, device, precision)
    judge = ArticleJudge(StanceRunner(model, device, precision), target_encoder(reader, tokenizer))
    return BorrowedArticleJudge(judge, reader, tokenizer)
