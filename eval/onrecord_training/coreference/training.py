"""Trains the coreference model over a finished quote model, on questions that corpora answer."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from onrecord.errors import SettingsError
from onrecord.pipeline import Pipeline, PipelineSettings
from onrecord.stages.speakers.candidates import ANAPHOR_KINDS
from onrecord.stages.speakers.features import ANAPHOR_SIZES, ENTITY_SIZES, PAIR_SIZES
from onrecord.stages.speakers.ranking import calibrated
from onrecord_models.coreference_model import CoreferenceConfig, CoreferenceModel
from onrecord_models.loading import load_quote_model, model_folder
from onrecord_models.quote_model import QuoteModel
from onrecord_models.upper_layers import borrow
from onrecord_training.coreference.corpora import DATA, Material, read_material
from onrecord_training.coreference.losses import batch_scores, gender_losses, losses
from onrecord_training.coreference.questions import Answered, Passage
from onrecord_training.coreference.settings import CoreferenceTraining
from onrecord_training.loop.batching import token_batches
from onrecord_training.loop.checkpoints import CheckpointFolder, learned_state
from onrecord_training.loop.devices import begin, lower_frozen, native_precision, place
from onrecord_training.loop.initialization import load_initial
from onrecord_training.loop.optimizer import build_optimizer
from onrecord_training.loop.reading import ReadingReport
from onrecord_training.loop.schedule import warm_up_then_fall
from onrecord_training.loop.training import Task, TrainingLoop
from onrecord_training.manifest import digest, digests, lineage, write_manifest

BIASES: Final = (-1.0, -0.5, -0.25, 0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0)
TEMPERATURES: Final = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.5, 1.7, 2.0, 2.3, 2.7, 3.2)
_COST: Final = 1.5
"""What a wrong name costs where a right answer counts 1: it is worse than none."""

_ENOUGH: Final = 40
"""Held-out questions from which on a kind of anaphor has a bias of its own."""

_MEASURING_TOKENS: Final = 4000


class CoreferenceTask(Task[list[Passage]]):
    """Training a coreference model on passages; kept is the epoch that answers most of the choosing questions."""

    loss_names = ("answers", "genders")
    best_by = "accuracy"

    def __init__(self, model: CoreferenceModel, settings: CoreferenceTraining, material: Material) -> None:
        super().__init__(model)
        self._coreference_model, self._settings, self._material = model, settings, material

    def batches(self, epoch: int) -> list[list[Passage]]:
        """The passages of public corpora, and those of labelled sources in this epoch's variant."""
        material = self._material
        passages = [*material.public, *material.sources[epoch % len(material.sources)]]
        generator = random.Random(f"{self._settings.seed} {epoch}")
        return token_batches(passages, len, tokens=self._settings.batch_tokens, generator=generator)

    def losses(self, batch: list[Passage]) -> Tensor:
        with native_precision(self.model.device.type):
            parts = losses(self._coreference_model, batch), gender_losses(self._coreference_model, batch)
        return torch.stack([own.sum() / max(1, len(own)) for own in parts])

    def after_epoch(self, epoch: int) -> dict[str, Any]:
        return {"accuracy": round(accuracy(self._coreference_model, self._material.choosing), 4)}


def train_coreference_model(settings: CoreferenceTraining, report: Callable[[str], None], command: str = "") -> Path:
    """Trains, or goes on training, and returns the folder with the model of the best epoch.

    ``report`` gets lines of progress. ``command`` is noted in ``manifest.json`` beside the model's folder.

    Raises:
        InputError: a corpus is missing or damaged.
        SettingsError: a run with other settings was begun, or the quote model has fewer layers.
        WeightsError: the model is missing or damaged.
    """
    checkpoint = CheckpointFolder(settings.output / "checkpoint", asdict(settings))
    device = begin(settings.device, settings.threads, settings.seed)
    report(f"loading {settings.model} …")
    folder = model_folder(settings.model)
    quote_model, _ = load_quote_model(folder)
    model = build(settings, quote_model, device)
    on_read = ReadingReport(report)
    pipeline = Pipeline.reading(PipelineSettings(settings.model, device=device), quote_model, settings.layers)
    material = read_material(settings, pipeline, on_read)
    sizes = material.sizes()
    report(", ".join(f"{count:,} {name} questions" for name, count in sizes.items()))
    if settings.initial:
        load_initial(model, settings.initial, "coreference", _with_all_kinds)
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
    calibrate(model, material.choosing)
    score = accuracy(model, material.choosing)
    report(f"{score:.4f} of {sizes['choosing']:,} choosing questions right")
    part = settings.output / "model"
    part.mkdir(parents=True, exist_ok=True)
    save_file(learned_state(model), part / "model.safetensors")
    model.config.save_pretrained(part)
    more: dict[str, Any] = {"scores": {"choosing questions, accuracy": round(score, 4)}}
    more |= {"quote_model_sha256": digest(folder / "quotes" / "model.safetensors")}
    more |= lineage("coreference", None, settings.initial)
    more["speaker_labels_sha256"] = digests(settings.speaker_labels)
    unnoted = ("model", "speaker_labels")  # the digests of the labels are noted
    record = {name: value for name, value in asdict(settings).items() if name not in unnoted}
    path = settings.output / "manifest.json"
    write_manifest(path, "coreference", record, DATA, sizes, history, command, **more)
    return part


def build(settings: CoreferenceTraining, quote_model: QuoteModel, device: str) -> CoreferenceModel:
    """An untrained coreference model over a quote model; frozen weights in the precision they are trained over."""
    deep = quote_model.encoder.config.num_hidden_layers
    if settings.layers > deep:
        raise SettingsError(f"layers is {settings.layers}; the quote model has {deep}")
    encoder = {**quote_model.config.encoder, "hidden_dropout_prob": settings.dropout}
    config = CoreferenceConfig(
        encoder,
        layers=settings.layers,
        adapter_rank=settings.adapter_rank,
        anaphor_sizes=ANAPHOR_SIZES,
        entity_sizes=ENTITY_SIZES,
        pair_sizes=PAIR_SIZES,
    )
    model = CoreferenceModel(config)
    borrow(model, quote_model)
    lower_frozen(model.encoder, device)
    place(model, device)
    return model


def _with_all_kinds(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Older weights, with what they lack: a kind of question that came later starts as the kind ``other``."""
    name = "anaphor_embeddings.0.weight"
    rows = state[name]
    other = rows[ANAPHOR_KINDS.index("other")]
    return {**state, name: torch.cat([rows, *[other[None]] * (len(ANAPHOR_KINDS) - len(rows))])}


def answers(model: CoreferenceModel, passages: Sequence[Passage]) -> list[tuple[Answered, Tensor]]:
    """Each question with its logits, those of its options and last of nobody."""
    model.eval()
    found: list[tuple[Answered, Tensor]] = []
    with torch.inference_mode(), native_precision(model.device.type):
        asked_about = [passage for passage in passages if passage.questions]
        for batch in token_batches(asked_about, len, tokens=_MEASURING_TOKENS, generator=random.Random(0)):
            asked = [answered for passage in batch for answered in passage.questions]
            found += zip(asked, batch_scores(model, batch), strict=True)
    return found


def is_right(answered: Answered, logits: Tensor) -> bool:
    """Whether the answer that the logits give is allowed; of several, whether all that are meant are given."""
    if answered.question.plural:
        return (logits[:-1] > logits[-1]).tolist() == answered.allowed[:-1]
    return answered.allowed[int(logits.argmax())]


def accuracy(model: CoreferenceModel, passages: Sequence[Passage]) -> float:
    """The share of questions that are answered rightly; 0 if there are none."""
    right = [
        is_right(answered, calibrated(model, logits, answered.question))
        for answered, logits in answers(model, passages)
    ]
    return sum(right) / max(1, len(right))


def calibrate(model: CoreferenceModel, passages: Sequence[Passage]) -> None:
    """Chooses the bias of nobody for each kind of anaphor, and the temperature for questions about one and several.

    The bias is the one with the best balance of right answers against wrong names; kinds of which few were held out
    share that of all questions about as many. The temperature then makes the answers' chances likeliest.
    """
    found = answers(model, passages)
    biases, temperatures = [0.0] * len(ANAPHOR_KINDS), [1.0, 1.0]
    for plural in (False, True):
        own = [(answered, logits) for answered, logits in found if answered.question.plural == plural]
        if not own:
            continue
        shared = _best_bias(own)
        for kind in {answered.question.features[0] for answered, _ in own}:
            of_kind = [each for each in own if each[0].question.features[0] == kind]
            biases[kind] = _best_bias(of_kind) if len(of_kind) >= _ENOUGH else shared
        shifted = [(answered, _shifted(logits, biases[answered.question.features[0]])) for answered, logits in own]
        temperatures[plural] = min(TEMPERATURES, key=lambda heat: _surprise(shifted, heat))
    model.config.none_bias, model.config.score_temperature = tuple(biases), tuple(temperatures)


def _best_bias(found: Sequence[tuple[Answered, Tensor]]) -> float:
    return max(BIASES, key=lambda bias: (_balance(found, bias), -abs(bias)))


def _shifted(logits: Tensor, bias: float) -> Tensor:
    return torch.cat([logits[:-1], logits[-1:] + bias]).float()


def _balance(found: Sequence[tuple[Answered, Tensor]], bias: float) -> float:
    """Right answers less what those cost that name somebody who is not meant."""
    balance = 0.0
    for answered, logits in found:
        shifted = _shifted(logits, bias)
        given = shifted[:-1] > shifted[-1]
        if not answered.question.plural:
            given &= shifted[:-1] == shifted.max()
        wrong = any(
            is_given and not allowed for is_given, allowed in zip(given.tolist(), answered.allowed, strict=False)
        )
        balance += is_right(answered, shifted) - _COST * wrong
    return balance


def _surprise(shifted: Sequence[tuple[Answered, Tensor]], temperature: float) -> float:
    losses = []
    for answered, logits in shifted:
        scaled = logits / temperature
        allowed = torch.tensor(answered.allowed)
        if answered.question.plural:
            against = scaled[:-1] - scaled[-1]
            losses.append(binary_cross_entropy_with_logits(against, allowed[:-1].float(), reduction="sum"))
        else:
            losses.append(torch.logsumexp(scaled, 0) - torch.logsumexp(scaled[allowed], 0))
    return float(torch.stack(losses).mean())
