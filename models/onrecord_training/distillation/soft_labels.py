"""A larger quote model as a teacher: what it says of each token is learned beside the annotators' labels.

Its probabilities know more than one annotator's yes or no, and articles that nobody labelled have them as well
(Hinton, Vinyals and Dean, "Distilling the knowledge in a neural network", 2015). A teacher takes many times as long
over a window as its pupil, so it is asked once, and its answers, the soft labels, are kept for all epochs and seeds.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Final

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from onrecord.errors import InputError, SettingsError
from onrecord_eval.corpora.newswire_labels import read_newswire_labels
from onrecord_eval.corpora.polnear import read_polnear, set_aside
from onrecord_models.encoder import ready
from onrecord_models.inference import choose_precision
from onrecord_models.loading import load_quote_model, model_folder
from onrecord_models.quote_model import QuoteModel
from onrecord_models.windows import TokenFeatures
from onrecord_training.manifest import digest, write_manifest
from onrecord_training.quotes.batches import Example, SoftLabels, collate
from onrecord_training.quotes.data import read_texts, statement_examples, text_examples

MANIFEST: Final = "manifest.json"
_ROLES: Final = ("cls_token", "sep_token", "pad_token", "mask_token", "unk_token")
_FOREIGN: Final = 0.01
"""Share of the pupil's vocabulary that a teacher may lack: rare characters and unused entries."""

_PART: Final = 64
_TOGETHER: Final = 8
"""Windows of a file, and of a batch."""


@dataclass(frozen=True, slots=True)
class SoftLabelSettings:
    """What soft labels are made of.

    ``teacher``, a model's name or folder, reads for pupils with the tokenizer of ``encoder``: PolNeAR's training
    articles but for the tenth set aside, the labelled newswire articles ``labels`` ``labels_repeats`` times, and the
    unlabelled articles in ``texts``; each in a random variant of its own.
    """

    teacher: str
    encoder: Path
    corpora: Path
    output: Path
    labels: Path | None = None
    labels_repeats: int = 1
    texts: Path | None = None
    seed: int = 1
    threads: int = 2


def write_soft_labels(settings: SoftLabelSettings, report: Callable[[str], None], command: str = "") -> Path:
    """Writes the soft labels, going on after an interruption, and returns their folder.

    Raises:
        InputError, WeightsError: a corpus or the teacher is missing.
        SettingsError: the teacher has another vocabulary, or the folder has soft labels of other data or settings.
    """
    torch.set_num_threads(settings.threads)
    tokenizer = AutoTokenizer.from_pretrained(settings.encoder)
    model, own = load_quote_model(model_folder(settings.teacher))
    ids = _translation(tokenizer, own)
    examples = _examples(settings, tokenizer, int(model.config.window_size))
    model = ready(model, "cpu", choose_precision("cpu"))
    _begin(settings, examples, command)
    starts = range(0, len(examples), _PART)
    left = [start for start in starts if not _part(settings.output, start).exists()]
    started = time.monotonic()
    for done, start in enumerate(left, 1):
        part = examples[start : start + _PART]
        groups = (part[first : first + _TOGETHER] for first in range(0, len(part), _TOGETHER))
        _write([one for group in groups for one in _taught(model, ids, group)], _part(settings.output, start))
        # Windows grow from part to part, so this is too little at first.
        minutes = (time.monotonic() - started) / done * (len(left) - done) / 60
        report(f"{start + len(part)} of {len(examples)} windows; at least {minutes:.0f} min left")
    return settings.output


def read_soft_labels(folder: Path) -> list[Example]:
    """The windows of a folder with what is labelled and taught of them.

    Raises:
        InputError: there are none, or not yet all.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise InputError(f"{folder}: no soft labels in it; `onrecord train soft-labels` makes them")
    examples = [example for part in sorted(folder.glob("*.safetensors")) for example in _read(part)]
    wanted = json.loads(path.read_text(encoding="utf-8"))["sizes"]["windows"]
    if len(examples) != wanted:
        raise InputError(
            f"{folder}: {len(examples)} of {wanted} soft labels; run the same `onrecord train soft-labels` again"
        )
    return examples


def _begin(settings: SoftLabelSettings, examples: list[Example], command: str) -> None:
    """Writes what the soft labels are made of beside them, or sees that those begun are made of the same."""
    settings.output.mkdir(parents=True, exist_ok=True)
    path, fresh = settings.output / MANIFEST, settings.output / "manifest.new"
    sources = {"labels": settings.labels, "texts": settings.texts}
    write_manifest(
        fresh,
        "soft-labels",
        asdict(settings),
        ["polnear/data/train"],
        {"windows": len(examples), "labelled": sum(example.labelled for example in examples)},
        [],
        command,
        teacher_sha256=digest(model_folder(settings.teacher) / "quotes" / "model.safetensors"),
        **{f"{name}_sha256": digest(source) for name, source in sources.items() if source},
    )
    if path.exists() and _made_of(path) != _made_of(fresh):
        fresh.unlink()
        raise SettingsError(
            f"{settings.output}: soft labels begun of other data or settings; name another output folder"
        )
    fresh.replace(path)


def _made_of(manifest: Path) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8"))
    del record["command"], record["settings"]["threads"], record["settings"]["teacher"]  # the teacher's hash tells
    return record


def _part(folder: Path, start: int) -> Path:
    return folder / f"{start // _PART:04}.safetensors"


def _translation(pupil: PreTrainedTokenizerBase, teacher: PreTrainedTokenizerBase) -> Tensor:
    """(pupil's vocabulary,): the teacher's ids of the pupil's tokens."""
    known = teacher.get_vocab()
    roles = {str(getattr(pupil, role)): str(getattr(teacher, role)) for role in _ROLES}
    called = {number: roles.get(token, token) for token, number in pupil.get_vocab().items()}
    lacking = sum(token not in known for token in called.values())
    if lacking > _FOREIGN * len(called):
        raise SettingsError(
            f"this teacher lacks {lacking} of the encoder's {len(called)} tokens; take one that has them"
        )
    unknown = known[str(teacher.unk_token)]
    return torch.tensor([known.get(called.get(number, ""), unknown) for number in range(max(called) + 1)])


def _examples(settings: SoftLabelSettings, tokenizer: PreTrainedTokenizerBase, size: int) -> list[Example]:
    generator = random.Random(settings.seed)
    newswire = settings.corpora / "worldwide-newswire" / "text"
    labelled = list(read_newswire_labels(settings.labels, newswire)) if settings.labels else []
    polnear = read_polnear(settings.corpora / "polnear" / "data" / "train")
    articles = [annotated for annotated in polnear if not set_aside(annotated.article.doc)]
    articles += labelled * settings.labels_repeats
    examples = statement_examples(articles, tokenizer, size, generator)
    if settings.texts:
        examples += text_examples(read_texts(settings.texts, labelled), tokenizer, size, generator)
    return sorted(examples, key=len)  # so that batches are of like length


@torch.inference_mode()
def _taught(model: QuoteModel, ids: Tensor, examples: list[Example]) -> list[Example]:
    batch = collate(examples)
    reading = model(ids[batch.input_ids], batch.attention_mask, batch.cases, batch.quotations)
    offered = [one.offering(one.unannotated(row[: len(one)])) for one, row in zip(examples, reading.cues, strict=True)]
    batch = collate(offered)
    padding = batch.attention_mask == 0
    scores = model.score_pairs(reading.hidden, padding, batch.paragraphs, batch.cues, batch.present)
    soft_labels: list[Example] = []
    for row, example in enumerate(offered):
        tokens, cues = len(example), len(example.cues)
        soft = SoftLabels(
            cues=reading.cues[row, :tokens],
            names=reading.names[row, :tokens],
            switches=reading.switches[row, :tokens],
            owners=scores.owners[row, :tokens, : 1 + cues],
            starts=scores.starts[row, :cues, :tokens],
            ends=scores.ends[row, :cues, :tokens],
        )
        soft_labels.append(replace(example, soft=soft))
    return soft_labels


_LABELS: Final = ("input_ids", "cases", "quotations", "paragraphs", "cues", "owners", "sources")


def _write(examples: list[Example], path: Path) -> None:
    tensors: dict[str, Tensor] = {}
    for number, example in enumerate(examples):
        window = example.window
        values = (window.input_ids, window.cases, window.quotations, window.paragraphs)
        for name, value in zip(_LABELS, (*values, example.cues, example.owners, example.sources), strict=True):
            tensors[f"{number}.{name}"] = torch.tensor(value, dtype=torch.int32)
        for field in fields(SoftLabels):
            tensor: Tensor = getattr(example.soft, field.name)
            tensors[f"{number}.soft.{field.name}"] = tensor.to(torch.float16).contiguous()
    fresh = path.with_suffix(".new")
    save_file(tensors, fresh)
    fresh.replace(path)


def _read(path: Path) -> list[Example]:
    tensors = load_file(path)
    examples: list[Example] = []
    while f"{len(examples)}.input_ids" in tensors:
        number = len(examples)
        ids, cases, quotations, paragraphs, cues, owners, sources = (
            tensors[f"{number}.{name}"].tolist() for name in _LABELS
        )
        soft = SoftLabels(
            **{field.name: tensors[f"{number}.soft.{field.name}"].float() for field in fields(SoftLabels)}
        )
        window = TokenFeatures(ids, cases, quotations, paragraphs)
        pairs = [(start, end) for start, end in cues], [(first, last) for first, last in sources]
        examples.append(Example(window, pairs[0], owners, pairs[1], soft=soft))
    return examples
