"""Training on pairs of a target and a statement: what an epoch reads of them, and what it costs."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import torch
from torch import Tensor, nn

from onrecord.document import Article, Statement
from onrecord.stages.base import Analysis
from onrecord.stages.stance.judges import stance_input
from onrecord.targets.target import Target
from onrecord.text.segmentation import segment
from onrecord_models.labels import STANCES
from onrecord_models.stance.classifier import StanceInput
from onrecord_models.stance.pairs import EncodedInput, PairModel, collate, encode_input
from onrecord_models.transformer.tokenizer import FastTokenizer
from onrecord_training.loop.batching import token_batches
from onrecord_training.loop.devices import native_precision
from onrecord_training.loop.schedule import Step
from onrecord_training.loop.training import Task
from onrecord_training.stance.settings import StanceLearning

Labelled = tuple[StanceInput, str]
"""What the pipeline shows the model of a statement, and the right label of ``STANCES``."""

_WITHOUT_SPEAKER: Final = 0.25
"""Share of the statements that are shown without a speaker, because the pipeline does not always find one."""

_BATCH_TOKENS: Final = 1800
_JITTER: Final = 6


def labelled_pairs(article: Article, statements: Iterable[Statement]) -> list[Labelled]:
    """What the pipeline would show the model for each labelled stance of an article, and the label.

    A corpus of sentences may have a target without words, which nobody can ask about.
    """
    analysis = Analysis(article, segment(article.text))
    return [
        (stance_input(analysis, statement, Target(stance.target)), stance.label)
        for statement in statements
        for stance in statement.stance
        if stance.label in STANCES and any(map(str.isalnum, stance.target))
    ]


@dataclass(frozen=True, slots=True)
class PairExample:
    """A question as tokens, and the index in ``STANCES`` of its answer."""

    encoded: EncodedInput
    label: int

    def __len__(self) -> int:
        return len(self.encoded)


class PairTask(Task[list[PairExample]]):
    """Training on the statements that ``labelled_of`` gives for an epoch; every epoch leaves out other speakers.

    ``measure`` says how good the model is, after each epoch.
    """

    def __init__(
        self,
        model: PairModel,
        tokenizer: FastTokenizer,
        settings: StanceLearning,
        labelled_of: Callable[[int], Sequence[Labelled]],
        measure: Callable[[], dict[str, Any]] = dict,
    ) -> None:
        super().__init__(model)
        self._pair_model = model
        self._tokenizer, self._settings, self._labelled_of, self._measure = tokenizer, settings, labelled_of, measure
        self._size: int = model.config.window_size

    def batches(self, epoch: int) -> list[list[PairExample]]:
        generator = random.Random(f"{self._settings.seed}/{epoch}")
        examples = []
        for shown, label in self._labelled_of(epoch):
            told = replace(shown, speaker="") if generator.random() < _WITHOUT_SPEAKER else shown
            examples.append(PairExample(encode_input(told, self._tokenizer, self._size), STANCES.index(label)))
        return token_batches(examples, len, tokens=_BATCH_TOKENS, generator=generator, jitter=_JITTER)

    def losses(self, batch: list[PairExample]) -> Tensor:
        labels = torch.tensor([example.label for example in batch], device=self.model.device)
        logits = pair_logits(
            self._pair_model, [example.encoded for example in batch], int(self._tokenizer.pad_token_id or 0)
        )
        smoothing = self._settings.smoothing
        return nn.functional.cross_entropy(logits, labels, label_smoothing=smoothing)[None]

    def seed(self, step: Step) -> None:
        """For dropout, once an epoch."""
        if step.batch == 0:
            torch.manual_seed(self._settings.seed * 1000 + step.epoch)

    def after_epoch(self, epoch: int) -> dict[str, Any]:
        return self._measure()


def pair_logits(model: PairModel, encoded: Sequence[EncodedInput], padding: int) -> Tensor:
    """(inputs, ``len(STANCES)``): the model's logits, in single precision."""
    device = model.device
    tensors = collate(encoded, padding)
    inputs = (tensors.input_ids, tensors.attention_mask, tensors.parts)
    with native_precision(device.type):
        logits: Tensor = model(*(tensor.to(device) for tensor in inputs))
    return logits.float()
