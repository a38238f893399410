"""The corpora that the coreference model learns from, read by the quote model that it goes with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from onrecord.document import Article
from onrecord.pipeline import Pipeline
from onrecord.stages.base import Analysis
from onrecord_eval.corpora.gap import read_gap
from onrecord_eval.corpora.gum import part_of, read_gum
from onrecord_eval.corpora.speaker_labels import LabelledSources, read_speaker_labels
from onrecord_training.coreference.labels import (
    gap_analysis,
    gap_genders,
    gap_labels,
    gum_labels,
    source_genders,
    source_labels,
    sources_analysis,
)
from onrecord_training.coreference.questions import Passage, asking, passages
from onrecord_training.coreference.renaming import NamePool, renamed
from onrecord_training.coreference.settings import CoreferenceTraining
from onrecord_training.loop.reading import OnRead, ignore

DATA: Final = ("gap/gap-development.tsv", "gum/conllu", "gum/ontogum-conll")
_SHARD: Final = 32
"""Articles that the model reads together."""

_CHOOSING_GAP: Final = 9
_CHOOSING_GUM: Final = 5
_CHOOSING_SOURCES: Final = 9
"""Parts of a corpus, by `part_of`. Of OntoGUM those below 5 are learned from, those above are for measuring."""


@dataclass(frozen=True, slots=True)
class Material:
    """Passages of public corpora, those of labelled sources as they are and with other names, and choosing ones."""

    public: list[Passage]
    sources: list[list[Passage]]
    choosing: list[Passage]

    def sizes(self) -> dict[str, int]:
        """Numbers of questions."""
        kinds = {"public": self.public, "labelled": self.sources[0], "choosing": self.choosing}
        return {name: sum(len(passage.questions) for passage in kind) for name, kind in kinds.items()}


def read_material(settings: CoreferenceTraining, pipeline: Pipeline, on_read: OnRead = ignore) -> Material:
    """Reads the corpora with a pipeline whose readings keep states, and asks the speakers stage about them.

    Raises:
        InputError: a corpus is missing or damaged.
    """
    public: list[Passage] = []
    choosing: list[Passage] = []
    gap = {example.identifier: example for example in read_gap(settings.corpora / "gap" / "gap-development.tsv")}
    for analysis in _analyse(pipeline, [Article(name, example.text) for name, example in gap.items()], on_read):
        example = gap[analysis.article.doc]
        found = passages(gap_analysis(analysis, example), gap_labels(example), gap_genders(example))
        (choosing if part_of(example.identifier) == _CHOOSING_GAP else public).extend(found)
    documents = {document.article.doc: document for document in read_gum(settings.corpora / "gum")}
    parts = {name: part_of(name) for name in documents if part_of(name) <= _CHOOSING_GUM}
    for analysis in _analyse(pipeline, [documents[name].article for name in parts], on_read):
        document = documents[analysis.article.doc]
        pronouns = [mention.span for mention in document.mentions if mention.form == "pronoun"]
        found = passages(asking(analysis, pronouns), gum_labels(document))
        (choosing if parts[analysis.article.doc] == _CHOOSING_GUM else public).extend(found)
    sources = [each for path in settings.speaker_labels for each in read_speaker_labels(path, settings.corpora)]
    learned = [each for each in sources if part_of(each.article.doc) != _CHOOSING_SOURCES]
    chosen = [each for each in sources if part_of(each.article.doc) == _CHOOSING_SOURCES]
    choosing += _source_passages(pipeline, chosen, on_read)
    variants = [_source_passages(pipeline, learned, on_read)]
    if settings.renamings:
        pool = NamePool(learned, settings.seed)
        for _ in range(settings.renamings):
            variants.append(_source_passages(pipeline, [renamed(each, pool) for each in learned], on_read))
    return Material(public, variants, choosing)


def _source_passages(pipeline: Pipeline, sources: Iterable[LabelledSources], on_read: OnRead) -> list[Passage]:
    each_of = {each.article.doc: each for each in sources}
    found: list[Passage] = []
    for analysis in _analyse(pipeline, [each.article for each in each_of.values()], on_read):
        each = each_of[analysis.article.doc]
        found += passages(sources_analysis(analysis, each), source_labels(each), source_genders(each))
    return found


def _analyse(pipeline: Pipeline, articles: Iterable[Article], on_read: OnRead) -> Iterator[Analysis]:
    every = list(articles)
    for start in range(0, len(every), _SHARD):
        shard = every[start : start + _SHARD]
        yield from pipeline.analyse(shard)
        on_read(len(shard))
