"""What the tasks share: the parts of a pipeline as an evaluation sees them, and what a task returns.

The parts are protocols, so that scoring imports no model.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Protocol

from onrecord.document import Article, Name, Span, Speaker, Stance, Statement
from onrecord.positions.model import PositionModel
from onrecord_eval.metrics.result import Evaluation
from onrecord_eval.metrics.statements import ScoredArticle


class Extractor(Protocol):
    """Finds the statements of an article, with their stance towards ``targets``."""

    def extract(self, article: Article, targets: tuple[str, ...] = ()) -> Sequence[Statement]: ...


class NameFinder(Protocol):
    """Finds the names of a text: spans in that text, labelled with the classes of `onrecord.document.Name`."""

    def names(self, text: str) -> Sequence[Name]: ...


class StanceScorer(Protocol):
    """Gives the probabilities of support, oppose and neutral towards ``target`` of a statement in its context."""

    def score(self, target: str, statement_text: str, context: str) -> tuple[float, float, float]: ...


class StanceJudge(Protocol):
    """Judges the stance of each given statement towards the target of each stance that it has, in their order."""

    def stances(self, article: Article, statements: Sequence[Statement]) -> Sequence[Sequence[Stance]]: ...


class Coreference(Protocol):
    """Groups mentions into clusters: one cluster id for each mention, None for one that is in no cluster.

    If ``choice`` holds any of the mentions, a pronoun may refer to one of these names or to nobody.
    """

    def clusters(
        self, text: str, mentions: Sequence[Span], choice: Sequence[Span] = ()
    ) -> Sequence[Hashable | None]: ...


class SpeakerFinder(Protocol):
    """Names the speakers of each given statement, in their order, from its source; those of nobody are empty."""

    def speakers(self, article: Article, statements: Sequence[Statement]) -> Sequence[Sequence[Speaker]]: ...


class Parts(Protocol):
    """The parts of a pipeline. A task takes the one it evaluates, so an implementation may load each on first use."""

    @property
    def extractor(self) -> Extractor: ...

    @property
    def name_finder(self) -> NameFinder: ...

    @property
    def stance_scorer(self) -> StanceScorer: ...

    @property
    def stance_judge(self) -> StanceJudge: ...

    @property
    def position_model(self) -> PositionModel: ...

    @property
    def coreference(self) -> Coreference: ...

    @property
    def speaker_finder(self) -> SpeakerFinder: ...


@dataclass(frozen=True, slots=True)
class CorpusEvaluation:
    """The evaluation of a corpus.

    ``articles`` are for the error browser; there are none where something else than statements of whole articles
    was scored.
    """

    evaluation: Evaluation
    articles: tuple[ScoredArticle, ...] = ()
