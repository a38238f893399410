"""The judge that comes with a model folder: a stance model that reads the article."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from onrecord.stages.stance.inputs import target_encoder
from onrecord.stages.stance.judges import ArticleJudge
from onrecord.stages.stance.stage import Judge
from onrecord_models.loading import load_stance_model
from onrecord_models.stance.inference import StanceRunner

if TYPE_CHECKING:
    from onrecord_models.inference import QuoteModelRunner
    from onrecord_models.transformer.tokenizer import FastTokenizer


def judge_of(folder: Path, runner: QuoteModelRunner, tokenizer: FastTokenizer, precision: str) -> Judge:
    """The judge of a model folder, whose quote model is in ``runner``.

    Raises:
        WeightsError: a model is missing, damaged, or does not fit its configuration.
    """
    model = load_stance_model(folder, runner.model, as_stored=True)
    runner.keep_for_stance(model.config.layers)
    return ArticleJudge(StanceRunner(model, runner.device, precision), target_encoder(runner, tokenizer))
