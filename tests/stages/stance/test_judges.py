"""What a stance model goes on from: the states below its layers, with the whole quote model or without."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from onrecord import Pipeline
from onrecord_models.errors import WeightsError
from onrecord_models.inference import LowerReader, QuoteModelRunner
from onrecord_models.loading import load_quote_model
from tests.stages.making import MANY_BRIDGES, make_analysis, read_by, said


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


def test_a_stance_model_of_pairs_is_refused_in_one_line(tiny_model: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(tiny_model, tmp_path / "model")
    config = folder / "stance" / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text("utf-8")) | {"model_type": "onrecord-stance"}), "utf-8")
    with pytest.raises(WeightsError, match="judges each statement by itself, which is no longer done"):
        Pipeline.load(str(folder), targets=("the bridge",))
