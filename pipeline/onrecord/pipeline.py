"""Builds the stages and sends a shard's articles through them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from onrecord.document import Article, Meta, Statement
from onrecord.errors import InputError, SettingsError
from onrecord.stages.base import Analysis, Stage, check_order
from onrecord.stages.names import BorrowedNamesStage, NerStage, TaggerStage
from onrecord.stages.speakers.ranking import RankingResolver
from onrecord.stages.speakers.salience import EntityResolver
from onrecord.stages.speakers.stage import SpeakersStage
from onrecord.stages.stance import StanceStage
from onrecord.stages.statements.stage import QuotesStage
from onrecord.targets.target import Target
from onrecord.text.boilerplate import find_furniture
from onrecord.text.segmentation import segment
from onrecord.text.windows import Window, build_windows
from onrecord_models.foreign import foreign_folder
from onrecord_models.inference import QuoteModelRunner, choose_device, choose_precision
from onrecord_models.loading import (
    hashes,
    load_coreference_model,
    load_quote_model,
    load_scorer,
    model_folder,
    used_hashes,
)

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from onrecord_models.decoding import WindowReading
    from onrecord_models.quote_model import QuoteModel
    from onrecord_models.stance_model import Scorer

PRECISIONS = ("auto", "bf16", "fp32")
_STANCE_OPTION = "--stance-model"


@dataclass(frozen=True, slots=True)
class PipelineSettings:
    """What a pipeline is built from.

    ``model`` is ``small`` or a folder laid out like it; ``device`` is ``auto``, ``cpu`` or ``cuda``; ``targets`` are
    what stances are asked for, by name or as `Target`, none if empty. ``ner_model`` is a token classifier that finds
    the names in place of the quote model and ``stance_model`` a classifier of text pairs that tells the stance, both by
    folder or hub id; ``stance_labels`` says what that one's labels mean where their names do not. A stance less
    probable than ``min_stance_score`` becomes ``unclear``.
    """

    model: str = "small"
    device: str = "auto"
    precision: str = "auto"
    targets: tuple[str | Target, ...] = ()
    ner_model: str | None = None
    stance_model: str | None = None
    stance_labels: tuple[tuple[str, str], ...] = ()
    min_stance_score: float | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.model, str | Path) or isinstance(self.targets, str):
            raise SettingsError('model is a name or a folder and targets a tuple, as in targets=("the treaty",)')
        if self.precision not in PRECISIONS:
            raise SettingsError(f"precision is {self.precision!r}; choose one of {', '.join(PRECISIONS)}")
        names = [target.name for target in self.asked]  # building them checks them
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise SettingsError(f"the target {twice!r} is given twice; leave one of them out")
        if self.min_stance_score is not None and not 0 <= self.min_stance_score <= 1:
            raise SettingsError(f"the minimal stance score is {self.min_stance_score}; it is a probability, 0 to 1")
        if self.stance_labels and self.stance_model is None:
            raise SettingsError("labels of a stance model are given, but no stance model; name one, too")

    @property
    def asked(self) -> tuple[Target, ...]:
        """The targets, each as `Target`."""
        return tuple(Target(one) if isinstance(one, str) else one for one in self.targets)

    def resolved(self) -> PipelineSettings:
        """The same with `auto` replaced by what this machine has."""
        device = choose_device(self.device)
        precision = choose_precision(device) if self.precision == "auto" else self.precision
        return replace(self, device=device, precision=precision)


def used_weights(settings: PipelineSettings) -> dict[str, str]:
    """SHA-256 of every weight file that a pipeline of these settings reads, by name."""
    weights = used_hashes(model_folder(settings.model))
    if settings.ner_model is not None:
        weights |= {f"names/{path}": digest for path, digest in hashes(_ner_folder(settings.ner_model)).items()}
    if settings.stance_model is not None:
        folder = foreign_folder(settings.stance_model, _STANCE_OPTION)
        weights |= {f"stance/{path}": digest for path, digest in hashes(folder).items()}
    return weights


def _ner_folder(name: str) -> Path:
    return foreign_folder(name, "--ner-model")


def _names_stage(settings: PipelineSettings, quote_model: QuoteModel) -> Stage:
    if settings.ner_model is None:
        if quote_model.config.names_model is None:
            return NerStage()
        other, tokenizer = load_quote_model(model_folder(quote_model.config.names_model))
        return BorrowedNamesStage(QuoteModelRunner(other, settings.device, settings.precision), tokenizer)
    from onrecord_models.tagger import NameTagger

    return TaggerStage(NameTagger(_ner_folder(settings.ner_model), settings.device))


def _scorer(settings: PipelineSettings) -> Scorer:
    if settings.stance_model is None:
        return load_scorer(model_folder(settings.model), settings.device, settings.precision)
    from onrecord_models.stance_model import load_stance_scorer

    return load_stance_scorer(foreign_folder(settings.stance_model, _STANCE_OPTION), dict(settings.stance_labels))


def _is_broken(text: str) -> bool:
    """Whether ``text`` has lone surrogates, as undecodable bytes leave them: tokenizers and files refuse them."""
    return any("\ud800" <= character <= "\udfff" for character in text)


@dataclass(frozen=True, slots=True)
class Prepared:
    """An article before the model has seen it: segmented, and cut into windows of tokens."""

    analysis: Analysis
    windows: list[Window]


class Pipeline:
    """From articles to statements. Make one with ``Pipeline.load()``; it may be used for any number of texts."""

    def __init__(
        self,
        runner: QuoteModelRunner,
        tokenizer: PreTrainedTokenizerBase,
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
        targets: tuple[str | Target, ...] = (),
        ner_model: str | None = None,
        stance_model: str | None = None,
        min_stance_score: float | None = None,
    ) -> Pipeline:
        """A pipeline with the model of that name or folder; see `PipelineSettings`.

        Raises:
            WeightsError: the model is not there or damaged.
            SettingsError: a setting is invalid.
        """
        chosen = {"ner_model": ner_model, "stance_model": stance_model, "min_stance_score": min_stance_score}
        return cls.build(PipelineSettings(model, device, precision, targets, **chosen))  # type: ignore[arg-type]

    @classmethod
    def build(cls, settings: PipelineSettings) -> Pipeline:
        """A pipeline of these settings; raises what `load` does."""
        settings = settings.resolved()
        folder = model_folder(settings.model)
        quote_model, tokenizer = load_quote_model(folder)
        resolver = RankingResolver(*load_coreference_model(folder), settings.device, settings.precision)
        stages: list[Stage] = [_names_stage(settings, quote_model), QuotesStage(), SpeakersStage(resolver)]
        if settings.targets:
            stages.append(StanceStage(_scorer(settings), settings.asked, settings.min_stance_score))
        runner = QuoteModelRunner(quote_model, settings.device, settings.precision)
        return cls(runner, tokenizer, stages, settings)

    @property
    def quote_model(self) -> QuoteModel:
        """The model behind it, with its settings of decoding."""
        quote_model: QuoteModel = self._runner.model
        return quote_model

    @property
    def resolver(self) -> EntityResolver:
        """What chooses among entities in its speakers stage."""
        return next(stage.resolver for stage in self._stages if isinstance(stage, SpeakersStage))

    def extract(self, text: str, doc: str = "-") -> list[Statement]:
        """The statements of one text; names and ids are those of this article alone."""
        return self.extract_articles([Article(doc, text, Meta(language="en"))])[0]

    def extract_articles(
        self, articles: list[Article], prepared: list[Prepared] | None = None
    ) -> list[list[Statement]]:
        """The statements of each article, in the given order. One call is one shard: batches cross its articles.

        ``prepared`` is what `prepare` gives for the articles, if that was done before.
        """
        prepared = self.prepare(articles) if prepared is None else prepared
        return [list(analysis.statements) for analysis in self.analyse_prepared(prepared)]

    def analyse(self, articles: list[Article]) -> list[Analysis]:
        """All that the stages find out about each article, names and segmentation included."""
        return self.analyse_prepared(self.prepare(articles))

    def prepare(self, articles: list[Article]) -> list[Prepared]:
        """What needs no model: so it may be done in another thread while the model reads what was prepared before.

        Raises:
            InputError: a text holds what is no character.
        """
        return [self._prepared(article) for article in articles]

    def analyse_prepared(self, prepared: list[Prepared], decoded: list[WindowReading] | None = None) -> list[Analysis]:
        """What `analyse` gives for the articles that were prepared.

        ``decoded`` is what was found in their windows, in order, if that was done elsewhere.
        """
        windows = [window for one in prepared for window in one.windows]
        readings = iter(self._runner.read(windows) if decoded is None else decoded)
        analyses = [
            replace(one.analysis, windows=tuple(one.windows), readings=tuple(next(readings) for _ in one.windows))
            for one in prepared
        ]
        for stage in self._stages:
            analyses = stage.process(analyses)
        return analyses

    def _prepared(self, article: Article) -> Prepared:
        if _is_broken(article.text):
            raise InputError(f"{article.doc}: the text holds surrogates, which are no characters; decode it anew")
        segmentation = segment(article.text)
        furniture = find_furniture(article.text, segmentation)
        windows = build_windows(article.text, segmentation, furniture, self.tokenizer, self._runner.window_size)
        return Prepared(Analysis(article, segmentation, furniture), windows)
