"""What all tests share: tiny untrained models for the plumbing, the shipped one, a folder of news, and Hypothesis."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from onrecord_models.loading import WEIGHTS, store

if TYPE_CHECKING:
    from onrecord.pipeline import Pipeline

# The same examples in every run, however slow the machine; --hypothesis-profile=default draws new ones.
hypothesis.settings.register_profile("onrecord", derandomize=True, deadline=None)
hypothesis.settings.load_profile("onrecord")

ROOT = Path(__file__).parent.parent
ARTICLES = ROOT / "data" / "articles"

TINY_ENCODER: dict[str, Any] = {
    "model_type": "bert",
    "vocab_size": 30522,
    "hidden_size": 16,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "max_position_embeddings": 512,
    "pad_token_id": 0,
}


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder whose three models have learned nothing; its quote model finds cues everywhere."""
    import torch

    from onrecord.stages.speakers.features import ANAPHOR_SIZES, ENTITY_SIZES, PAIR_SIZES
    from onrecord_models.coreference_model import CoreferenceConfig, CoreferenceModel
    from onrecord_models.quote_model import QuoteModel, QuoteModelConfig
    from onrecord_models.stance.model import StanceConfig, StanceModel
    from onrecord_models.upper_layers import borrow
    from onrecord_training.loop.checkpoints import learned_state

    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("tiny")
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(WEIGHTS / "small" / name, folder / name)
    quote_config = QuoteModelConfig(encoder=TINY_ENCODER, window_size=64, cue_threshold=0.6)
    quote_model = QuoteModel(quote_config)
    store(quote_model.state_dict(), json.loads(quote_config.to_json_string()), folder / "quotes")
    stance_config = StanceConfig(TINY_ENCODER, layers=1, size=8, heads=2)
    stance = StanceModel(stance_config)
    borrow(stance, quote_model, trained=True)
    store(learned_state(stance), json.loads(stance_config.to_json_string()), folder / "stance")
    coreference_config = CoreferenceConfig(
        TINY_ENCODER,
        layers=1,
        pair_size=8,
        adapter_rank=2,
        anaphor_sizes=ANAPHOR_SIZES,
        entity_sizes=ENTITY_SIZES,
        pair_sizes=PAIR_SIZES,
    )
    coreference = CoreferenceModel(coreference_config)
    borrow(coreference, quote_model)
    store(learned_state(coreference), json.loads(coreference_config.to_json_string()), folder / "coreference")
    return folder


@pytest.fixture(scope="session")
def tiny_reader(tiny_model: Path) -> Pipeline:
    """The tiny quote model, whose readings keep what goes into its last layer; it resolves no speakers."""
    from onrecord.pipeline import Pipeline, PipelineSettings
    from onrecord_models.loading import load_quote_model

    settings = PipelineSettings(str(tiny_model), device="cpu", precision="fp32")
    return Pipeline.reading(settings, load_quote_model(tiny_model)[0], 1)


@pytest.fixture(scope="session")
def small() -> Pipeline:
    """The shipped model, loaded once, asked for stances towards the harbour."""
    from onrecord.pipeline import Pipeline

    return Pipeline.load(device="cpu", targets=("the harbour",))


@pytest.fixture
def news(tmp_path: Path) -> Path:
    """A folder of short English articles, one with a name that sorts before the others but lies deeper."""
    folder = tmp_path / "news"
    (folder / "a").mkdir(parents=True)
    texts = {
        "a/first.txt": "Mayor Ada Brandt said the harbour would stay open.\n\n“We will not close it,” Brandt said.\n",
        "b.txt": "The council rejected the plan on Monday. Critics called it a waste of money and of time.\n",
        "c.txt": "According to the report, fares rose by a tenth last year. The operator declined to comment.\n",
        "d.txt": "Ferries sail at noon. The harbour is open all day, and the fare is low.\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder
