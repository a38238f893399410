"""Trains the head for names of a packed quote model anew. All else stays as it is, so each text is read only once."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from onrecord.errors import InputError
from onrecord_eval.corpora.conll2003 import NamedText
from onrecord_eval.corpora.speaker_labels import read_speaker_labels
from onrecord_models.decoding import find_names
from onrecord_models.inference import QuoteModelRunner, choose_precision
from onrecord_models.labels import NAME_LABELS
from onrecord_models.loading import load_quote_model
from onrecord_models.quote_model import build_name_head
from onrecord_training.loop.devices import begin
from onrecord_training.loop.reading import OnRead, ReadingReport, ignore
from onrecord_training.manifest import digest, digests
from onrecord_training.quotes.data import NAMED_CORPORA, name_examples, read_named_texts
from onrecord_training.quotes.examples import IGNORED
from onrecord_training.quotes.names import named_text
from onrecord_training.quotes.settings import NameTraining
from onrecord_training.settings import own_folder

_RUN: Final = 1024
_RUNS: Final = 4
"""Tokens that follow each other in what a step learns from, and how many such runs it has."""

_WEIGHT_DECAY: Final = 0.01


@dataclass(frozen=True, slots=True)
class States:
    """What the encoder makes of texts.

    Shapes: ``hidden`` (tokens, hidden size) in bf16, ``labels`` (tokens,), ``IGNORED`` where nothing is known.
    ``lengths`` are the tokens of each window, in order.
    """

    hidden: Tensor
    labels: Tensor
    lengths: list[int]


@dataclass(frozen=True, slots=True)
class TrainedHead:
    """The weights of a head for names, for the model in ``folder``, and the record of its training."""

    folder: Path
    weights: dict[str, Tensor]
    record: dict[str, Any]


def train_names(settings: NameTraining, report: Callable[[str], None], command: str = "") -> TrainedHead:
    """Trains a head for names on the states of the model's encoder; `replace_names` puts it into the model folder.

    Raises:
        InputError, WeightsError: a corpus, a file of labels or the model is missing or damaged.
        SettingsError: the model comes with onrecord, and the settings do not say that it may be changed.
    """
    folder = own_folder(settings.model, settings.change_installed)
    device = begin(settings.device, settings.threads, settings.seed)
    model, tokenizer = load_quote_model(folder)
    runner = QuoteModelRunner(model, device, choose_precision(device))
    texts = read_named_texts(settings.corpora)
    for labels in settings.article_labels:
        texts += _labelled(labels, settings.corpora)
    measured = {path: _labelled(path, settings.corpora) for path in settings.measure}
    generator = random.Random(settings.seed)
    texts = generator.sample(texts, round(settings.share * len(texts)))
    states = read_states(texts, runner, tokenizer, generator, ReadingReport(report))
    report(f"{len(texts):,} texts, {int((states.labels > 0).sum()):,} tokens of names")
    head = build_name_head(model.encoder.config.hidden_size, settings.size).to(device)
    losses = _learn(head, states, settings, report)
    found: dict[str, dict[str, float]] = {}
    for path, named in measured.items():
        scores = measure_names(head, read_states(named, runner, tokenizer, generator, ignore))
        found[next(iter(digests([path])))] = scores
        report(f"{path}: " + ", ".join(f"{name} {value:.3f}" for name, value in scores.items()))
    record: dict[str, Any] = {
        "command": command,
        "settings": {name: getattr(settings, name) for name in ("size", "share", "epochs", "learning_rate", "seed")},
        "data_sha256": {name: digest(settings.corpora / name) for name in NAMED_CORPORA},
        "article_labels_sha256": digests(settings.article_labels),
        "texts": len(texts),
        "losses": losses,
        "measured": found,
    }
    weights = {name: tensor.cpu() for name, tensor in head.state_dict().items()}
    return TrainedHead(folder, weights, record)


def read_states(
    texts: list[NamedText], runner: QuoteModelRunner, tokenizer: Any, generator: random.Random, on_read: OnRead
) -> States:
    """The states and labels of all windows of ``texts``.

    Raises:
        InputError: there is none.
    """
    hidden, labels, lengths = [], [], []
    for text in texts:
        examples = name_examples([text], tokenizer, runner.window_size, generator)
        for batch in runner.encode([example.window for example in examples]):
            for row, (index, length) in enumerate(zip(batch.indices, batch.lengths, strict=True)):
                hidden.append(batch.reading.hidden[row, :length].to("cpu", torch.bfloat16))
                labels.append(torch.tensor(examples[index].names, dtype=torch.int16))
                lengths.append(length)
        on_read(1)
    if not hidden:
        raise InputError("the corpora and labels given hold no text to learn names from; check their folders")
    return States(torch.cat(hidden), torch.cat(labels).long(), lengths)


def _labelled(labels: Path, corpora: Path) -> list[NamedText]:
    return [named_text(each) for each in read_speaker_labels(labels, corpora)]


def _learn(head: nn.Module, states: States, settings: NameTraining, report: Callable[[str], None]) -> list[float]:
    """Trains ``head`` and returns the mean loss of each epoch."""
    device = next(head.parameters()).device
    starts = list(range(0, len(states.labels), _RUN))
    steps = -(-len(starts) // _RUNS)
    optimizer = torch.optim.AdamW(head.parameters(), settings.learning_rate, weight_decay=_WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, settings.learning_rate, total_steps=max(2, steps * settings.epochs)
    )
    losses: list[float] = []
    for epoch in range(settings.epochs):
        random.Random(f"{settings.seed}/{epoch}").shuffle(starts)
        total = 0.0
        for step in range(steps):
            runs = [slice(start, start + _RUN) for start in starts[step * _RUNS : (step + 1) * _RUNS]]
            hidden = torch.cat([states.hidden[run] for run in runs]).to(device).float()
            labels = torch.cat([states.labels[run] for run in runs]).to(device)
            loss = cross_entropy(head(hidden), labels, ignore_index=IGNORED, reduction="sum")
            loss = loss / (labels != IGNORED).sum().clamp(min=1)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            schedule.step()
            total += float(loss.detach())
        losses.append(round(total / steps, 4))
        report(f"epoch {epoch + 1}/{settings.epochs}: loss {losses[-1]}")
    return losses


@torch.inference_mode()
def measure_names(head: nn.Module, states: States) -> dict[str, float]:
    """Precision, recall and F1 of names, exact and of the right class; names that the labels leave open don't count."""
    device = next(head.parameters()).device
    counts: Counter[str] = Counter()
    for hidden, labels in zip(states.hidden.split(states.lengths), states.labels.split(states.lengths), strict=True):
        found = {(name.tokens, name.label) for name in find_names(head(hidden.to(device).float()).cpu())}
        wanted = _wanted(labels.tolist())
        judged = [each for each in found if bool((labels[slice(*each[0])] != IGNORED).all())]
        counts.update(wanted=len(wanted), found=len(judged), right=len(found & wanted))
    right, either = counts["right"], counts["wanted"] + counts["found"]
    return {
        "precision": round(right / max(1, counts["found"]), 4),
        "recall": round(right / max(1, counts["wanted"]), 4),
        "F1": round(2 * right / max(1, either), 4),
    }


def _wanted(labels: Sequence[int]) -> set[tuple[tuple[int, int], str]]:
    found: set[tuple[tuple[int, int], str]] = set()
    for start, label in enumerate(labels):
        if label > 0 and NAME_LABELS[label].startswith("B-"):
            end = next((at for at in range(start + 1, len(labels)) if labels[at] != label + 1), len(labels))
            found.add(((start, end), NAME_LABELS[label].removeprefix("B-")))
    return found
