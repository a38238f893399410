"""Loading a model folder: nothing is drawn that is overwritten, and what is read with is the same however it came."""

from __future__ import annotations

import copy
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from onrecord_models.encoder import EncoderModel, ready
from onrecord_models.loading import load_coreference_model, load_quote_model, load_stance_model
from onrecord_models.transformer.int8 import is_supported

PRECISIONS = ["fp32", "bf16"] + (["int8"] if is_supported() else [])


def models(folder: Path, *, as_stored: bool) -> list[EncoderModel]:
    quote_model, _ = load_quote_model(folder, as_stored=as_stored)
    stance = load_stance_model(folder, quote_model, as_stored=as_stored)
    return [quote_model, load_coreference_model(folder, quote_model, as_stored=as_stored), stance]


def test_loading_draws_no_random_weights_and_leaves_none_out(tiny_model: Path) -> None:
    before = torch.get_rng_state()
    first = models(tiny_model, as_stored=False)
    assert torch.equal(torch.get_rng_state(), before)
    stored = load_file(tiny_model / "quotes" / "model.safetensors") | load_file(tiny_model / "embeddings.safetensors")
    loaded = first[0].state_dict()
    assert loaded.keys() == stored.keys()
    assert all(torch.equal(tensor, stored[name].float()) for name, tensor in loaded.items())
    for one, other in zip(first, models(tiny_model, as_stored=False), strict=True):
        assert all(torch.equal(tensor, other.state_dict()[name]) for name, tensor in one.state_dict().items())
        assert all(tensor.dtype == torch.float32 for tensor in one.state_dict().values())


@pytest.mark.parametrize("precision", PRECISIONS)
def test_weights_loaded_as_stored_are_run_as_those_in_full_precision_are(tiny_model: Path, precision: str) -> None:
    torch.manual_seed(0)
    states, mask = torch.randn(2, 32, 16), torch.ones(2, 32)
    for stored, full in zip(models(tiny_model, as_stored=True), models(tiny_model, as_stored=False), strict=True):
        narrow, wide = ready(stored, "cpu", precision), ready(full, "cpu", precision)
        with torch.inference_mode():
            assert torch.equal(narrow.go_on(states, mask), wide.go_on(states, mask))
        heads = {name: tensor for name, tensor in narrow.state_dict().items() if not name.startswith("encoder.")}
        assert heads
        assert all(torch.equal(tensor, wide.state_dict()[name]) for name, tensor in heads.items())
        assert all(tensor.dtype == torch.float32 for tensor in heads.values())


def test_a_model_is_read_with_after_its_files_are_gone(tiny_model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(tiny_model, folder)
    model = ready(load_quote_model(folder, as_stored=True)[0], "cpu", "fp32")
    words = copy.deepcopy(model.encoder.get_input_embeddings().weight)
    for path in folder.rglob("*.safetensors"):
        path.write_bytes(bytes(path.stat().st_size))
    assert words.any()
    assert torch.equal(model.encoder.get_input_embeddings().weight, words)
