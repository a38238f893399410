"""Trains a model further on a user's own labels: from a model folder to another one that ``--model`` takes.

Nothing but the labels and their articles is read. What they do not teach must not be forgotten meanwhile: the quote
model is shown the names that it found in the articles beforehand, and the word embeddings, which both parts share, stay
as they are. After each epoch a checkpoint is written, from which the same command goes on after an interruption.
"""

from __future__ import annotations

import hashlib
import json
import math
import random
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from onrecord.errors import InputError, OutputError, SettingsError
from onrecord.export.labels import LabelledArticle, read_labelled
from onrecord.stages.base import Analysis
from onrecord.stages.stance import stance_input
from onrecord.targets.target import Target
from onrecord.text.segmentation import segment
from onrecord.text.windows import build_windows
from onrecord_eval.corpora.polnear import AnnotatedArticle
from onrecord_models.fetching import require_encoder
from onrecord_models.loading import (
    hashes,
    load_quote_model,
    load_scorer,
    load_tokenizer,
    model_folder,
    stance_folder,
    store,
)
from onrecord_models.quote_model import QuoteModel, QuoteModelConfig
from onrecord_models.stance_model import LABELS, StanceModel
from onrecord_training.loop.checkpoints import Progress, has_checkpoint, learned_state, resume, save_checkpoint
from onrecord_training.loop.initialization import load_frozen_encoder, load_initial, native_precision, parameter_groups
from onrecord_training.packing.model_folder import card
from onrecord_training.quotes.batches import Example, batches, collate
from onrecord_training.quotes.data import statement_examples
from onrecord_training.quotes.training import QuoteModelTraining
from onrecord_training.quotes.training import train_epoch as train_quote_epoch
from onrecord_training.stance.contrast import Labelled
from onrecord_training.stance.settings import StanceTraining
from onrecord_training.stance.training import train_epoch as train_stance_epoch

_TOKENIZER: Final = ("tokenizer.json", "tokenizer_config.json")
_WITHOUT_SPEAKER: Final = 0.25
"""How often a statement is shown without its speaker, for the pipeline does not always find one."""


@dataclass(frozen=True, slots=True)
class FineTuning:
    """Settings of training further on own labels.

    ``gold`` is a file of statements, ``articles`` the folder that their ``doc`` is relative to; ``initial`` is the name
    or folder of a model, ``output`` the model folder to write. Learning rates are the highest ones, of the encoder's
    last layer and of the heads.
    """

    gold: Path
    articles: Path
    output: Path
    initial: str = "small"
    epochs: int = 4
    learning_rate: float = 1e-4
    head_learning_rate: float = 3e-4
    seed: int = 1
    threads: int = 2

    def __post_init__(self) -> None:
        if self.epochs < 1:
            raise SettingsError(f"epochs is {self.epochs}; at least 1 is needed")

    def digest(self) -> str:
        """SHA-256 of the labels."""
        return hashlib.sha256(self.gold.read_bytes()).hexdigest()


def fine_tune_quote_model(settings: FineTuning, report: Callable[[str], None], command: str = "") -> Path:
    """Trains a quote model further on the statements of ``settings.gold`` and returns the new model's folder.

    Statements without a cue teach nothing, for the quote model finds a statement as its cue. How it decodes stays as it
    was.

    Raises:
        InputError, RecordError: the labels or an article cannot be read, or there is nothing to learn from.
        OutputError: there is a model in ``settings.output``.
        WeightsError: ``settings.initial`` is no model.
    """
    folder, labelled = _begin(settings)
    articles = [AnnotatedArticle(one.article, {"gold": one.statements}) for one in labelled]
    count = sum(statement.cue is not None for one in labelled for statement in one.statements)
    if not count:
        raise InputError(
            f"{settings.gold}: no statement in it has a cue, and the quote model learns statements by their cues"
        )
    model, tokenizer = _trainable_quote_model(folder)
    loop = QuoteModelTraining(
        encoder=folder,
        corpora=settings.articles,
        output=settings.output,
        epochs=settings.epochs,
        seed=settings.seed,
        learning_rate=settings.learning_rate,
        head_learning_rate=settings.head_learning_rate,
        threads=settings.threads,
        checkpoint_minutes=math.inf,
    )
    names = [] if model.config.names_model else _names_as_found(model, tokenizer, labelled)

    def groups_of(epoch: int) -> list[list[Example]]:
        generator = random.Random(f"{settings.seed}/{epoch}")
        statements = statement_examples(articles, tokenizer, model.config.window_size, generator)
        groups = list(batches(statements, loop.batch_tokens, generator))
        wanted = math.ceil(len(groups) * loop.names_share / (1 - loop.names_share))
        groups += list(batches(names, loop.batch_tokens, generator))[:wanted]
        generator.shuffle(groups)
        return groups

    steps = len(groups_of(0)) * settings.epochs
    loop = replace(loop, warmup_steps=min(loop.warmup_steps, 1 + steps // 10))
    report(f"{count} statements of {_articles(labelled)}, {steps} steps")

    def train(optimizer: torch.optim.Optimizer, progress: Progress) -> None:
        mask = tokenizer.mask_token_id
        train_quote_epoch(model, optimizer, groups_of(progress.epochs), int(mask or 0), progress, loop, report)

    optimizer = torch.optim.AdamW(parameter_groups(model, loop), betas=(0.9, 0.98))
    history = _train(model, optimizer, settings, train, report)
    state = learned_state(model) if model.config.adapter_rank else model.state_dict()
    sizes = {"own_articles": len(articles), "own_statements": count}
    return _finish(settings, folder, "quotes", state, sizes, history, command)


def fine_tune_stance(settings: FineTuning, report: Callable[[str], None], command: str = "") -> Path:
    """Trains a stance model further on the stances of ``settings.gold`` and returns the new model's folder.

    Stances labelled ``unclear`` teach nothing. The temperature stays as it was. Errors are as in
    `fine_tune_quote_model`.
    """
    folder, labelled = _begin(settings)
    if stance_folder(folder) != folder:
        raise SettingsError(f"{settings.initial} has no stance model of its own; start from one that has: --init small")
    taught = [one for article in labelled for one in _stances(article)]
    if not taught:
        raise InputError(f"{settings.gold}: no stance in it is {', '.join(LABELS[:-1])} or {LABELS[-1]}")
    model, tokenizer = _trainable_stance(folder)
    loop = StanceTraining(
        encoder=folder,
        corpora=settings.articles,
        output=settings.output,
        epochs=settings.epochs,
        seed=settings.seed,
        learning_rate=settings.learning_rate,
        head_learning_rate=settings.head_learning_rate,
        threads=settings.threads,
    )
    report(f"{len(taught)} stances of {_articles(labelled)}")

    def train(optimizer: torch.optim.Optimizer, progress: Progress) -> None:
        started, epoch = time.monotonic(), progress.epochs
        generator = random.Random(f"{settings.seed}/{epoch}")
        examples = [
            (replace(one, speaker="") if generator.random() < _WITHOUT_SPEAKER else one, label) for one, label in taught
        ]
        train_stance_epoch(model, tokenizer, optimizer, examples, epoch=epoch, settings=loop, report=report)
        progress.history.append({"examples": len(examples), "seconds": round(time.monotonic() - started)})
        progress.epochs += 1

    optimizer = torch.optim.AdamW(parameter_groups(model, loop), betas=(0.9, 0.98))
    history = _train(model, optimizer, settings, train, report)
    state = learned_state(model) if model.config.adapter_rank else model.state_dict()
    sizes = {"own_articles": len(labelled), "own_stances": len(taught)}
    return _finish(settings, folder, "stance", state, sizes, history, command)


def _begin(settings: FineTuning) -> tuple[Path, list[LabelledArticle]]:
    """The folder of the model to start from, and what there is to learn."""
    if (settings.output / "quotes").exists() or settings.output.is_file():
        raise OutputError(f"{settings.output}: there is a model already; name a new folder")
    folder = model_folder(settings.initial)
    labelled = read_labelled(settings.gold, settings.articles)
    if not labelled:
        raise InputError(f"{settings.gold}: no statements in it to learn from")
    torch.set_num_threads(settings.threads)
    torch.manual_seed(settings.seed)
    return folder, labelled


def _articles(labelled: Sequence[LabelledArticle]) -> str:
    return f"{len(labelled)} article{'s' if len(labelled) > 1 else ''}"


def _train(
    model: QuoteModel | StanceModel,
    optimizer: torch.optim.Optimizer,
    settings: FineTuning,
    train_epoch: Callable[[torch.optim.Optimizer, Progress], None],
    report: Callable[[str], None],
) -> list[dict[str, Any]]:
    """Trains all epochs, going on from a checkpoint if there is one, and returns a record of each."""
    checkpoint = settings.output / "checkpoint"
    own = {name: value for name, value in asdict(settings).items() if name not in {"gold", "articles"}}
    identity = {**own, "labels": settings.digest()}
    progress = Progress()
    if has_checkpoint(checkpoint):
        progress = resume(model, optimizer, checkpoint, identity)
        report(f"going on after epoch {progress.epochs}")
    while progress.epochs < settings.epochs:
        train_epoch(optimizer, progress)
        save_checkpoint(model, optimizer, checkpoint, identity, progress)
        report(f"epoch {progress.epochs}/{settings.epochs} done in {progress.history[-1]['seconds']} s")
    return progress.history


def _trainable_quote_model(folder: Path) -> tuple[QuoteModel, PreTrainedTokenizerBase]:
    """The quote model of a model folder, as training changes it."""
    quote_model, tokenizer = load_quote_model(folder)  # checks all files, and says what is wrong with them
    if quote_model.config.adapter_rank:
        quote_model = QuoteModel(QuoteModelConfig.from_dict(quote_model.config.to_dict()))
        load_frozen_encoder(quote_model, require_encoder().parent)
        load_initial(quote_model, folder, "quotes")
    _prepare(quote_model)
    return quote_model, tokenizer


def _trainable_stance(folder: Path) -> tuple[StanceModel, PreTrainedTokenizerBase]:
    """The stance model of a model folder, as training changes it."""
    model = load_scorer(folder, "cpu").model
    if model.config.adapter_rank:
        model = StanceModel(model.config)
        load_frozen_encoder(model, require_encoder().parent)
        load_initial(model, folder, "stance")
    _prepare(model)
    return model, load_tokenizer(folder)


def _prepare(model: QuoteModel | StanceModel) -> None:
    model.encoder.get_input_embeddings().weight.requires_grad_(False)
    model.encoder.set_attn_implementation("eager")  # as in the first training


@torch.no_grad()
def _names_as_found(
    model: QuoteModel, tokenizer: PreTrainedTokenizerBase, labelled: Sequence[LabelledArticle]
) -> list[Example]:
    """Windows of the articles with the names that the model finds in them now, so that it goes on finding them."""
    model.eval()
    examples: list[Example] = []
    for one in labelled:
        text = one.article.text
        for window in build_windows(text, segment(text), frozenset(), tokenizer, model.config.window_size):
            batch = collate([Example(window, [], [], [], [0] * len(window.input_ids))])
            with native_precision():
                reading = model(batch.input_ids, batch.attention_mask, batch.cases, batch.quotations)
            examples.append(Example(window, [], [], [], reading.names[0].argmax(-1).tolist()))
    return examples


def _stances(one: LabelledArticle) -> list[Labelled]:
    """What the pipeline would show the model of each labelled stance, and the label."""
    analysis = Analysis(one.article, segment(one.article.text))
    return [
        (stance_input(analysis, statement, Target(stance.target)), stance.label)
        for statement in one.statements
        for stance in statement.stance
        if stance.label in LABELS
    ]


def _finish(
    settings: FineTuning,
    initial: Path,
    part: str,
    state: dict[str, Tensor],
    sizes: Mapping[str, int],
    history: list[dict[str, Any]],
    command: str,
) -> Path:
    """Puts the new part and everything else of the initial model into the output folder."""
    output = settings.output
    for name in (*_TOKENIZER, "embeddings.safetensors"):
        if (initial / name).is_file():
            shutil.copyfile(initial / name, output / name)
    other = "stance" if part == "quotes" else "quotes"
    if (initial / other).is_dir():
        shutil.copytree(initial / other, output / other, dirs_exist_ok=True)
    store(state, json.loads((initial / part / "config.json").read_text(encoding="utf-8")), output / part)
    path = initial / "manifest.json"
    manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    before = manifest.get(part)
    manifest.pop("coreference", None)  # it goes with the quote model it was trained over, and stays behind
    manifest[part] = {
        "model": part,
        "command": command,
        "settings": {name: value for name, value in asdict(settings).items() if not isinstance(value, Path)},
        "encoder_sha256": (before or {}).get("encoder_sha256"),
        "data_sha256": {settings.gold.name: settings.digest()},
        "sizes": dict(sizes),
        "epochs": history,
        **({"initial": before} if before else {}),
    }
    manifest["sha256"] = hashes(output)
    (output / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    (output / "README.md").write_text(card(output.name, manifest), encoding="utf-8")
    shutil.rmtree(output / "checkpoint", ignore_errors=True)
    return output
