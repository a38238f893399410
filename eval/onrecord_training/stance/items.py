"""What the stance model learns from: articles with the labels of their statements towards some targets."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import torch
from torch import Tensor

from onrecord.stages.stance.inputs import EncodeTargets
from onrecord_models.stance.model import OUTCOMES, ArticleInput, StanceQuestion

UNLABELLED: Final = -100
NEUTRAL: Final = len(OUTCOMES)
"""The label of a statement that takes no side, if it isn't known whether it is about the target."""

SUPPORT, OPPOSE, NO_SIDE, OTHER_SUBJECT = range(len(OUTCOMES))
_SWAPPED: Final = {SUPPORT: OPPOSE, OPPOSE: SUPPORT}


@dataclass(frozen=True, slots=True)
class LabelledTarget:
    """A target and a label for each statement of its article: an index of ``OUTCOMES``, `NEUTRAL` or `UNLABELLED`.

    ``taught`` (statements, ``len(OUTCOMES)``) are a teacher's probabilities, where there is one.
    """

    name: str
    labels: tuple[int, ...]
    taught: Tensor | None = field(default=None, compare=False)

    def negated(self, name: str) -> LabelledTarget:
        """The opposite of this target, under that name."""
        taught = None if self.taught is None else self.taught[:, [OPPOSE, SUPPORT, NO_SIDE, OTHER_SUBJECT]]
        return LabelledTarget(name, tuple(_SWAPPED.get(label, label) for label in self.labels), taught)


@dataclass(frozen=True, slots=True)
class Item:
    """An article, or a sentence that stands alone, with its targets; ``words`` are the beginnings of its long words."""

    doc: str
    article: ArticleInput
    targets: tuple[LabelledTarget, ...]
    words: frozenset[str]

    def with_other(self, name: str) -> LabelledTarget:
        """A target that no statement is about."""
        return LabelledTarget(name, (OTHER_SUBJECT,) * len(self.article.statements))


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the labels of its statements; ``taught`` as in `LabelledTarget`."""

    question: StanceQuestion
    labels: tuple[int, ...]
    taught: Tensor | None = None

    def __len__(self) -> int:
        return len(self.question)


def log_likelihoods(log_probabilities: Tensor, labels: Tensor) -> Tensor:
    """(statements,): how likely each label is; `NEUTRAL` allows for both kinds of neutral, `UNLABELLED` gives anything.

    Shapes: ``log_probabilities`` (statements, ``len(OUTCOMES)``), ``labels`` (statements,).
    """
    of_label = log_probabilities.gather(1, labels.clamp(0, OTHER_SUBJECT)[:, None]).squeeze(1)
    return torch.where(labels == NEUTRAL, log_probabilities[:, NO_SIDE:].logsumexp(-1), of_label)


def long_words(text: str) -> frozenset[str]:
    """The first six letters of each word of four letters or more."""
    return frozenset(word[:6] for word in re.findall(r"[^\W\d_]{4,}", text.casefold()))


def others(items: Sequence[Item], share: float, generator: random.Random) -> Iterable[tuple[Item, LabelledTarget]]:
    """That share of the items, each with the target of another that has long words, none of them this item's."""
    for item in items:
        if generator.random() < share:
            other = generator.choice(items)
            name = generator.choice(other.targets).name if other.targets else ""
            words = long_words(name)
            if words and not words & item.words:
                yield item, item.with_other(name)


class Asking:
    """Makes questions of articles and targets; the lower states of each target are encoded once."""

    def __init__(self, encode: EncodeTargets) -> None:
        self._encode = encode
        self._states: dict[str, Tensor] = {}

    def __call__(self, drawn: Sequence[tuple[Item, LabelledTarget]]) -> list[Asked]:
        new = sorted({target.name for _, target in drawn} - self._states.keys())
        self._states.update(zip(new, self._encode(new), strict=True))
        return [
            Asked(StanceQuestion(item.article, self._states[each.name]), each.labels, each.taught)
            for item, each in drawn
        ]


def all_targets(items: Iterable[Item]) -> list[tuple[Item, LabelledTarget]]:
    """Each item with each of its targets."""
    return [(item, target) for item in items for target in item.targets]


def without_speakers(item: Item) -> Item:
    """The item as the pipeline sees it where it finds no speakers."""
    statements = tuple(replace(statement, speaker=-1) for statement in item.article.statements)
    return replace(item, article=replace(item.article, statements=statements))
