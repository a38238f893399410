"""What the stance model learns from: labels of read articles and sentences, and the questions of an epoch."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from onrecord import Pipeline
from onrecord.document import Article, Stance, Statement
from onrecord.errors import InputError
from onrecord_eval.corpora.polnear import AnnotatedArticle
from onrecord_training.stance.data import StanceData, epoch_items, read_data, read_items
from onrecord_training.stance.items import (
    NEUTRAL,
    NO_SIDE,
    OPPOSE,
    OTHER_SUBJECT,
    SUPPORT,
    UNLABELLED,
    Asking,
    Item,
    LabelledTarget,
    all_targets,
    long_words,
    others,
    without_speakers,
)
from onrecord_training.stance.settings import StanceTraining
from tests.stages.making import make_analysis
from tests.training.stance.corpora import LABELS, MEASURED, write_stance_corpora

TEXT = "Ada Lund praised the port.\n\nBo Berg said it would rain.\n\nCora Marek called the port a folly."
SAID: list[tuple[str, str | None]] = [("the port", "Ada Lund"), ("it would rain", "Bo Berg"), ("a folly", "Cora Marek")]


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_stance_corpora(tmp_path_factory.mktemp("corpora"))


@pytest.fixture(scope="module")
def settings(corpora: Path, tiny_model: Path) -> StanceTraining:
    return StanceTraining(
        model=str(tiny_model),
        corpora=corpora,
        output=Path("nowhere"),
        stance_labels=(corpora / LABELS,),
        measured_labels=(corpora / MEASURED,),
        epochs=2,
        layers=1,
        sentences=5,
        threads=1,
    )


@pytest.fixture(scope="module")
def data(settings: StanceTraining, tiny_reader: Pipeline) -> StanceData:
    return read_data(settings, tiny_reader.analyse)


def annotated(*stances: Sequence[Stance], text: str = TEXT) -> AnnotatedArticle:
    """The article with these stances in its statements."""
    statements: tuple[Statement, ...] = make_analysis(text, SAID).statements
    labelled = (replace(each, stance=tuple(own)) for each, own in zip(statements, stances, strict=True))
    return AnnotatedArticle(Article("a", text), {"labels": tuple(labelled)})


# Articles


def test_each_target_has_a_label_for_every_statement(tiny_reader: Pipeline) -> None:
    port, rain = "the port", "the rain"
    article = annotated(
        [Stance(port, "support"), Stance(rain, "neutral", about=0.0)],
        [Stance(port, "neutral"), Stance(rain, "neutral", about=1.0)],
        [Stance(port, "oppose", about=1.0)],
    )
    (item,) = read_items(tiny_reader.analyse, [article])
    assert item.doc == "a"
    assert item.targets == (
        LabelledTarget(port, (SUPPORT, NEUTRAL, OPPOSE)),
        LabelledTarget(rain, (OTHER_SUBJECT, NO_SIDE, UNLABELLED)),
    )
    assert len(item.article.statements) == 3
    assert {"praise", "port", "folly"} <= item.words


def test_articles_without_labels_are_left_out_and_the_others_keep_their_order(tiny_reader: Pipeline) -> None:
    bare, labelled = annotated([], [], []), annotated([Stance("it", "support")], [], [])
    nothing_said = AnnotatedArticle(Article("b", TEXT), {"labels": ()})
    items = list(read_items(tiny_reader.analyse, [bare, labelled, nothing_said, *[labelled] * 33]))
    assert len(items) == 34
    assert {item.targets for item in items} == {(LabelledTarget("it", (SUPPORT, UNLABELLED, UNLABELLED)),)}


def test_a_statement_that_is_not_read_has_no_label(tiny_reader: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onrecord.pipeline.find_boilerplate", lambda text, segmentation: frozenset({1}))
    article = annotated([Stance("it", "support")], [Stance("it", "neutral")], [Stance("it", "oppose")])
    (item,) = read_items(tiny_reader.analyse, [article])
    assert item.targets == (LabelledTarget("it", (SUPPORT, OPPOSE)),)
    unread = annotated([], [Stance("it", "neutral")], [])
    assert [each.targets for each in read_items(tiny_reader.analyse, [unread])] == []


def test_the_opposite_of_a_target_swaps_the_sides_alone() -> None:
    labels = (SUPPORT, OPPOSE, NO_SIDE, OTHER_SUBJECT, NEUTRAL, UNLABELLED)
    taught = torch.tensor([[0.4, 0.3, 0.2, 0.1]] * len(labels))
    negated = LabelledTarget("a port", labels, taught).negated("no port")
    assert negated == LabelledTarget("no port", (OPPOSE, SUPPORT, NO_SIDE, OTHER_SUBJECT, NEUTRAL, UNLABELLED))
    assert negated.taught is not None
    assert negated.taught.tolist() == torch.tensor([[0.3, 0.4, 0.2, 0.1]] * len(labels)).tolist()


# What a run reads


def test_labelled_articles_are_learned_from_and_some_of_them_held_out(data: StanceData) -> None:
    sizes = data.sizes()
    assert 0 < sizes["held_out"] < 8
    assert sizes["articles"] + sizes["held_out"] == 24
    assert sizes["targets"] == 2 * sizes["articles"]
    assert sizes["measured_other"] == 24
    held_out = {item.doc for item in data.held_out}
    assert held_out.isdisjoint(item.doc for item in data.articles)
    item = data.articles[0]
    first, second = item.targets
    assert first.labels == (SUPPORT, OPPOSE, NO_SIDE, OTHER_SUBJECT)
    assert second.labels == (OPPOSE, SUPPORT, UNLABELLED, OTHER_SUBJECT)
    assert [each.speaker for each in item.article.statements] == [0, 1, 1, 0]


def test_sentences_stand_alone_and_there_are_enough_for_every_epoch(data: StanceData) -> None:
    assert {name: len(items) for name, items in data.sentences.items()} == {
        "newsmtsc": 10,
        "perspectrum": 10,
        "directed": 10,
    }
    for items in data.sentences.values():
        for item in items:
            (target,) = item.targets
            assert len(item.article.statements) == len(target.labels) == 1
            assert target.labels[0] in (SUPPORT, OPPOSE, NEUTRAL)
    assert {target.name for item in data.sentences["newsmtsc"] for target in item.targets} == {"Clara Weiss"}
    assert not any(each.source for item in data.sentences["perspectrum"] for each in item.article.statements)
    assert all(each.source for item in data.sentences["directed"] for each in item.article.statements)
    assert {target.name for item in data.sentences["directed"] for target in item.targets} == {"Omar", "the club"}


def test_a_missing_corpus_is_named(settings: StanceTraining, tiny_reader: Pipeline, tmp_path: Path) -> None:
    corpora = write_stance_corpora(tmp_path)
    (corpora / "directed-sentiment" / "train.txt").unlink()
    with pytest.raises(InputError, match=r"directed-sentiment/train\.txt: cannot be read"):
        read_data(replace(settings, corpora=corpora), tiny_reader.analyse)


def test_measured_files_of_one_folder_are_told_apart_and_none_may_be_empty(
    settings: StanceTraining, tiny_reader: Pipeline, corpora: Path, tmp_path: Path
) -> None:
    again = tmp_path / "other" / "again.jsonl"
    again.parent.mkdir()
    again.write_bytes((corpora / MEASURED).read_bytes())
    two = replace(settings, stance_labels=(), sentences=0, measured_labels=(corpora / MEASURED, again))
    assert read_data(two, tiny_reader.analyse).measured.keys() == {"other/dev", "other/again"}
    again.write_text("")
    with pytest.raises(InputError, match="other/again: no statement in it has a stance to measure"):
        read_data(two, tiny_reader.analyse)


# An epoch


def test_an_epoch_is_the_same_whenever_it_is_drawn_and_others_differ(
    data: StanceData, settings: StanceTraining
) -> None:
    def names(epoch: int, seed: int) -> list[tuple[str, str]]:
        drawn = epoch_items(data, settings, epoch, random.Random(seed))
        return [(item.doc, target.name) for item, target in drawn]

    assert names(0, 1) == names(0, 1)
    assert names(0, 1) != names(0, 2)


def test_an_epoch_asks_about_some_targets_of_each_article(data: StanceData, settings: StanceTraining) -> None:
    chosen = replace(settings, targets=1, others=0.0, sentences=0)
    drawn = epoch_items(replace(data, sentences={}), chosen, 0, random.Random(3))
    assert [item.doc for item, _ in drawn] == [item.doc for item in data.articles]
    known = {item.doc: item for item in data.articles}
    kept = [(item, target) for item, target in drawn if target in known[item.doc].targets]
    assert len(kept) >= len(drawn) / 3
    worded = [(item, target) for item, target in drawn if target not in known[item.doc].targets]
    for item, target in worded:  # a claim in other words, or negated with the sides swapped
        (claim,) = (each for each in known[item.doc].targets if each.name.startswith("We should"))
        assert target.labels == (claim.negated("").labels if " not " in target.name else claim.labels)
    assert any(" not " in target.name for _, target in worded)


def test_some_articles_are_shown_without_speakers(data: StanceData, settings: StanceTraining) -> None:
    items = [item for epoch in range(20) for item, _ in epoch_items(data, settings, epoch, random.Random(epoch))]
    speakers = [[each.speaker for each in item.article.statements] for item in items if len(item.article.windows) > 0]
    assert 0 < sum(set(each) == {-1} for each in speakers if len(each) == 4) < len(speakers) / 4
    bare = without_speakers(data.articles[0])
    assert [each.content for each in bare.article.statements] == [
        each.content for each in data.articles[0].article.statements
    ]


def test_epochs_take_sentences_in_turn(data: StanceData, settings: StanceTraining) -> None:
    def docs(epoch: int) -> set[str]:
        drawn = epoch_items(data, replace(settings, others=0.0), epoch, random.Random(epoch))
        return {item.doc for item, _ in drawn if item.doc.startswith("directed")}

    assert len(docs(0)) == len(docs(1)) == 5
    assert docs(0).isdisjoint(docs(1))
    assert docs(2) == docs(0)


def item_of(data: StanceData, doc: str, text: str, name: str) -> Item:
    return Item(doc, data.articles[0].article, (LabelledTarget(name, (SUPPORT,) * 4),), long_words(text))


def test_another_articles_target_is_asked_about_only_where_no_word_is_shared(data: StanceData) -> None:
    one = item_of(data, "one", "The harbours were closed.", "the closed harbour")
    other = item_of(data, "other", "Ferries sail at noon.", "the ferries")
    found = [pair for seed in range(20) for pair in others([one, other], 1.0, random.Random(seed))]
    assert {(item.doc, target.name) for item, target in found} == {
        ("one", "the ferries"),
        ("other", "the closed harbour"),
    }
    assert {target.labels for _, target in found} == {(OTHER_SUBJECT,) * 4}
    assert list(others([one, other], 0.0, random.Random(0))) == []
    short = item_of(data, "short", "The FBI spoke.", "the FBI")  # no long word shows whether an article is about it
    assert not [pair for seed in range(20) for pair in others([short], 1.0, random.Random(seed))]


def test_a_target_is_encoded_once_and_goes_with_its_own_labels(data: StanceData) -> None:
    seen: list[str] = []

    def encode(names: Sequence[str]) -> list[Tensor]:
        seen.extend(names)
        return [torch.full((3, 16), float(len(name))) for name in names]

    ask = Asking(encode)
    drawn = all_targets(data.articles[:3])
    assert [target.name for _, target in drawn] == [
        target.name for item in data.articles[:3] for target in item.targets
    ]
    asked = ask(drawn)
    ask(drawn[::-1])
    assert len(seen) == len(set(seen)) == 6
    for (item, target), each in zip(drawn, asked, strict=True):
        assert each.labels == target.labels
        assert each.question.article is item.article
        assert int(each.question.target[0, 0]) == len(target.name)
        assert len(each) == len(each.question)
