"""Trains a quote model further on a user's own labels.

Nothing but the labels and their articles is read. So that names are not forgotten meanwhile, the model is shown those
that it found in the articles beforehand; the word embeddings stay as they are.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import torch

from onrecord.export.labels import LabelledArticle
from onrecord.files.console import counted
from onrecord.text.segmentation import segment
from onrecord.text.windows import build_windows
from onrecord_eval.corpora.polnear import AnnotatedArticle
from onrecord_models.fetching import require_encoder
from onrecord_models.loading import load_quote_model
from onrecord_models.quote_model import QuoteModel, QuoteModelConfig
from onrecord_models.transformer.tokenizer import FastTokenizer
from onrecord_training.fine_tuning.run import FineTuningRun
from onrecord_training.fine_tuning.settings import FineTuning
from onrecord_training.loop.batching import token_batches
from onrecord_training.loop.devices import native_precision, place
from onrecord_training.loop.initialization import load_encoder, load_initial
from onrecord_training.quotes.batches import collate
from onrecord_training.quotes.data import statement_examples
from onrecord_training.quotes.examples import Example
from onrecord_training.quotes.settings import QuoteLearning
from onrecord_training.quotes.training import QuoteTask, quote_loop


def fine_tune_quote_model(settings: FineTuning, report: Callable[[str], None], command: str = "") -> Path:
    """Trains a quote model further on the statements of ``settings.gold`` and returns the new model's folder.

    How it decodes stays as it was. The stance and coreference models of ``settings.initial`` are left out: they were
    trained over the quote model as it was.

    Raises:
        InputError, RecordError: the labels or an article cannot be read, or there is nothing to learn from.
        OutputError: there is a model in ``settings.output``.
        WeightsError: ``settings.initial`` is not a model.
    """
    run = FineTuningRun(settings, report)
    articles = [AnnotatedArticle(each.article, {"gold": each.statements}) for each in run.labelled]
    count = sum(len(each.statements) for each in run.labelled)
    report(f"loading {settings.initial} …")
    model, tokenizer = _trainable(run.initial, run.device)
    learning = QuoteLearning(
        epochs=settings.epochs,
        seed=settings.seed,
        learning_rate=settings.learning_rate,
        head_learning_rate=settings.head_learning_rate,
    )
    if not model.config.names_model:
        report(f"reading {run.articles} with the model, for the names in them …")
    names = [] if model.config.names_model else _names_as_found(model, tokenizer, run.labelled)

    def batches_of(epoch: int) -> list[list[Example]]:
        generator = random.Random(f"{settings.seed}/{epoch}")

        def batches(examples: list[Example]) -> list[list[Example]]:
            return token_batches(examples, len, tokens=learning.batch_tokens, generator=generator)

        found = batches(statement_examples(articles, tokenizer, model.config.window_size, generator))
        wanted = math.ceil(len(found) * learning.names_share / (1 - learning.names_share))
        found += batches(names)[:wanted]
        generator.shuffle(found)
        return found

    steps = len(batches_of(0)) * settings.epochs
    learning = replace(learning, warmup_steps=min(learning.warmup_steps, 1 + steps // 10))
    report(f"{counted(count, 'statement')} of {run.articles}, {counted(steps, 'step')}")
    task = QuoteTask(model, learning, batches_of, int(tokenizer.mask_token_id or 0))
    history = quote_loop(task, learning, run.checkpoint, report).run()
    sizes = {"own_articles": len(articles), "own_statements": count}
    return run.finish("quotes", model, sizes, history, command)


def _trainable(folder: Path, device: str) -> tuple[QuoteModel, FastTokenizer]:
    """The quote model of a model folder, as training changes it."""
    model, tokenizer = load_quote_model(folder)  # checks all files, and says what is wrong with them
    if model.config.adapter_rank:  # the adapters were added into the weights
        model = QuoteModel(QuoteModelConfig.from_dict(model.config.to_dict()))
        load_encoder(model, require_encoder().parent, device)
        load_initial(model, folder, "quotes")
    model.encoder.get_input_embeddings().weight.requires_grad_(False)
    place(model, device)
    return model, tokenizer


@torch.no_grad()
def _names_as_found(model: QuoteModel, tokenizer: FastTokenizer, labelled: Sequence[LabelledArticle]) -> list[Example]:
    """Windows of the articles with the names that the model finds in them now, so that it goes on finding them."""
    model.eval()
    device = model.device
    examples: list[Example] = []
    for each in labelled:
        text = each.article.text
        for window in build_windows(text, segment(text), frozenset(), tokenizer, model.config.window_size):
            batch = collate([Example(window, [], [], [], [0] * len(window.input_ids))]).to(device)
            with native_precision(device.type):
                reading = model(batch.input_ids, batch.attention_mask, batch.cases, batch.quotations)
            examples.append(Example(window, [], [], [], reading.names[0].argmax(-1).tolist()))
    return examples
