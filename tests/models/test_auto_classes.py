"""Our models by way of transformers: found by their ``model_type``, saved and loaded with nothing lost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoConfig, AutoModel

from onrecord_models.coreference_model import CoreferenceConfig, CoreferenceModel
from onrecord_models.encoder import register_auto_classes
from onrecord_models.loading import WEIGHTS
from onrecord_models.quote_model import QuoteModel, QuoteModelConfig
from onrecord_models.stance.model import StanceConfig, StanceModel
from tests.conftest import TINY_ENCODER

register_auto_classes()  # other tests may have imported our models before transformers

COREFERENCE = CoreferenceConfig(
    TINY_ENCODER,
    layers=1,
    adapter_rank=2,
    anaphor_sizes=(3, 5),
    entity_sizes=(2,),
    pair_sizes=(4, 2),
    none_bias=(0.5, -0.25, 0.0),
    score_temperature=(1.5, 0.5),
)
PARTS = [
    ("quotes", QuoteModelConfig(TINY_ENCODER, window_size=64, confidence=(0.5, 0.25)), QuoteModel),
    ("quotes", QuoteModelConfig(TINY_ENCODER, adapter_rank=2), QuoteModel),
    ("coreference", COREFERENCE, CoreferenceModel),
    ("stance", StanceConfig(TINY_ENCODER, calibration=1.5), StanceModel),
]


@pytest.mark.parametrize(("part", "config", "kind"), PARTS)
def test_the_configuration_of_a_part_is_found_by_its_type(part: str, config: Any, kind: Any) -> None:
    found = AutoConfig.from_pretrained(WEIGHTS / "small" / part)
    assert type(found) is type(config)
    assert found.encoder["hidden_size"] == 384


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_importing_the_module_is_enough() -> None:
    """Each module is imported in a process that has imported none of the others, and torch only once for all."""
    probe = (
        "import importlib, os\n"
        "from transformers import AutoConfig\n"
        "modules = {'quotes': 'quote_model', 'coreference': 'coreference_model', 'stance': 'stance.model'}\n"
        "for part, module in modules.items():\n"
        "    if os.fork() == 0:\n"
        "        importlib.import_module(f'onrecord_models.{module}')\n"
        f"        print(type(AutoConfig.from_pretrained(f'{WEIGHTS / 'small'}/{{part}}')).__name__, flush=True)\n"
        "        os._exit(0)\n"
        "    os.wait()\n"
    )
    result = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=False)
    assert result.stdout.split() == ["QuoteModelConfig", "CoreferenceConfig", "StanceConfig"], result.stderr


@pytest.mark.parametrize(("part", "config", "kind"), PARTS)
def test_a_saved_model_is_loaded_with_the_same_settings_and_weights(
    part: str, config: Any, kind: Any, tmp_path: Path
) -> None:
    torch.manual_seed(0)
    model = kind(config)
    model.save_pretrained(tmp_path)
    assert [path.name for path in tmp_path.glob("*.safetensors")] == ["model.safetensors"]
    again = AutoModel.from_pretrained(tmp_path)
    assert type(again) is kind
    loaded = again.config.to_dict()
    saved = config.to_dict()
    own = saved.keys() - {"transformers_version", "architectures", "dtype", "_name_or_path"}
    assert {name: loaded[name] for name in own} == {name: saved[name] for name in own}
    state = again.state_dict()
    assert state.keys() == model.state_dict().keys()
    for name, tensor in model.state_dict().items():
        assert torch.equal(state[name], tensor), name
