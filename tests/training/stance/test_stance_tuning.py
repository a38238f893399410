"""Choosing the temperature of a stance model."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from onrecord.errors import InputError, SettingsError
from onrecord_models.errors import WeightsError
from onrecord_models.loading import load_quote_model, load_stance_model
from onrecord_training.stance.settings import StanceTuning
from onrecord_training.stance.tuning import tune_stance_model
from tests.training.stance.corpora import LABELS, write_stance_corpora
from tests.training.trained_runs import quiet


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_stance_corpora(tmp_path_factory.mktemp("corpora"))


@pytest.fixture
def settings(tiny_model: Path, corpora: Path, tmp_path: Path) -> StanceTuning:
    folder = shutil.copytree(tiny_model, tmp_path / "model")
    return StanceTuning(model=str(folder), corpora=corpora, stance_labels=(corpora / LABELS,), threads=1)


def calibration_of(settings: StanceTuning) -> float:
    folder = Path(settings.model)
    model = load_stance_model(folder, load_quote_model(folder)[0])
    return float(model.config.calibration)


def test_the_temperature_is_chosen_whatever_it_was_and_nothing_else_changes(settings: StanceTuning) -> None:
    path = Path(settings.model) / "stance" / "config.json"
    before = json.loads(path.read_text(encoding="utf-8"))
    lines: list[str] = []
    temperature = tune_stance_model(settings, lines.append)
    assert lines[-1] == f"the temperature was {before['calibration']}"
    assert calibration_of(settings) == temperature
    path.write_text(json.dumps({**before, "calibration": 4.0}), encoding="utf-8")
    assert tune_stance_model(settings, lines.append) == temperature
    assert json.loads(path.read_text(encoding="utf-8")) == {**before, "calibration": temperature}


def test_what_is_missing_is_said_and_nothing_changes(settings: StanceTuning, tmp_path: Path) -> None:
    before = calibration_of(settings)
    (empty := tmp_path / "labels" / "empty.jsonl").parent.mkdir()
    empty.write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="no statement in it has a stance"):
        tune_stance_model(replace(settings, stance_labels=(empty,)), quiet)
    with pytest.raises(SettingsError, match="comes with onrecord"):
        tune_stance_model(replace(settings, model="small"), quiet)
    assert calibration_of(settings) == before
    shutil.rmtree(Path(settings.model) / "stance")
    with pytest.raises(WeightsError, match="no stance model in it; put one in"):
        tune_stance_model(settings, quiet)
