"""Names by somebody else's token classifier: a tiny one that is taught by hand to tell two words."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch
from transformers import BertConfig, BertForTokenClassification
from typer.testing import CliRunner

from onrecord.cli.app import app
from onrecord.document import Article
from onrecord.errors import WeightsError
from onrecord.pipeline import Pipeline
from onrecord_models.loading import WEIGHTS, settings_digest, used_hashes
from onrecord_models.tagger import NameTagger

LABELS = ["O", "B-PER", "I-PER", "B-ORG", "B-TITLE"]


def make_tagger(folder: Path, labels: list[str] = LABELS) -> Path:
    """A classifier that labels the word ``ada`` by its second label and ``port`` by its fourth, by its embeddings."""
    folder.mkdir()
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(WEIGHTS / "small" / name, folder / name)
    settings = json.loads((folder / "tokenizer_config.json").read_text())
    (folder / "tokenizer_config.json").write_text(
        json.dumps(settings | {"tokenizer_class": "BertTokenizer", "model_max_length": 64})
    )
    words = json.loads((folder / "tokenizer.json").read_text())["model"]["vocab"]
    config = BertConfig(
        vocab_size=len(words), hidden_size=len(labels), num_hidden_layers=0, num_attention_heads=1,
        intermediate_size=4, id2label=dict(enumerate(labels)), label2id={name: i for i, name in enumerate(labels)},
    )  # fmt: skip
    model = BertForTokenClassification(config)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
        model.bert.embeddings.LayerNorm.weight.fill_(1.0)
        model.bert.embeddings.word_embeddings.weight[:, 0] = 1.0
        for word, label in (("ada", 1), ("port", 3)):
            model.bert.embeddings.word_embeddings.weight[words[word]] = 0.0
            model.bert.embeddings.word_embeddings.weight[words[word], label] = 1.0
        model.classifier.weight.copy_(torch.eye(len(labels)))
    model.save_pretrained(folder)
    return folder


def test_names_come_with_our_classes_and_their_places(tmp_path: Path) -> None:
    tagger = NameTagger(make_tagger(tmp_path / "tagger"), "cpu")
    (found,) = tagger.find(["Then Ada left the Port."])
    assert [((name.start, name.end), name.label) for name in found] == [((5, 8), "person"), ((18, 22), "organization")]


def test_a_text_longer_than_the_model_reads_at_once_is_read_to_its_end(tmp_path: Path) -> None:
    tagger = NameTagger(make_tagger(tmp_path / "tagger"), "cpu")
    text = "and so on " * 200 + "Ada"
    (found,) = tagger.find([text])
    assert [(name.start, name.end) for name in found] == [(2000, 2003)]


def test_a_pipeline_takes_its_names_from_the_tagger(tmp_path: Path, tiny_model: Path) -> None:
    folder = make_tagger(tmp_path / "tagger")
    pipeline = Pipeline.load(str(tiny_model), ner_model=str(folder))
    text = "News\n\nThen Ada left.\n\nThe Port said no.\n"
    (analysis,) = pipeline.analyse([Article("a", text)])
    assert [text[slice(*name.span)] for name in analysis.names] == ["Ada", "Port"]


def test_a_model_that_knows_no_people_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="neither persons nor organizations"):
        NameTagger(make_tagger(tmp_path / "tagger", ["O", "NOUN", "VERB", "ADJ", "X"]), "cpu")


def test_a_folder_without_a_model_gives_one_line(tmp_path: Path, tiny_model: Path, news: Path) -> None:
    arguments = ["extract", str(news), "--model", str(tiny_model), "-o", str(tmp_path / "out.jsonl")]
    result = CliRunner().invoke(app, [*arguments, "--ner-model", str(tmp_path)])
    assert result.exit_code == 1
    assert "cannot be loaded as a name tagger" in result.stderr
    result = CliRunner().invoke(app, [*arguments, "--ner-model", "no such folder"])
    assert result.exit_code == 1
    assert "no such folder" in result.stderr.splitlines()[-1]


def test_names_may_be_those_of_another_quote_model(tmp_path: Path, tiny_model: Path, small: Pipeline) -> None:
    borrower = tmp_path / "borrower"
    shutil.copytree(tiny_model, borrower)
    path = borrower / "quotes" / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"names_model": "small"}))
    text = "Mayor Ada Brandt spoke in Oslo.\n\nAda Brandt said the harbour would stay open.\n"
    (borrowed,) = Pipeline.load(str(borrower), device="cpu").analyse([Article("a", text)])
    (own,) = small.analyse([Article("a", text)])
    assert borrowed.names == own.names != ()
    assert any(path.startswith("small/quotes/") for path in used_hashes(borrower))


def test_settings_of_decoding_are_part_of_what_a_model_is(tmp_path: Path, tiny_model: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(tiny_model, other)
    before = settings_digest(other)
    path = other / "quotes" / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"cue_threshold": 0.9}))
    assert settings_digest(other) != before
    assert used_hashes(other) == used_hashes(tiny_model)
