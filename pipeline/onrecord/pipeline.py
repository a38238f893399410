"""Builds the stages and sends a shard's articles through them."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from onrecord.document import Article, Statement
from onrecord.errors import InputError, NotEnglishError, SettingsError
from onrecord.files.arrow import StatementLists
from onrecord.reading.encodings import check_characters
from onrecord.reading.items import Item, check_article, read_columns, read_items, take_batch
from onrecord.settings import PipelineSettings, ner_folder, stance_folder, used_weights
from onrecord.stages.base import Analysis, Stage, check_order
from onrecord.stages.names import BorrowedNamesStage, NerStage, TaggerStage
from onrecord.stages.selection import SelectionStage
from onrecord.stages.speakers.candidates import EntityResolver
from onrecord.stages.speakers.ranking import RankingResolver
from onrecord.stages.speakers.stage import SpeakersStage
from onrecord.stages.stance.judges import PairJudge
from onrecord.stages.stance.stage import Judge, StanceStage
from onrecord.stages.statements.stage import QuotesStage
from onrecord.targets.target import Target
from onrecord.text.boilerplate import find_boilerplate
from onrecord.text.segmentation import segment
from onrecord.text.windows import Window, build_windows
from onrecord_models.inference import QuoteModelRunner, use_threads
from onrecord_models.loading import (
    load_coreference_model,
    load_quote_model,
    load_tokenizer,
    model_folder,
)

if TYPE_CHECKING:
    from onrecord_models.decoding import WindowReading
    from onrecord_models.quote_model import QuoteModel
    from onrecord_models.transformer.tokenizer import FastTokenizer

__all__ = ["Pipeline", "PipelineSettings", "Prepared"]

_ROWS = 32
"""Rows of a dataset that are read together: batches of `datasets` have a thousand."""
_PROCESS = os.getpid()
OnError = Literal["raise", "skip"]
_LOG: Final = logging.getLogger(__name__)


def _names_stage(settings: PipelineSettings, quote_model: QuoteModel) -> Stage:
    if settings.ner_model is None:
        if quote_model.config.names_model is None:
            return NerStage()
        other, tokenizer = load_quote_model(model_folder(quote_model.config.names_model), as_stored=True)
        return BorrowedNamesStage(QuoteModelRunner(other, settings.device, settings.precision), tokenizer)
    from onrecord_models.tagger import NameTagger

    return TaggerStage(NameTagger(ner_folder(settings.ner_model), settings.device))


def stance_judge(settings: PipelineSettings, runner: QuoteModelRunner, tokenizer: FastTokenizer) -> Judge:
    """What tells stances apart: the model's own stance model, or the classifier that the settings name."""
    if settings.stance_model is not None:
        from onrecord_models.stance.classifier import load_stance_classifier

        folder = stance_folder(settings.stance_model)
        return PairJudge(load_stance_classifier(folder, dict(settings.stance_labels)))
    from onrecord.stages.stance.of_folder import judge_of

    return judge_of(model_folder(settings.model), runner, tokenizer, settings.precision)


def _rebuild(settings: PipelineSettings, release: str, weights: dict[str, str]) -> Pipeline:
    """The pipeline of these settings in another process; ``release`` and ``weights`` are there to be hashed."""
    if os.getpid() != _PROCESS:  # forked, and the threads of torch and tokenizers are not: waiting for them never ends
        os.environ["TOKENIZERS_PARALLELISM"] = "false"
        use_threads(1)
    return Pipeline.build(settings)


@dataclass(frozen=True, slots=True)
class Prepared:
    """An article before the model has seen it: segmented, and cut into windows of tokens."""

    analysis: Analysis
    windows: list[Window]


class Pipeline:
    """From articles to statements. It is made by `Pipeline.load` and may be used for any number of texts.

    >>> pipeline = Pipeline.load()
    >>> [statement] = pipeline.extract("“We will not sign,” Ms Brandt told reporters on Monday.")
    >>> statement.text, statement.form, [speaker.name for speaker in statement.speakers]
    ('“We will not sign,”', 'direct', ['Brandt'])
    """

    def __init__(
        self,
        runner: QuoteModelRunner,
        tokenizer: FastTokenizer,
        stages: list[Stage],
        settings: PipelineSettings,
    ) -> None:
        check_order(stages, frozenset({"readings"}))
        self.settings = settings
        self._runner = runner
        self.tokenizer = tokenizer
        self._stages = stages

    @classmethod
    def load(
        cls,
        model: str = "small",
        *,
        device: str = "auto",
        precision: str = "auto",
        targets: Sequence[str | Target] = (),
        ner_model: str | None = None,
        stance_model: str | None = None,
        stance_labels: Mapping[str, str] | None = None,
        min_stance_score: float | None = None,
        min_speaker_score: float | None = None,
        only: Sequence[str] = (),
        min_confidence: float | None = None,
    ) -> Pipeline:
        """A pipeline whose models are loaded.

        Args:
            model: ``small``, ``base``, or a folder laid out like them.
            device: ``auto``, ``cpu``, ``cuda`` or ``cuda:1``; ``auto`` is ``cuda`` where there is one.
            precision: ``auto``, ``bf16``, ``int8`` or ``fp32``; ``auto`` is ``bf16`` where the hardware computes in it.
            targets: what stances are asked for, each by name or as `Target`; none are asked for if empty.
            ner_model: a token classifier, by folder or hub id, that finds the names in place of the model's own.
            stance_model: a classifier of text pairs, by folder or hub id, that tells the stance in place of ours.
            stance_labels: what the labels of ``stance_model`` mean, where their names don't say it:
                ``{"LABEL_0": "oppose", "LABEL_1": "support"}``; meanings are ``support``, ``oppose``, ``neutral``.
            min_stance_score: the probability, 0 to 1, below which a stance becomes ``unclear``.
            min_speaker_score: the probability, 0 to 1, below which a speaker is left unnamed.
            only: keep only statements that report these acts: ``expressed``, ``attitude``, ``decision``; all if empty.
            min_confidence: the confidence, 0 to 1, below which a statement is left out.

        Raises:
            WeightsError: a model is missing, damaged, or has labels that can't be read.
            SettingsError: a setting is invalid.
        """
        settings = PipelineSettings(
            model=model,
            device=device,
            precision=precision,
            targets=targets if isinstance(targets, str) else tuple(targets),  # type: ignore[arg-type]  # refused there
            ner_model=ner_model,
            stance_model=stance_model,
            stance_labels=tuple((stance_labels or {}).items()),
            min_stance_score=min_stance_score,
            min_speaker_score=min_speaker_score,
            only=tuple(only),
            min_confidence=min_confidence,
        )
        return cls.build(settings)

    @classmethod
    def build(cls, settings: PipelineSettings) -> Pipeline:
        """A pipeline of these settings; raises what `load` does."""
        settings = settings.resolved()
        folder = model_folder(settings.model)
        quote_model, tokenizer = load_quote_model(folder, as_stored=True)
        coreference = load_coreference_model(folder, quote_model, as_stored=True)
        resolver = RankingResolver(coreference, settings.device, settings.precision)
        stages: list[Stage] = [
            _names_stage(settings, quote_model),
            QuotesStage(),
            SpeakersStage(resolver, settings.min_speaker_score),
        ]
        runner = QuoteModelRunner(quote_model, settings.device, settings.precision, coreference.config.layers)
        if settings.targets:
            judge = stance_judge(settings, runner, tokenizer)
            stages.append(StanceStage(judge, settings.asked, settings.min_stance_score))
        if settings.only or settings.min_confidence is not None:
            stages.append(SelectionStage(settings.only, settings.min_confidence))
        return cls(runner, tokenizer, stages, settings)

    @classmethod
    def reading(cls, settings: PipelineSettings, quote_model: QuoteModel, upper: int) -> Pipeline:
        """A pipeline without speakers, whose readings keep the states below the ``upper`` layers: for training those.

        ``quote_model`` is that of the settings' model.
        """
        settings = settings.resolved()
        runner = QuoteModelRunner(quote_model, settings.device, settings.precision, upper)
        stages = [_names_stage(settings, quote_model), QuotesStage()]
        return cls(runner, load_tokenizer(model_folder(settings.model)), stages, settings)

    @property
    def quote_model(self) -> QuoteModel:
        """The model behind it, with its settings of decoding."""
        quote_model: QuoteModel = self._runner.model
        return quote_model

    @property
    def runner(self) -> QuoteModelRunner:
        """What reads with the quote model."""
        return self._runner

    @property
    def resolver(self) -> EntityResolver:
        """What chooses among entities in its speakers stage."""
        return next(stage.resolver for stage in self._stages if isinstance(stage, SpeakersStage))

    def __call__(self, batch: Mapping[str, Sequence[Any]]) -> dict[str, list[list[dict[str, Any]]]]:
        """For ``Dataset.map(pipeline, batched=True)``: a column ``statements``, a list of records for each row.

        ``batch`` has columns of equal length: ``text`` and, if there, ``doc`` or ``id``, ``title``, ``date``,
        ``outlet`` and ``url``. A record holds what an output line does. A row that cannot be read or is not in English
        has no statements, and a warning in the log ``onrecord`` says why.

        Raises:
            InputError: there is no column ``text``.
        """
        found = self._pipe(read_columns(batch), _ROWS, "skip")
        return {"statements": StatementLists([statement.to_dict() for statement in row] for row in found)}

    def __reduce__(self) -> tuple[Any, ...]:
        """Settings and hashes of the weights: what `datasets` tells pipelines apart by, and its processes get."""
        return _rebuild, (self.settings, version("onrecord"), used_weights(self.settings))

    def extract(self, text: str, doc: str = "-", *, language: str | None = None) -> list[Statement]:
        """The statements of one text, in the order of the text.

        Names and ids of speakers are those of this article alone; `extract_folder` joins them across articles.

        Args:
            text: the article as plain text, paragraphs apart by line breaks; offsets count its code points.
            doc: what the article is called in the statements, and what their ids begin with.
            language: ``en`` says that the text is in English; if None, the language is detected.

        Raises:
            NotEnglishError: the text is in another language.
            InputError: the text has halves of characters.
        """
        _check_setting(language)
        article = check_article(Article(doc, text), "the text" if doc == "-" else repr(doc), language)
        return self.extract_articles([article])[0]

    def pipe(
        self,
        texts: Iterable[Item],
        *,
        batch_size: int = 32,
        language: str | None = None,
        on_error: OnError = "raise",
    ) -> Iterator[list[Statement]]:
        """The statements of each text in turn, for any number of texts, even an endless stream.

        Texts are taken and read a batch at a time; no more than a batch is in memory.

        >>> pipeline = Pipeline.load()
        >>> texts = ["“It is over,” said Omar Diallo.", {"id": "b", "text": "The council met on Monday."}]
        >>> [[statement.id for statement in statements] for statements in pipeline.pipe(texts)]
        [['1#1'], []]

        Args:
            texts: each a str; a dictionary, such as a row of a dataset, with ``text`` and, where known, ``doc`` or
                ``id``, ``title``, ``date``, ``outlet`` and ``url``; or an `Article`. One without an id is named by its
                number, counted from 1. Ids given should differ, since the statements' ids begin with them.
            batch_size: how many texts are read together; larger is faster on a GPU. Long texts make smaller batches.
            language: ``en`` says that all texts are in English; if None, each one's is detected, except for an
                `Article` whose ``meta.language`` is ``en``.
            on_error: what happens at a text that can't be read. ``raise`` raises the error, once the statements of all
                texts before it were given. ``skip`` logs a warning to the logger ``onrecord`` and gives an empty list.

        Raises:
            SettingsError: ``batch_size`` or ``on_error`` is invalid, or ``texts`` is a single text.
            NotEnglishError: a text is in another language; the message names the text.
            InputError: an item isn't a text, or has halves of characters; the message names the item.
        """
        _check_setting(language)
        if isinstance(texts, str | bytes | Mapping | Article):
            raise SettingsError("pipe takes many texts, and this is one; put it in a list, or call extract")
        if batch_size < 1:
            raise SettingsError(f"batch_size is {batch_size}; it must be at least 1")
        if on_error not in get_args(OnError):
            raise SettingsError(f"on_error is {on_error!r}; choose one of {', '.join(get_args(OnError))}")
        return self._pipe(read_items(texts, language), batch_size, on_error)

    def _pipe(
        self, articles: Iterator[Article | InputError], batch_size: int, on_error: OnError
    ) -> Iterator[list[Statement]]:
        while found := self._extract_batch(take_batch(articles, batch_size)):
            for statements in found:
                if not isinstance(statements, InputError):
                    yield statements
                elif on_error == "raise":
                    raise statements
                else:
                    _LOG.warning("skipped %s", statements)
                    yield []

    def _extract_batch(self, batch: list[Article | InputError]) -> list[list[Statement] | InputError]:
        found = iter(self.extract_articles([article for article in batch if isinstance(article, Article)]))
        return [next(found) if isinstance(article, Article) else article for article in batch]

    def extract_articles(self, articles: Sequence[Article]) -> list[list[Statement]]:
        """The statements of each article, in the given order; all are in memory at once, see `pipe` for many.

        The articles must be in English: their language isn't checked.

        Raises:
            InputError: a text has halves of characters.
        """
        return self.extract_prepared(self.prepare(articles))

    def extract_prepared(self, prepared: Sequence[Prepared]) -> list[list[Statement]]:
        """What `extract_articles` gives for the articles that were prepared."""
        return [list(analysis.statements) for analysis in self.analyse_prepared(prepared)]

    def analyse(self, articles: Sequence[Article]) -> list[Analysis]:
        """All that the stages find out about each article, names and segmentation included."""
        return self.analyse_prepared(self.prepare(articles))

    def prepare(self, articles: Sequence[Article]) -> list[Prepared]:
        """The part that needs no model, so that a thread can do it while the model reads what was prepared before.

        Raises:
            InputError: a text has halves of characters.
        """
        return [self._prepared(article) for article in articles]

    def analyse_prepared(
        self, prepared: Sequence[Prepared], decoded: Sequence[WindowReading] | None = None
    ) -> list[Analysis]:
        """What `analyse` gives for the articles that were prepared.

        ``decoded`` is what was found in their windows, in order, if that was done elsewhere.
        """
        started = time.monotonic()
        windows = [window for article in prepared for window in article.windows]
        readings = iter(self._runner.read(windows) if decoded is None else decoded)
        _LOG.debug("quote model: %d articles in %.2f s", len(prepared), time.monotonic() - started)
        analyses = [
            replace(
                article.analysis,
                windows=tuple(article.windows),
                readings=tuple(next(readings) for _ in article.windows),
            )
            for article in prepared
        ]
        for stage in self._stages:
            started = time.monotonic()
            analyses = stage.process(analyses)
            _LOG.debug("%s: %d articles in %.2f s", type(stage).__name__, len(analyses), time.monotonic() - started)
        return analyses

    def _prepared(self, article: Article) -> Prepared:
        check_characters(article.text, article.doc)
        segmentation = segment(article.text)
        boilerplate = find_boilerplate(article.text, segmentation)
        windows = build_windows(article.text, segmentation, boilerplate, self.tokenizer, self._runner.window_size)
        return Prepared(Analysis(article, segmentation, boilerplate), windows)


def _check_setting(language: str | None) -> None:
    if language not in {None, "en"}:
        raise NotEnglishError(f"language is {language!r}; only English can be read, which is 'en'")
