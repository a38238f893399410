"""Writes soft labels: a larger quote model's logits for each token, which a smaller one learns as well as the labels.

The larger model's probabilities know more than one annotator's yes or no, and articles that nobody labelled have them
as well (Hinton, Vinyals and Dean, "Distilling the knowledge in a neural network", 2015). That model takes many times as
long over a window as the one to be trained, so it reads once, and its logits are kept for all epochs and seeds.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor

from onrecord.errors import SettingsError
from onrecord_eval.corpora.act_labels import read_act_labels, with_acts
from onrecord_eval.corpora.newswire_labels import read_newswire_labels
from onrecord_eval.corpora.polnear import AnnotatedArticle, read_polnear, set_aside
from onrecord_eval.corpora.speaker_labels import read_speaker_labels
from onrecord_models.encoder import ready
from onrecord_models.inference import choose_precision
from onrecord_models.loading import load_quote_model, model_folder
from onrecord_models.quote_model import QuoteModel
from onrecord_models.transformer.tokenizer import FastTokenizer
from onrecord_training.distillation.settings import Distillation
from onrecord_training.loop.devices import begin
from onrecord_training.loop.initialization import load_tokenizer
from onrecord_training.manifest import digest, digests, write_manifest
from onrecord_training.quotes.batches import collate
from onrecord_training.quotes.data import read_texts, statement_examples, text_examples
from onrecord_training.quotes.examples import UNTOLD, Example, SoftLabels
from onrecord_training.quotes.soft_labels import MANIFEST, write_examples

_SPECIAL_TOKENS: Final = ("cls_token", "sep_token", "pad_token", "mask_token", "unk_token")
_MOST_UNKNOWN: Final = 0.01
"""Share of the smaller model's vocabulary that the larger one may lack: rare characters and unused entries."""

_FILE_WINDOWS: Final = 64
_BATCH_WINDOWS: Final = 8


def write_soft_labels(settings: Distillation, report: Callable[[str], None], command: str = "") -> Path:
    """Writes the soft labels, going on after an interruption, and returns their folder.

    Raises:
        InputError, WeightsError: a corpus or the larger model is missing.
        SettingsError: the models' vocabularies differ, or the folder has soft labels of other data or settings.
    """
    device = begin(settings.device, settings.threads, settings.seed)
    report(f"loading {settings.teacher} …")
    tokenizer = load_tokenizer(settings.encoder)
    model, own = load_quote_model(model_folder(settings.teacher))
    ids = _teacher_ids(tokenizer, own)
    report("reading the corpora …")
    examples = _examples(settings, tokenizer, int(model.config.window_size))
    model = ready(model, device, choose_precision(device))
    _begin(settings, examples, command)
    starts = range(0, len(examples), _FILE_WINDOWS)
    left = [start for start in starts if not _file(settings.output, start).exists()]
    started = time.monotonic()
    for done, start in enumerate(left, 1):
        part = examples[start : start + _FILE_WINDOWS]
        groups = (part[first : first + _BATCH_WINDOWS] for first in range(0, len(part), _BATCH_WINDOWS))
        labelled = [example for group in groups for example in _with_soft_labels(model, ids, group)]
        write_examples(labelled, _file(settings.output, start))
        # Windows grow from file to file, so this is too little at first.
        minutes = (time.monotonic() - started) / done * (len(left) - done) / 60
        report(f"{start + len(part)} of {len(examples)} windows; at least {minutes:.0f} min left")
    return settings.output


def _begin(settings: Distillation, examples: list[Example], command: str) -> None:
    """Writes a manifest of what the soft labels are made of; those begun earlier must be made of the same."""
    settings.output.mkdir(parents=True, exist_ok=True)
    path, fresh = settings.output / MANIFEST, settings.output / "manifest.new"
    sources = {"labels": settings.labels, "act_labels": settings.act_labels, "texts": settings.texts}
    write_manifest(
        fresh,
        "soft-labels",
        {name: value for name, value in asdict(settings).items() if name not in ("article_labels", "act_labels")},
        ["polnear/data/train"],
        {"windows": len(examples), "labelled": sum(example.labelled for example in examples)},
        [],
        command,
        teacher_sha256=digest(model_folder(settings.teacher) / "quotes" / "model.safetensors"),
        article_labels_sha256=digests(settings.article_labels),
        **{f"{name}_sha256": digest(source) for name, source in sources.items() if source},
    )
    if path.exists() and _made_of(path) != _made_of(fresh):
        fresh.unlink()
        raise SettingsError(
            f"{settings.output}: holds soft labels of other data or settings; name another output folder"
        )
    fresh.replace(path)


def _made_of(manifest: Path) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8"))
    del record["command"]
    for name in ("threads", "device", "teacher"):  # the hash of the teacher's weights is compared
        record["settings"].pop(name, None)
    return record


def _file(folder: Path, start: int) -> Path:
    return folder / f"{start // _FILE_WINDOWS:04}.safetensors"


def _teacher_ids(tokenizer: FastTokenizer, teacher: FastTokenizer) -> Tensor:
    """(vocabulary of ``tokenizer``,): the ids that its tokens have for ``teacher``."""
    known = teacher.get_vocab()
    special = {str(getattr(tokenizer, role)): teacher.special.get(role, "") for role in _SPECIAL_TOKENS}
    called = {number: special.get(token, token) for token, number in tokenizer.get_vocab().items()}
    lacking = sum(token not in known for token in called.values())
    if lacking > _MOST_UNKNOWN * len(called):
        raise SettingsError(
            f"the model to learn from lacks {lacking:,} of the encoder's {len(called):,} tokens; "
            "expected one with the same vocabulary"
        )
    unknown = known[teacher.special["unk_token"]]
    return torch.tensor([known.get(called.get(number, ""), unknown) for number in range(max(called) + 1)])


def _examples(settings: Distillation, tokenizer: FastTokenizer, size: int) -> list[Example]:
    generator = random.Random(settings.seed)
    newswire = settings.corpora / "worldwide-newswire" / "text"
    labelled = list(read_newswire_labels(settings.labels, newswire)) if settings.labels else []
    polnear = read_polnear(settings.corpora / "polnear" / "data" / "train")
    acts = list(read_act_labels(settings.act_labels)) if settings.act_labels else []
    articles = with_acts((annotated for annotated in polnear if not set_aside(annotated.article.doc)), acts)
    examples = statement_examples(articles, tokenizer, size, generator, cues_only=True)
    whole = [
        AnnotatedArticle(each.article, {"labels": each.statements})
        for path in settings.article_labels
        for each in read_speaker_labels(path, settings.corpora)
    ]
    others = with_acts(labelled, acts) * settings.labels_repeats + whole
    examples += statement_examples(others, tokenizer, size, generator)
    if settings.texts:
        examples += text_examples(read_texts(settings.texts, labelled + whole), tokenizer, size, generator)
    return sorted(examples, key=len)  # so that batches are of like length


@torch.inference_mode()
def _with_soft_labels(model: QuoteModel, ids: Tensor, examples: list[Example]) -> list[Example]:
    """The examples with the model's logits, and with the cues that it alone finds among theirs."""
    batch = collate(examples)
    device = model.device
    inputs = (ids[batch.input_ids], batch.attention_mask, batch.cases, batch.quotations)
    reading = model(*(tensor.to(device) for tensor in inputs))
    cues = reading.cues.cpu()
    offered = [
        example.with_unannotated(example.unannotated(row[: len(example)]))
        for example, row in zip(examples, cues, strict=True)
    ]
    batch = collate(offered).to(device)
    padding = batch.attention_mask == 0
    scores = model.score_pairs(reading.hidden, padding, batch.paragraphs, batch.cues, batch.present)
    labelled: list[Example] = []
    for row, example in enumerate(offered):
        tokens, count = len(example), len(example.cues)
        soft = SoftLabels(
            cues=reading.cues[row, :tokens],
            names=reading.names[row, :tokens],
            switches=reading.switches[row, :tokens],
            owners=scores.owners[row, :tokens, : 1 + count],
            starts=scores.starts[row, :count, :tokens],
            ends=scores.ends[row, :count, :tokens],
            acts=UNTOLD.expand(count, -1) if scores.acts is None else scores.acts[row, :count],
        )
        labelled.append(replace(example, soft=soft))
    return labelled
