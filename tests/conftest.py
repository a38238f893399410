"""Tiny models for the plumbing: right in every shape, untrained, and quick."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from onrecord.models.loading import WEIGHTS, store

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
    """A model folder with a reader, a stance model and a resolver that know nothing, but find cues everywhere."""
    import torch

    from onrecord.models.reader import Reader, ReaderConfig
    from onrecord.models.resolver import Resolver, ResolverConfig, borrow
    from onrecord.models.stance import StanceConfig, StanceModel
    from onrecord.models.training.checkpoints import learned_state
    from onrecord.stages.ranking import FEATURE_SIZES

    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("tiny")
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(WEIGHTS / "small" / name, folder / name)
    reader_config = ReaderConfig(encoder=TINY_ENCODER, window_size=64, cue_threshold=0.6)
    reader = Reader(reader_config)
    store(reader.state_dict(), json.loads(reader_config.to_json_string()), folder / "reader")
    stance_config = StanceConfig(encoder=TINY_ENCODER)
    stance = StanceModel(stance_config)
    stance.encoder.set_input_embeddings(reader.encoder.get_input_embeddings())
    store(stance.state_dict(), json.loads(stance_config.to_json_string()), folder / "stance")
    resolver_config = ResolverConfig(TINY_ENCODER, pair_size=8, adapter_rank=2, feature_sizes=FEATURE_SIZES)
    resolver = Resolver(resolver_config)
    borrow(resolver, reader.state_dict())
    store(learned_state(resolver), json.loads(resolver_config.to_json_string()), folder / "resolver")
    return folder


@pytest.fixture
def news(tmp_path: Path) -> Path:
    """A folder of short English articles, one with a name that sorts before the others but lies deeper."""
    folder = tmp_path / "news"
    (folder / "a").mkdir(parents=True)
    texts = {
        "a/first.txt": "Mayor Ada Brandt said the harbour would stay open.\n\n“We will not close it,” Brandt said.\n",
        "b.txt": "The council rejected the plan on Monday. Critics called it a waste of money and of time.\n",
        "c.txt": "According to the report, fares rose by a tenth last year. The operator declined to comment.\n",
        "d.txt": "“It is over,” said Omar Diallo, the coach. He added that the team had played its last game.\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder
