"""The parts of a real pipeline in the shape that the tasks ask for; see `onrecord_eval.tasks.base`."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType

from onrecord.document import Article, Mention, Name, Span, Speaker, Stance, Statement
from onrecord.files.records import read_statements
from onrecord.pipeline import Pipeline, PipelineSettings, stance_judge
from onrecord.positions.model import PositionModel, load_position_model
from onrecord.reading import find_inputs
from onrecord.runs.run import RunSettings, run
from onrecord.stages.base import Analysis
from onrecord.stages.speakers.candidates import Anaphor, Candidate, Choice, EntityResolver
from onrecord.stages.speakers.stage import SpeakersStage
from onrecord.stages.stance.stage import Judge, StanceStage
from onrecord.targets.target import Target
from onrecord.text.positions import Layout
from onrecord_eval.tasks.base import StanceJudge
from onrecord_models.loading import model_folder, part_folder


def extract_folder(articles: Path, settings: PipelineSettings) -> list[Statement]:
    """The statements of a folder of articles, by the run that a user makes, names across the collection included."""
    with tempfile.TemporaryDirectory(prefix="onrecord-") as folder:
        output = Path(folder) / "statements.jsonl"
        run(find_inputs([articles]), settings, RunSettings(output), io.StringIO())
        return list(read_statements(output))


class PipelineParts:
    """The parts of a pipeline of these settings; what one needs is loaded when it is first asked for.

    Raises:
        WeightsError: on first use, if the model is missing or damaged.
    """

    def __init__(self, settings: PipelineSettings) -> None:
        self._settings = settings.resolved()

    @cached_property
    def _pipeline(self) -> Pipeline:
        settings = self._settings
        return Pipeline.load(settings.model, device=settings.device, precision=settings.precision)

    @cached_property
    def _judge(self) -> Judge:
        return stance_judge(self._settings, self._pipeline.runner, self._pipeline.tokenizer)

    @property
    def extractor(self) -> _Extractor:
        return _Extractor(self._pipeline, lambda: self._judge)

    @property
    def name_finder(self) -> _NameFinder:
        return _NameFinder(self._pipeline)

    @cached_property
    def coreference(self) -> _Resolver:
        return _Resolver(self._pipeline)

    @property
    def speaker_finder(self) -> _SpeakerFinder:
        return _SpeakerFinder(self._pipeline)

    @property
    def stance_scorer(self) -> _StanceScorer:
        return _StanceScorer(self._pipeline, self._judge)

    @property
    def stance_judge(self) -> _StanceJudge:
        return _StanceJudge(self._pipeline, self._judge)

    def stances_towards(self, known: Mapping[tuple[str, str], Target]) -> StanceJudge:
        """A judge who knows more of some targets than their names: by an article's ``doc`` and the name."""
        return _StanceJudge(self._pipeline, self._judge, known)

    @property
    def position_model(self) -> PositionModel:
        return load_position_model(part_folder(model_folder(self._settings.model), "stance"))


class _Extractor:
    """The pipeline; ``load_judge`` is called when an article has targets."""

    def __init__(self, pipeline: Pipeline, load_judge: Callable[[], Judge]) -> None:
        self._pipeline = pipeline
        self._load_judge = load_judge

    def extract(self, article: Article, targets: tuple[str, ...] = ()) -> list[Statement]:
        analyses = self._pipeline.analyse([article])
        if targets:
            analyses = StanceStage(self._load_judge(), tuple(map(Target, targets))).process(analyses)
        return list(analyses[0].statements)


class _NameFinder:
    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    def names(self, text: str) -> tuple[Name, ...]:
        return self._pipeline.analyse([Article("-", text)])[0].names


class _Resolver:
    """The speakers stage, asked of each mention as if it were the source of a statement."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._read = lru_cache(1)(lambda text: pipeline.analyse([Article("-", text)])[0])

    def clusters(self, text: str, mentions: Sequence[Span], choice: Sequence[Span] = ()) -> list[str | None]:
        analysis = self._read(text)
        asked = tuple(
            Statement("-", f"-#{number}", "", (span,), "indirect", span, source=Mention(text[slice(*span)], (span,)))
            for number, span in enumerate(mentions)
        )
        resolver = _Among(self._pipeline.resolver, choice) if choice else self._pipeline.resolver
        (answered,) = SpeakersStage(resolver).process([replace(analysis, statements=asked)])
        return [statement.speakers[0].id if len(statement.speakers) == 1 else None for statement in answered.statements]


class _SpeakerFinder:
    """The speakers stage, asked of statements that are given."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    def speakers(self, article: Article, statements: Sequence[Statement]) -> list[tuple[Speaker, ...]]:
        (analysis,) = self._pipeline.analyse([article])
        stage = SpeakersStage(self._pipeline.resolver)
        (answered,) = stage.process([replace(analysis, statements=tuple(statements))])
        return [statement.speakers for statement in answered.statements]


class _Among(EntityResolver):
    """A resolver that is only offered the entities of the given names, where one of them is among the candidates."""

    def __init__(self, resolver: EntityResolver, names: Sequence[Span]) -> None:
        self._resolver = resolver
        self._names = names

    def prepare(self, articles: Sequence[tuple[Analysis, Layout, Sequence[Span]]]) -> None:
        self._resolver.prepare(articles)

    def choose(self, analysis: Analysis, layout: Layout, anaphor: Anaphor, candidates: Sequence[Candidate]) -> Choice:
        given = [
            candidate
            for candidate in candidates
            if any(span.overlaps(name) for span, _ in candidate.mentions for name in self._names)
        ]
        return self._resolver.choose(analysis, layout, anaphor, given)


class _StanceScorer:
    """The stance stage's judge, asked of a statement in its context, as if that were an article."""

    def __init__(self, pipeline: Pipeline, judge: Judge) -> None:
        self._pipeline = pipeline
        self._judge = judge

    def score(self, target: str, statement_text: str, context: str) -> tuple[float, float, float]:
        start = max(0, context.find(statement_text))
        content = (Span(start, min(start + len(statement_text), len(context))),)
        statement = Statement("-", "-#1", context[slice(*content[0])], content, "indirect", Span(0, len(context)))
        (analysis,) = self._pipeline.analyse([Article("-", context)])
        (((judged,),),) = self._judge.judge([replace(analysis, statements=(statement,))], [[Target(target)]])
        return judged.scores


class _StanceJudge:
    """The stance stage, asked of statements that are given."""

    def __init__(
        self, pipeline: Pipeline, judge: Judge, known: Mapping[tuple[str, str], Target] = MappingProxyType({})
    ) -> None:
        self._pipeline = pipeline
        self._judge = judge
        self._known = known

    def stances(self, article: Article, statements: Sequence[Statement]) -> list[tuple[Stance, ...]]:
        (analysis,) = self._pipeline.analyse([article])
        names = list(dict.fromkeys(stance.target for statement in statements for stance in statement.stance))
        targets = (self._known.get((article.doc, name), Target(name)) for name in names)
        stage = StanceStage(self._judge, tuple(targets))
        (judged,) = stage.process([replace(analysis, statements=tuple(statements))])
        found = [{stance.target: stance for stance in each.stance} for each in judged.statements]
        return [
            tuple(towards[stance.target] for stance in statement.stance)
            for statement, towards in zip(statements, found, strict=True)
        ]
