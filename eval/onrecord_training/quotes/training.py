"""Trains the quote model: statements on PolNeAR, names on the Worldwide newswire and CoNLL-2003 corpora.

Everything random derives from the seed, the epoch and the batch.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import torch
from torch import Tensor
from transformers.utils.logging import disable_progress_bar

from onrecord.errors import SettingsError
from onrecord_eval.corpora.act_labels import read_act_labels, with_acts
from onrecord_eval.corpora.conll2003 import NamedText
from onrecord_eval.corpora.newswire_labels import read_newswire_labels
from onrecord_eval.corpora.polnear import AnnotatedArticle, read_polnear, set_aside
from onrecord_eval.corpora.speaker_labels import read_speaker_labels
from onrecord_models.quote_model import QuoteModel, QuoteModelConfig
from onrecord_models.transformer.tokenizer import FastTokenizer
from onrecord_training.loop.batching import token_batches
from onrecord_training.loop.checkpoints import CheckpointFolder, learned_state
from onrecord_training.loop.devices import begin, place
from onrecord_training.loop.initialization import (
    encoder_settings,
    initial_config,
    load_encoder,
    load_initial,
    load_tokenizer,
)
from onrecord_training.loop.optimizer import freeze_below
from onrecord_training.loop.schedule import Step, warm_up_by_steps
from onrecord_training.loop.training import Task, TrainingLoop, layered_loop
from onrecord_training.manifest import digest, digests, lineage, write_manifest
from onrecord_training.quotes.data import NAMED_CORPORA, name_examples, read_named_texts, statement_examples
from onrecord_training.quotes.examples import Example
from onrecord_training.quotes.losses import LOSSES, quote_losses
from onrecord_training.quotes.names import named_text
from onrecord_training.quotes.settings import NAME_SIZE, QuoteLearning, QuoteTraining
from onrecord_training.quotes.soft_labels import MANIFEST, read_soft_labels

_DATA: Final = ("polnear/data/train", *NAMED_CORPORA)


class QuoteTask(Task[list[Example]]):
    """Training a quote model on the batches that ``batches_of`` gives for an epoch; ``mask`` is the mask token's id."""

    loss_names = LOSSES

    def __init__(
        self, model: QuoteModel, settings: QuoteLearning, batches_of: Callable[[int], list[list[Example]]], mask: int
    ) -> None:
        super().__init__(model)
        self._quote_model, self._settings, self._batches_of, self._mask = model, settings, batches_of, mask

    def batches(self, epoch: int) -> list[list[Example]]:
        return self._batches_of(epoch)

    def losses(self, batch: list[Example]) -> Tensor:
        settings = self._settings
        return quote_losses(self._quote_model, batch, settings.masking, self._mask, settings.teacher_share)

    def seed(self, step: Step) -> None:
        """For dropout and masking."""
        torch.manual_seed(random.Random(f"{self._settings.seed}/{step.epoch}/{step.batch}").getrandbits(63))


@dataclass(frozen=True, slots=True)
class _Material:
    """What a run reads."""

    polnear: list[AnnotatedArticle]
    newswire: list[AnnotatedArticle]
    articles: list[AnnotatedArticle]
    named: list[NamedText]
    soft_labels: list[Example]

    def sizes(self) -> dict[str, int]:
        return {
            "articles": len(self.polnear),
            "statements": _count(self.polnear),
            "newswire_articles": len(self.newswire),
            "newswire_statements": _count(self.newswire),
            "whole_articles": len(self.articles),
            "whole_articles'_statements": _count(self.articles),
            "soft-labels": len(self.soft_labels),
            "named_texts": len(self.named),
            "names": sum(len(named.names) for named in self.named),
        }


def _count(articles: list[AnnotatedArticle]) -> int:
    return sum(len(found) for annotated in articles for found in annotated.annotations.values())


def train_quote_model(settings: QuoteTraining, report: Callable[[str], None], command: str = "") -> Path:
    """Trains, or goes on training, and returns the folder with the finished model.

    A tenth of PolNeAR's articles is left out, for choosing settings; see ``polnear.set_aside``. ``report`` gets lines
    of progress. ``command`` is noted in ``manifest.json`` beside the model's folder.

    Raises:
        InputError: a corpus is missing or damaged.
        SettingsError: the encoder or the model to start from does not fit, or has fewer layers than shall learn, or a
            run with other settings was begun.
    """
    checkpoint = CheckpointFolder(settings.output / "checkpoint", asdict(settings))
    report("loading the encoder …")
    device = begin(settings.device, settings.threads, settings.seed)
    disable_progress_bar()  # of saving, which takes no time
    tokenizer = load_tokenizer(settings.encoder)
    model = _build(settings, device)
    own = learned_state(model).keys()  # with adapters, all else comes from the base encoder again
    if settings.layers:
        if settings.layers > (most := model.encoder.config.num_hidden_layers):
            raise SettingsError(f"--layers {settings.layers}: the encoder has {most}")
        freeze_below(model, settings.layers, ("case_embeddings", "quotation_embeddings"))
    report("reading the corpora …")
    material = _read(settings)
    report(", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in material.sizes().items() if count))

    def batches_of(epoch: int) -> list[list[Example]]:
        return _epoch_batches(material, tokenizer, model.config.window_size, epoch, settings)

    task = QuoteTask(model, settings, batches_of, int(tokenizer.mask_token_id or 0))
    history = quote_loop(task, settings, checkpoint, report).run()
    if settings.adapter_rank:
        state = {name: each.detach().contiguous() for name, each in model.named_parameters() if name in own}
        model.save_pretrained(settings.output / "model", state_dict=state)
    else:
        model.save_pretrained(settings.output / "model")
    tokenizer.save_pretrained(settings.output / "model")
    more = lineage("quotes", settings.labels, settings.initial)
    if settings.act_labels:
        more["act_labels_sha256"] = digest(settings.act_labels)
    if settings.article_labels:
        more["article_labels_sha256"] = digests(settings.article_labels)
    if settings.soft_labels:
        more["soft-labels"] = json.loads((settings.soft_labels / MANIFEST).read_text(encoding="utf-8"))
    path = settings.output / "manifest.json"
    record = {name: value for name, value in asdict(settings).items() if name not in ("article_labels", "act_labels")}
    write_manifest(path, "quotes", record, _DATA, material.sizes(), history, command, **more)
    return settings.output / "model"


def quote_loop(
    task: QuoteTask, settings: QuoteLearning, checkpoint: CheckpointFolder, report: Callable[[str], None]
) -> TrainingLoop[list[Example]]:
    """The loop that trains ``task``, with the optimiser and the schedule of ``settings``."""
    return layered_loop(task, settings, warm_up_by_steps(settings.warmup_steps), checkpoint, report)


def _build(settings: QuoteTraining, device: str) -> QuoteModel:
    encoder = encoder_settings(settings.encoder, settings.dropout)
    before = initial_config(settings.initial, "quotes") if settings.initial else {"name_size": NAME_SIZE}
    config = QuoteModelConfig(encoder=encoder, adapter_rank=settings.adapter_rank, acts=True)
    config.name_size, config.role_size = before.get("name_size", 0), before.get("role_size", 0)
    model = QuoteModel(config)
    load_encoder(model, settings.encoder, device)
    if settings.initial:
        load_initial(model, settings.initial, "quotes")
    place(model, device)
    return model


def _read(settings: QuoteTraining) -> _Material:
    whole = [each for path in settings.article_labels for each in read_speaker_labels(path, settings.corpora)]
    articles = [AnnotatedArticle(each.article, {"labels": each.statements}) for each in whole]
    named = read_named_texts(settings.corpora) + [named_text(each) for each in whole] * settings.article_repeats
    if settings.soft_labels:
        return _Material([], [], articles, named, read_soft_labels(settings.soft_labels))
    polnear = read_polnear(settings.corpora / "polnear" / "data" / "train")
    texts = settings.corpora / "worldwide-newswire" / "text"
    newswire = read_newswire_labels(settings.labels, texts) if settings.labels else ()
    acts = list(read_act_labels(settings.act_labels)) if settings.act_labels else []
    return _Material(
        with_acts((annotated for annotated in polnear if not set_aside(annotated.article.doc)), acts),
        with_acts(newswire, acts),
        articles,
        named,
        [],
    )


def _epoch_batches(
    material: _Material, tokenizer: FastTokenizer, size: int, epoch: int, settings: QuoteTraining
) -> list[list[Example]]:
    generator = random.Random(f"{settings.seed}/{epoch}")

    def batches(examples: list[Example]) -> list[list[Example]]:
        return token_batches(examples, len, tokens=settings.batch_tokens, generator=generator)

    polnear = generator.sample(material.polnear, round(len(material.polnear) * settings.polnear_share))
    others = material.newswire * settings.labels_repeats + material.articles * settings.article_repeats
    examples = statement_examples(polnear, tokenizer, size, generator, cues_only=True)
    kinds = [examples + statement_examples(others, tokenizer, size, generator)]
    kinds += [[each for each in material.soft_labels if each.labelled is labelled] for labelled in (True, False)]
    found = [batch for examples in kinds for batch in batches(examples)]
    wanted = round(len(found) * settings.names_share / (1 - settings.names_share))
    found += batches(name_examples(material.named, tokenizer, size, generator, wanted * settings.batch_tokens))[:wanted]
    generator.shuffle(found)
    return found
