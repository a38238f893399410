"""Soft labels of a tiny model, and another one that learns from them."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from onrecord.errors import InputError, SettingsError
from onrecord_models.quote_model import QuoteModel
from onrecord_training.distillation import soft_labels as distillation
from onrecord_training.distillation.settings import Distillation
from onrecord_training.distillation.soft_labels import write_soft_labels
from onrecord_training.quotes.batches import collate, collate_soft_labels
from onrecord_training.quotes.examples import UNKNOWN
from onrecord_training.quotes.losses import LOSSES, quote_losses, soft_cross_entropy
from onrecord_training.quotes.settings import QuoteTraining
from onrecord_training.quotes.soft_labels import read_soft_labels
from onrecord_training.quotes.training import train_quote_model
from tests.training.made_corpora import TEXT


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "a.txt").write_text("The council met on Friday. Nobody said a word.\n", encoding="utf-8")
    return folder


@pytest.fixture
def settings(tiny_model: Path, encoder: Path, corpora: Path, texts: Path, tmp_path: Path) -> Distillation:
    return Distillation(
        teacher=str(tiny_model),
        encoder=encoder,
        corpora=corpora,
        output=tmp_path / "soft-labels",
        texts=texts,
        threads=1,
    )


def test_soft_labels_hold_labels_and_what_the_teacher_says_of_the_same_windows(settings: Distillation) -> None:
    examples = read_soft_labels(write_soft_labels(settings, lambda line: None))
    assert [example.labelled for example in examples].count(False) == 1
    assert any(source != UNKNOWN for example in examples for source in example.sources)
    for example in examples:
        assert example.soft is not None
        assert example.soft.cues.shape == (len(example), 3)
        assert example.soft.owners.shape == (len(example), 1 + len(example.cues))
        assert example.soft.starts.shape == (len(example.cues), len(example))
        assert example.cues == sorted(example.cues)
        assert len(example.sources) == len(example.cues)


def test_cues_that_the_teacher_alone_sees_are_offered_and_not_taught_as_labels(settings: Distillation) -> None:
    examples = read_soft_labels(write_soft_labels(settings, lambda line: None))
    offered = [one for one in examples if one.labelled and UNKNOWN in one.sources]
    assert offered
    batch = collate(offered[:1])
    annotated = [cue for cue, source in zip(offered[0].cues, offered[0].sources, strict=True) if source != UNKNOWN]
    assert int((batch.cue_labels == 1).sum()) == len(annotated)


def test_interrupted_soft_labels_go_on_and_end_alike(
    settings: Distillation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(distillation, "_FILE_WINDOWS", 1)
    whole = write_soft_labels(settings, lambda line: None)
    broken = replace(settings, output=tmp_path / "broken")

    class KilledError(Exception):
        pass

    def die(line: str) -> None:
        if "windows" in line:
            raise KilledError

    with pytest.raises(KilledError):
        write_soft_labels(broken, die)
    assert len(list(broken.output.glob("*.safetensors"))) == 1
    with pytest.raises(InputError, match="1 of 3 soft labels"):
        read_soft_labels(broken.output)
    write_soft_labels(broken, lambda line: None)
    for path in whole.glob("*.safetensors"):
        assert path.read_bytes() == (broken.output / path.name).read_bytes()
    assert json.loads((whole / "manifest.json").read_text())["sizes"] == {"windows": 3, "labelled": 2}


def test_soft_labels_of_other_settings_are_not_mixed(settings: Distillation) -> None:
    write_soft_labels(settings, lambda line: None)
    write_soft_labels(replace(settings, threads=2), lambda line: None)
    before = (settings.output / "manifest.json").read_bytes()
    with pytest.raises(SettingsError, match="name another output folder"):
        write_soft_labels(replace(settings, seed=2), lambda line: None)
    assert (settings.output / "manifest.json").read_bytes() == before
    assert not (settings.output / "manifest.new").exists()


def test_a_model_learns_from_soft_labels_alone_and_comes_nearer_to_its_teacher(
    settings: Distillation, tiny_model: Path, encoder: Path, corpora: Path, tmp_path: Path
) -> None:
    sure = tmp_path / "sure"
    shutil.copytree(tiny_model, sure)
    weights = load_file(sure / "quotes" / "model.safetensors")
    weights["name_head.bias"][0] += 3
    weights["no_owner.bias"] += 3
    save_file(weights, sure / "quotes" / "model.safetensors")
    soft_labels = write_soft_labels(replace(settings, teacher=str(sure)), lambda line: None)
    training = QuoteTraining(
        encoder=encoder,
        corpora=corpora,
        output=tmp_path / "run",
        soft_labels=soft_labels,
        teacher_share=1.0,
        epochs=1,
        threads=1,
        names_share=0.0,
    )
    longer = replace(training, output=tmp_path / "longer", epochs=30)
    runs = [train_quote_model(one, lambda line: None, "train") for one in (training, longer)]
    examples = [example for example in read_soft_labels(soft_labels) if example.labelled]
    early, late = (quote_losses(QuoteModel.from_pretrained(run).eval(), examples, 0.0, 0, 1.0) for run in runs)
    assert (late <= early + 0.02).all()  # half precision rounds
    assert late[LOSSES.index("name")] < early[LOSSES.index("name")] - 0.1
    assert late[LOSSES.index("owner")] < early[LOSSES.index("owner")] - 0.1
    manifest = json.loads((runs[0].parent / "manifest.json").read_text())
    assert manifest["soft-labels"]["sizes"]["windows"] == 3
    assert load_file(runs[0] / "model.safetensors").keys() == load_file(runs[1] / "model.safetensors").keys()


def test_cross_entropy_is_least_with_the_soft_labels_themselves_and_ignores_absent_choices() -> None:
    taught = torch.tensor([[[2.0, 0.0, float("-inf")], [0.0, 1.0, float("-inf")]]])
    there = torch.tensor([[True, False]])
    other = torch.tensor([[[0.0, 2.0, -1e4], [9.0, 9.0, 9.0]]], requires_grad=True)
    assert soft_cross_entropy(taught, taught, there) < soft_cross_entropy(other, taught, there)
    soft_cross_entropy(other, taught, there).backward()
    assert other.grad is not None
    assert torch.isfinite(other.grad).all()
    assert soft_cross_entropy(other, taught, torch.zeros(1, 2, dtype=torch.bool)) == 0


def test_soft_labels_of_windows_of_several_lengths_are_padded_with_what_is_not_a_choice(
    settings: Distillation,
) -> None:
    examples = read_soft_labels(write_soft_labels(settings, lambda line: None))
    soft_labels = [example.soft for example in examples if example.soft]
    together = collate_soft_labels(soft_labels)
    batch = collate(examples)
    assert together.switches.shape == batch.input_ids.shape
    assert together.owners.shape == (*batch.input_ids.shape, 1 + batch.cues.shape[1])
    assert torch.isneginf(together.switches[batch.attention_mask == 0]).all()


def test_what_cannot_be_learned_from_is_refused_in_one_line(
    settings: Distillation, encoder: Path, corpora: Path, texts: Path, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="onrecord train soft-labels"):
        read_soft_labels(tmp_path)
    with pytest.raises(SettingsError, match="leave the labels out"):
        QuoteTraining(encoder=encoder, corpora=corpora, output=tmp_path, soft_labels=tmp_path, labels=tmp_path)
    (texts / "a.txt").unlink()
    with pytest.raises(InputError, match=r"no unlabelled \.txt file"):
        write_soft_labels(settings, lambda line: None)
    foreign = tmp_path / "foreign"
    shutil.copytree(encoder, foreign)
    tokenizer = json.loads((foreign / "tokenizer.json").read_text(encoding="utf-8"))
    vocabulary = tokenizer["model"]["vocab"]
    special = {token["content"] for token in tokenizer["added_tokens"]}
    tokenizer["model"]["vocab"] = {t if t in special else f"{t}~": n for t, n in vocabulary.items()}
    (foreign / "tokenizer.json").write_text(json.dumps(tokenizer), encoding="utf-8")
    with pytest.raises(SettingsError, match="lacks"):
        write_soft_labels(replace(settings, encoder=foreign), lambda line: None)


def test_texts_that_are_labelled_are_not_read_again(settings: Distillation, texts: Path) -> None:
    from onrecord.document import Article
    from onrecord_eval.corpora.polnear import AnnotatedArticle
    from onrecord_training.quotes.data import read_texts

    (texts / "b.txt").write_text(TEXT, encoding="utf-8")
    (texts / "c.txt").write_text(r"{\rtf1 Not plain text.}", encoding="utf-8")
    assert len(read_texts(texts, [])) == 2
    assert TEXT not in read_texts(texts, [AnnotatedArticle(Article("b", TEXT), {})])
