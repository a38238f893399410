"""Classifiers of text pairs in place of the stance model, on tiny ones that know nothing."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

from onrecord.errors import WeightsError
from onrecord_models.labels import STANCES
from onrecord_models.stance.classifier import ClassifierScorer, StanceInput, load_stance_classifier, map_labels
from tests.models.pairs import ENCODER, INPUTS


def classifier(*names: str) -> BertForSequenceClassification:
    torch.manual_seed(4)
    labels = dict(enumerate(names))
    settings = BertConfig(**{**ENCODER, "id2label": labels, "label2id": {name: at for at, name in labels.items()}})
    made = BertForSequenceClassification(settings)
    torch.nn.init.normal_(made.classifier.weight, std=2)
    return made.eval()


@pytest.fixture(scope="module")
def scorer(tokenizer: BertTokenizerFast) -> ClassifierScorer:
    return ClassifierScorer(classifier(*STANCES), tokenizer, batch_size=3)


@pytest.mark.parametrize(
    ("names", "columns"),
    [
        (["support", "oppose", "neutral"], [[0], [1], [2]]),
        (["CONTRADICTION", "NEUTRAL", "ENTAILMENT"], [[2], [0], [1]]),
        (["AGAINST", "FAVOR", "NONE"], [[1], [0], [2]]),
        (["pro", "con"], [[0], [1], []]),
    ],
)
def test_labels_of_other_classifiers(names: list[str], columns: list[list[int]]) -> None:
    assert map_labels(names) == columns


@pytest.mark.parametrize("names", [["LABEL_0", "LABEL_1"], ["entailment", "not_entailment"], ["support", "neutral"]])
def test_labels_that_cannot_be_read(names: list[str]) -> None:
    with pytest.raises(WeightsError, match=r"support: support.*--stance-label") as caught:
        map_labels(names)
    assert ", ".join(names) in str(caught.value)


def test_labels_mean_what_the_user_says() -> None:
    assert map_labels(["LABEL_0", "LABEL_1"], {"LABEL_0": "oppose", "LABEL_1": "support"}) == [[1], [0], []]
    with pytest.raises(WeightsError, match="cannot mean 'good'"):
        map_labels(["LABEL_0", "LABEL_1"], {"LABEL_0": "good"})
    with pytest.raises(WeightsError, match="has no label LABEL_2"):
        map_labels(["LABEL_0", "LABEL_1"], {"LABEL_2": "oppose"})


def test_labels_are_in_the_order_of_the_scores() -> None:
    assert STANCES == ("support", "oppose", "neutral")


def test_scores_are_probabilities_and_do_not_depend_on_order(scorer: ClassifierScorer) -> None:
    inputs = [replace(one, target=target) for one in INPUTS for target in ("the bill", "the harbour", "Ada Brandt")]
    scores = scorer.score(inputs)
    assert all(abs(sum(three) - 1) < 2e-4 and three == tuple(round(p, 4) for p in three) for three in scores)
    order = random.Random(5).sample(range(len(inputs)), len(inputs))
    assert scorer.score([inputs[i] for i in order]) == [scores[i] for i in order]
    assert scorer.score([]) == []


def test_a_stance_classifier_reads_the_statement_in_its_context_and_the_target(
    scorer: ClassifierScorer, tokenizer: BertTokenizerFast
) -> None:
    shown = {
        INPUTS[0]: ("Ada Brandt: Ada Brandt called the bill a mistake.", "the bill"),
        INPUTS[3]: ("a triumph", "the harbour"),
        StanceInput("the bill", "a triumph", "Ada said it."): ("a triumph Ada said it.", "the bill"),
        StanceInput("the bill", "the vote … on Monday", "The mayor said the vote is on Monday."): (
            "The mayor said the vote is on Monday.",
            "the bill",
        ),
    }
    for asked, texts in shown.items():
        with torch.inference_mode():
            logits = scorer.model(**tokenizer(*texts, return_tensors="pt")).logits
        assert scorer.score([asked])[0] == pytest.approx(torch.softmax(logits[0], dim=-1).tolist(), abs=1e-4)


def test_any_classifier_can_be_swapped_in(tokenizer: BertTokenizerFast, tmp_path: Path) -> None:
    made = classifier("contradiction", "entailment", "neutral")
    made.save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    scores = load_stance_classifier(tmp_path).score(INPUTS)
    text, hypothesis = "Ada Brandt: Ada Brandt called the bill a mistake.", "Ada Brandt supports the bill."
    with torch.inference_mode():
        raw = torch.softmax(made(**tokenizer(text, hypothesis, return_tensors="pt")).logits[0], dim=-1).tolist()
    assert scores[0] == pytest.approx((raw[1], raw[0], raw[2]), abs=1e-4)


def test_folders_without_a_model(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"config\.json"):
        load_stance_classifier(tmp_path / "nowhere")
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "bert"}))
    (tmp_path / "pytorch_model.bin").write_bytes(b"never unpickled")
    with pytest.raises(WeightsError, match=r"cannot be loaded"):
        load_stance_classifier(tmp_path)
