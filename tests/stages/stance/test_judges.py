"""Judges together: a model that reads the article in windows of its own, and the mean of several."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from onrecord import Pipeline
from onrecord.document import Article
from onrecord.pipeline import stance_judge
from onrecord.settings import PipelineSettings, deciding_files, used_weights
from onrecord.stages.base import Analysis
from onrecord.stages.stance.judges import BorrowedArticleJudge, MeanJudge
from onrecord.stages.stance.stage import Judged
from onrecord.targets.target import Target
from onrecord_models.errors import WeightsError
from onrecord_models.inference import LowerReader, QuoteModelRunner
from onrecord_models.loading import load_quote_model, store
from onrecord_models.stance.pairs import PairConfig, PairModel
from tests.stages.making import MANY_BRIDGES, make_analysis, read_by, said

TARGETS = (Target("the bridge"), Target("the mayor"))


class Fixed:
    """A judge of one opinion."""

    def __init__(self, judged: Judged) -> None:
        self._judged = judged

    def judge(self, analyses: Sequence[Analysis], targets: Sequence[Sequence[Target]]) -> list[list[list[Judged]]]:
        return [
            [[self._judged] * len(analysis.statements) for _ in asked]
            for analysis, asked in zip(analyses, targets, strict=True)
        ]


@pytest.fixture
def paired(tiny_model: Path, tmp_path: Path) -> Path:
    """The tiny model with a stance model that judges pairs, and beside it the article model of ``tiny_model``."""
    folder = tmp_path / "paired"
    shutil.copytree(tiny_model, folder, ignore=shutil.ignore_patterns("stance"))
    encoder = json.loads((tiny_model / "quotes" / "config.json").read_text())["encoder"]
    config = PairConfig(encoder=encoder, window_size=64, article_model=str(tiny_model))
    state = PairModel(config).state_dict()
    shared = {"encoder.embeddings.word_embeddings.weight"}
    quotes = load_quote_model(tiny_model)[0].state_dict()
    store(state | {name: quotes[name] for name in shared}, json.loads(config.to_json_string()), folder / "stance")
    return folder


def test_the_mean_of_two_opinions_counts_and_of_what_is_about_the_target_only_who_tells_it() -> None:
    analysis = make_analysis(MANY_BRIDGES, said(0, 1))
    judges = [Fixed(Judged((0.9, 0.05, 0.05))), Fixed(Judged((0.2, 0.5, 0.3), 0.8))]
    ((first, second),) = MeanJudge(judges).judge([analysis], [TARGETS])
    assert len(first) == len(second) == 2 and len({*first, *second}) == 1
    support, oppose, neutral = first[0].scores
    assert support > oppose > neutral and support + oppose + neutral == pytest.approx(1, abs=2e-4)
    assert support > 0.55, "two who agree are surer than their mean"
    assert first[0].about == 0.8
    ((alone,),) = MeanJudge(judges[:1]).judge([analysis], [TARGETS[:1]])
    assert alone[0].about is None


def test_two_who_contradict_each_other_leave_it_open() -> None:
    analysis = make_analysis(MANY_BRIDGES, said(0))
    judges = [Fixed(Judged((0.9, 0.1, 0.0))), Fixed(Judged((0.1, 0.9, 0.0)))]
    (((judged,),),) = MeanJudge(judges).judge([analysis], [TARGETS[:1]])
    assert judged.scores == (0.5, 0.5, 0.0)


def test_the_lower_layers_alone_give_the_states_that_the_whole_model_keeps(
    tiny_model: Path, tiny_reader: Pipeline
) -> None:
    analysis = read_by(tiny_reader, make_analysis(MANY_BRIDGES, said(0, 4)))
    whole = QuoteModelRunner(load_quote_model(tiny_model)[0], upper=1).read(list(analysis.windows))
    alone = LowerReader(load_quote_model(tiny_model)[0], 1).read(list(analysis.windows))
    assert len(alone) == len(whole) > 1
    for mine, kept in zip(alone, whole, strict=True):
        assert mine.states is not None and kept.states is not None
        assert mine.states.shape == kept.states.shape and mine.states.equal(kept.states)
        assert (mine.names, mine.statements) == ([], [])


def test_a_borrowed_model_judges_as_it_does_in_its_own_folder(tiny_model: Path, paired: Path) -> None:
    text = "Ada Lund said the bridge is a mistake.\n\n“We will not pay for it,” said mayor Tom Hale."
    own = Pipeline.load(str(tiny_model), precision="fp32", targets=TARGETS)
    statements = own.extract(text)
    assert statements
    asked = [replace(statement, stance=()) for statement in statements]
    (analysis,) = own.analyse([Article("text", text)])
    analysis = replace(analysis, statements=tuple(asked))
    settings = PipelineSettings(str(paired), device="cpu", precision="fp32", targets=TARGETS)
    both = stance_judge(settings, own.runner, own.tokenizer)
    assert isinstance(both, MeanJudge)
    borrowed = next(judge for judge in both._judges if isinstance(judge, BorrowedArticleJudge))
    empty = make_analysis(MANY_BRIDGES, said())
    found = borrowed.judge([empty, analysis, analysis], [TARGETS, TARGETS, ()])
    assert found[0] == [[], []] and found[2] == []
    for number, target in enumerate(found[1]):
        expected = [statement.stance[number] for statement in statements]
        assert [judged.scores for judged in target] == [
            (stance.scores.support, stance.scores.oppose, stance.scores.neutral)
            for stance in expected
            if stance.scores is not None
        ]
        assert [judged.about for judged in target] == [stance.about for stance in expected]


def test_what_a_model_borrows_counts_among_the_files_that_decide(tiny_model: Path, paired: Path) -> None:
    settings = PipelineSettings(str(paired), device="cpu", precision="fp32", targets=TARGETS)
    assert {f"{tiny_model}/stance/model.safetensors", "stance/model.safetensors"} <= used_weights(settings).keys()
    before = deciding_files(settings)
    config = paired / "stance" / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"article_model": "small"}))
    assert "small/stance/model.safetensors" in used_weights(settings)
    assert deciding_files(settings) != before


def test_a_model_that_judges_pairs_cannot_be_borrowed(paired: Path) -> None:
    config = paired / "stance" / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"article_model": str(paired)}))
    with pytest.raises(WeightsError, match="judges pairs"):
        Pipeline.load(str(paired), precision="fp32", targets=TARGETS)
