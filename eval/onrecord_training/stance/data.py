"""Reads what the stance model learns from, and draws an epoch of it.

Wholly read articles with their statements' stances, and sentences that stand alone.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from onrecord.document import Stance, Statement
from onrecord.errors import InputError
from onrecord.stages.stance.inputs import article_input
from onrecord_eval.corpora.newswire_labels import read_newswire_labels
from onrecord_eval.corpora.polnear import AnnotatedArticle
from onrecord_eval.corpora.stance_labels import read_stance_labels
from onrecord_models.labels import STANCES
from onrecord_training.loop.reading import OnRead, ignore
from onrecord_training.stance.claims import reword
from onrecord_training.stance.items import (
    NEUTRAL,
    NO_SIDE,
    OTHER_SUBJECT,
    UNLABELLED,
    Item,
    LabelledTarget,
    long_words,
    others,
    without_speakers,
)
from onrecord_training.stance.sentences import draw_sentences
from onrecord_training.stance.settings import StanceTraining
from onrecord_training.stance.states import Analyse

_CALIBRATION_PART: Final = 12
"""One in twelve articles is held out of training, for the temperature."""

_SHARD: Final = 32
_SPEAKERLESS: Final = 0.1


@dataclass(frozen=True, slots=True)
class StanceData:
    """What a run reads: articles and sentences to learn from, articles held out, and what it is measured on."""

    articles: list[Item]
    sentences: dict[str, list[Item]]
    held_out: list[Item]
    measured: dict[str, list[Item]]

    def sizes(self) -> dict[str, int]:
        """How many there are of each kind."""
        kinds = {"articles": self.articles, **self.sentences, "held_out": self.held_out}
        sizes = {name: len(items) for name, items in kinds.items()}
        sizes["targets"] = sum(len(item.targets) for item in self.articles)
        return sizes | {f"measured_{name}": len(items) for name, items in self.measured.items()}


Teach = Callable[[list[Item], list[AnnotatedArticle]], list[Item]]
"""Adds a teacher's probabilities to items; the articles are those that the items were read from."""


def untaught(items: list[Item], labelled: list[AnnotatedArticle]) -> list[Item]:
    """A `Teach` without a teacher."""
    return items


def read_data(
    settings: StanceTraining, analyse: Analyse, on_read: OnRead = ignore, teach: Teach = untaught
) -> StanceData:
    """Reads the corpora and labels.

    Raises:
        InputError: a corpus or a file of labels is missing or damaged, or there is nothing in one to measure on.
    """

    def read(labelled: Iterable[AnnotatedArticle]) -> list[Item]:
        return list(read_items(analyse, labelled, on_read))

    def learned(labelled: list[AnnotatedArticle]) -> list[Item]:
        return teach(read(labelled), labelled)

    articles: list[Item] = []
    held_out: list[Item] = []
    for path in settings.stance_labels:
        labelled = list(read_labelled(path, settings.corpora))
        articles += learned([each for each in labelled if not is_held_out(each.article.doc)])
        held_out += read(each for each in labelled if is_held_out(each.article.doc))
    measured = {_name(path, settings): read(read_labelled(path, settings.corpora)) for path in settings.measured_labels}
    for name, items in measured.items():
        if not items:
            raise InputError(f"{name}: no statement in it has a stance to measure")
    drawn = draw_sentences(settings.corpora, settings.sentences * settings.epochs, settings.seed)
    sentences = {name: learned(some) for name, some in drawn.items()}
    return StanceData(articles, sentences, held_out, measured)


def _name(path: Path, settings: StanceTraining) -> str:
    """What a measured file's scores are called: as its folder, or that and the file if there are more of the folder."""
    alone = sum(other.parent.name == path.parent.name for other in settings.measured_labels) == 1
    return path.parent.name if alone else f"{path.parent.name}/{path.stem}"


def read_items(analyse: Analyse, labelled: Iterable[AnnotatedArticle], on_read: OnRead = ignore) -> Iterator[Item]:
    """The articles with the stances of their first annotator.

    An article without labels, or of whose statements the quote model is shown none, is left out.
    """
    every = list(labelled)
    for start in range(0, len(every), _SHARD):
        shard = every[start : start + _SHARD]
        for analysis, annotated in zip(analyse([each.article for each in shard]), shard, strict=True):
            statements = tuple(next(iter(annotated.annotations.values())))
            if (given := article_input(replace(analysis, statements=statements))) is None:
                continue
            article, kept = given
            if targets := tuple(_targets([statements[number] for number in kept])):
                yield Item(annotated.article.doc, article, targets, long_words(annotated.article.text))
        on_read(len(shard))


def epoch_items(
    data: StanceData, settings: StanceTraining, epoch: int, generator: random.Random
) -> list[tuple[Item, LabelledTarget]]:
    """One epoch's questions: each article with some of its targets, in other words now and then, and sentences."""
    drawn: list[tuple[Item, LabelledTarget]] = []
    for item in data.articles:
        targets = generator.sample(item.targets, min(len(item.targets), settings.targets))
        shown = without_speakers(item) if generator.random() < _SPEAKERLESS else item
        drawn += [(shown, _reworded(target, generator)) for target in targets]
    drawn += others(data.articles, settings.others, generator)
    for items in data.sentences.values():
        start = epoch * settings.sentences
        chosen = (items[start : start + settings.sentences] or items)[: settings.sentences]
        drawn += [(item, _reworded(target, generator)) for item in chosen for target in item.targets]
        drawn += others(chosen, settings.others / 2, generator)
    return drawn


def _reworded(target: LabelledTarget, generator: random.Random) -> LabelledTarget:
    name, is_opposite = reword(target.name, generator)
    return target.negated(name) if is_opposite else replace(target, name=name)


def read_labelled(path: Path, corpora: Path) -> Iterator[AnnotatedArticle]:
    """The articles of a file of stances, as those in ``data/``, with their labels."""
    if path.parent.name == "newswire":
        return iter(read_newswire_labels(path, corpora / "worldwide-newswire" / "text"))
    return read_stance_labels(path, corpora)


def _targets(statements: Sequence[Statement]) -> Iterator[LabelledTarget]:
    names = list(dict.fromkeys(stance.target for statement in statements for stance in statement.stance))
    for name in names:
        labels = [
            next((_label(stance) for stance in statement.stance if stance.target == name), UNLABELLED)
            for statement in statements
        ]
        yield LabelledTarget(name, tuple(labels))


def _label(stance: Stance) -> int:
    if stance.label in STANCES[:2]:
        return STANCES.index(stance.label)
    if stance.about is None:
        return NEUTRAL
    return NO_SIDE if stance.about >= 0.5 else OTHER_SUBJECT


def is_held_out(doc: str) -> bool:
    """Whether an article is left out of training, for the temperature; its name decides."""
    return int(hashlib.sha256(doc.encode()).hexdigest()[:8], 16) % _CALIBRATION_PART == 0
