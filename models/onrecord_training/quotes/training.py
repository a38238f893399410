"""Trains the quote model: statements on PolNeAR, names on the Worldwide newswire and CoNLL-2003 corpora.

Resumable: every few minutes what was learned, optimiser and progress go into the run's folder, and a run started
again with the same settings goes on from there. Everything random derives from the seed, the epoch and the batch.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import torch
from torch import nn
from transformers import AutoTokenizer, PreTrainedTokenizerBase
from transformers.utils.logging import disable_progress_bar

from onrecord.errors import SettingsError
from onrecord_eval.corpora.conll2003 import NamedText
from onrecord_eval.corpora.newswire_labels import read_newswire_labels
from onrecord_eval.corpora.polnear import AnnotatedArticle, read_polnear, set_aside
from onrecord_models.quote_model import QuoteModel, QuoteModelConfig
from onrecord_training.distillation.soft_labels import MANIFEST, read_soft_labels
from onrecord_training.loop.checkpoints import Progress, has_checkpoint, learned_state, resume, save_checkpoint
from onrecord_training.loop.initialization import (
    encoder_settings,
    load_encoder,
    load_frozen_encoder,
    load_initial,
    parameter_groups,
)
from onrecord_training.manifest import lineage, write_manifest
from onrecord_training.quotes.batches import Example, batches
from onrecord_training.quotes.data import (
    name_examples,
    read_named_texts,
    statement_examples,
)
from onrecord_training.quotes.losses import LOSSES, quote_losses

_DATA: Final = ("polnear/data/train", "worldwide-newswire/train", "crossner/conll2003/train.txt")


@dataclass(frozen=True, slots=True)
class QuoteModelTraining:
    """Settings of one training run.

    ``encoder`` is a folder with a base encoder (config, tokenizer, model.safetensors); ``corpora`` one with
    ``polnear``, ``worldwide-newswire`` and ``crossner``; checkpoints and the model go to ``output``. ``initial`` is
    the output folder of an earlier run, or a model folder, to start from. ``adapter_rank`` 0 trains the encoder,
    anything above adapters on it. ``labels`` is a file of labelled newswire articles, read ``labels_repeats`` times an
    epoch beside ``polnear_share`` of PolNeAR's. In place of both, ``soft labels`` is a folder of windows with what a
    teacher says of them, which counts for ``teacher_share`` beside what annotators do. ``names_only`` trains nothing
    but the head for names, on names alone; statements stay as ``initial`` finds them. ``masking`` is the share of
    tokens hidden from the encoder, so that it learns from what surrounds a name or a verb.
    """

    encoder: Path
    corpora: Path
    output: Path
    initial: Path | None = None
    labels: Path | None = None
    epochs: int = 4
    seed: int = 1
    adapter_rank: int = 0
    batch_tokens: int = 2400
    learning_rate: float = 3e-4
    head_learning_rate: float = 1e-3
    layer_decay: float = 0.95
    weight_decay: float = 0.01
    warmup_steps: int = 50
    names_share: float = 0.25
    polnear_share: float = 1.0
    labels_repeats: int = 1
    names_only: bool = False
    soft_labels: Path | None = None
    teacher_share: float = 0.5
    dropout: float = 0.1
    masking: float = 0.03
    threads: int = 2
    checkpoint_minutes: float = 10.0

    def __post_init__(self) -> None:
        if self.epochs < 1:
            raise SettingsError(f"epochs is {self.epochs}; at least 1 is needed")
        for name in ("names_share", "dropout", "masking"):
            if not 0 <= getattr(self, name) < 1:
                raise SettingsError(f"{name} is {getattr(self, name)}; it is a share, from 0 to below 1")
        if self.names_only and not self.initial:
            raise SettingsError("only names are to be trained, but there is no quote model to start from; name one")
        for name in ("polnear_share", "teacher_share"):
            if not 0 < getattr(self, name) <= 1:
                raise SettingsError(f"{name} is {getattr(self, name)}; it is a share, above 0 and at most 1")
        if self.soft_labels and self.labels:
            raise SettingsError("soft labels hold the labelled articles that they were made of; leave the labels out")


@dataclass(frozen=True, slots=True)
class _Material:
    """What a run reads."""

    polnear: list[AnnotatedArticle]
    newswire: list[AnnotatedArticle]
    named: list[NamedText]
    soft_labels: list[Example]

    def sizes(self) -> dict[str, int]:
        return {
            "articles": len(self.polnear),
            "statements": _count(self.polnear),
            "newswire_articles": len(self.newswire),
            "newswire_statements": _count(self.newswire),
            "soft-labels": len(self.soft_labels),
            "named_texts": len(self.named),
            "names": sum(len(named.names) for named in self.named),
        }


def _count(articles: list[AnnotatedArticle]) -> int:
    return sum(len(found) for annotated in articles for found in annotated.annotations.values())


def train_quote_model(settings: QuoteModelTraining, report: Callable[[str], None], command: str = "") -> Path:
    """Trains, or goes on training, and returns the folder with the finished model.

    A tenth of PolNeAR's articles is left out, for choosing settings; see ``polnear.set_aside``. ``report`` gets lines
    of progress. ``command`` is noted in ``manifest.json`` beside the model's folder.
    """
    torch.set_num_threads(settings.threads)
    torch.manual_seed(settings.seed)
    disable_progress_bar()  # of saving, which takes no time
    tokenizer = AutoTokenizer.from_pretrained(settings.encoder)
    model = _build(settings)
    resting = _rest(model) if settings.names_only else []
    optimizer = torch.optim.AdamW(parameter_groups(model, settings), betas=(0.9, 0.98))
    checkpoint = settings.output / "checkpoint"
    progress = Progress()
    if has_checkpoint(checkpoint):
        progress = resume(model, optimizer, checkpoint, asdict(settings))
        report(f"going on after epoch {progress.epochs}, batch {progress.batches}")
    material = _read(settings)
    while progress.epochs < settings.epochs:
        groups = _epoch_batches(material, tokenizer, model.config.window_size, progress.epochs, settings)
        train_epoch(model, optimizer, groups, tokenizer.mask_token_id, progress, settings, report)
        save_checkpoint(model, optimizer, checkpoint, asdict(settings), progress)
    for parameter in resting:
        parameter.requires_grad_(True)  # learned earlier, so it is stored again
    if settings.adapter_rank:
        model.save_pretrained(settings.output / "model", state_dict=learned_state(model))
    else:
        model.save_pretrained(settings.output / "model")
    tokenizer.save_pretrained(settings.output / "model")
    more = lineage("quotes", settings.labels, settings.initial)
    if settings.soft_labels:
        more["soft-labels"] = json.loads((settings.soft_labels / MANIFEST).read_text(encoding="utf-8"))
    path = settings.output / "manifest.json"
    write_manifest(path, "quotes", asdict(settings), _DATA, material.sizes(), progress.history, command, **more)
    return settings.output / "model"


def _build(settings: QuoteModelTraining) -> QuoteModel:
    encoder = encoder_settings(settings.encoder, settings.dropout)
    model = QuoteModel(QuoteModelConfig(encoder=encoder, adapter_rank=settings.adapter_rank))
    model.encoder.set_attn_implementation("eager")  # in bf16 on a CPU two to four times faster than the fused one
    if settings.adapter_rank:
        load_frozen_encoder(model, settings.encoder)
    else:
        load_encoder(model, settings.encoder)
    if settings.initial:
        load_initial(model, settings.initial, "quotes")
    return model


def _rest(model: QuoteModel) -> list[nn.Parameter]:
    """Freezes all but the head for names and returns what was not frozen before."""
    resting = [
        parameter
        for name, parameter in model.named_parameters()
        if parameter.requires_grad and not name.startswith("name_head.")
    ]
    for parameter in resting:
        parameter.requires_grad_(False)
    return resting


def _read(settings: QuoteModelTraining) -> _Material:
    named = read_named_texts(settings.corpora)
    if settings.soft_labels:
        return _Material([], [], named, read_soft_labels(settings.soft_labels))
    polnear = read_polnear(settings.corpora / "polnear" / "data" / "train")
    texts = settings.corpora / "worldwide-newswire" / "text"
    return _Material(
        [annotated for annotated in polnear if not set_aside(annotated.article.doc)],
        list(read_newswire_labels(settings.labels, texts)) if settings.labels else [],
        named,
        [],
    )


def _epoch_batches(
    material: _Material, tokenizer: PreTrainedTokenizerBase, size: int, epoch: int, settings: QuoteModelTraining
) -> list[list[Example]]:
    generator = random.Random(f"{settings.seed}/{epoch}")
    if settings.names_only:
        every = name_examples(material.named, tokenizer, size, generator, tokens=sys.maxsize)
        return list(batches(every, settings.batch_tokens, generator))
    if material.soft_labels:
        kinds = [[one for one in material.soft_labels if one.labelled is labelled] for labelled in (True, False)]
    else:
        articles = generator.sample(material.polnear, round(len(material.polnear) * settings.polnear_share))
        articles += material.newswire * settings.labels_repeats
        kinds = [statement_examples(articles, tokenizer, size, generator)]
    groups = [group for examples in kinds for group in batches(examples, settings.batch_tokens, generator)]
    wanted = round(len(groups) * settings.names_share / (1 - settings.names_share))
    names = name_examples(material.named, tokenizer, size, generator, wanted * settings.batch_tokens)
    groups += list(batches(names, settings.batch_tokens, generator))[:wanted]
    generator.shuffle(groups)
    return groups


def train_epoch(
    model: QuoteModel,
    optimizer: torch.optim.Optimizer,
    groups: list[list[Example]],
    mask: int,
    progress: Progress,
    settings: QuoteModelTraining,
    report: Callable[[str], None],
) -> None:
    """Trains on what ``progress`` leaves of the epoch, and moves it to the next one."""
    model.train()
    losses = torch.zeros(len(LOSSES))
    first, before, started = progress.batches, progress.seconds, time.monotonic()
    saved = started
    for number in range(first, len(groups)):
        # For dropout and masking, the same after a resumption.
        torch.manual_seed(random.Random(f"{settings.seed}/{progress.epochs}/{number}").getrandbits(63))
        share = (progress.epochs + number / len(groups)) / settings.epochs
        warmup = min(1.0, (progress.epochs * len(groups) + number + 1) / settings.warmup_steps)
        for parameters in optimizer.param_groups:
            parameters["lr"] = parameters["peak"] * (1 - share) * warmup
        parts = quote_losses(model, groups[number], settings.masking, mask, settings.teacher_share)
        parts.sum().backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        losses = losses * 0.98 + parts.detach() * 0.02 if number > first else parts.detach()
        now = time.monotonic()
        progress.batches, progress.seconds = number + 1, before + now - started
        if number % 50 == 49:
            left = (now - started) / (number + 1 - first) * (len(groups) * (settings.epochs - progress.epochs) - number)
            shown = " ".join(f"{n} {v:.3f}" for n, v in zip(LOSSES, losses.tolist(), strict=True))
            place = f"epoch {progress.epochs + 1}/{settings.epochs} batch {number + 1}/{len(groups)}"
            report(f"{place}: {shown}; {left / 60:.0f} min left")
        if now - saved > settings.checkpoint_minutes * 60:
            save_checkpoint(model, optimizer, settings.output / "checkpoint", asdict(settings), progress)
            saved = now
    shown_losses = {name: round(value, 4) for name, value in zip(LOSSES, losses.tolist(), strict=True)}
    progress.history.append({"batches": len(groups), "seconds": round(progress.seconds), "losses": shown_losses})
    progress.epochs, progress.batches, progress.seconds = progress.epochs + 1, 0, 0.0
