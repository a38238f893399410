"""The head for roles, trained into a model folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from onrecord.document import Article, Span
from onrecord.errors import InputError
from onrecord.stages.base import Analysis
from onrecord.stages.speakers.roles import role_phrases
from onrecord.text.segmentation import segment
from onrecord.text.windows import build_windows
from onrecord_models.inference import QuoteModelRunner
from onrecord_models.loading import load_quote_model
from onrecord_training.packing.model_folder import replace_head
from onrecord_training.quotes.role_head import train_roles
from onrecord_training.quotes.settings import RoleTraining
from tests.training.made_corpora import at

TEXT = "Mayor Cora Marek met Bo Berg, a mason."


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """A file with one labelled article of our own."""
    roles = [
        {"name": list(at("Cora Marek", TEXT)), "role": list(at("Mayor", TEXT))},
        {"name": list(at("Bo Berg", TEXT)), "role": list(at("mason", TEXT))},
    ]
    path = tmp_path / "roles.jsonl"
    path.write_text(json.dumps({"doc": "made/one", "text": TEXT, "roles": roles}) + "\n", encoding="utf-8")
    return path


def settings_of(folder: Path, labels: Path, **values: object) -> RoleTraining:
    given = {"epochs": 80, "learning_rate": 0.02, "size": 8, "threads": 1, **values}
    return RoleTraining(model=str(folder), corpora=labels.parent, role_labels=(labels,), measure=(labels,), **given)  # type: ignore[arg-type]


def test_a_model_learns_what_people_are_and_on_which_side_of_the_name_it_stands(packed: Path, labels: Path) -> None:
    before = load_file(packed / "quotes" / "model.safetensors")
    head = train_roles(settings_of(packed, labels), lambda line: None, "command")
    replace_head(head.folder, "role", head.weights, 8, head.record)
    after = load_file(packed / "quotes" / "model.safetensors")
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert {name.split(".")[0] for name in after.keys() - before.keys()} == {"role_head"}
    record = json.loads((packed / "manifest.json").read_text(encoding="utf-8"))["quotes"]["roles"]
    assert record["command"] == "command" and next(iter(record["measured"].values()))["F1"] == 1.0
    assert "| head for roles trained last with | `command` |" in (packed / "README.md").read_text("utf-8")

    model, tokenizer = load_quote_model(packed)
    assert model.config.role_size == 8
    segmentation = segment(TEXT)
    windows = tuple(build_windows(TEXT, segmentation, frozenset(), tokenizer, 100))
    readings = tuple(QuoteModelRunner(model).read(windows))
    found = list(role_phrases(Analysis(Article("made/one", TEXT), segmentation, windows=windows, readings=readings)))
    assert [(role.span, role.side) for role in found] == [
        (Span(*at("Mayor", TEXT)), "before"),
        (Span(*at("mason", TEXT)), "after"),
    ]


def test_a_model_without_the_head_tells_no_roles(packed: Path) -> None:
    model, tokenizer = load_quote_model(packed)
    windows = tuple(build_windows(TEXT, segment(TEXT), frozenset(), tokenizer, 100))
    (reading,) = QuoteModelRunner(model).read(windows)
    assert reading.roles == []


def test_roles_are_read_the_same_alone_and_among_others(packed: Path, labels: Path) -> None:
    head = train_roles(settings_of(packed, labels), lambda line: None)
    replace_head(head.folder, "role", head.weights, 8, head.record)
    model, tokenizer = load_quote_model(packed)
    runner = QuoteModelRunner(model)
    texts = [TEXT, f"{TEXT} {TEXT}", "Bo Berg, a mason and harvester, came."]
    windows = [window for text in texts for window in build_windows(text, segment(text), frozenset(), tokenizer, 100)]
    together = runner.read(windows)
    assert together[0].roles
    assert [runner.read([window])[0].roles for window in windows] == [reading.roles for reading in together]


def test_labels_without_roles_are_refused(packed: Path, tmp_path: Path) -> None:
    path = tmp_path / "other.jsonl"
    path.write_text('{"doc": "made/one", "text": "Ada Lund came.", "statements": []}\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"other\.jsonl:1: not a labelled article .*see data/roles"):
        train_roles(settings_of(packed, path), lambda line: None)
