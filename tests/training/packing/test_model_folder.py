"""A training's folder becomes a model folder that the pipeline loads, and other parts are added to it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from onrecord import Pipeline
from onrecord.errors import InputError
from onrecord_models.encoder import EncoderModel
from onrecord_models.loading import WEIGHTS, hashes, load_quote_model
from onrecord_models.quote_model import QuoteModel, QuoteModelConfig
from onrecord_models.stance.model import StanceConfig, StanceModel
from onrecord_models.upper_layers import borrow
from onrecord_training.loop.checkpoints import learned_state
from onrecord_training.packing.model_folder import PARTS, add_part
from onrecord_training.packing.model_folder import pack as pack_run
from onrecord_training.packing.settings import Packing, PartPacking
from tests.conftest import TINY_ENCODER

MANIFEST = {"command": "onrecord train", "settings": {"seed": 1}, "sizes": {"articles": 2}, "epochs": [{"seconds": 60}]}


def write_run(folder: Path, trained: EncoderModel, **more: Any) -> Path:
    """A finished training's folder; ``more`` is in its manifest."""
    trained.save_pretrained(folder / "model")
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(WEIGHTS / "small" / name, folder / "model")
    (folder / "manifest.json").write_text(json.dumps({**MANIFEST, **more}))
    return folder


def pack(quote_run: Path, output: Path, cue_threshold: float = 0.35) -> dict[str, str]:
    return pack_run(Packing(quote_run=quote_run, output=output, cue_threshold=cue_threshold))


@pytest.fixture
def quote_run(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    return write_run(tmp_path / "quotes", QuoteModel(QuoteModelConfig(encoder=TINY_ENCODER)), model="quotes")


@pytest.fixture
def folder(quote_run: Path, tmp_path: Path) -> Path:
    """A model folder with a quote model alone."""
    pack(quote_run, tmp_path / "tiny", cue_threshold=0.5)
    return tmp_path / "tiny"


@pytest.fixture
def stance_run(folder: Path, tmp_path: Path) -> Path:
    """A training's folder of a stance model over that quote model."""
    run, quote_model = tmp_path / "stance", load_quote_model(folder)[0]
    torch.manual_seed(0)
    model = StanceModel(StanceConfig(TINY_ENCODER, layers=1, size=8, heads=2))
    borrow(model, quote_model, trained=True)
    write_run(run, model, model="stance", quote_model_sha256=hashes(folder)["quotes/model.safetensors"])
    save_file(learned_state(model), run / "model" / "model.safetensors")
    return run


def part_run(folder: Path, part: str, quote_model: str) -> Path:
    """A training's folder with weights that stand for a part's, over the quote model of that hash."""
    (folder / "model").mkdir(parents=True)
    save_file({"weight": torch.zeros(1)}, folder / "model" / "model.safetensors")
    (folder / "model" / "config.json").write_text("{}", encoding="utf-8")
    record = {**MANIFEST, "model": part, "quote_model_sha256": quote_model}
    (folder / "manifest.json").write_text(json.dumps(record), encoding="utf-8")
    return folder


def manifest_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return found


# A quote model


def test_a_packed_model_keeps_its_settings_of_decoding(quote_run: Path, tiny_model: Path, tmp_path: Path) -> None:
    output = tmp_path / "tiny"

    def loaded() -> Pipeline:
        shutil.copytree(tiny_model / "coreference", output / "coreference")  # packing took it out
        return Pipeline.load(str(output))

    assert pack(quote_run, output, cue_threshold=0.5) == hashes(output)
    assert set(hashes(output)) == {"embeddings.safetensors", "quotes/model.safetensors"}
    assert json.loads((output / "quotes" / "config.json").read_text())["cue_threshold"] == 0.5
    pipeline = loaded()
    assert pipeline.quote_model.config.cue_threshold == 0.5
    assert pipeline.extract("Brandt said no.")
    pack(quote_run, output, cue_threshold=0.99)
    assert loaded().extract("Brandt said no.") == []
    pack(quote_run, output, cue_threshold=0.5)
    manifest = manifest_of(output)
    assert manifest["sha256"] == hashes(output)
    assert manifest["quotes"] == {**MANIFEST, "model": "quotes"}
    card = (output / "README.md").read_text()
    assert "| seed | 1 |" in card
    assert "that of a model of its size that comes with onrecord is used" in card


def test_packing_again_replaces_what_was_there(quote_run: Path, tmp_path: Path) -> None:
    first = pack(quote_run, tmp_path / "tiny")
    (tmp_path / "tiny" / "quotes" / "stray.txt").touch()
    assert pack(quote_run, tmp_path / "tiny") == first
    assert not (tmp_path / "tiny" / "quotes" / "stray.txt").exists()


def test_an_unfinished_run_is_named(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing: no finished quotes model in it; expected model/ and manifest"):
        pack(tmp_path / "nothing", tmp_path / "other")
    assert not (tmp_path / "other").exists()
    for part in PARTS:
        with pytest.raises(InputError, match=f"no finished {part} model in it.*`onrecord train {part}`"):
            add_part(PartPacking(run=tmp_path / "nothing", model=folder), part)


# What goes on from it


def test_a_stance_model_is_added_and_used(folder: Path, stance_run: Path, tiny_model: Path) -> None:
    before = hashes(folder)
    digest = add_part(PartPacking(run=stance_run, model=folder), "stance")
    assert hashes(folder) == {**before, "stance/model.safetensors": digest}
    manifest = manifest_of(folder)
    assert manifest["sha256"] == hashes(folder)
    assert manifest["quotes"]["model"] == "quotes" and manifest["stance"]["model"] == "stance"
    assert "goes_with_sha256" not in manifest["stance"]
    shutil.copytree(tiny_model / "coreference", folder / "coreference")
    pipeline = Pipeline.load(str(folder), targets=("the harbour",))
    found = pipeline.extract("Brandt said no.")
    assert [[stance.target for stance in each.stance] for each in found] == [["the harbour"]] * len(found) != []


def test_adding_again_replaces_that_part_alone(folder: Path, stance_run: Path, tmp_path: Path) -> None:
    add_part(PartPacking(run=stance_run, model=folder), "stance")
    quote_model = hashes(folder)["quotes/model.safetensors"]
    add_part(PartPacking(run=part_run(tmp_path / "run", "coreference", quote_model), model=folder), "coreference")
    first = hashes(folder)
    path = stance_run / "model" / "model.safetensors"
    save_file({name: tensor + 1 for name, tensor in load_file(path).items()}, path)
    add_part(PartPacking(run=stance_run, model=folder), "stance")
    assert [name for name, digest in hashes(folder).items() if first[name] != digest] == ["stance/model.safetensors"]
    assert manifest_of(folder).keys() == {"quotes", "stance", "coreference", "sha256"}


@pytest.mark.parametrize("part", PARTS)
def test_a_part_goes_with_another_quote_model_only_where_that_is_asked_for(
    folder: Path, quote_run: Path, tmp_path: Path, part: str
) -> None:
    run = part_run(tmp_path / "run", part, "another")
    with pytest.raises(InputError, match="--other-quote-model"):
        add_part(PartPacking(run=run, model=folder), part)
    assert not (folder / part).exists()
    add_part(PartPacking(run=run, model=folder, other_quote_model=True), part)
    noted = manifest_of(folder)[part]
    quote_model = hashes(folder)["quotes/model.safetensors"]
    assert (noted["quote_model_sha256"], noted["goes_with_sha256"]) == ("another", quote_model)
    pack(quote_run, folder)
    assert (folder / part / "model.safetensors").is_file()


def test_packing_another_quote_model_takes_out_what_went_with_the_old_one(
    folder: Path, quote_run: Path, stance_run: Path, tmp_path: Path
) -> None:
    quote_model = hashes(folder)["quotes/model.safetensors"]
    add_part(PartPacking(run=stance_run, model=folder), "stance")
    add_part(PartPacking(run=part_run(tmp_path / "run", "coreference", quote_model), model=folder), "coreference")
    pack(quote_run, folder, cue_threshold=0.4)  # the same weights
    assert manifest_of(folder).keys() == {"quotes", "stance", "coreference", "sha256"}
    torch.manual_seed(5)
    other = write_run(tmp_path / "other", QuoteModel(QuoteModelConfig(encoder=TINY_ENCODER)))
    assert set(pack(other, folder)) == {"embeddings.safetensors", "quotes/model.safetensors"}
    assert not any((folder / part).exists() for part in PARTS)
    assert manifest_of(folder).keys() == {"quotes", "sha256"}


@pytest.mark.parametrize(
    ("changed", "stays"), [("encoder.encoder.layer.0.output.dense.bias", True), ("case_embeddings.weight", False)]
)
def test_a_part_stays_if_the_layers_that_it_goes_on_from_are_as_they_were(
    changed: str, stays: bool, folder: Path, quote_run: Path, stance_run: Path
) -> None:
    add_part(PartPacking(run=stance_run, model=folder), "stance")  # with the only layer of the encoder as its own
    weights = quote_run / "model" / "model.safetensors"
    save_file({name: each + (name == changed) for name, each in load_file(weights).items()}, weights)
    hash_of = pack(quote_run, folder)["quotes/model.safetensors"]
    assert (folder / "stance" / "model.safetensors").exists() is stays
    assert manifest_of(folder).get("stance", {}).get("goes_with_sha256") == (hash_of if stays else None)


def test_a_part_of_adapters_goes_with_the_layers_under_them(folder: Path, quote_run: Path, stance_run: Path) -> None:
    add_part(PartPacking(run=stance_run, model=folder), "stance")
    config = folder / "stance" / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"adapter_rank": 2}))
    weights = quote_run / "model" / "model.safetensors"
    changed = "encoder.encoder.layer.0.output.dense.bias"
    save_file({name: each + (name == changed) for name, each in load_file(weights).items()}, weights)
    pack(quote_run, folder)
    assert not (folder / "stance").exists()


def test_a_stance_model_that_goes_with_any_quote_model_stays(folder: Path, quote_run: Path) -> None:
    (folder / "stance").mkdir()
    (folder / "stance" / "config.json").write_text("{}")
    (folder / "manifest.json").write_text(json.dumps({**manifest_of(folder), "stance": MANIFEST}))
    pack(quote_run, folder)
    assert (folder / "stance" / "config.json").is_file()


def test_a_run_of_another_kind_is_not_taken_for_one(folder: Path, stance_run: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="of the kind 'stance'; expected the output of `onrecord train coreference`"):
        add_part(PartPacking(run=stance_run, model=folder), "coreference")
    with pytest.raises(InputError, match="of the kind 'stance'; expected the output of `onrecord train quotes`"):
        pack(stance_run, folder)
    assert set(hashes(folder)) == {"embeddings.safetensors", "quotes/model.safetensors"}


def test_a_part_is_not_added_to_a_folder_without_a_quote_model(stance_run: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no quote model in it; pack one with `onrecord train pack`"):
        add_part(PartPacking(run=stance_run, model=tmp_path / "empty", other_quote_model=True), "stance")
    assert not (tmp_path / "empty").exists()
