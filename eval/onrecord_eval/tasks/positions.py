"""Positions: statements and speakers are given, and the pipeline tells which side each speaker takes in an article."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from onrecord.document import Stance
from onrecord.positions.model import OUTCOMES, Evidence, Outcome
from onrecord_eval.corpora.polnear import AnnotatedArticle
from onrecord_eval.metrics.scores import BootstrapSettings
from onrecord_eval.tasks.base import CorpusEvaluation, Parts, StanceJudge
from onrecord_eval.tasks.stance import label_evaluation, wrong_side


@dataclass(frozen=True, slots=True)
class LabelledPosition:
    """The side that a speaker takes in an article, by the labels, and what was judged of each of their statements."""

    side: Outcome
    statements: tuple[Evidence, ...]


def score_positions(
    title: str, articles: Iterable[AnnotatedArticle], parts: Parts, settings: BootstrapSettings
) -> CorpusEvaluation:
    """The position of each speaker of given statements towards every target that these are labelled for."""
    judge, model = parts.stance_judge, parts.position_model
    groups = [
        [(each.side, model.outcome(each.statements)) for each in labelled_positions(annotated, judge)]
        for annotated in articles
    ]
    return label_evaluation(title, "articles", groups, OUTCOMES, settings, {"wrong_side": wrong_side})


def labelled_positions(annotated: AnnotatedArticle, judge: StanceJudge) -> list[LabelledPosition]:
    """The positions of all speakers of an article with labelled stances; a speaker is known by id, else by name.

    Statements without a speaker, and stances without a label, are left out.
    """
    (statements,) = annotated.annotations.values()
    judged = judge.stances(annotated.article, statements)
    found: dict[tuple[str, str], list[tuple[Stance, Stance]]] = defaultdict(list)
    for statement, stances in zip(statements, judged, strict=True):
        for key in dict.fromkeys(speaker.id or speaker.name for speaker in statement.speakers):
            for labelled, stance in zip(statement.stance, stances, strict=True):
                if key:
                    found[key, labelled.target].append((labelled, stance))
    return [
        LabelledPosition(
            position_of({labelled.label for labelled, _ in pairs}),
            tuple(Evidence.of(stance) for _, stance in pairs),
        )
        for pairs in found.values()
    ]


def position_of(labels: Collection[str]) -> Outcome:
    """What labels of statements add up to.

    >>> position_of(["neutral", "support"]), position_of(["oppose", "support"]), position_of(["neutral"])
    ('support', 'mixed', 'no side')
    """
    if "support" in labels:
        return "mixed" if "oppose" in labels else "support"
    return "oppose" if "oppose" in labels else "no side"
