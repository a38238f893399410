from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from onrecord.cli.app import app
from onrecord.errors import InputError
from onrecord.pipeline import PipelineSettings
from onrecord_eval.benchmarks.extraction import benchmark, operations
from onrecord_eval.benchmarks.synthetic_articles import synthetic_articles


def test_operations_are_those_of_the_maps_and_of_attention() -> None:
    # One token, one layer, size 2, inner size 3: maps 2·(4·2·2) and 2·(2·2·3), attention 2·(2·1·2).
    assert operations([1], 1, 2, 3) == 32 + 24 + 8
    assert operations([1, 1], 6, 2, 3) == 12 * operations([1], 1, 2, 3)
    assert operations([2], 1, 2, 3) == 2 * (32 + 24 + 16)


def test_synthetic_articles_are_the_same_every_time_and_of_the_length_of_news() -> None:
    texts = list(synthetic_articles(40))
    assert texts == list(synthetic_articles(40))
    assert len(set(texts)) == 40
    words = [len(text.split()) for text in texts]
    assert min(words) > 200 and 450 < sum(words) / 40 < 800 and max(words) < 1300


def test_the_benchmark_counts_words_and_tokens_without_padding(tiny_model: Path, news: Path) -> None:
    settings = PipelineSettings(str(tiny_model), "cpu", "fp32")
    measured = benchmark(news, settings, threads=1, repeats=1)
    assert (measured.articles, measured.words) == (
        4,
        sum(len(path.read_text().split()) for path in news.rglob("*.txt")),
    )
    assert measured.words < measured.tokens < 6 * measured.words
    assert 0 < measured.share < measured.encoder_share
    assert measured.words_per_second == pytest.approx(measured.words / measured.seconds)
    assert measured.first_article > measured.loading > 0


def test_bench_without_a_folder_prints_a_table_and_json(tiny_model: Path) -> None:
    options = ["bench", "--model", str(tiny_model), "--articles", "2", "--repeats", "1", "--threads", "1"]
    table = CliRunner().invoke(app, options)
    assert table.exit_code == 0, table.output
    assert "words per second" in table.stdout and "share of that rate" in table.stdout
    record = json.loads(CliRunner().invoke(app, [*options, "--json"]).stdout)
    assert record["articles"] == 2 and record["precision"] in ("bf16", "fp32")


def test_a_folder_without_articles_is_one_clear_line(tiny_model: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="folder"):
        benchmark(tmp_path, PipelineSettings(str(tiny_model), "cpu", "fp32"), repeats=1)
