"""Made-up corpora, an encoder of one layer, and a model of adapters packed after training on them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from onrecord_models import fetching
from onrecord_models.loading import WEIGHTS
from onrecord_training.packing.model_folder import pack
from onrecord_training.packing.settings import Packing
from onrecord_training.quotes.settings import QuoteTraining
from onrecord_training.quotes.training import train_quote_model
from tests.conftest import TINY_ENCODER
from tests.training.made_corpora import NAMES, TEXT, at


@pytest.fixture
def encoder(tmp_path: Path) -> Path:
    from transformers import AutoConfig, AutoModel

    torch.manual_seed(0)
    folder = tmp_path / "encoder"
    folder.mkdir()
    settings = dict(TINY_ENCODER)
    config = AutoConfig.for_model(settings.pop("model_type"), **settings)
    save_file(AutoModel.from_config(config, add_pooling_layer=False).state_dict(), folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(TINY_ENCODER))
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(WEIGHTS / "small" / name, folder / name)
    return folder


@pytest.fixture
def corpora(tmp_path: Path) -> Path:
    root = tmp_path / "corpora"
    split = root / "polnear" / "data" / "train"
    (split / "text").mkdir(parents=True)
    (split / "attributions").mkdir()
    parts = {
        "T1": ("Source", "Mayor Ada Brandt"),
        "T2": ("Cue", "said"),
        "T3": ("Content", "the harbour would stay open"),
    }
    lines = [f"{key}\t{role} {at(words)[0]} {at(words)[1]}\t{words}" for key, (role, words) in parts.items()]
    lines.append("E1\tAttribution:T2 Source:T1 Cue:T2 Content:T3")
    for name in ("one", "two"):
        (split / "text" / f"{name}.txt").write_text(TEXT, encoding="utf-8")
        (split / "attributions" / f"{name}_ab12.ann").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (root / "worldwide-newswire" / "train").mkdir(parents=True)
    (root / "worldwide-newswire" / "train" / "a.tsv").write_text(NAMES, encoding="utf-8")
    (root / "crossner" / "conll2003").mkdir(parents=True)
    (root / "crossner" / "conll2003" / "train.txt").write_text(NAMES.replace("Person", "person"), encoding="utf-8")
    return root


@pytest.fixture
def packed(encoder: Path, corpora: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model folder with a quote model of adapters, whose encoder lies in a cache of the test's own."""
    cache = tmp_path / "cache"
    monkeypatch.setenv("ONRECORD_CACHE", str(cache))
    fetching.encoder_file().parent.mkdir(parents=True)
    shutil.copy(encoder / "model.safetensors", fetching.encoder_file())
    settings = QuoteTraining(
        encoder=encoder, corpora=corpora, output=tmp_path / "run", epochs=1, adapter_rank=4, threads=1
    )
    train_quote_model(settings, lambda line: None)
    pack(Packing(quote_run=tmp_path / "run", output=tmp_path / "tiny"))
    return tmp_path / "tiny"
