"""Trains the coreference model over a finished quote model, on pronouns of GAP, OntoGUM and newswire, and made ones.

Short enough to be begun anew after an interruption: it is seeded and keeps no checkpoints.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from onrecord.document import Article
from onrecord.errors import SettingsError
from onrecord.pipeline import Pipeline
from onrecord.stages.base import Analysis
from onrecord.stages.speakers.ranking import FEATURE_SIZES
from onrecord_eval.corpora.gap import read_gap
from onrecord_eval.corpora.gum import part_of, read_gum
from onrecord_eval.corpora.newswire_labels import read_newswire_labels
from onrecord_eval.corpora.polnear import read_polnear
from onrecord_eval.corpora.worldwide import read_worldwide
from onrecord_models.coreference_model import CoreferenceConfig, CoreferenceModel, borrow
from onrecord_models.loading import load_quote_model, model_folder
from onrecord_models.quote_model import QuoteModel
from onrecord_training.coreference.batches import batches, losses, scores
from onrecord_training.coreference.data import (
    Passage,
    asking,
    gap_analysis,
    gap_labels,
    gum_labels,
    made_questions,
    newswire_labels,
    passages,
)
from onrecord_training.loop.checkpoints import learned_state
from onrecord_training.loop.initialization import load_initial, lower_frozen, native_precision
from onrecord_training.manifest import digest, lineage, write_manifest

_DATA: Final = (
    "gap/gap-development.tsv", "gum/conllu", "gum/ontogum-conll", "polnear/data/train", "worldwide-newswire/train",
)  # fmt: skip
_SHARD: Final = 32
_CHOOSING_GAP: Final = 9
_CHOOSING_GUM: Final = 5
_CHOOSING_NEWSWIRE: Final = (8, 9)
"""Parts of a corpus, by `part_of`. Of OntoGUM those below 5 are learned from, those above are for measuring."""

SALIENCE_WEIGHTS: Final = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)


@dataclass(frozen=True, slots=True)
class CoreferenceTraining:
    """Settings of one training run.

    ``model`` is the name or folder of the model whose quote model it goes with, ``corpora`` a folder with ``gap``,
    ``gum``, ``polnear`` and ``worldwide-newswire``, ``labels`` a file of labelled newswire articles, if any.
    ``initial`` is an earlier run, or a model folder, whose coreference model is to be fitted to another quote model.
    ``adapter_rank`` 0 leaves the encoder as it is. ``made`` is how many passages of made questions an epoch has.
    """

    model: str
    corpora: Path
    output: Path
    labels: Path | None = None
    initial: Path | None = None
    epochs: int = 5
    seed: int = 1
    adapter_rank: int = 32
    batch_tokens: int = 2000
    learning_rate: float = 7e-4
    head_learning_rate: float = 1e-3
    weight_decay: float = 0.01
    warmup: float = 0.06
    made: int = 500
    dropout: float = 0.1
    threads: int = 2

    def __post_init__(self) -> None:
        if self.epochs < 1:
            raise SettingsError(f"epochs is {self.epochs}; at least 1 is needed")


@dataclass(frozen=True, slots=True)
class Material:
    """Passages to learn from, made ones, and those that choose the epoch."""

    labelled: list[Passage]
    made: list[Passage]
    choosing: list[Passage]

    def sizes(self) -> dict[str, int]:
        return {
            name: sum(len(passage.questions) for passage in getattr(self, name))
            for name in ("labelled", "made", "choosing")
        }


def train_coreference_model(settings: CoreferenceTraining, report: Callable[[str], None], command: str = "") -> Path:
    """Trains and returns the folder with the model of the best epoch, ``manifest.json`` beside it.

    Raises:
        SettingsError: the model's quote model is itself made of adapters.
    """
    torch.set_num_threads(settings.threads)
    torch.manual_seed(settings.seed)
    folder = model_folder(settings.model)
    quote_model, _ = load_quote_model(folder)
    if quote_model.config.adapter_rank:
        raise SettingsError(
            f"{settings.model}: its quote model is made of adapters; a coreference model goes over a whole one"
        )
    report("reading the corpora with the model …")
    material = read_material(settings)
    report(f"questions: {material.sizes()}")
    model = build(settings, quote_model)
    if settings.initial:
        load_initial(model, settings.initial, "coreference")
    state, history = learn(model, material, settings, report)
    model.load_state_dict(state, strict=False)
    weight = max(SALIENCE_WEIGHTS, key=lambda one: accuracy(model, material.choosing, one))
    model.config.salience_weight = weight
    score = accuracy(model, material.choosing, weight)
    report(f"salience weight {weight}: {score:.4f} of {material.sizes()['choosing']:,} choosing questions right")
    part = settings.output / "model"
    part.mkdir(parents=True, exist_ok=True)
    save_file(state, part / "model.safetensors")
    model.config.save_pretrained(part)
    more: dict[str, Any] = {"salience_weight": weight, "scores": {"choosing questions, accuracy": round(score, 4)}}
    more |= {"quote_model_sha256": digest(folder / "quotes" / "model.safetensors")}
    more |= lineage("coreference", settings.labels, settings.initial)
    record = {name: value for name, value in asdict(settings).items() if name != "model"}
    path = settings.output / "manifest.json"
    write_manifest(path, "coreference", record, _DATA, material.sizes(), history, command, **more)
    return part


def build(settings: CoreferenceTraining, quote_model: QuoteModel) -> CoreferenceModel:
    """An untrained coreference model over ``quotes``; the frozen weights in the precision that it is trained over."""
    encoder = {**quote_model.config.encoder, "hidden_dropout_prob": settings.dropout}
    config = CoreferenceConfig(encoder, adapter_rank=settings.adapter_rank, feature_sizes=FEATURE_SIZES)
    model = CoreferenceModel(config)
    model.encoder.set_attn_implementation("eager")
    borrow(model, quote_model.state_dict())
    lower_frozen(model.encoder)
    return model


def learn(
    model: CoreferenceModel, material: Material, settings: CoreferenceTraining, report: Callable[[str], None]
) -> tuple[dict[str, Tensor], list[dict[str, Any]]]:
    """What was learned by the epoch that answers most of the choosing questions, and a record of each epoch."""
    generator = random.Random(settings.seed)
    optimizer = _optimizer(model, settings)
    history: list[dict[str, Any]] = []
    best: tuple[float, dict[str, Tensor]] = (-1.0, {})
    step = 0
    for epoch in range(settings.epochs):
        began = time.monotonic()
        made = generator.sample(material.made, min(settings.made, len(material.made)))
        groups = batches([*material.labelled, *made], settings.batch_tokens, generator)
        steps = len(groups) * settings.epochs
        model.train()
        loss, count = 0.0, 0
        for batch in groups:
            step += 1
            scale = min(step / (settings.warmup * steps), max(0.0, (steps - step) / (steps * (1 - settings.warmup))))
            for group in optimizer.param_groups:
                group["lr"] = group["peak"] * scale
            with native_precision():
                own = losses(model, batch)
            optimizer.zero_grad()
            own.mean().backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            loss, count = loss + float(own.detach().sum()), count + len(own)
        score = accuracy(model, material.choosing)
        seconds = round(time.monotonic() - began)
        history.append(
            {"questions": count, "seconds": seconds, "loss": round(loss / count, 4), "accuracy": round(score, 4)}
        )
        report(f"epoch {epoch + 1} of {settings.epochs}: {history[-1]}")
        if score > best[0]:
            best = (score, {name: tensor.clone() for name, tensor in learned_state(model).items()})
    return best[1], history


def _optimizer(model: CoreferenceModel, settings: CoreferenceTraining) -> torch.optim.Optimizer:
    groups: dict[float, list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            peak = settings.learning_rate if name.startswith("encoder.") else settings.head_learning_rate
            groups.setdefault(peak, []).append(parameter)
    return torch.optim.AdamW(
        [{"params": own, "peak": peak, "lr": 0.0} for peak, own in groups.items()],
        betas=(0.9, 0.98),
        weight_decay=settings.weight_decay,
    )


def accuracy(model: CoreferenceModel, asked: Sequence[Passage], salience_weight: float = 0.0) -> float:
    """The share of questions whose best answer is an allowed one."""
    model.eval()
    right, count = 0, 0
    with torch.inference_mode(), native_precision():
        for batch in batches(asked, 4000, random.Random(0)):
            questions = [question for passage in batch for question in passage.questions]
            for logits, question in zip(scores(model, batch), questions, strict=True):
                right += question.allowed[int((logits + salience_weight * torch.tensor(question.salience)).argmax())]
                count += 1
    return right / max(1, count)


def read_material(settings: CoreferenceTraining) -> Material:
    """Reads the corpora with the model and asks the speakers stage about them."""
    pipeline = Pipeline.load(settings.model, device="cpu")
    size = pipeline.quote_model.config.window_size
    tokenizer = pipeline.tokenizer
    gap = {one.identifier: one for one in read_gap(settings.corpora / "gap" / "gap-development.tsv")}
    labelled: list[Passage] = []
    choosing: list[Passage] = []
    for analysis in _read(pipeline, [Article(name, one.text) for name, one in gap.items()]):
        example = gap[analysis.article.doc]
        found = passages(gap_analysis(analysis, example), gap_labels(example), tokenizer, size)
        (choosing if part_of(example.identifier) == _CHOOSING_GAP else labelled).extend(found)
    documents = {one.article.doc: one for one in read_gum(settings.corpora / "gum")}
    parts = {name: part_of(name) for name in documents if part_of(name) <= _CHOOSING_GUM}
    for analysis in _read(pipeline, [documents[name].article for name in parts]):
        document = documents[analysis.article.doc]
        pronouns = [mention.span for mention in document.mentions if mention.form == "pronoun"]
        found = passages(asking(analysis, pronouns), gum_labels(document), tokenizer, size)
        (choosing if parts[analysis.article.doc] == _CHOOSING_GUM else labelled).extend(found)
    for analysis in _newswire(pipeline, settings):
        found = passages(analysis, newswire_labels(analysis), tokenizer, size)
        (choosing if part_of(analysis.article.doc) in _CHOOSING_NEWSWIRE else labelled).extend(found)
    generator = random.Random(settings.seed)
    made: list[Passage] = []
    for analysis in _read(pipeline, list(_unlabelled(settings.corpora)) if settings.made else []):
        if questions := made_questions(analysis, generator):
            made += passages(*questions, tokenizer, size)
    return Material(labelled, made, choosing)


def _unlabelled(corpora: Path) -> Iterator[Article]:
    """Articles that pronouns are made in."""
    for annotated in read_polnear(corpora / "polnear" / "data" / "train"):
        yield annotated.article
    for labelled in read_worldwide(corpora / "worldwide-newswire" / "train"):
        yield labelled.article


def _newswire(pipeline: Pipeline, settings: CoreferenceTraining) -> Iterator[Analysis]:
    """The labelled articles as read, with the labelled statements in place of those found."""
    if settings.labels is None:
        return
    texts = settings.corpora / "worldwide-newswire" / "text"
    annotated = {one.article.doc: one for one in read_newswire_labels(settings.labels, texts)}
    for analysis in _read(pipeline, [one.article for one in annotated.values()]):
        (statements,) = annotated[analysis.article.doc].annotations.values()
        yield replace(analysis, statements=statements)


def _read(pipeline: Pipeline, articles: Iterable[Article]) -> Iterator[Analysis]:
    every = list(articles)
    for start in range(0, len(every), _SHARD):
        yield from pipeline.analyse(every[start : start + _SHARD])
