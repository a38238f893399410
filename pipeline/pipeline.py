"""Builds the stages and sends a shard's articles through them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from onrecord.document import Article, Meta, Statement
from onrecord.errors import InputError, SettingsError
from onrecord.furniture import find_furniture
from onrecord.models.foreign import foreign_folder
from onrecord.models.inference import ReaderRunner, choose_device, choose_precision
from onrecord.models.loading import hashes, load_reader, load_scorer, model_folder, used_hashes
from onrecord.models.windows import Window, build_windows
from onrecord.segmentation import segment
from onrecord.stages.base import Analysis, Stage, check_order
from onrecord.stages.ner import BorrowedNamesStage, NerStage, TaggerStage
from onrecord.stages.quotes import QuotesStage
from onrecord.stages.speakers import SpeakersStage
from onrecord.stages.stance import StanceStage

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from onrecord.models.reader import Reader

PRECISIONS = ("auto", "bf16", "fp32")


@dataclass(frozen=True, slots=True)
class PipelineSettings:
    """What a pipeline is built from.

    ``model`` is ``small`` or a folder laid out like it; ``device`` is ``auto``, ``cpu`` or ``cuda``;
    ``targets`` are what stances are asked for, none if empty. ``ner_model`` is a token classifier, by folder or hub
    id, that finds the names in place of the reader.
    """

    model: str = "small"
    device: str = "auto"
    precision: str = "auto"
    targets: tuple[str, ...] = ()
    ner_model: str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.model, str | Path) or isinstance(self.targets, str):
            raise SettingsError('model is a name or a folder and targets a tuple, as in targets=("the treaty",)')
        if self.precision not in PRECISIONS:
            raise SettingsError(f"precision is {self.precision!r}; choose one of {', '.join(PRECISIONS)}")
        if any(not target.strip() for target in self.targets):
            raise SettingsError('a target is empty; name what the stance is towards, as in --target "the treaty"')
        if any(_is_broken(target) for target in self.targets):
            raise SettingsError("a target holds bytes that are no UTF-8; write it again")

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
    return weights


def _ner_folder(name: str) -> Path:
    return foreign_folder(name, "--ner-model")


def _names_stage(settings: PipelineSettings, reader: Reader) -> Stage:
    if settings.ner_model is None:
        if reader.config.names_model is None:
            return NerStage()
        other, tokenizer = load_reader(model_folder(reader.config.names_model))
        return BorrowedNamesStage(ReaderRunner(other, settings.device, settings.precision), tokenizer)
    from onrecord.models.tagger import NameTagger

    return TaggerStage(NameTagger(_ner_folder(settings.ner_model), settings.device))


def _is_broken(text: str) -> bool:
    """Whether ``text`` has lone surrogates, as undecodable bytes leave them: tokenizers and files refuse them."""
    return any("\ud800" <= character <= "\udfff" for character in text)


class Pipeline:
    """From articles to statements. Make one with ``Pipeline.load()``; it may be used for any number of texts."""

    def __init__(
        self, runner: ReaderRunner, tokenizer: PreTrainedTokenizerBase, stages: list[Stage], settings: PipelineSettings
    ) -> None:
        check_order(stages, frozenset({"readings"}))
        self.settings = settings
        self._runner = runner
        self._tokenizer = tokenizer
        self._stages = stages

    @classmethod
    def load(
        cls,
        model: str = "small",
        *,
        device: str = "auto",
        precision: str = "auto",
        targets: tuple[str, ...] = (),
        ner_model: str | None = None,
    ) -> Pipeline:
        """A pipeline with the model of that name or folder; see `PipelineSettings`.

        Raises:
            WeightsError: the model is not there or damaged.
            SettingsError: a setting is invalid.
        """
        settings = PipelineSettings(model, device, precision, targets, ner_model).resolved()
        folder = model_folder(model)
        reader, tokenizer = load_reader(folder)
        stages: list[Stage] = [_names_stage(settings, reader), QuotesStage(), SpeakersStage()]
        if targets:
            stages.append(StanceStage(load_scorer(folder, settings.device), targets))
        runner = ReaderRunner(reader, settings.device, settings.precision)
        return cls(runner, tokenizer, stages, settings)

    @property
    def reader(self) -> Reader:
        """The model behind it, with its settings of decoding."""
        reader: Reader = self._runner.model
        return reader

    def extract(self, text: str, doc: str = "-") -> list[Statement]:
        """The statements of one text; names and ids are those of this article alone."""
        return self.extract_articles([Article(doc, text, Meta(language="en"))])[0]

    def extract_articles(self, articles: list[Article]) -> list[list[Statement]]:
        """The statements of each article, in the given order. One call is one shard: batches cross its articles."""
        return [list(analysis.statements) for analysis in self.analyse(articles)]

    def analyse(self, articles: list[Article]) -> list[Analysis]:
        """All that the stages find out about each article, names and segmentation included."""
        analyses = self._read(articles)
        for stage in self._stages:
            analyses = stage.process(analyses)
        return analyses

    def _read(self, articles: list[Article]) -> list[Analysis]:
        analyses: list[Analysis] = []
        windows: list[list[Window]] = []
        for article in articles:
            if _is_broken(article.text):
                raise InputError(f"{article.doc}: the text holds surrogates, which are no characters; decode it anew")
            segmentation = segment(article.text)
            furniture = find_furniture(article.text, segmentation)
            analyses.append(Analysis(article, segmentation, furniture))
            windows.append(
                build_windows(article.text, segmentation, furniture, self._tokenizer, self._runner.window_size)
            )
        readings = iter(self._runner.read([window for group in windows for window in group]))
        return [
            Analysis(a.article, a.segmentation, a.furniture, tuple(next(readings) for _ in group))
            for a, group in zip(analyses, windows, strict=True)
        ]
