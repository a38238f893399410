"""Two trainings' folders become one model folder that the pipeline loads."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from onrecord import Pipeline
from onrecord.errors import InputError, WeightsError
from onrecord_models.loading import WEIGHTS, hashes
from onrecord_models.quote_model import QuoteModel, QuoteModelConfig
from onrecord_models.stance_model import StanceConfig, StanceModel
from onrecord_training.packing.model_folder import add_coreference_model
from onrecord_training.packing.model_folder import pack as pack_runs
from onrecord_training.packing.settings import CoreferencePacking, Packing
from tests.conftest import TINY_ENCODER

MANIFEST = {"command": "onrecord train", "settings": {"seed": 1}, "sizes": {"articles": 2}, "epochs": [{"seconds": 60}]}


def write_run(folder: Path, model: QuoteModel | StanceModel) -> Path:
    model.save_pretrained(folder / "model")
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(WEIGHTS / "small" / name, folder / "model")
    (folder / "manifest.json").write_text(json.dumps(MANIFEST))
    return folder


def pack(quote_run: Path, stance_run: Path | None, output: Path, cue_threshold: float = 0.35) -> dict[str, str]:
    settings = Packing(quote_run=quote_run, stance_run=stance_run, output=output, cue_threshold=cue_threshold)
    return pack_runs(settings, lambda line: None)


@pytest.fixture
def runs(tmp_path: Path) -> tuple[Path, Path]:
    torch.manual_seed(0)
    quote_model, stance = (
        QuoteModel(QuoteModelConfig(encoder=TINY_ENCODER)),
        StanceModel(StanceConfig(encoder=TINY_ENCODER)),
    )
    stance.encoder.set_input_embeddings(quote_model.encoder.get_input_embeddings())
    return write_run(tmp_path / "quotes", quote_model), write_run(tmp_path / "stance", stance)


def test_a_packed_model_loads_and_keeps_its_settings_of_decoding(
    runs: tuple[Path, Path], tiny_model: Path, tmp_path: Path
) -> None:
    output = tmp_path / "tiny"

    def loaded(**settings: Any) -> Pipeline:
        shutil.copytree(tiny_model / "coreference", output / "coreference")  # packing took it out
        return Pipeline.load(str(output), **settings)

    assert pack(*runs, output, cue_threshold=0.5) == hashes(output)
    assert json.loads((output / "quotes" / "config.json").read_text())["cue_threshold"] == 0.5
    pipeline = loaded(targets=("the harbour",))
    assert pipeline.quote_model.config.cue_threshold == 0.5
    assert [statement.stance[0].target for statement in pipeline.extract("Brandt said no.")] == ["the harbour"]
    pack(*runs, output, cue_threshold=0.99)
    assert loaded().extract("Brandt said no.") == []
    pack(*runs, output, cue_threshold=0.5)
    manifest = json.loads((output / "manifest.json").read_text())
    assert manifest["sha256"] == hashes(output)
    assert "| seed | 1 |" in (output / "README.md").read_text()


def test_packing_again_replaces_what_was_there(runs: tuple[Path, Path], tmp_path: Path) -> None:
    first = pack(*runs, tmp_path / "tiny")
    assert pack(*runs, tmp_path / "tiny") == first


def test_models_of_two_bases_are_not_packed_together(runs: tuple[Path, Path], tmp_path: Path) -> None:
    torch.manual_seed(1)
    other = write_run(tmp_path / "other", StanceModel(StanceConfig(encoder=TINY_ENCODER)))
    with pytest.raises(WeightsError, match="the same base"):
        pack(runs[0], other, tmp_path / "tiny")


def test_an_unfinished_run_is_named(runs: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no finished stance"):
        pack(runs[0], tmp_path / "nothing", tmp_path / "tiny")


def test_a_stance_model_is_replaced_and_the_quote_model_stays(runs: tuple[Path, Path], tmp_path: Path) -> None:
    output = tmp_path / "tiny"
    first = pack(*runs, output, cue_threshold=0.5)
    weights = load_file(runs[1] / "model" / "model.safetensors")
    save_file(
        {name: tensor if "embeddings" in name else tensor + 1 for name, tensor in weights.items()},
        runs[1] / "model" / "model.safetensors",
    )
    second = pack(output, runs[1], output)
    assert [name for name in first if first[name] != second[name]] == ["stance/model.safetensors"]
    assert json.loads((output / "quotes" / "config.json").read_text())["cue_threshold"] == 0.5
    assert json.loads((output / "manifest.json").read_text())["quotes"] == MANIFEST
    with pytest.raises(InputError, match="not a model folder with a quote model"):
        pack(tmp_path / "empty", runs[1], tmp_path / "empty")


def test_a_coreference_model_goes_with_another_quote_model_only_where_that_is_asked_for(
    runs: tuple[Path, Path], tmp_path: Path
) -> None:
    output, run = tmp_path / "tiny", tmp_path / "coreference"
    quote_model = pack(*runs, output)["quotes/model.safetensors"]
    (run / "model").mkdir(parents=True)
    save_file({"weight": torch.zeros(1)}, run / "model" / "model.safetensors")
    (run / "model" / "config.json").write_text("{}", encoding="utf-8")
    record = {"command": "train", "settings": {"seed": 1}, "sizes": {}, "epochs": [], "quote_model_sha256": "another"}
    (run / "manifest.json").write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(InputError, match="--other-quote-model"):
        add_coreference_model(CoreferencePacking(run=run, model=output), lambda line: None)
    assert not (output / "coreference").exists()
    add_coreference_model(CoreferencePacking(run=run, model=output, other_quote_model=True), lambda line: None)
    noted = json.loads((output / "manifest.json").read_text(encoding="utf-8"))["coreference"]
    assert (noted["quote_model_sha256"], noted["goes_with_sha256"]) == ("another", quote_model)
    pack(*runs, output)
    assert (output / "coreference" / "model.safetensors").is_file()
