"""The corpora that the coreference model learns from, read by the model that it goes with."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from onrecord.document import Article
from onrecord.pipeline import Pipeline
from onrecord.stages.base import Analysis
from onrecord_eval.corpora.gap import read_gap
from onrecord_eval.corpora.gum import part_of, read_gum
from onrecord_eval.corpora.newswire_labels import read_newswire_labels
from onrecord_eval.corpora.polnear import read_polnear
from onrecord_eval.corpora.speaker_labels import read_speaker_labels
from onrecord_eval.corpora.worldwide import read_worldwide
from onrecord_training.coreference.labels import (
    gap_analysis,
    gap_labels,
    gum_labels,
    newswire_labels,
    source_labels,
    sources_analysis,
)
from onrecord_training.coreference.questions import Passage, asking, passages
from onrecord_training.coreference.settings import CoreferenceTraining
from onrecord_training.coreference.synthetic import synthetic_questions

DATA: Final = (
    "gap/gap-development.tsv", "gum/conllu", "gum/ontogum-conll", "polnear/data/train", "worldwide-newswire/train",
)  # fmt: skip
_SHARD: Final = 32
"""Articles that the model reads together."""

_CHOOSING_GAP: Final = 9
_CHOOSING_GUM: Final = 5
_CHOOSING_SOURCES: Final = 9
_CHOOSING_NEWSWIRE: Final = (8, 9)
"""Parts of a corpus, by `part_of`. Of OntoGUM those below 5 are learned from, those above are for measuring."""


@dataclass(frozen=True, slots=True)
class Material:
    """Passages to learn from, synthetic ones, and those that choose the epoch."""

    labelled: list[Passage]
    synthetic: list[Passage]
    choosing: list[Passage]

    def sizes(self) -> dict[str, int]:
        """Numbers of questions."""
        kinds = {"labelled": self.labelled, "synthetic": self.synthetic, "choosing": self.choosing}
        return {name: sum(len(passage.questions) for passage in kind) for name, kind in kinds.items()}


def read_material(settings: CoreferenceTraining, device: str) -> Material:
    """Reads the corpora with the model and asks the speakers stage about them.

    Raises:
        InputError: a corpus is missing or damaged.
    """
    pipeline = Pipeline.load(settings.model, device=device)
    size = pipeline.quote_model.config.window_size
    tokenizer = pipeline.tokenizer
    gap = {example.identifier: example for example in read_gap(settings.corpora / "gap" / "gap-development.tsv")}
    labelled: list[Passage] = []
    choosing: list[Passage] = []
    for analysis in _analyse(pipeline, [Article(name, example.text) for name, example in gap.items()]):
        example = gap[analysis.article.doc]
        found = passages(gap_analysis(analysis, example), gap_labels(example), tokenizer, size)
        (choosing if part_of(example.identifier) == _CHOOSING_GAP else labelled).extend(found)
    documents = {document.article.doc: document for document in read_gum(settings.corpora / "gum")}
    parts = {name: part_of(name) for name in documents if part_of(name) <= _CHOOSING_GUM}
    for analysis in _analyse(pipeline, [documents[name].article for name in parts]):
        document = documents[analysis.article.doc]
        pronouns = [mention.span for mention in document.mentions if mention.form == "pronoun"]
        found = passages(asking(analysis, pronouns), gum_labels(document), tokenizer, size)
        (choosing if parts[analysis.article.doc] == _CHOOSING_GUM else labelled).extend(found)
    for analysis in _newswire(pipeline, settings):
        found = passages(analysis, newswire_labels(analysis), tokenizer, size)
        (choosing if part_of(analysis.article.doc) in _CHOOSING_NEWSWIRE else labelled).extend(found)
    if settings.speaker_labels is not None:
        sources = {each.article.doc: each for each in read_speaker_labels(settings.speaker_labels, settings.corpora)}
        for analysis in _analyse(pipeline, [each.article for each in sources.values()]):
            each = sources[analysis.article.doc]
            found = passages(sources_analysis(analysis, each), source_labels(each), tokenizer, size)
            (choosing if part_of(analysis.article.doc) == _CHOOSING_SOURCES else labelled).extend(found)
    generator = random.Random(settings.seed)
    synthetic: list[Passage] = []
    for analysis in _analyse(pipeline, _unlabelled(settings.corpora) if settings.synthetic_passages else ()):
        if questions := synthetic_questions(analysis, generator):
            synthetic += passages(*questions, tokenizer, size)
    return Material(labelled, synthetic, choosing)


def _unlabelled(corpora: Path) -> Iterator[Article]:
    """Articles in which names are replaced by pronouns."""
    for annotated in read_polnear(corpora / "polnear" / "data" / "train"):
        yield annotated.article
    for labelled in read_worldwide(corpora / "worldwide-newswire" / "train"):
        yield labelled.article


def _newswire(pipeline: Pipeline, settings: CoreferenceTraining) -> Iterator[Analysis]:
    """The labelled articles as the model reads them, with the labelled statements in place of those found."""
    if settings.labels is None:
        return
    texts = settings.corpora / "worldwide-newswire" / "text"
    annotated = {each.article.doc: each for each in read_newswire_labels(settings.labels, texts)}
    for analysis in _analyse(pipeline, [each.article for each in annotated.values()]):
        (statements,) = annotated[analysis.article.doc].annotations.values()
        yield replace(analysis, statements=statements)


def _analyse(pipeline: Pipeline, articles: Iterable[Article]) -> Iterator[Analysis]:
    every = list(articles)
    for start in range(0, len(every), _SHARD):
        yield from pipeline.analyse(every[start : start + _SHARD])
