"""Trains a stance model that judges each statement by itself, as one of the two judges of `base` does.

Everything random derives from the seed and the epoch.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn.functional import cross_entropy

from onrecord_eval.corpora.polnear import AnnotatedArticle
from onrecord_models.labels import STANCES
from onrecord_models.stance.pairs import PairConfig, PairModel, encode_input
from onrecord_models.transformer.tokenizer import FastTokenizer
from onrecord_training.loop.batching import token_batches
from onrecord_training.loop.checkpoints import CheckpointFolder, learned_state
from onrecord_training.loop.devices import begin, place
from onrecord_training.loop.initialization import encoder_settings, load_encoder, load_initial, load_tokenizer
from onrecord_training.loop.schedule import warm_up_by_share
from onrecord_training.loop.training import layered_loop
from onrecord_training.manifest import digests, lineage, write_manifest
from onrecord_training.stance.claims import OPPOSITE, reword
from onrecord_training.stance.data import is_held_out, read_labelled
from onrecord_training.stance.pair_task import Labelled, PairExample, PairTask, labelled_pairs, pair_logits
from onrecord_training.stance.sentences import CORPORA, draw_sentences
from onrecord_training.stance.settings import PairStanceTraining

_NEUTRAL: Final = STANCES.index("neutral")
_MEASURING_TOKENS: Final = 6000
_HELD_OUT: Final = 2000
"""Statements, drawn at random, on which the temperature is chosen: reading all may take as long as training."""


def train_pair_model(settings: PairStanceTraining, report: Callable[[str], None], command: str = "") -> Path:
    """Trains, or goes on training, and returns the folder with the finished model.

    ``report`` gets lines of progress. ``command`` is noted in ``manifest.json`` beside the model's folder.

    Raises:
        InputError: a corpus or a file of labels is missing or damaged.
        SettingsError: the encoder or the model to start from does not fit, or a run with other settings was begun.
    """
    checkpoint = CheckpointFolder(settings.output / "checkpoint", asdict(settings))
    report("loading the encoder …")
    device = begin(settings.device, settings.threads, settings.seed)
    tokenizer = load_tokenizer(settings.encoder)
    model = _build(settings, device)
    report("reading the labels …")
    articles = [each for path in settings.stance_labels for each in read_labelled(path, settings.corpora)]
    learned = [pairs for each in articles if not is_held_out(each.article.doc) if (pairs := _pairs(each))]
    held_out = [pair for each in articles if is_held_out(each.article.doc) for pair in _pairs(each)]
    held_out = random.Random(settings.seed).sample(held_out, min(_HELD_OUT, len(held_out)))
    drawn = draw_sentences(settings.corpora, settings.sentences * settings.epochs, settings.seed)
    sentences = {name: [pair for each in some for pair in _pairs(each)] for name, some in drawn.items()}
    sizes = {"articles": len(learned), "stances": sum(map(len, learned)), "held_out": len(held_out)}
    sizes |= {name: len(pairs) for name, pairs in sentences.items()}
    report(", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in sizes.items() if count))

    def labelled_of(epoch: int) -> list[Labelled]:
        return epoch_pairs(learned, sentences, settings, epoch)

    answered: list[tuple[Tensor, Tensor]] = []

    def measured() -> dict[str, float]:
        answered[:] = [answers(model, tokenizer, held_out)]
        logits, labels = answered[0]
        right = (logits + _prior(settings)).argmax(-1) == labels
        return {"held_out": round(float(right.double().mean()), 4)} if len(labels) else {}

    task = PairTask(model, tokenizer, settings, labelled_of, measured)
    history = layered_loop(task, settings, warm_up_by_share(settings.warmup), checkpoint, report).run()
    logits, labels = answered[0] if answered else answers(model, tokenizer, held_out)  # a finished run was begun again
    with torch.no_grad():
        model.classifier[-1].bias += _prior(settings).to(device)  # type: ignore[operator]
    model.config.calibration = fit_temperature(logits + _prior(settings), labels)
    report(f"temperature {model.config.calibration}")
    part = settings.output / "model"
    part.mkdir(parents=True, exist_ok=True)
    save_file(learned_state(model), part / "model.safetensors")
    model.config.save_pretrained(part)
    more: dict[str, Any] = {"temperature": model.config.calibration, **lineage("stance", None, settings.initial)}
    more["stance_labels_sha256"] = digests(settings.stance_labels)
    record = {name: value for name, value in asdict(settings).items() if name != "stance_labels"}
    write_manifest(settings.output / "manifest.json", "stance", record, CORPORA, sizes, history, command, **more)
    return part


def epoch_pairs(
    learned: Sequence[list[Labelled]], sentences: dict[str, list[Labelled]], settings: PairStanceTraining, epoch: int
) -> list[Labelled]:
    """One epoch's statements: those of some articles, not all neutral ones, and sentences; claims in other words."""
    generator = random.Random(f"{settings.seed}/{epoch}/pairs")
    found: list[Labelled] = []
    for pairs in generator.sample(learned, round(settings.share * len(learned))):
        kept = [pair for pair in pairs if pair[1] != STANCES[_NEUTRAL] or generator.random() < settings.neutral_share]
        found += _reworded(kept, generator)
    for every in sentences.values():
        start = epoch * settings.sentences
        for pair in (every[start : start + settings.sentences] or every)[: settings.sentences]:
            found += _reworded([pair], generator)
    return found


def _reworded(pairs: Sequence[Labelled], generator: random.Random) -> list[Labelled]:
    """The statements of an article with its targets in other words or negated, where they are claims."""
    named = {name: reword(name, generator) for name in dict.fromkeys(shown.target for shown, _ in pairs)}
    return [
        (replace(shown, target=named[shown.target][0]), OPPOSITE[label] if named[shown.target][1] else label)
        for shown, label in pairs
    ]


def answers(model: PairModel, tokenizer: FastTokenizer, labelled: Sequence[Labelled]) -> tuple[Tensor, Tensor]:
    """(statements, ``len(STANCES)``) logits and (statements,) labels, as indices of ``STANCES``."""
    model.eval()
    size, padding = model.config.window_size, int(tokenizer.pad_token_id or 0)
    examples = [PairExample(encode_input(shown, tokenizer, size), STANCES.index(label)) for shown, label in labelled]
    logits: list[Tensor] = [torch.zeros(0, len(STANCES))]
    labels: list[int] = []
    with torch.inference_mode():
        for batch in token_batches(examples, len, tokens=_MEASURING_TOKENS, generator=random.Random(0)):
            logits.append(pair_logits(model, [example.encoded for example in batch], padding).cpu())
            labels += [example.label for example in batch]
    return torch.cat(logits), torch.tensor(labels, dtype=torch.long)


def fit_temperature(logits: Tensor, labels: Tensor) -> float:
    """The temperature, two places, from 0.5 to 5, under which the labels are most likely; 1 without any."""
    if not len(labels):
        return 1.0
    steps = (step / 100 for step in range(50, 501, 5))
    return min(steps, key=lambda temperature: float(cross_entropy(logits / temperature, labels)))


def _prior(settings: PairStanceTraining) -> Tensor:
    """(``len(STANCES)``,): what makes ``neutral`` as likely again as it was before some of it was left out."""
    added = torch.zeros(len(STANCES))
    added[_NEUTRAL] = -math.log(settings.neutral_share)
    return added


def _pairs(annotated: AnnotatedArticle) -> list[Labelled]:
    return labelled_pairs(annotated.article, next(iter(annotated.annotations.values())))


def _build(settings: PairStanceTraining, device: str) -> PairModel:
    encoder = encoder_settings(settings.encoder, settings.dropout)
    model = PairModel(PairConfig(encoder=encoder, adapter_rank=settings.adapter_rank))
    load_encoder(model, settings.encoder, device)
    if settings.initial:
        load_initial(model, settings.initial, "stance")
    place(model, device)
    return model
