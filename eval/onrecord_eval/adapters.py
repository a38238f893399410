"""The parts of a pipeline as the corpora's evaluations want them."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from onrecord.document import Article, Mention, Name, Span, Statement
from onrecord.files.records import read_statements
from onrecord.pipeline import Pipeline, PipelineSettings
from onrecord.reading import find_inputs
from onrecord.runs.run import RunSettings, run
from onrecord.stages.base import Analysis
from onrecord.stages.speakers.salience import Anaphor, Candidate, EntityResolver
from onrecord.stages.speakers.stage import SpeakersStage
from onrecord.stages.stance import StanceStage, choose, stance_input
from onrecord.targets.target import Target
from onrecord.text.positions import Layout
from onrecord.text.segmentation import segment
from onrecord_eval.corpus_run import NEEDED_PART, Corpus, Parts
from onrecord_models.loading import load_scorer, model_folder
from onrecord_models.stance_model import Scorer, StanceInput


def extract_folder(articles: Path, settings: PipelineSettings) -> list[Statement]:
    """The statements of a folder of articles, by the run that a user makes, names across the collection included."""
    with tempfile.TemporaryDirectory(prefix="onrecord-") as folder:
        output = Path(folder) / "statements.jsonl"
        run(find_inputs([articles]), settings, RunSettings(output), io.StringIO())
        return list(read_statements(output))


def parts_for(corpus: Corpus, settings: PipelineSettings) -> Parts:
    """The part that ``corpus`` is evaluated with, loaded; the others are None."""
    needed = NEEDED_PART.get(corpus)
    if needed in ("stance_judge", "stance_scorer"):
        scorer = _scorer(settings.resolved())
        return Parts(stance_scorer=_StanceScorer(scorer), stance_judge=_StanceJudge(scorer))
    pipeline = Pipeline.load(settings.model, device=settings.device, precision=settings.precision)
    if needed == "name_finder":
        return Parts(name_finder=_NameFinder(pipeline))
    if needed == "coreference":
        return Parts(coreference=_Resolver(pipeline))
    return Parts(extractor=_Extractor(pipeline, _scorer(pipeline.settings) if corpus == "newswire" else None))


def _scorer(settings: PipelineSettings) -> Scorer:
    return load_scorer(model_folder(settings.model), settings.device, settings.precision)


class _Extractor:
    def __init__(self, pipeline: Pipeline, scorer: Scorer | None) -> None:
        self._pipeline = pipeline
        self._scorer = scorer

    def extract(self, article: Article, targets: tuple[str, ...] = ()) -> list[Statement]:
        analyses = self._pipeline.analyse([article])
        if self._scorer and targets:
            analyses = StanceStage(self._scorer, tuple(map(Target, targets))).process(analyses)
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


class _Among(EntityResolver):
    """A resolver that is only offered the entities of the given names, where one of them is among the candidates."""

    def __init__(self, resolver: EntityResolver, names: Sequence[Span]) -> None:
        self._resolver = resolver
        self._names = names

    def prepare(self, articles: Sequence[tuple[Analysis, Layout, Sequence[Span]]]) -> None:
        self._resolver.prepare(articles)

    def choose(
        self, analysis: Analysis, layout: Layout, anaphor: Anaphor, candidates: Sequence[Candidate]
    ) -> Candidate | None:
        given = [one for one in candidates if any(p.overlaps(name) for p in one.entity.places for name in self._names)]
        return self._resolver.choose(analysis, layout, anaphor, given)


class _StanceScorer:
    def __init__(self, scorer: Scorer) -> None:
        self._scorer = scorer

    def score(self, target: str, statement_text: str, context: str, speaker: str | None) -> tuple[float, float, float]:
        return self._scorer.score([StanceInput(target, statement_text, context, speaker or "")])[0]


class _StanceJudge:
    """The stance stage's questions, asked of statements that are given."""

    def __init__(self, scorer: Scorer) -> None:
        self._scorer = scorer

    def judge(self, article: Article, statements: Sequence[Statement]) -> list[str]:
        analysis = Analysis(article, segment(article.text))
        asked = [(one, stance.target) for one in statements for stance in one.stance]
        scores = self._scorer.score([stance_input(analysis, one, Target(target)) for one, target in asked])
        return [str(choose(target, three, None).label) for (_, target), three in zip(asked, scores, strict=True)]
