"""What a larger model's stance model says of the articles that a smaller one learns from (distillation).

Its probabilities tell what labels don't: how doubtful a side is, and the stances of statements that have no label.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Final

import torch
from safetensors.torch import load_file, save
from torch import Tensor

from onrecord.files.atomic import replacing_bytes
from onrecord_eval.corpora.polnear import AnnotatedArticle
from onrecord_models.inference import choose_precision
from onrecord_models.loading import load_quote_model, load_stance_model, model_folder, settings_digest, used_hashes
from onrecord_models.stance.inference import StanceRunner
from onrecord_training.loop.reading import ReadingReport
from onrecord_training.stance.data import read_items
from onrecord_training.stance.items import Asking, Item, all_targets
from onrecord_training.stance.states import StatesReader

_TOGETHER: Final = 32
"""Articles whose questions are judged at once."""


class Teacher:
    """The stance model of the model ``name``; what it says is kept in the folder ``kept``, and is not asked again.

    Raises:
        WeightsError: the model is missing.
    """

    def __init__(self, name: str, kept: Path, device: str, report: Callable[[str], None]) -> None:
        self._name, self._folder, self._kept = name, model_folder(name), kept
        self._device, self._report = device, report
        self._identity = (used_hashes(self._folder), settings_digest(self._folder))

    def teach(self, items: Sequence[Item], labelled: Sequence[AnnotatedArticle]) -> list[Item]:
        """The items, which were read from ``labelled``, with what the teacher says of each of their targets.

        Items of which the teacher is shown other statements stay untaught.

        Raises:
            WeightsError: the model, or its stance model, is missing or damaged.
        """
        asked = [(each.article.doc, each.article.text, each.annotations) for each in labelled]
        question = repr((self._identity, asked)).encode("utf-8", "surrogateescape")
        path = self._kept / f"{hashlib.sha256(question).hexdigest()[:16]}.safetensors"
        if not path.is_file():
            self._kept.mkdir(parents=True, exist_ok=True)
            said = {str(number): probabilities for number, probabilities in enumerate(self._judged(labelled))}
            with replacing_bytes(path) as file:
                file.write(save(said))
        kept = load_file(path)
        return [_taught(item, kept.get(str(number))) for number, item in enumerate(items)]

    @cached_property
    def _models(self) -> tuple[StatesReader, StanceRunner]:
        """What reads and what judges; not loaded if all that is asked for was kept."""
        self._report(f"loading {self._name} …")
        quote_model, tokenizer = load_quote_model(self._folder)
        model = load_stance_model(self._folder, quote_model)
        reader = StatesReader(quote_model, tokenizer, model.config.layers, self._device)
        return reader, StanceRunner(model, self._device, choose_precision(self._device))

    def _judged(self, labelled: Sequence[AnnotatedArticle]) -> Iterator[Tensor]:
        """For each item (targets, statements, ``len(OUTCOMES)``): probabilities."""
        reader, runner = self._models
        ask = Asking(reader.encode)
        items = read_items(reader.analyse, labelled, ReadingReport(self._report))
        while some := list(islice(items, _TOGETHER)):
            judged = iter(runner.judge([each.question for each in ask(all_targets(some))]))
            for item in some:
                yield torch.tensor([next(judged) for _ in item.targets], dtype=torch.float16)


def _taught(item: Item, said: Tensor | None) -> Item:
    if said is None or said.shape[:2] != (len(item.targets), len(item.article.statements)):
        return item
    targets = zip(item.targets, said, strict=True)
    return replace(item, targets=tuple(replace(target, taught=taught) for target, taught in targets))
