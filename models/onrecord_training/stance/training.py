"""Trains the stance model on NewsMTSC, Perspectrum, labelled statements of newswire, contrast pairs and unrelated
statements of PolNeAR.

Resumable: after each epoch weights, optimiser and progress go into the run's folder, and a run started again with
the same settings goes on from there to the same weights. Everything random derives from the seed and the epoch.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import torch
from torch import Tensor, nn
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from onrecord_eval.component_metrics import count_label, label_figures
from onrecord_eval.scores import Totals
from onrecord_models.stance_model import (
    LABELS,
    EncodedInput,
    StanceConfig,
    StanceModel,
    StanceScorer,
    collate,
    encode_input,
)
from onrecord_training.loop.checkpoints import Progress, has_checkpoint, learned_state, resume, save_checkpoint
from onrecord_training.loop.initialization import (
    encoder_settings,
    load_encoder,
    load_frozen_encoder,
    load_initial,
    native_precision,
    parameter_groups,
)
from onrecord_training.manifest import digest, lineage, write_manifest
from onrecord_training.stance.contrast import Labelled
from onrecord_training.stance.data import NEWSMTSC, PERSPECTRUM, POLNEAR, epoch_examples, read_data
from onrecord_training.stance.settings import StanceTraining

_DATA: Final = (*NEWSMTSC, *PERSPECTRUM, POLNEAR)


@dataclass(frozen=True, slots=True)
class _Example:
    encoded: EncodedInput
    label: int


def train_stance(settings: StanceTraining, report: Callable[[str], None], command: str = "") -> Path:
    """Trains, or goes on training, and returns the folder with the finished model.

    ``report`` gets lines of progress. ``command`` is noted in ``manifest.json`` beside the model's folder.
    """
    torch.set_num_threads(settings.threads)
    torch.manual_seed(settings.seed)
    tokenizer = AutoTokenizer.from_pretrained(settings.encoder)
    encoder = encoder_settings(settings.encoder, settings.dropout)
    model = StanceModel(StanceConfig(encoder=encoder, adapter_rank=settings.adapter_rank))
    if settings.adapter_rank:
        load_frozen_encoder(model, settings.encoder)
    else:
        load_encoder(model, settings.encoder)
    if settings.initial:
        load_initial(model, settings.initial, "stance")
    model.encoder.set_attn_implementation("eager")  # in bf16 on a CPU a quarter faster than the fused one
    optimizer = torch.optim.AdamW(parameter_groups(model, settings), betas=(0.9, 0.98))
    checkpoint = settings.output / "checkpoint"
    progress = Progress()
    if has_checkpoint(checkpoint):
        progress = resume(model, optimizer, checkpoint, asdict(settings))
        report(f"going on after epoch {progress.epochs}")
    history = progress.history
    data = read_data(settings)
    for epoch in range(progress.epochs, settings.epochs):
        started = time.monotonic()
        examples = epoch_examples(data, settings, random.Random(f"{settings.seed}/{epoch}"))
        train_epoch(model, tokenizer, optimizer, examples, epoch=epoch, settings=settings, report=report)
        scores = measure(StanceScorer(model, tokenizer), data.measured)
        history.append({"examples": len(examples), "seconds": round(time.monotonic() - started), "scores": scores})
        progress.epochs = epoch + 1
        save_checkpoint(model, optimizer, checkpoint, asdict(settings), progress)
        shown = " ".join(f"{name} {value}" for name, value in scores.items())
        report(f"epoch {epoch + 1}/{settings.epochs} done in {history[-1]['seconds']} s: {shown}")
    model.config.calibration = fit_temperature(model, tokenizer, data.calibration)
    scorer = StanceScorer(model, tokenizer)
    scores = measure(scorer, data.measured)
    report(f"temperature {model.config.calibration}: " + " ".join(f"{name} {value}" for name, value in scores.items()))
    if settings.adapter_rank:
        model.save_pretrained(settings.output / "model", state_dict=learned_state(model))
    else:
        model.save_pretrained(settings.output / "model")
    tokenizer.save_pretrained(settings.output / "model")
    more = {"temperature": model.config.calibration, "scores": scores}
    more |= lineage("stance", settings.labels, settings.initial)
    if settings.stance_labels:
        more["stance_labels_sha256"] = digest(settings.stance_labels)
    sizes = {**data.sizes(), "examples_an_epoch": history[-1]["examples"]}
    used = [name for name in _DATA if (settings.corpora / name).exists()]
    write_manifest(settings.output / "manifest.json", "stance", asdict(settings), used, sizes, history, command, **more)
    return settings.output / "model"


def measure(scorer: StanceScorer, measured: dict[str, list[Labelled]]) -> dict[str, float]:
    """Macro-F1 and expected calibration error of each set, four places.

    Where no example is neutral, as in Perspectrum, neutral answers count as misses, and ``forced_f1`` is the
    macro-F1 when the likelier of the two sides is taken.
    """
    scores: dict[str, float] = {}
    for name, examples in measured.items():
        probabilities = scorer.score([one for one, _ in examples])
        gold = [label for _, label in examples]
        predicted = [LABELS[max(range(3), key=three.__getitem__)] for three in probabilities]
        present = [label for label in LABELS if label in gold]
        scores[f"{name}_macro_f1"] = _macro_f1(gold, predicted, present)
        scores[f"{name}_accuracy"] = _rounded(sum(map(str.__eq__, gold, predicted)) / len(gold))
        scores[f"{name}_ece"] = _rounded(calibration_error(probabilities, gold))
        if "neutral" not in present:
            forced = [LABELS[0] if three[0] >= three[1] else LABELS[1] for three in probabilities]
            scores[f"{name}_forced_f1"] = _macro_f1(gold, forced, present)
    return scores


def calibration_error(
    probabilities: Sequence[tuple[float, float, float]], gold: Sequence[str], bins: int = 10
) -> float:
    """Expected calibration error of the most likely label, over ``bins`` equally wide bins."""
    gaps = [0.0] * bins
    for three, label in zip(probabilities, gold, strict=True):
        top = max(three)
        gaps[min(int(top * bins), bins - 1)] += top - (LABELS[three.index(top)] == label)
    return sum(map(abs, gaps)) / max(1, len(gold))


def fit_temperature(model: StanceModel, tokenizer: PreTrainedTokenizerBase, examples: Sequence[Labelled]) -> float:
    """The temperature, two places, from 0.5 to 5, under which the labels of ``examples`` are most likely."""
    probabilities = StanceScorer(model, tokenizer, temperature=1.0).score([one for one, _ in examples])
    labels = torch.tensor([LABELS.index(label) for _, label in examples])
    if not len(labels):
        return 1.0
    logits = torch.tensor(probabilities).clamp(min=1e-4).log()
    candidates = [step / 100 for step in range(50, 501)]
    return min(candidates, key=lambda heat: float(nn.functional.cross_entropy(logits / heat, labels)))


def train_epoch(
    model: StanceModel,
    tokenizer: PreTrainedTokenizerBase,
    optimizer: torch.optim.Optimizer,
    examples: Sequence[Labelled],
    *,
    epoch: int,
    settings: StanceTraining,
    report: Callable[[str], None],
) -> None:
    size = model.config.window_size
    encoded = [_Example(encode_input(one, tokenizer, size), LABELS.index(label)) for one, label in examples]
    groups = list(_batches(encoded, settings.batch_tokens, random.Random(f"{settings.seed}/{epoch}/batches")))
    torch.manual_seed(settings.seed * 1000 + epoch)
    model.train()
    started, shown = time.monotonic(), math.nan
    for number, group in enumerate(groups):
        progress = (epoch + number / len(groups)) / settings.epochs
        factor = min(1.0, (progress + 1e-3) / settings.warmup) if settings.warmup else 1.0
        for parameters in optimizer.param_groups:
            parameters["lr"] = parameters["peak"] * factor * (1 - progress)
        loss = _loss(model, group, int(tokenizer.pad_token_id or 0), settings.smoothing)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        shown = loss.item() if math.isnan(shown) else shown * 0.98 + loss.item() * 0.02
        if number % 50 == 49:
            left = (time.monotonic() - started) / (number + 1) * (len(groups) * (settings.epochs - epoch) - number)
            report(
                f"epoch {epoch + 1}/{settings.epochs} batch {number + 1}/{len(groups)}: loss {shown:.3f}; "
                f"{left / 60:.0f} min left"
            )


def _loss(model: StanceModel, group: Sequence[_Example], padding: int, smoothing: float) -> Tensor:
    batch = collate([example.encoded for example in group], padding)
    with native_precision():
        logits = model(batch.input_ids, batch.attention_mask, batch.parts)
    labels = torch.tensor([example.label for example in group])
    return nn.functional.cross_entropy(logits.float(), labels, label_smoothing=smoothing)


def _batches(examples: Sequence[_Example], tokens: int, generator: random.Random) -> Iterator[list[_Example]]:
    """Batches of like length in random order, each of at most ``tokens`` tokens with its padding."""
    ordered = sorted(examples, key=lambda example: len(example.encoded) + 6 * generator.random())
    groups: list[list[_Example]] = [[]]
    for example in ordered:
        longest = max((len(one.encoded) for one in groups[-1]), default=0)
        if groups[-1] and max(longest, len(example.encoded)) * (len(groups[-1]) + 1) > tokens:
            groups.append([])
        groups[-1].append(example)
    generator.shuffle(groups)
    return iter(groups)


def _macro_f1(gold: Sequence[str], predicted: Sequence[str], labels: Sequence[str]) -> float:
    totals = Totals(float)
    for one, other in zip(gold, predicted, strict=True):
        for name, value in count_label(one, other, labels).items():
            totals[name] += value
    return _rounded(label_figures(labels)["macro_f1"](totals) or 0.0)


def _rounded(value: float) -> float:
    return round(value, 4)
