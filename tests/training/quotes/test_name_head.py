"""The head for names, trained anew in a model folder."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from onrecord.errors import SettingsError
from onrecord_models.inference import QuoteModelRunner
from onrecord_models.labels import NAME_LABELS
from onrecord_models.loading import hashes, load_quote_model
from onrecord_training.loop.reading import ignore
from onrecord_training.packing.model_folder import replace_head
from onrecord_training.quotes.data import read_named_texts
from onrecord_training.quotes.label_heads import measure_head, read_states
from onrecord_training.quotes.name_head import train_names
from onrecord_training.quotes.settings import NameTraining
from tests.training.made_corpora import at

TEXT = "Cora Marek said fares would fall."


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """A file with one labelled article of our own."""
    cora = {"name": "Cora Marek", "kind": "person", "gender": "f", "mentions": [list(at("Cora Marek", TEXT))]}
    record = {"doc": "made/one", "text": TEXT, "entities": [cora], "statements": []}
    path = tmp_path / "labels.jsonl"
    path.write_text(json.dumps(record) + "\n", encoding="utf-8")
    return path


def train(settings: NameTraining, command: str = "") -> str:
    """Trains a head, puts it into the model folder and returns the hash of the quote model."""
    head = train_names(settings, lambda line: None, command)
    return replace_head(head.folder, "name", head.weights, settings.size, head.record)


def settings_of(folder: Path, corpora: Path, labels: Path, **values: object) -> NameTraining:
    given = {"epochs": 60, "learning_rate": 0.05, "threads": 1, **values}
    return NameTraining(model=str(folder), corpora=corpora, article_labels=(labels,), measure=(labels,), **given)  # type: ignore[arg-type]


def test_it_learns_the_names_of_texts_and_changes_nothing_else(packed: Path, corpora: Path, labels: Path) -> None:
    before = load_file(packed / "quotes" / "model.safetensors")
    digest = train(settings_of(packed, corpora, labels), "command")
    after = load_file(packed / "quotes" / "model.safetensors")
    same = {name for name in before if name in after and torch.equal(before[name], after[name])}
    assert {name for name in before.keys() | after.keys() if name not in same} <= {
        name for name in before.keys() | after.keys() if name.startswith("name_head.")
    }
    assert digest == hashes(packed)["quotes/model.safetensors"]
    manifest = json.loads((packed / "manifest.json").read_text(encoding="utf-8"))
    record = manifest["quotes"]["names"]
    assert manifest["sha256"] == hashes(packed) and record["command"] == "command"
    assert "| head for names trained last with | `command` |" in (packed / "README.md").read_text("utf-8")
    (measured,) = record["measured"].values()
    assert measured["F1"] == 1.0


@pytest.mark.parametrize("size", [8, 16])
def test_a_model_with_the_new_head_finds_the_names(packed: Path, corpora: Path, labels: Path, size: int) -> None:
    train(settings_of(packed, corpora, labels, size=size))
    model, tokenizer = load_quote_model(packed)
    assert model.config.name_size == size
    states = read_states(
        read_named_texts(corpora), NAME_LABELS, QuoteModelRunner(model), tokenizer, random.Random(1), ignore
    )
    assert measure_head(model.name_head, states)["F1"] == 1.0
    assert measure_head(torch.nn.Linear(states.hidden.shape[1], 11), states)["F1"] < 1.0


def test_the_same_seed_gives_the_same_weights(packed: Path, corpora: Path, labels: Path) -> None:
    first = train(settings_of(packed, corpora, labels, epochs=1))
    assert train(settings_of(packed, corpora, labels, epochs=1)) == first
    assert train(settings_of(packed, corpora, labels, epochs=1, seed=2)) != first


def test_what_goes_on_from_the_quote_model_still_goes_with_it(packed: Path, corpora: Path, labels: Path) -> None:
    path = packed / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    own = hashes(packed)["quotes/model.safetensors"]
    record = manifest["quotes"]
    parts = {"coreference": record | {"quote_model_sha256": own}, "stance": record}
    path.write_text(json.dumps(manifest | parts), encoding="utf-8")
    digest = train(settings_of(packed, corpora, labels, epochs=1))
    manifest = json.loads(path.read_text(encoding="utf-8"))
    assert manifest["coreference"]["goes_with_sha256"] == digest
    assert "goes_with_sha256" not in manifest["stance"]


def test_a_model_that_comes_with_onrecord_is_changed_only_if_that_is_said(corpora: Path, labels: Path) -> None:
    with pytest.raises(SettingsError, match="--change-installed"):
        train(settings_of(Path("small"), corpora, labels))
