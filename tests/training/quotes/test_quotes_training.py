"""The quote model's training on a made-up corpus of two articles, with an encoder of one layer."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from onrecord.document import Mention, Span, Statement
from onrecord.errors import InputError, SettingsError
from onrecord.text.segmentation import segment
from onrecord.text.windows import build_windows
from onrecord_models.loading import WEIGHTS, load_tokenizer
from onrecord_models.quote_model import QuoteModel
from onrecord_training.loop.optimizer import freeze_below
from onrecord_training.manifest import digests
from onrecord_training.packing.averaging import average_runs
from onrecord_training.packing.settings import Averaging
from onrecord_training.quotes import training
from onrecord_training.quotes.batches import collate
from onrecord_training.quotes.examples import IGNORED, statement_example
from onrecord_training.quotes.settings import QuoteTraining
from onrecord_training.quotes.training import train_quote_model
from tests.training.made_corpora import TEXT, at


def quiet(line: str) -> None:
    pass


def settings_of(encoder: Path, corpora: Path, output: Path, epochs: int = 2) -> QuoteTraining:
    return QuoteTraining(encoder=encoder, corpora=corpora, output=output, epochs=epochs, threads=1)


def test_a_run_killed_after_an_epoch_ends_with_the_weights_of_an_undisturbed_one(
    encoder: Path, corpora: Path, tmp_path: Path
) -> None:
    whole = train_quote_model(settings_of(encoder, corpora, tmp_path / "whole"), quiet, "command")

    class KilledError(Exception):
        pass

    broken = settings_of(encoder, corpora, tmp_path / "broken")

    def die(line: str) -> None:
        if line.startswith("epoch 1/2 done"):
            raise KilledError

    with pytest.raises(KilledError):
        train_quote_model(broken, die)
    lines: list[str] = []
    resumed = train_quote_model(broken, lines.append)
    assert "continuing after epoch 1, batch 0" in lines
    one, other = load_file(whole / "model.safetensors"), load_file(resumed / "model.safetensors")
    assert all(torch.equal(one[name], other[name]) for name in one)
    manifest = json.loads((tmp_path / "whole" / "manifest.json").read_text())
    assert manifest["command"] == "command"
    assert manifest["sizes"]["statements"] == 2
    assert len(manifest["epochs"]) == 2


def test_a_checkpoint_of_other_settings_is_not_taken_up(encoder: Path, corpora: Path, tmp_path: Path) -> None:
    train_quote_model(settings_of(encoder, corpora, tmp_path / "run", epochs=1), quiet)
    with pytest.raises(SettingsError, match="epochs"):
        train_quote_model(settings_of(encoder, corpora, tmp_path / "run", epochs=2), quiet)


def labelled_articles(path: Path) -> Path:
    """A file with one wholly labelled article of our own."""
    text = "Cora Marek said fares would fall."
    cora = {"name": "Cora Marek", "kind": "person", "gender": "f", "mentions": [list(at("Cora Marek", text))]}
    spans = {"content": "fares would fall", "cue": "said", "source": "Cora Marek"}
    statement = {part: [list(at(words, text))] for part, words in spans.items()} | {"mention": "name", "speakers": [0]}
    record = {"doc": "made/one", "text": text, "entities": [cora], "statements": [statement]}
    path.write_text(json.dumps(record) + "\n", encoding="utf-8")
    return path


def test_statements_and_names_of_wholly_labelled_articles_are_learned_from(
    encoder: Path, corpora: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = tuple(labelled_articles(tmp_path / f"{name}.jsonl") for name in ("one", "two"))
    settings = replace(
        settings_of(encoder, corpora, tmp_path / "run", epochs=1), article_labels=paths, article_repeats=3
    )
    read: list[str] = []
    cues_only: set[str] = set()
    named: list[str] = []
    own_statements, own_names = training.statement_examples, training.name_examples

    def statements(articles: Any, *rest: Any, **options: Any) -> Any:
        docs = [annotated.article.doc for annotated in articles]
        read.extend(docs)
        cues_only.update(docs if options.get("cues_only") else ())
        return own_statements(articles, *rest, **options)

    def names(texts: Any, *rest: Any) -> Any:
        named.extend(each.text for each in texts)
        return own_names(texts, *rest)

    monkeypatch.setattr(training, "statement_examples", statements)
    monkeypatch.setattr(training, "name_examples", names)
    train_quote_model(settings, quiet)
    assert read.count("made/one") == 2 * 3
    assert cues_only == {"one.txt", "two.txt"}  # PolNeAR's, whose annotators marked no statement without a cue
    assert named.count("Cora Marek said fares would fall.") == 2 * 3
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text())
    assert (manifest["sizes"]["whole_articles"], manifest["sizes"]["whole_articles'_statements"]) == (2, 2)
    assert manifest["article_labels_sha256"] == digests(paths)
    assert "article_labels" not in manifest["settings"]
    assert manifest["settings"]["article_repeats"] == 3


@pytest.mark.parametrize("adapter_rank", [0, 2])
def test_layers_below_those_that_are_trained_stay_as_they_are(
    adapter_rank: int, encoder: Path, corpora: Path, tmp_path: Path
) -> None:
    first = replace(settings_of(encoder, corpora, tmp_path / "begun", epochs=1), adapter_rank=adapter_rank)
    begun = train_quote_model(first, quiet)
    settings = replace(first, output=tmp_path / "run", initial=begun.parent, layers=1)
    before, after = (load_file(run / "model.safetensors") for run in (begun, train_quote_model(settings, quiet)))
    assert before.keys() == after.keys()
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert any(".layer.0." in name for name in changed)
    assert {"cue_head.0.weight", "distance_embeddings.weight"} <= changed
    assert not any("embeddings.LayerNorm" in name for name in changed)
    assert not changed & {"case_embeddings.weight", "quotation_embeddings.weight"}


def test_an_encoder_that_is_not_there_or_has_too_few_layers_is_refused(
    encoder: Path, corpora: Path, tmp_path: Path
) -> None:
    settings = settings_of(tmp_path / "nothing", corpora, tmp_path / "run")
    with pytest.raises(InputError, match=r"nothing: no base encoder, config\.json is missing"):
        train_quote_model(settings, quiet)
    with pytest.raises(SettingsError, match="--layers 2: the encoder has 1"):
        train_quote_model(replace(settings, encoder=encoder, layers=2), quiet)


def test_the_upper_layers_are_counted_from_the_last_one() -> None:
    model = QuoteModel.from_pretrained(WEIGHTS / "small" / "quotes")
    freeze_below(model, 2)
    learning = {
        name.split(".layer.")[1][0]
        for name, each in model.named_parameters()
        if ".layer." in name and each.requires_grad
    }
    assert learning == {"4", "5"}


def test_soft_labels_are_not_learned_from_together_with_labels() -> None:
    with pytest.raises(SettingsError, match="cannot be combined"):
        QuoteTraining(encoder=Path(), corpora=Path(), output=Path(), soft_labels=Path("s"), labels=Path("l"))


def test_labels_of_an_example_follow_its_statements() -> None:
    source = Mention("Mayor Ada Brandt", (at("Mayor Ada Brandt"),))
    statements = tuple(
        Statement("t", "t", "", (at(content),), "indirect", Span(0, 1), Mention(cue, (at(cue),)), source)
        for cue, content in (("said", "the harbour would stay open"), ("adding", "that fares would fall"))
    )
    (window,) = build_windows(TEXT, segment(TEXT), frozenset(), load_tokenizer(WEIGHTS / "small"), 64)
    example = statement_example(window, statements)
    words = [TEXT[start:end] for start, end in window.spans]
    assert [words[start:end] for start, end in example.cues] == [["said"], ["adding"]]
    assert [words[start : end + 1] for start, end in example.sources] == [["Mayor", "Ada", "Brandt"]] * 2
    assert [word for word, owner in zip(words, example.owners, strict=True) if owner == 2] == [
        "that",
        "fares",
        "would",
        "fall",
    ]
    batch = collate([example])
    assert int((batch.names != IGNORED).sum()) == 0
    assert batch.cue_labels.max() == 1


def test_settings_are_checked() -> None:
    with pytest.raises(SettingsError, match="epochs"):
        QuoteTraining(encoder=Path(), corpora=Path(), output=Path(), epochs=0)
    with pytest.raises(SettingsError, match="names_share"):
        QuoteTraining(encoder=Path(), corpora=Path(), output=Path(), names_share=1.0)


def test_the_mean_of_runs_lies_between_them_and_says_what_it_is_of(
    encoder: Path, corpora: Path, tmp_path: Path
) -> None:
    runs = [tmp_path / "one", tmp_path / "two"]
    for run, epochs in zip(runs, (1, 2), strict=True):
        train_quote_model(settings_of(encoder, corpora, run, epochs=epochs), quiet, f"train {epochs}")
    average_runs(Averaging(runs=tuple(runs), weights=(1, 3), output=tmp_path / "mean"), quiet, "average")
    one, two, mean = (load_file(run / "model" / "model.safetensors") for run in (*runs, tmp_path / "mean"))
    assert all(torch.allclose(mean[name], one[name] * 0.25 + two[name] * 0.75, atol=1e-6) for name in one)
    average_runs(Averaging(runs=(*runs, runs[0]), weights=(0.3, 0.3, 0.4), output=tmp_path / "of-three"), quiet)
    frozen = "encoder.embeddings.word_embeddings.weight"
    assert torch.equal(load_file(tmp_path / "of-three" / "model" / "model.safetensors")[frozen], one[frozen])
    manifest = json.loads((tmp_path / "mean" / "manifest.json").read_text())
    assert manifest["command"] == "average"
    assert [(part["weight"], part["command"]) for part in manifest["averaged"]] == [
        (0.25, "train 1"),
        (0.75, "train 2"),
    ]
    with pytest.raises(SettingsError, match="one weight for each"):
        Averaging(runs=tuple(runs), weights=(1.0,), output=tmp_path / "other")
    with pytest.raises(InputError, match="no finished model"):
        average_runs(Averaging(runs=(runs[0], tmp_path / "none"), output=tmp_path / "other"), quiet)
