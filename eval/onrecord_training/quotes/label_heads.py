"""Trains a head that labels tokens, over a packed quote model. All else stays as it is: each text is read only once."""

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
from onrecord_models.inference import QuoteModelRunner, choose_precision
from onrecord_models.labelled_runs import labelled_runs
from onrecord_models.loading import load_quote_model
from onrecord_training.loop.devices import begin
from onrecord_training.loop.reading import OnRead, ReadingReport, ignore
from onrecord_training.manifest import digests
from onrecord_training.quotes.data import name_examples
from onrecord_training.quotes.examples import IGNORED
from onrecord_training.quotes.settings import HeadTraining
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
    """The weights of a head for the model in ``folder``, and the record of its training."""

    folder: Path
    weights: dict[str, Tensor]
    record: dict[str, Any]


def train_head(
    texts: list[NamedText],
    measured: dict[Path, list[NamedText]],
    labels: Sequence[str],
    build: Callable[[int], nn.Module],
    settings: HeadTraining,
    report: Callable[[str], None],
) -> TrainedHead:
    """Trains a head that gives each token one of ``labels``, from ``texts`` and the encoder's states of them.

    ``measured`` are texts to measure it on, by the files that they come from; ``build`` makes a head for states of a
    size, (batch, tokens, size).

    Raises:
        InputError, WeightsError: there is no text, or the model is missing or damaged.
        SettingsError: the model comes with onrecord, and the settings do not say that it may be changed.
    """
    folder = own_folder(settings.model, settings.change_installed)
    device = begin(settings.device, settings.threads, settings.seed)
    model, tokenizer = load_quote_model(folder)
    runner = QuoteModelRunner(model, device, choose_precision(device))
    generator = random.Random(settings.seed)
    texts = generator.sample(texts, round(settings.share * len(texts)))

    def read(some: list[NamedText], on_read: OnRead) -> States:
        return read_states(some, labels, runner, tokenizer, generator, on_read)

    states = read(texts, ReadingReport(report))
    report(f"{len(texts):,} texts, {int((states.labels > 0).sum()):,} labelled tokens")
    head = build(model.encoder.config.hidden_size).to(device)
    losses = _learn(head, states, settings, report)
    found: dict[str, dict[str, float]] = {}
    for path, held_out in measured.items():
        scores = measure_head(head, read(held_out, ignore))
        found[next(iter(digests([path])))] = scores
        report(f"{path}: " + ", ".join(f"{name} {value:.3f}" for name, value in scores.items()))
    record: dict[str, Any] = {
        "settings": {name: getattr(settings, name) for name in ("size", "share", "epochs", "learning_rate", "seed")},
        "texts": len(texts),
        "losses": losses,
        "measured": found,
    }
    return TrainedHead(folder, {name: tensor.cpu() for name, tensor in head.state_dict().items()}, record)


def read_states(
    texts: list[NamedText],
    labels: Sequence[str],
    runner: QuoteModelRunner,
    tokenizer: Any,
    generator: random.Random,
    on_read: OnRead,
) -> States:
    """The states and labels of all windows of ``texts``.

    Raises:
        InputError: there is none.
    """
    hidden, known, lengths = [], [], []
    for text in texts:
        examples = name_examples([text], tokenizer, runner.window_size, generator, labels=labels)
        for batch in runner.encode([example.window for example in examples]):
            for row, (index, length) in enumerate(zip(batch.indices, batch.lengths, strict=True)):
                hidden.append(batch.reading.hidden[row, :length].to("cpu", torch.bfloat16))
                known.append(torch.tensor(examples[index].names, dtype=torch.int16))
                lengths.append(length)
        on_read(1)
    if not hidden:
        raise InputError("the corpora and labels given hold no text to learn from; check their folders")
    return States(torch.cat(hidden), torch.cat(known).long(), lengths)


def _learn(head: nn.Module, states: States, settings: HeadTraining, report: Callable[[str], None]) -> list[float]:
    """Trains ``head`` and returns the mean loss of each epoch."""
    device = next(head.parameters()).device
    starts = list(range(0, len(states.labels), _RUN))
    steps = -(-len(starts) // _RUNS)
    optimizer = torch.optim.AdamW(head.parameters(), settings.learning_rate, weight_decay=_WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, settings.learning_rate, total_steps=max(2, steps * settings.epochs)
    )
    losses: list[float] = []
    head.train()
    for epoch in range(settings.epochs):
        random.Random(f"{settings.seed}/{epoch}").shuffle(starts)
        total = 0.0
        for step in range(steps):
            runs = [slice(start, start + _RUN) for start in starts[step * _RUNS : (step + 1) * _RUNS]]
            hidden = torch.cat([states.hidden[run] for run in runs]).to(device).float()
            labels = torch.cat([states.labels[run] for run in runs]).to(device)
            loss = cross_entropy(head(hidden[None])[0], labels, ignore_index=IGNORED, reduction="sum")
            loss = loss / (labels != IGNORED).sum().clamp(min=1)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            schedule.step()
            total += float(loss.detach())
        losses.append(round(total / steps, 4))
        report(f"epoch {epoch + 1}/{settings.epochs}: loss {losses[-1]}")
    head.eval()
    return losses


@torch.inference_mode()
def measure_head(head: nn.Module, states: States) -> dict[str, float]:
    """Precision, recall and F1 of runs, exact and of the right class; those that the labels leave open don't count."""
    device = next(head.parameters()).device
    counts: Counter[str] = Counter()
    for hidden, labels in zip(states.hidden.split(states.lengths), states.labels.split(states.lengths), strict=True):
        found = {run[:3] for run in labelled_runs(head(hidden.to(device).float()[None])[0].cpu())}
        wanted = _wanted(labels.tolist())
        judged = [run for run in found if bool((labels[run[0] : run[1]] != IGNORED).all())]
        counts.update(wanted=len(wanted), found=len(judged), right=len(found & wanted))
    right, either = counts["right"], counts["wanted"] + counts["found"]
    return {
        "precision": round(right / max(1, counts["found"]), 4),
        "recall": round(right / max(1, counts["wanted"]), 4),
        "F1": round(2 * right / max(1, either), 4),
    }


def _wanted(labels: Sequence[int]) -> set[tuple[int, int, int]]:
    found: set[tuple[int, int, int]] = set()
    for start, label in enumerate(labels):
        if label > 0 and label % 2 == 1:  # B of a class
            end = next((at for at in range(start + 1, len(labels)) if labels[at] != label + 1), len(labels))
            found.add((start, end, label // 2))
    return found
