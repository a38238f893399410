"""Trains the coreference model over a finished quote model, on real and synthetic pronouns."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import torch
from safetensors.torch import save_file
from torch import Tensor

from onrecord.errors import SettingsError
from onrecord.stages.speakers.ranking import FEATURE_SIZES
from onrecord_models.coreference_model import CoreferenceConfig, CoreferenceModel, borrow
from onrecord_models.loading import load_quote_model, model_folder
from onrecord_models.quote_model import QuoteModel
from onrecord_training.coreference.corpora import DATA, Material, read_material
from onrecord_training.coreference.losses import losses, scores
from onrecord_training.coreference.questions import Passage
from onrecord_training.coreference.settings import CoreferenceTraining
from onrecord_training.loop.batching import token_batches
from onrecord_training.loop.checkpoints import CheckpointFolder, learned_state
from onrecord_training.loop.devices import begin, lower_frozen, native_precision, place
from onrecord_training.loop.initialization import load_initial
from onrecord_training.loop.optimizer import build_optimizer
from onrecord_training.loop.schedule import warm_up_then_fall
from onrecord_training.loop.training import Task, TrainingLoop
from onrecord_training.manifest import digest, lineage, write_manifest

SALIENCE_WEIGHTS: Final = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)
_MEASURING_TOKENS: Final = 4000


class CoreferenceTask(Task[list[Passage]]):
    """Training a coreference model on passages; kept is the epoch that answers most of the choosing questions."""

    best_by = "accuracy"

    def __init__(self, model: CoreferenceModel, settings: CoreferenceTraining, material: Material) -> None:
        super().__init__(model)
        self._coreference_model, self._settings, self._material = model, settings, material

    def batches(self, epoch: int) -> list[list[Passage]]:
        """An epoch's batches, which are drawn behind those of the epochs before it from one random stream."""
        generator = random.Random(self._settings.seed)
        return [self._draw(generator) for _ in range(epoch + 1)][-1]

    def _draw(self, generator: random.Random) -> list[list[Passage]]:
        settings, material = self._settings, self._material
        drawn = generator.sample(material.synthetic, min(settings.synthetic_passages, len(material.synthetic)))
        passages = [*material.labelled, *drawn]
        return token_batches(passages, tokens_of, tokens=settings.batch_tokens, generator=generator)

    def losses(self, batch: list[Passage]) -> Tensor:
        with native_precision(self.model.device.type):
            each = losses(self._coreference_model, batch)
        return each.mean()[None]

    def after_epoch(self, epoch: int) -> dict[str, Any]:
        return {"accuracy": round(accuracy(self._coreference_model, self._material.choosing), 4)}


def tokens_of(passage: Passage) -> int:
    """The tokens of a passage's window."""
    return len(passage.window.input_ids)


def train_coreference_model(settings: CoreferenceTraining, report: Callable[[str], None], command: str = "") -> Path:
    """Trains, or goes on training, and returns the folder with the model of the best epoch.

    ``report`` gets lines of progress. ``command`` is noted in ``manifest.json`` beside the model's folder.

    Raises:
        InputError: a corpus is missing or damaged.
        SettingsError: the quote model is itself made of adapters, or a run with other settings was begun.
        WeightsError: the model is missing or damaged.
    """
    checkpoint = CheckpointFolder(settings.output / "checkpoint", asdict(settings))
    device = begin(settings.device, settings.threads, settings.seed)
    report(f"loading {settings.model} …")
    folder = model_folder(settings.model)
    quote_model, _ = load_quote_model(folder)
    if quote_model.config.adapter_rank:
        raise SettingsError(
            f"{settings.model}: its quote model has adapters; expected one whose encoder was trained, such as small's"
        )
    report("reading the corpora with the model …")
    material = read_material(settings, device)
    sizes = material.sizes()
    report(", ".join(f"{count:,} {name} questions" for name, count in sizes.items()))
    model = build(settings, quote_model, device)
    if settings.initial:
        load_initial(model, settings.initial, "coreference")
    optimizer = build_optimizer(
        model,
        learning_rate=settings.learning_rate,
        head_learning_rate=settings.head_learning_rate,
        weight_decay=settings.weight_decay,
    )
    task = CoreferenceTask(model, settings, material)
    schedule = warm_up_then_fall(settings.warmup)
    loop = TrainingLoop(task, optimizer, schedule, checkpoint, settings.epochs, report, settings.checkpoint_minutes)
    history = loop.run()
    weight = max(SALIENCE_WEIGHTS, key=lambda salience: accuracy(model, material.choosing, salience))
    model.config.salience_weight = weight
    score = accuracy(model, material.choosing, weight)
    report(f"salience weight {weight}: {score:.4f} of {sizes['choosing']:,} choosing questions right")
    part = settings.output / "model"
    part.mkdir(parents=True, exist_ok=True)
    save_file(learned_state(model), part / "model.safetensors")
    model.config.save_pretrained(part)
    more: dict[str, Any] = {"salience_weight": weight, "scores": {"choosing questions, accuracy": round(score, 4)}}
    more |= {"quote_model_sha256": digest(folder / "quotes" / "model.safetensors")}
    more |= lineage("coreference", settings.labels, settings.initial)
    if settings.speaker_labels:
        more["speaker_labels_sha256"] = digest(settings.speaker_labels)
    record = {name: value for name, value in asdict(settings).items() if name != "model"}
    path = settings.output / "manifest.json"
    write_manifest(path, "coreference", record, DATA, sizes, history, command, **more)
    return part


def build(settings: CoreferenceTraining, quote_model: QuoteModel, device: str) -> CoreferenceModel:
    """An untrained coreference model over a quote model; frozen weights in the precision they are trained over."""
    encoder = {**quote_model.config.encoder, "hidden_dropout_prob": settings.dropout}
    config = CoreferenceConfig(encoder, adapter_rank=settings.adapter_rank, feature_sizes=FEATURE_SIZES)
    model = CoreferenceModel(config)
    borrow(model, quote_model.state_dict())
    lower_frozen(model.encoder, device)
    place(model, device)
    return model


def accuracy(model: CoreferenceModel, passages: Sequence[Passage], salience_weight: float = 0.0) -> float:
    """The share of questions whose best answer is an allowed one; 0 if there are no questions."""
    model.eval()
    right, count = 0, 0
    with torch.inference_mode(), native_precision(model.device.type):
        generator = random.Random(0)
        for batch in token_batches(passages, tokens_of, tokens=_MEASURING_TOKENS, generator=generator):
            questions = [question for passage in batch for question in passage.questions]
            for logits, question in zip(scores(model, batch), questions, strict=True):
                salience = torch.tensor(question.salience, device=logits.device)
                right += question.allowed[int((logits + salience_weight * salience).argmax())]
                count += 1
    return right / max(1, count)
