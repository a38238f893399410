"""Engines extract the statements of a run's shards: here in this process; in `ray` in many, on many machines.

A shard's bytes must not depend on the process or the time, so only articles of one shard are processed together.
"""

from __future__ import annotations

import gc
import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from onrecord.collection.near_duplicates import Signed, sign
from onrecord.document import Article, Statement
from onrecord.errors import InputError, OnrecordError
from onrecord.files.article_texts import file_holds
from onrecord.pipeline import Pipeline, PipelineSettings, Prepared
from onrecord.reading import ArticleReader, Input
from onrecord.runs.settings import Keep
from onrecord.runs.spool import Failure, KeptText, Shard

NumberedInputs = tuple[int, Sequence[Input]]
NumberedShard = tuple[int, Shard]

_log = logging.getLogger(__name__)

_BATCH_CHARACTERS = 500_000
"""Text of a shard that is processed together, at most, so that very long articles do not add up in memory."""


class Engine(Protocol):
    """What extracts shards. ``settings`` are resolved; ``loading`` is the time that loading models took, in seconds."""

    @property
    def settings(self) -> PipelineSettings: ...

    @property
    def loading(self) -> float: ...

    def shards(self, pending: Iterable[NumberedInputs], strict: bool) -> Iterator[NumberedShard]:
        """The result of each pending shard, in any order; if ``strict``, a shard with a failure may be incomplete."""
        ...

    def release(self) -> None:
        """Frees the memory of its models, when all shards are done."""
        ...


class LocalEngine:
    """Extracts one shard after the other in this process; the model is loaded once the first article has been read."""

    def __init__(self, settings: PipelineSettings, keep: Keep = "none") -> None:
        self.settings = settings.resolved()
        self.loading = 0.0
        self._keep = keep
        self._reader = ArticleReader()  # a file of many articles stays open from shard to shard
        self._pipeline: Pipeline | None = None

    @property
    def pipeline(self) -> Pipeline:
        """The pipeline, which is built on first use."""
        if self._pipeline is None:
            started = time.monotonic()
            self._pipeline = Pipeline.build(self.settings)
            self.loading = time.monotonic() - started
            _log.info("loaded the model in %.2f s", self.loading)
        return self._pipeline

    def shards(self, pending: Iterable[NumberedInputs], strict: bool) -> Iterator[NumberedShard]:
        started, loaded = time.monotonic(), self.loading
        statements: list[list[Statement]] = []
        signed: list[Signed] = []
        failures: list[Failure] = []
        texts: list[KeptText] = []
        words = 0
        for group in _ahead(self._groups(pending, strict)):
            failures += group.failures
            # Not for an empty group: `_groups` may be building the pipeline for the next one in its thread.
            found = [] if not group.articles or (strict and failures) else _extract(self.pipeline, group, failures)
            said = {statement.doc for of_one_article in found for statement in of_one_article}
            statements += found
            signed += [sign(article) for article in group.articles if article.doc in said]
            texts += [text for text in group.texts if self._keep == "all" or text.doc in said]
            words += sum(len(article.text.split()) for article in group.articles)
            if group.is_last:
                seconds = time.monotonic() - started - (self.loading - loaded)
                yield group.number, Shard.of(statements, signed, failures, texts, words, seconds)
                started, loaded = time.monotonic(), self.loading
                statements, signed, failures, texts, words = [], [], [], [], 0

    def release(self) -> None:
        self._pipeline = None
        gc.collect()  # models are held in circles, by what listens to their layers

    def _groups(self, pending: Iterable[NumberedInputs], strict: bool) -> Iterator[_Group]:
        for number, inputs in pending:
            group, characters = _Group(number), 0
            for item in inputs:
                try:
                    article = self._reader.read(item)
                except InputError as error:
                    group.failures.append(Failure(item.doc, error.stage, str(error)))
                    if strict:
                        break
                    continue
                if group.articles and characters + len(article.text) > _BATCH_CHARACTERS:
                    yield self._prepared(group)
                    group, characters = _Group(number), 0
                group.articles.append(article)
                group.texts += self._kept(item, article)
                characters += len(article.text)
            group.is_last = True
            yield self._prepared(group)

    def _kept(self, item: Input, article: Article) -> Iterator[KeptText]:
        if self._keep == "none":
            return
        name = article.doc.rpartition("/")[2]
        is_extracted = item.path is None or not file_holds(item.path, name, article.text, article.meta.encoding)
        if is_extracted or self._keep == "all":
            yield KeptText(article.doc, is_extracted, article.text)

    def _prepared(self, group: _Group) -> _Group:
        if group.articles:
            pipeline = self.pipeline
            try:
                group.prepared = pipeline.prepare(group.articles)
            except Exception:  # `_extract` finds out which article it was
                group.prepared = None
        return group


@dataclass(slots=True)
class _Group:
    """Articles of a shard that go through the model together, and the failures among those read before them."""

    number: int
    articles: list[Article] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    texts: list[KeptText] = field(default_factory=list)
    prepared: list[Prepared] | None = field(default_factory=list)
    is_last: bool = False


_Item = TypeVar("_Item")


def _ahead(items: Iterator[_Item]) -> Iterator[_Item]:
    """The same items; each is made in a thread while the one before is in use."""
    with ThreadPoolExecutor(1, "onrecord-reading") as pool:
        coming = pool.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = pool.submit(next, items, None)
            yield item


def _extract(pipeline: Pipeline, group: _Group, failures: list[Failure]) -> list[list[Statement]]:
    """The statements of each article on which the pipeline does not fail; the others are added to ``failures``."""
    try:
        if group.prepared is None:
            return pipeline.extract_articles(group.articles)
        return pipeline.extract_prepared(group.prepared)
    except OnrecordError:
        raise
    except Exception as error:
        _log.warning("%s in a batch of %d articles; retrying each alone", type(error).__name__, len(group.articles))
        found: list[list[Statement]] = []
        failed: list[Failure] = []
        for article in group.articles:
            try:
                found += pipeline.extract_articles([article])
            except Exception as fault:
                reason = f"{type(fault).__name__}: {fault}".splitlines()[0][:200]
                message = f"{article.doc}: the analysis failed ({reason}); please report this with the article"
                failed.append(Failure(article.doc, "analysis", message))
        if not found and len(group.articles) > 1:  # not a fault of the articles
            raise error
        failures += failed
        return found
