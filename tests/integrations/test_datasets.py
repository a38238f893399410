"""Statements and articles as data sets, and a pipeline that is given to ``map``."""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import datasets
import pytest
from datasets.fingerprint import Hasher

from onrecord import Pipeline, Statement, load_articles, load_statements
from onrecord.errors import InputError, RecordError
from onrecord.files.arrow import statement_features
from onrecord.files.records import read_statements
from onrecord.reading import ReadSettings
from tests.conftest import ROOT
from tests.reading.making import write_lines, write_parquet

GOLD = ROOT / "data" / "gold" / "gold.jsonl"
QUIET = "The harbour lies at the end of a long road, and the fish in it are plenty at this time of the year."
SAID = "“We will not sign it,” Ms Ada Brandt told reporters on Monday. Critics said that the plan was a waste of money."
GERMAN = "Der Bürgermeister sagte am Montag, dass die Stadt das alte Schwimmbad auch im Winter nicht schließen werde."


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of `datasets` and temporary files of the test's own, to see what is left in them."""
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def pipeline(small: Pipeline) -> Pipeline:
    return small


def test_statements_are_the_lines_as_they_are(home: Path) -> None:
    gold = list(read_statements(GOLD))
    dataset = load_statements(GOLD)
    assert dataset.features == statement_features()
    assert [Statement.from_dict(row) for row in dataset] == gold
    written = Statement.to_dict(gold[0])
    assert dataset[0].keys() == written.keys()
    assert dataset[0]["stance"][0].keys() == written["stance"][0].keys()
    assert dataset[0]["speakers"][0].keys() == written["speakers"][0].keys()
    assert not (home / "cache").exists()


def test_a_file_without_statements_has_the_columns_of_others(tmp_path: Path) -> None:
    (tmp_path / "none.jsonl").write_text("")
    dataset = load_statements(tmp_path / "none.jsonl")
    assert len(dataset) == 0
    assert dataset.features == statement_features()


def test_a_line_that_is_not_a_statement_is_named_and_leaves_no_file(home: Path) -> None:
    path = home / "bad.jsonl"
    path.write_text(GOLD.read_text(encoding="utf-8").splitlines()[0] + "\n{}\n", encoding="utf-8")
    with pytest.raises(RecordError, match="line 2"):
        load_statements(path)
    assert [file.name for file in home.iterdir()] == ["bad.jsonl"]


def test_temporary_files_live_as_long_as_the_process(tmp_path: Path) -> None:
    probe = (
        "import os, sys, onrecord\n"
        f"dataset = onrecord.load_statements({str(GOLD)!r})\n"
        "if os.fork() == 0:\n    sys.exit()\n"
        "os.wait()\n"
        "print(len(dataset.filter(lambda row: row['form'] == 'direct')))\n"
    )
    environment = {**os.environ, "HOME": str(tmp_path / "home"), "TMPDIR": str(tmp_path), "HF_HOME": ""}
    environment.pop("HF_HOME")
    result = subprocess.run(
        [sys.executable, "-c", probe], env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert result.returncode == 0, result.stderr
    assert int(result.stdout) == sum(statement.form == "direct" for statement in read_statements(GOLD))
    assert not list(tmp_path.iterdir())


def test_articles_of_all_kinds_are_streamed_and_bad_ones_named(home: Path, caplog: pytest.LogCaptureFixture) -> None:
    news = home / "news"
    news.mkdir()
    (news / "a.txt").write_text(QUIET, encoding="utf-8")
    write_lines(news / "b.jsonl.gz", [{"text": SAID, "title": "One"}, "{oops", {"text": GERMAN}, {"text": QUIET}])
    write_parquet(news / "c.parquet", [{"text": SAID, "date": "2015-03-02"}, {"text": None, "date": None}])
    articles = load_articles(news)
    assert next(iter(articles))["doc"] == "a.txt"
    assert not caplog.messages  # nothing behind the first was read
    rows = list(articles)
    assert [row["doc"] for row in rows] == ["a.txt", "b.jsonl.gz#1", "b.jsonl.gz#4", "c.parquet#1"]
    assert (rows[1]["text"], rows[1]["title"], rows[3]["date"]) == (SAID, "One", "2015-03-02")
    assert articles.features is not None
    assert set(articles.features) == set(rows[0])
    for words in ("b.jsonl.gz#2: cannot be read (not JSON", "b.jsonl.gz#3: not in English", "c.parquet#2: no text"):
        assert sum(words in message for message in caplog.messages) == 1
    assert not (home / "cache").exists()
    with pytest.raises(InputError, match="none: no such file"):
        load_articles(home / "none")
    named = load_articles(
        write_lines(home / "d.jsonl", [{"body": SAID, "key": 7}]), settings=ReadSettings((), (), "body", "key")
    )
    assert [row["doc"] for row in named] == ["d.jsonl#7"]


def test_articles_go_through_a_pipeline_as_a_stream(home: Path, pipeline: Pipeline) -> None:
    write_lines(home / "a.jsonl", [{"text": QUIET}, {"text": SAID}])
    rows = list(load_articles(home / "a.jsonl").map(pipeline, batched=True, batch_size=1))
    assert not rows[0]["statements"]
    (expected, *_) = pipeline.extract(SAID, "a.jsonl#2")
    assert Statement.from_dict(rows[1]["statements"][0]).text == expected.text
    assert rows[1]["statements"][0]["id"] == expected.id


def test_batches_have_the_same_types_where_the_first_has_no_statements(pipeline: Pipeline) -> None:
    texts = [*[QUIET] * 4, SAID, QUIET]
    rows = {"text": texts, "id": list(range(6)), "date": ["2015"] * 6, "pages": [1] * 6}
    mapped = datasets.Dataset.from_dict(rows).map(pipeline, batched=True, batch_size=2)
    assert mapped.features["statements"] == datasets.List(statement_features())
    assert mapped.column_names == ["text", "id", "date", "pages", "statements"]
    assert [bool(statements) for statements in mapped["statements"]] == [False, False, False, False, True, False]
    found = [Statement.from_dict(record) for record in mapped[4]["statements"]]
    assert [(one.text, one.stance) for one in found] == [(one.text, one.stance) for one in pipeline.extract(SAID)]
    assert {(one.doc, one.meta.date) for one in found} == {("4", "2015")}
    assert (
        datasets.Dataset.from_dict({"text": [QUIET]}).map(pipeline, batched=True).features["statements"]
        == (mapped.features["statements"])
    )


def test_a_call_gives_lists_without_datasets(pipeline: Pipeline) -> None:
    (statements,) = pipeline({"text": [SAID]})["statements"]
    assert statements
    assert [record["text"] for record in statements] == [one.text for one in pipeline.extract(SAID)]
    assert len({pipeline({"text": [text]})["statements"][0][0]["doc"] for text in (SAID, f"{SAID} ")}) == 2


def test_rows_that_cannot_be_read_have_no_statements_and_are_named(
    pipeline: Pipeline, caplog: pytest.LogCaptureFixture
) -> None:
    texts = [None, " ", "\0" * 50, "half \ud800", GERMAN, SAID]
    found = pipeline({"text": texts, "doc": list("abcdef")})["statements"]
    assert [bool(statements) for statements in found] == [False] * 5 + [True]
    words = ("NoneType", "only white space", "binary data", "halves of characters", "not in English")
    for name, said, message in zip("abcde", words, caplog.messages, strict=True):
        assert message.startswith(f"skipped {name}: ")
        assert said in message
    with pytest.raises(InputError, match=r"no column 'text' in the dataset \(body\); rename"):
        pipeline({"body": [SAID]})


def test_pipelines_differ_by_settings_and_weights(tiny_model: Path, tmp_path: Path) -> None:
    def hashed(model: Path, **settings: Any) -> str:
        return str(Hasher.hash(Pipeline.load(str(model), device="cpu", **settings)))

    model = tmp_path / "model"
    shutil.copytree(tiny_model, model)
    first = hashed(model)
    assert hashed(model) == first
    assert hashed(model, targets=("the plan",)) != first
    weights = model / "quotes" / "model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    assert hashed(model) != first


def test_mapping_twice_computes_once_and_warns_of_nothing(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    datasets.Dataset.from_dict({"text": [SAID, QUIET]}).save_to_disk(tmp_path / "stored")
    stored = datasets.load_from_disk(tmp_path / "stored")
    monkeypatch.setattr(logging.getLogger("datasets"), "propagate", True)
    first = stored.map(Pipeline.load(str(tiny_model), device="cpu"), batched=True)
    assert any(first["statements"])
    monkeypatch.setattr(Pipeline, "extract_articles", lambda *_: pytest.fail("computed again"))
    again = stored.map(Pipeline.load(str(tiny_model), device="cpu"), batched=True)
    assert again["statements"] == first["statements"]
    assert not caplog.messages


@pytest.mark.slow
def test_two_processes_find_what_one_does(tiny_model: Path, tmp_path: Path) -> None:
    rows = [{"text": f"{SAID} It was said {number} times."} for number in range(4)]
    (tmp_path / "rows.json").write_text(json.dumps(rows))
    probe = (
        "import json, datasets\nfrom onrecord import Pipeline\n"
        f"rows = datasets.Dataset.from_list(json.load(open({str(tmp_path / 'rows.json')!r})))\n"
        f"pipeline = Pipeline.load({str(tiny_model)!r}, device='cpu')\n"
        "one = rows.map(pipeline, batched=True, batch_size=2)\n"  # the threads of torch run from here on
        "two = rows.map(pipeline, batched=True, batch_size=2, num_proc=2)\n"
        "assert any(one['statements']), 'nothing found'\n"
        "assert two['statements'] == one['statements'] and two.features == one.features\n"
    )
    environment = {**os.environ, "HF_DATASETS_CACHE": str(tmp_path / "cache")}
    result = subprocess.run(
        [sys.executable, "-c", probe], env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert result.returncode == 0, result.stderr
    assert "arning" not in result.stderr
