"""The Python interface: what `onrecord` exports, `Pipeline.extract` and `Pipeline.pipe`."""

from __future__ import annotations

import doctest
import gc
import logging
import shutil
import subprocess
import sys
import weakref
from collections.abc import Iterator
from datetime import date
from itertools import count, islice
from pathlib import Path
from typing import Any

import pytest
from transformers import BertConfig, BertForSequenceClassification

import onrecord
from onrecord import (
    Article,
    InputError,
    Meta,
    NotEnglishError,
    Pipeline,
    PipelineSettings,
    SettingsError,
    Statement,
    WeightsError,
)
from onrecord.document import Speaker
from tests.conftest import TINY_ENCODER

TEXT = "Mayor Ada Brandt said the harbour would stay open.\n\n“We will not close it,” Brandt said.\n"
GERMAN = "Der Rat hat am Montag beschlossen, dass der Hafen offen bleibt, sagte der Sprecher der Stadt in Hamburg."


@pytest.fixture(scope="module")
def pipeline(tiny_model: Path) -> Pipeline:
    return Pipeline.load(str(tiny_model), device="cpu", precision="fp32")


def read(pipeline: Pipeline, items: Any, **options: Any) -> list[list[Statement]]:
    return list(pipeline.pipe(items, **options))


def test_all_that_is_exported_is_there_and_listed() -> None:
    assert {"Pipeline", "Statement", "StanceScores", "Target", "read_statements", "__version__"} <= set(dir(onrecord))
    names: dict[str, Any] = {}
    exec("from onrecord import *", names)
    assert set(onrecord.__all__) <= names.keys()
    with pytest.raises(AttributeError, match="no attribute 'pipelines'"):
        onrecord.pipelines  # noqa: B018


def test_importing_onrecord_imports_nothing_heavy() -> None:
    probe = "import sys, onrecord, onrecord.cli.app; print(sorted({'torch', 'pydantic', 'spacy'} & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"


@pytest.mark.parametrize("module", ["onrecord", "onrecord.document", "onrecord.pipeline"])
def test_examples_in_docstrings_give_what_they_say(module: str) -> None:
    results = doctest.testmod(sys.modules[module])
    assert results.attempted
    assert not results.failed


def test_every_text_gets_its_statements_in_order_and_ids_of_its_own(pipeline: Pipeline) -> None:
    texts = [TEXT, "", "Nothing.", TEXT, TEXT]
    found = read(pipeline, texts, batch_size=2)
    assert [bool(statements) for statements in found] == [True, False, bool(found[2]), True, True]
    for number, statements in enumerate(found, 1):
        assert [statement.doc for statement in statements] == [str(number)] * len(statements)
        assert [statement.id for statement in statements] == [f"{number}#{i + 1}" for i in range(len(statements))]
        alone = pipeline.extract(texts[number - 1], str(number))
        assert [statement.text for statement in statements] == [statement.text for statement in alone]


def test_dictionaries_and_articles_bring_ids_and_what_else_is_known(pipeline: Pipeline) -> None:
    row = {
        "id": 7,
        "text": TEXT,
        "title": " A \n title",
        "date": date(2015, 3, 18),
        "url": None,
        "outlet": float("nan"),
    }
    article = Article("b.txt", TEXT, Meta(outlet="The Herald", encoding="latin-1"))
    rows, doc, both, articles = read(pipeline, [row, {"doc": "x", "id": "y", "text": TEXT}, {"text": TEXT}, article])
    assert {statement.doc for statement in rows} == {"7"}
    assert {statement.meta for statement in rows} == {Meta("A title", "2015-03-18", None, None, "en")}
    assert {statement.doc for statement in doc} == {"x"}
    assert {statement.doc for statement in both} == {"3"}
    assert {statement.doc for statement in articles} == {"b.txt"}
    assert {statement.meta for statement in articles} == {Meta(None, None, "The Herald", None, "en", "latin-1")}


def test_rows_of_a_dataset_can_be_read(pipeline: Pipeline) -> None:
    datasets = pytest.importorskip("datasets", reason="datasets is not installed")
    rows = datasets.Dataset.from_list([{"id": "a", "text": TEXT}, {"id": "b", "text": TEXT}])
    assert [statements[0].doc for statements in pipeline.pipe(rows)] == ["a", "b"]


def test_an_endless_stream_is_read_a_batch_at_a_time(pipeline: Pipeline) -> None:
    taken: list[int] = []

    def endless() -> Iterator[str]:
        for number in count(1):
            taken.append(number)
            yield TEXT

    stream = pipeline.pipe(endless(), batch_size=4)
    assert taken == []
    assert next(stream)[0].doc == "1"
    assert taken == [1, 2, 3, 4]
    assert [statements[0].doc for statements in islice(stream, 4)] == ["2", "3", "4", "5"]
    assert taken == [1, 2, 3, 4, 5, 6, 7, 8]


def test_texts_are_gone_once_their_batch_is_read(pipeline: Pipeline) -> None:
    class Text(str):
        """A text that can be seen to be gone."""

    texts_made: list[weakref.ref[Text]] = []
    most = 0

    def texts() -> Iterator[str]:
        nonlocal most
        for _ in range(20):
            text = Text(TEXT)
            texts_made.append(weakref.ref(text))
            gc.collect()  # analyses refer to themselves
            most = max(most, sum(made() is not None for made in texts_made))
            yield text

    gc.freeze()  # what other tests left need not be looked through each time
    for statements in pipeline.pipe(texts(), batch_size=4):
        assert statements
    gc.unfreeze()
    assert 4 <= most <= 6


def test_very_long_texts_make_smaller_batches(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onrecord.reading.items._CHARACTERS", len(TEXT) + 1)
    taken: list[str] = []
    stream = pipeline.pipe((taken.append(TEXT) or TEXT for _ in range(10)), batch_size=32)  # type: ignore[func-returns-value]
    next(stream)
    assert len(taken) == 2


@pytest.mark.parametrize(
    ("item", "says"),
    [
        (3, "text 2: of type int; give a str"),
        (None, "text 2: of type NoneType"),
        ({"id": "q", "body": "x"}, r"text 2 \('q'\): it has no 'text'.*its keys: id, body"),
        ({"id": "q", "text": None}, r"text 2 \('q'\): its 'text' is of type NoneType"),
        ({"id": 1.5, "text": TEXT}, "text 2: its id is of type float"),
        ({"text": TEXT, "date": ["2015"]}, "text 2: its 'date' is of type list"),
        ("He said \ud800.", "text 2: has halves of characters"),
        ({"text": TEXT, "title": "\ud800"}, "text 2, 'title': has halves of characters"),
        (Article("a.txt", "\udc80"), r"text 2 \('a.txt'\): has halves of characters"),
        (GERMAN, "text 2: not in English .looks like 'de'.*language=\"en\""),
        ({"id": "de", "text": GERMAN}, r"text 2 \('de'\): not in English"),
    ],
)
def test_a_bad_item_is_named_after_the_texts_before_it_were_given(pipeline: Pipeline, item: Any, says: str) -> None:
    stream = pipeline.pipe([TEXT, item, TEXT])
    assert next(stream)[0].doc == "1"
    with pytest.raises(InputError, match=says) as caught:
        next(stream)
    assert "\n" not in str(caught.value)


def test_bad_items_can_be_skipped_and_are_logged(pipeline: Pipeline, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "onrecord"):
        found = read(pipeline, [3, TEXT, GERMAN, TEXT], on_error="skip", batch_size=2)
    assert [[statement.doc for statement in statements][:1] for statements in found] == [[], ["2"], [], ["4"]]
    assert [record.getMessage().partition(";")[0] for record in caplog.records] == [
        "skipped text 1: of type int",
        "skipped text 3: not in English (looks like 'de')",
    ]


def test_a_batch_without_a_good_item_is_skipped_too(pipeline: Pipeline) -> None:
    assert read(pipeline, [1, 2, 3], on_error="skip", batch_size=2) == [[], [], []]


def test_a_language_that_is_given_is_not_detected(pipeline: Pipeline) -> None:
    with pytest.raises(NotEnglishError, match="the text: not in English"):
        pipeline.extract(GERMAN)
    with pytest.raises(NotEnglishError, match="not in English"):
        pipeline.extract(GERMAN, "a.txt")
    assert isinstance(pipeline.extract(GERMAN, language="en"), list)
    assert len(read(pipeline, [GERMAN], language="en")) == 1
    assert len(read(pipeline, [Article("a", GERMAN, Meta(language="en"))])) == 1
    assert {statement.meta.language for statement in pipeline.extract(TEXT)} == {"en"}


@pytest.mark.parametrize("method", ["extract", "pipe"])
def test_another_language_is_refused_before_anything_is_read(pipeline: Pipeline, method: str) -> None:
    with pytest.raises(NotEnglishError, match="language is 'de'; only English"):
        getattr(pipeline, method)(TEXT, language="de")


@pytest.mark.parametrize(
    ("texts", "options", "says"),
    [
        (TEXT, {}, "put it in a list"),
        ({"text": TEXT}, {}, "put it in a list"),
        (Article("a", TEXT), {}, "put it in a list"),
        ([TEXT], {"batch_size": 0}, "batch_size is 0"),
        ([TEXT], {"on_error": "ignore"}, "on_error is 'ignore'; choose one of raise, skip"),
    ],
)
def test_what_pipe_cannot_take_is_refused_at_once(pipeline: Pipeline, texts: Any, options: Any, says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        pipeline.pipe(texts, **options)


def test_what_was_prepared_gives_what_the_articles_give(pipeline: Pipeline) -> None:
    articles = [Article("a", TEXT), Article("b", TEXT)]
    found = pipeline.extract_articles(articles)
    assert found[0]
    assert pipeline.extract_prepared(pipeline.prepare(articles)) == found


def test_settings_of_load_reach_the_pipeline(tiny_model: Path) -> None:
    pipeline = Pipeline.load(
        str(tiny_model), device="cpu", precision="fp32", targets=["the harbour"], min_stance_score=1.0
    )
    assert pipeline.settings == PipelineSettings(str(tiny_model), "cpu", "fp32", ("the harbour",), min_stance_score=1.0)
    stances = [stance.label for statement in pipeline.extract(TEXT) for stance in statement.stance]
    assert set(stances) == {"unclear"}


def test_speakers_below_the_minimal_score_are_unnamed(tiny_model: Path) -> None:
    def speakers(least: float | None) -> list[Speaker]:
        pipeline = Pipeline.load(str(tiny_model), device="cpu", precision="fp32", min_speaker_score=least)
        assert pipeline.settings.min_speaker_score == least
        return [speaker for statement in pipeline.extract(TEXT) for speaker in statement.speakers]

    as_they_are, sure, none = speakers(None), speakers(0.0), speakers(1.0)
    assert as_they_are == sure
    assert any(speaker.name for speaker in sure)
    assert all(speaker.score is not None and 0 <= speaker.score <= 1 for speaker in sure)
    assert none and not any(speaker.name or speaker.id for speaker in none)
    with pytest.raises(SettingsError, match=r"the minimal speaker score is 2\.0; it is a probability, 0 to 1"):
        speakers(2.0)


def test_stance_labels_reach_the_stance_model(tiny_model: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no stance model"):
        Pipeline.load(str(tiny_model), stance_labels={"LABEL_0": "oppose"})
    config = BertConfig(**{**TINY_ENCODER, "num_labels": 3})
    BertForSequenceClassification(config).save_pretrained(tmp_path)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(tiny_model / name, tmp_path / name)
    options: dict[str, Any] = {"device": "cpu", "targets": ("the harbour",), "stance_model": str(tmp_path)}
    with pytest.raises(WeightsError, match="labels are LABEL_0, LABEL_1, LABEL_2"):
        Pipeline.load(str(tiny_model), **options)
    labels = {"LABEL_0": "oppose", "LABEL_1": "support", "LABEL_2": "neutral"}
    pipeline = Pipeline.load(str(tiny_model), **options, stance_labels=labels)
    statements = pipeline.extract(TEXT)
    assert statements
    assert all(statement.stance[0].scores is not None for statement in statements)
