"""The stance stage: who judges, our model or a classifier, and which stance is chosen."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from transformers import BertConfig, BertForSequenceClassification

from onrecord import Pipeline
from onrecord.document import Article, Mention, Span, Speaker, Stance, StanceScores, Statement
from onrecord.errors import SettingsError
from onrecord.pipeline import PipelineSettings
from onrecord.stages.base import Analysis
from onrecord.stages.stance.judges import ArticleJudge, PairJudge
from onrecord.stages.stance.stage import Judged, StanceStage, choose
from onrecord.targets.target import Target
from onrecord.text.segmentation import context_of, segment
from onrecord_models.stance.classifier import ClassifierScorer, Probabilities, StanceInput, load_stance_classifier
from onrecord_models.stance.inference import Outcomes
from onrecord_models.stance.model import StanceQuestion
from tests.conftest import TINY_ENCODER
from tests.stages.making import BRIDGES, MANY_BRIDGES, make_analysis, read_by, said

# Our judge


class Noting:
    """In place of a stance model: notes the questions; with each statement another subject becomes likelier."""

    def __init__(self) -> None:
        self.asked: list[StanceQuestion] = []

    def judge(self, questions: Sequence[StanceQuestion]) -> list[list[Outcomes]]:
        self.asked += questions
        return [
            [(0.5 - number / 10, 0.2, 0.3, number / 10) for number in range(len(each.article.statements))]
            for each in questions
        ]


class Encoding:
    """Encodes a target as its length, and notes which ones it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, targets: Sequence[str]) -> list[Tensor]:
        self.asked += targets
        return [torch.full((3, 16), float(len(target))) for target in targets]


def test_each_target_is_encoded_once_however_often_it_is_asked_for(tiny_reader: Pipeline) -> None:
    analysis = read_by(tiny_reader, make_analysis(MANY_BRIDGES, said(0, 1)))
    encode, noting = Encoding(), Noting()
    judge = ArticleJudge(noting, encode)  # type: ignore[arg-type]
    bridge, port = Target("the bridge"), Target("the port")
    judge.judge([analysis, analysis], [[bridge, port], [bridge]])
    judge.judge([analysis], [[port, Target("rain")]])
    assert sorted(encode.asked) == ["rain", "the bridge", "the port"]
    assert [int(each.target[0, 0]) for each in noting.asked] == [10, 8, 10, 8, 4]


def test_our_judge_says_how_likely_a_statement_is_about_the_target(tiny_reader: Pipeline) -> None:
    analysis = read_by(tiny_reader, make_analysis(MANY_BRIDGES, said(0, 1)))
    judged = ArticleJudge(Noting(), Encoding()).judge([analysis], [[Target("the port")]])  # type: ignore[arg-type]
    assert judged == [[[Judged((0.5, 0.2, 0.3), 1.0), Judged((0.4, 0.2, 0.4), 0.9)]]]


def test_answers_come_back_to_their_articles_and_statements(
    tiny_reader: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onrecord.pipeline.find_boilerplate", lambda text, segmentation: frozenset({1}))
    analysis = read_by(tiny_reader, make_analysis(MANY_BRIDGES, said(0, 1, 5)))
    nothing_read = replace(analysis, statements=analysis.statements[1:2])
    targets = [Target("the port"), Target("rain")]
    judge = ArticleJudge(Noting(), Encoding())  # type: ignore[arg-type]
    found = judge.judge([nothing_read, analysis, analysis], [targets, [], targets])
    unread = Judged((0.0, 0.0, 1.0), 0.0)
    assert found[0] == [[unread], [unread]]
    assert found[1] == []
    assert found[2] == [[Judged((0.5, 0.2, 0.3), 1.0), unread, Judged((0.4, 0.2, 0.4), 0.9)]] * 2


def test_our_judge_is_asked_about_the_name_and_two_synonyms_and_not_about_the_description(
    tiny_reader: Pipeline,
) -> None:
    analysis = read_by(tiny_reader, make_analysis(MANY_BRIDGES, said(0)))
    encode, noting = Encoding(), Noting()
    judge = ArticleJudge(noting, encode)  # type: ignore[arg-type]
    judge.judge([analysis], [[Target("Act 12", ("Ada Lund", "a tax", "a levy"), "a plan"), Target("Act 13")]])
    assert encode.asked == ["Act 12", "Act 13", "Ada Lund", "a tax"]
    assert len(noting.asked) == 4


class Changing:
    """A runner that answers the first question with support, the second with oppose, and the others with neutral."""

    def judge(self, questions: Sequence[StanceQuestion]) -> list[list[Outcomes]]:
        answers: list[Outcomes] = [(0.9, 0.1, 0.0, 0.0), (0.1, 0.5, 0.2, 0.2)]
        answers += [(0.0, 0.0, 0.0, 1.0)] * (len(questions) - 2)
        return [[answers[number]] * len(each.article.statements) for number, each in enumerate(questions)]


def test_the_mean_of_what_it_says_to_each_wording_counts(tiny_reader: Pipeline) -> None:
    analysis = read_by(tiny_reader, make_analysis(MANY_BRIDGES, said(0, 1)))
    judge = ArticleJudge(Changing(), Encoding())  # type: ignore[arg-type]
    found = judge.judge([analysis], [[Target("the port", ("the harbour",)), Target("rain")]])
    assert found == [[[Judged((0.5, 0.3, 0.2), 0.9)] * 2, [Judged((0.0, 0.0, 1.0), 0.0)] * 2]]


# A classifier as judge


class Fixed:
    """A classifier that remembers what it was asked and always answers the same."""

    def __init__(self, answer: Probabilities) -> None:
        self.answer = answer
        self.asked: list[StanceInput] = []

    def score(self, inputs: list[StanceInput]) -> list[Probabilities]:
        self.asked += inputs
        return [self.answer] * len(inputs)


TEXT = "The vote is on Monday. Brandt called the bill a mistake.\n\nIt is a triumph, critics said."


@pytest.fixture
def analyses() -> list[Analysis]:
    segmentation = segment(TEXT)

    def statement(content: str, *speakers: Speaker) -> Statement:
        start = TEXT.index(content)
        spans = (Span(start, start + len(content)),)
        return Statement(
            "a.txt", f"a.txt#{start}", content, spans, "indirect", context_of(segmentation, spans), speakers=speakers
        )

    statements = (
        replace(statement("a mistake", Speaker("Ada Brandt")), cue=Mention("called", (Span(30, 36),))),
        statement("It is a triumph", Speaker(None, kind="group", description="critics")),
        statement("The vote is on Monday"),
    )
    return [Analysis(Article("a.txt", TEXT), segmentation, statements=statements)]


def pair_stage(scorer: Fixed, *targets: Target) -> StanceStage:
    return StanceStage(PairJudge(scorer), targets)  # type: ignore[arg-type]


def test_a_classifier_is_shown_each_statement_in_its_sentences_for_every_target(analyses: list[Analysis]) -> None:
    scorer = Fixed((0.1, 0.7, 0.2))
    [done] = pair_stage(scorer, Target("the bill"), Target("Ada Brandt")).process(analyses)
    scores = StanceScores(0.1, 0.7, 0.2)
    for statement in done.statements:
        assert statement.stance == tuple(
            Stance(name, "oppose", 0.7, scores) for name in ("the bill", "Ada Brandt")
        )  # a classifier does not tell what a statement is about
    assert [one.target for one in scorer.asked] == ["the bill"] * 3 + ["Ada Brandt"] * 3
    first, second, third = scorer.asked[:3]
    assert first == StanceInput("the bill", "a mistake", TEXT.split("\n", maxsplit=1)[0], "Ada Brandt")
    assert second == StanceInput("the bill", "It is a triumph", "It is a triumph, critics said.", "critics")
    assert third == StanceInput("the bill", "The vote is on Monday", "The vote is on Monday.", "")


def test_a_classifier_reads_the_name_that_the_context_has_and_the_output_has_the_first(
    analyses: list[Analysis],
) -> None:
    scorer = Fixed((0.1, 0.7, 0.2))
    target = Target("Act 12", synonyms=("the bill",), description="a tax on ports")
    [done] = pair_stage(scorer, target).process(analyses)
    assert [one.target for one in scorer.asked] == ["the bill: a tax on ports", *["Act 12: a tax on ports"] * 2]
    assert {one.target for statement in done.statements for one in statement.stance} == {"Act 12"}


@pytest.fixture(scope="module")
def classifier(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny classifier of text pairs that is not ours."""
    folder = tmp_path_factory.mktemp("classifier")
    torch.manual_seed(4)
    names = {0: "AGAINST", 1: "FAVOR", 2: "NONE"}
    config = BertConfig(**{**TINY_ENCODER, "id2label": names, "label2id": {name: at for at, name in names.items()}})
    model = BertForSequenceClassification(config)
    torch.nn.init.normal_(model.classifier.weight, std=2)
    model.save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(tiny_model / name, folder / name)
    return folder


def test_a_real_classifier_judges_in_the_pipeline(classifier: Path, tiny_model: Path, analyses: list[Analysis]) -> None:
    settings: dict[str, Any] = {"device": "cpu", "precision": "fp32", "targets": ("the bill", "the port")}
    pipeline = Pipeline.load(str(tiny_model), **settings, stance_model=str(classifier))
    statements = pipeline.extract(TEXT)
    assert statements
    for statement in statements:
        assert [each.target for each in statement.stance] == ["the bill", "the port"]
        assert all(each.scores is not None and each.about is None for each in statement.stance)
    scorer = load_stance_classifier(classifier)
    assert isinstance(scorer, ClassifierScorer)
    [[of_bill, of_port]] = PairJudge(scorer).judge(analyses, [[Target("the bill"), Target("the port")]])
    alone = scorer.score([StanceInput("the port", "It is a triumph", "It is a triumph, critics said.", "critics")])
    assert of_port[1].scores == pytest.approx(alone[0], abs=1e-3)
    assert of_bill != of_port


# The stage


class Answering:
    """A judge that always says the same, and notes for which articles and targets."""

    def __init__(self, judged: Judged) -> None:
        self.judged = judged
        self.asked: list[tuple[str, list[str]]] = []

    def judge(self, analyses: Sequence[Analysis], targets: Sequence[Sequence[Target]]) -> list[list[list[Judged]]]:
        for analysis, asked in zip(analyses, targets, strict=True):
            self.asked.append((analysis.article.doc, [target.name for target in asked]))
        return [
            [[self.judged] * len(analysis.statements) for _ in asked]
            for analysis, asked in zip(analyses, targets, strict=True)
        ]


OPPOSED = Judged((0.1, 0.7, 0.2), 0.95)


def test_every_statement_gets_a_stance_for_every_target(analyses: list[Analysis]) -> None:
    judge = Answering(OPPOSED)
    [done] = StanceStage(judge, (Target("the bill"), Target("Ada Brandt"))).process(analyses)
    assert judge.asked == [("a.txt", ["the bill", "Ada Brandt"])]
    scores = StanceScores(0.1, 0.7, 0.2)
    for statement in done.statements:
        assert statement.stance == tuple(
            Stance(name, "oppose", 0.7, scores, 0.95) for name in ("the bill", "Ada Brandt")
        )


def test_what_was_judged_before_is_replaced(analyses: list[Analysis]) -> None:
    once = StanceStage(Answering(OPPOSED), (Target("the bill"), Target("the port"))).process(analyses)
    [again] = StanceStage(Answering(Judged((0.7, 0.1, 0.2))), (Target("the port"),)).process(once)
    assert [[(each.target, each.label) for each in one.stance] for one in again.statements] == [
        [("the port", "support")]
    ] * 3


def test_what_is_less_sure_than_asked_for_is_unclear() -> None:
    unsure, sure = choose("the bill", OPPOSED, 0.75), choose("the bill", OPPOSED, 0.7)
    assert unsure == replace(sure, label="unclear")
    assert (sure.label, sure.score, sure.about) == ("oppose", 0.7, 0.95)


def test_equal_scores_commit_to_nothing() -> None:
    assert choose("the bill", Judged((0.4, 0.2, 0.4)), None).label == "neutral"
    assert choose("the bill", Judged((0.4, 0.4, 0.2)), None).label == "oppose"


def test_without_targets_nothing_is_guessed(analyses: list[Analysis]) -> None:
    judge = Answering(OPPOSED)
    assert StanceStage(judge, ()).process(analyses) == analyses
    assert judge.asked == []


def test_a_minimal_score_is_a_probability() -> None:
    with pytest.raises(SettingsError, match="the minimal stance score is 70; it is a probability, 0 to 1"):
        PipelineSettings(targets=("the bill",), min_stance_score=70)


def test_a_target_is_asked_for_only_where_it_concerns_the_article(analyses: list[Analysis]) -> None:
    judge = Answering(OPPOSED)
    targets = (Target("the bill", files=("b*",)), Target("Ada Brandt", files=("a.*",)))
    [done] = StanceStage(judge, targets).process(analyses)
    assert judge.asked == [("a.txt", ["Ada Brandt"])]
    assert [[one.target for one in statement.stance] for statement in done.statements] == [["Ada Brandt"]] * 3


# All of it


@pytest.fixture(scope="module")
def judging(tiny_model: Path) -> Pipeline:
    """The tiny model, asked for two stances."""
    return Pipeline.load(str(tiny_model), device="cpu", precision="fp32", targets=("the bridge", "the bill"))


def test_stances_are_the_same_whatever_else_is_read_along(judging: Pipeline) -> None:
    articles = [
        Article("a", TEXT),
        Article("b", MANY_BRIDGES),
        Article("c", BRIDGES[0]),
        Article("d", MANY_BRIDGES[: len(MANY_BRIDGES) // 2]),
    ]
    together = judging.extract_articles(articles)
    assert all(together)
    for article, found in zip(articles, together, strict=True):
        (alone,) = judging.extract_articles([article])
        assert [each.text for each in alone] == [each.text for each in found]
        for one, other in zip(alone, found, strict=True):
            assert [each.target for each in one.stance] == ["the bridge", "the bill"]
            for stance, again in zip(one.stance, other.stance, strict=True):
                assert stance.scores is not None and again.scores is not None
                assert stance.about == pytest.approx(again.about, abs=1e-3)
                for name in ("support", "oppose", "neutral"):
                    assert getattr(stance.scores, name) == pytest.approx(getattr(again.scores, name), abs=1e-3)
