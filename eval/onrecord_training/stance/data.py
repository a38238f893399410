"""Reads what the stance model learns from, and draws an epoch of it.

Wholly read articles with their statements' stances, and sentences that stand alone: NewsMTSC, claims of Perspectrum,
and what one party in a sentence thinks of the other.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from onrecord.document import Article, Mention, Span, Stance, Statement
from onrecord.pipeline import Pipeline
from onrecord.stages.stance.inputs import article_input
from onrecord_eval.corpora.directed_sentiment import read_directed_sentiment
from onrecord_eval.corpora.newsmtsc import read_newsmtsc
from onrecord_eval.corpora.newswire_labels import read_newswire_labels
from onrecord_eval.corpora.perspectrum import Perspective, read_perspectrum
from onrecord_eval.corpora.polnear import AnnotatedArticle
from onrecord_eval.corpora.stance_labels import read_stance_labels
from onrecord_models.labels import STANCES
from onrecord_training.loop.reading import OnRead, ignore
from onrecord_training.stance.claims import vary_claim
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
from onrecord_training.stance.settings import StanceTraining

NEWSMTSC: Final = "newsmtsc/train.jsonl"
PERSPECTRUM: Final = ("perspectrum/train.jsonl", "perspectrum/dev.jsonl")
DIRECTED: Final = "directed-sentiment/train.txt"
_CALIBRATION_PART: Final = 12
"""One in twelve articles is held out of training, for the temperature."""

_SHARD: Final = 32
_SPEAKERLESS: Final = 0.1
_REWORDED: Final = 0.5
_CLAIM: Final = re.compile(r"\b(?:is|are|was|were|has|have|will|should|must|can|would|does|do)\b")


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


def read_data(settings: StanceTraining, pipeline: Pipeline, on_read: OnRead = ignore) -> StanceData:
    """Reads the corpora and labels, with a pipeline whose readings keep their states.

    Raises:
        InputError: a corpus or a file of labels is missing or damaged.
    """

    def labelled(path: Path) -> list[Item]:
        return list(read_items(pipeline, _labelled(path, settings.corpora), on_read))

    articles = [item for path in settings.stance_labels for item in labelled(path)]
    held_out = [item for item in articles if _is_held_out(item.doc)]
    measured = {path.parent.name: labelled(path) for path in settings.measured_labels}
    corpora, most = settings.corpora, settings.sentences
    dev = list(read_perspectrum(corpora / PERSPECTRUM[1]))
    claims = without_known(list(read_perspectrum(corpora / PERSPECTRUM[0])), dev)
    generator = random.Random(settings.seed)
    sources = {
        "newsmtsc": list(_newsmtsc(corpora / NEWSMTSC)),
        "perspectrum": list(map(_claim, claims)),
        "directed": list(_directed(corpora / DIRECTED)),
    }
    sentences = {
        name: list(read_items(pipeline, generator.sample(every, min(len(every), most * settings.epochs)), on_read))
        for name, every in sources.items()
    }
    return StanceData([item for item in articles if not _is_held_out(item.doc)], sentences, held_out, measured)


def read_items(pipeline: Pipeline, labelled: Iterable[AnnotatedArticle], on_read: OnRead = ignore) -> Iterator[Item]:
    """The articles with the stances of their first annotator, as a pipeline reads them whose readings keep states.

    An article without labels, or of whose statements the quote model is shown none, is left out.
    """
    every = list(labelled)
    for start in range(0, len(every), _SHARD):
        shard = every[start : start + _SHARD]
        for analysis, annotated in zip(pipeline.analyse([each.article for each in shard]), shard, strict=True):
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


def without_known(perspectives: Sequence[Perspective], known_ones: Sequence[Perspective]) -> list[Perspective]:
    """``perspectives`` without claims whose own text, or that of any of their perspectives, is among ``known_ones``.

    Perspectrum's splits share no claim by number, but 771 of the 2,071 dev perspectives appear word for word in train,
    mostly with the same claim in other words: a model would remember them instead of understanding.
    """
    texts = {_plain(text) for other in known_ones for text in (other.claim, other.perspective)}
    known = {each.claim_id for each in perspectives if {_plain(each.claim), _plain(each.perspective)} & texts}
    return [each for each in perspectives if each.claim_id not in known]


def _reworded(target: LabelledTarget, generator: random.Random) -> LabelledTarget:
    """A claim in other words or negated, half of the time; anything else as it is."""
    if generator.random() > _REWORDED or len(target.name.split()) < 3 or not _CLAIM.search(target.name):
        return target
    name, side = vary_claim(target.name, STANCES[0], generator)
    return target.negated(name) if side != STANCES[0] else LabelledTarget(name, target.labels)


def _labelled(path: Path, corpora: Path) -> Iterator[AnnotatedArticle]:
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


def _newsmtsc(path: Path) -> Iterator[AnnotatedArticle]:
    for number, each in enumerate(read_newsmtsc(path)):
        yield _sentence(f"newsmtsc/{number}", each.sentence, each.mention, each.label)


def _claim(each: Perspective) -> AnnotatedArticle:
    return _sentence(f"perspectrum/{each.claim_id}", each.perspective, each.claim, each.label)


def _directed(path: Path) -> Iterator[AnnotatedArticle]:
    for number, each in enumerate(read_directed_sentiment(path)):
        target = each.sentence[slice(*each.target)]
        yield _sentence(f"directed/{number}", each.sentence, target, each.label, each.holder)


def _sentence(doc: str, text: str, target: str, label: str, source: Span | None = None) -> AnnotatedArticle:
    """A sentence as an article with one statement, which is the whole of it."""
    whole = Span(0, len(text))
    mention = Mention(text[slice(*source)], (source,)) if source else None
    stance = (Stance(target, label),)  # type: ignore[arg-type]
    statement = Statement(doc, f"{doc}#1", text, (whole,), "indirect", whole, source=mention, stance=stance)
    return AnnotatedArticle(Article(doc, text), {"labels": (statement,)})


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _is_held_out(doc: str) -> bool:
    return int(hashlib.sha256(doc.encode()).hexdigest()[:8], 16) % _CALIBRATION_PART == 0
