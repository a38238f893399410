"""The files of soft labels: windows with their labels, if any, and a larger model's logits."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Final

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from onrecord.errors import InputError
from onrecord_models.windows import TokenFeatures
from onrecord_training.quotes.examples import Example, SoftLabels

MANIFEST: Final = "manifest.json"
_LABELS: Final = ("input_ids", "cases", "quotations", "paragraphs", "cues", "owners", "sources", "acts")


def read_soft_labels(folder: Path) -> list[Example]:
    """The windows of a folder of `onrecord train soft-labels`.

    Raises:
        InputError: there are none, or not all of them yet.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise InputError(f"{folder}: no soft labels in it; write them with `onrecord train soft-labels`")
    examples = [example for part in sorted(folder.glob("*.safetensors")) for example in _read(part)]
    wanted = json.loads(path.read_text(encoding="utf-8"))["sizes"]["windows"]
    if len(examples) != wanted:
        raise InputError(
            f"{folder}: {len(examples)} of {wanted} soft labels; run the same `onrecord train soft-labels` again"
        )
    return examples


def write_examples(examples: list[Example], path: Path) -> None:
    """Writes examples with soft labels, in half precision; an interruption leaves no half-written ``path``."""
    tensors: dict[str, Tensor] = {}
    for number, example in enumerate(examples):
        window = example.window
        values = (window.input_ids, window.cases, window.quotations, window.paragraphs)
        labels = (example.cues, example.owners, example.sources, example.acts)
        for name, value in zip(_LABELS, (*values, *labels), strict=True):
            tensors[f"{number}.{name}"] = torch.tensor(value, dtype=torch.int32)
        for field in fields(SoftLabels):
            tensor: Tensor = getattr(example.soft, field.name)
            tensors[f"{number}.soft.{field.name}"] = tensor.to("cpu", torch.float16).contiguous()
    fresh = path.with_suffix(".new")
    save_file(tensors, fresh)
    fresh.replace(path)


def _read(path: Path) -> list[Example]:
    tensors = load_file(path)
    examples: list[Example] = []
    while f"{len(examples)}.input_ids" in tensors:
        number = len(examples)
        ids, cases, quotations, paragraphs, cues, owners, sources, acts = (
            tensors[f"{number}.{name}"].tolist() for name in _LABELS
        )
        soft = SoftLabels(
            **{field.name: tensors[f"{number}.soft.{field.name}"].float() for field in fields(SoftLabels)}
        )
        window = TokenFeatures(ids, cases, quotations, paragraphs)
        pairs = [(start, end) for start, end in cues], [(first, last) for first, last in sources]
        examples.append(Example(window, pairs[0], owners, pairs[1], acts=acts, soft=soft))
    return examples
