"""Benchmarks on little data: that they measure what they say. How fast anything is stays out of the tests."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from onrecord.cli.app import app
from onrecord.document import Article, Speaker, Statement
from onrecord.errors import InputError
from onrecord.pipeline import PipelineSettings
from onrecord_eval.benchmarks import extraction, pronoun_order, verification
from onrecord_eval.benchmarks.extraction import Benchmark, benchmark, operations
from onrecord_eval.benchmarks.long_texts import repeated
from onrecord_eval.benchmarks.made.articles import synthetic_articles, write_articles


@pytest.fixture(scope="module")
def measured(tiny_model: Path) -> Benchmark:
    settings = PipelineSettings(str(tiny_model), "cpu", "fp32")
    return benchmark(None, settings, threads=1, articles=3, repeats=1)


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


def test_articles_are_written_a_thousand_to_a_folder(tmp_path: Path) -> None:
    write_articles(tmp_path, (str(number) for number in range(1001)))
    assert len(list((tmp_path / "000").iterdir())) == 1000
    assert (tmp_path / "001" / "001000.txt").read_text() == "1000"


@pytest.mark.slow
def test_the_extraction_benchmark_counts_words_and_tokens_without_padding(measured: Benchmark) -> None:
    assert (measured.articles, measured.words) == (3, sum(len(text.split()) for text in synthetic_articles(3)))
    assert measured.words < measured.tokens < 6 * measured.words
    assert measured.operations > 0
    assert 0 < measured.share < measured.encoder_share
    assert measured.words_per_second == pytest.approx(measured.words / measured.seconds)
    assert measured.first_article > measured.loading > 0


@pytest.mark.slow
def test_bench_prints_a_table_or_json(measured: Benchmark, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, object]] = []

    def answer(folder: Path | None, settings: PipelineSettings, **options: object) -> Benchmark:
        asked.append({"folder": folder, "model": settings.model, **options})
        return measured

    monkeypatch.setattr(extraction, "benchmark", answer)
    options = ["bench", "--model", "small", "--articles", "2", "--repeats", "1", "--threads", "1"]
    table = CliRunner().invoke(app, options)
    assert table.exit_code == 0, table.output
    assert "words per second" in table.stdout and "share of that rate" in table.stdout
    record = json.loads(CliRunner().invoke(app, [*options, "--json"]).stdout)
    assert (record["articles"], record["tokens"]) == (3, measured.tokens)
    assert asked == 2 * [{"folder": None, "model": "small", "threads": 1, "articles": 2, "repeats": 1}]


@pytest.mark.slow
def test_bench_compares_precisions_and_says_what_the_machine_lacks(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_articles(tmp_path, synthetic_articles(1))
    monkeypatch.setattr(
        extraction, "lacking", lambda name, device: None if name == "fp32" else f"needs what {device} has not"
    )
    options = ["bench", str(tmp_path), "--model", str(tiny_model), "--compare", "--repeats", "1", "--device", "cpu"]
    table = CliRunner().invoke(app, options)
    assert table.exit_code == 0, table.output
    lines = table.stdout.splitlines()
    assert any(line.split() == ["fp32"] for line in lines)
    assert any(line.startswith("words per second") for line in lines)
    assert lines[-2:] == [f"{name}: not measured, as it needs what cpu has not" for name in ("bf16", "int8")]
    refused = CliRunner().invoke(app, [*options, "--precision", "fp32"])
    assert refused.exit_code != 0
    assert "leave out --precision" in refused.output


def test_a_folder_without_articles_is_one_clear_line(tiny_model: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no articles in this folder"):
        benchmark(tmp_path, PipelineSettings(str(tiny_model), "cpu", "fp32"), repeats=1)


@pytest.mark.parametrize(
    ("name", "options", "rows"),
    [
        ("clusters", ["--statements", "300"], ["clusters found", "cuts found, word for word", "peak memory"]),
        ("near_duplicates", ["--articles", "100"], ["copies with 5% own text marked", "peak memory"]),
        ("speakers_across_articles", ["--articles", "60"], ["rules were written with", "others"]),
        ("long_texts", ["--length", "100"], ["segment 'U.S. '", "find_boilerplate 'Home '"]),
    ],
)
def test_a_benchmark_prints_a_table(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    options: list[str],
    rows: list[str],
) -> None:
    monkeypatch.setattr(sys, "argv", [name, *options])
    importlib.import_module(f"onrecord_eval.benchmarks.{name}").main()
    lines = capsys.readouterr().out.splitlines()
    for row in rows:
        assert any(line.startswith(row) and line != row for line in lines), row


def test_a_repeated_unit_fills_the_length() -> None:
    assert repeated("ab", 5) == "ababa"


def test_in_the_texts_of_pronoun_order_the_order_of_names_says_nothing() -> None:
    asked = list(pronoun_order.cases())
    assert len({case.article.text for case in asked}) == len(asked)
    for pronoun in ("he", "she"):
        first = [case.named_first for case in asked if case.pronoun == pronoun]
        assert len(first) > 50
        assert sum(first) * 2 == len(first)
    for case in asked:
        assert case.statement.source is not None
        assert case.statement.source.text == case.pronoun
        assert (case.speaker in pronoun_order.WOMEN) == (case.pronoun == "she")


def test_who_always_takes_the_first_named_is_right_in_one_column_of_pronoun_order_only() -> None:
    class FirstNamed:
        def speakers(self, article: Article, statements: Sequence[Statement]) -> list[tuple[Speaker, ...]]:
            people = [name for name in (*pronoun_order.WOMEN, *pronoun_order.MEN) if name in article.text]
            return [(Speaker(min(people, key=article.text.index), kind="person"),) for _ in statements]

    found = pronoun_order.answer(FirstNamed())
    assert {key: (answers.right, answers.other) for key, answers in found.items()} == {
        ("he", True): (48, 0),
        ("he", False): (0, 48),
        ("she", True): (48, 0),
        ("she", False): (0, 48),
    }


def test_made_changes_of_quotations_are_called_what_they_are(tmp_path: Path) -> None:
    topics = ("harbour", "school", "bridge", "museum", "railway", "market", "forest", "stadium", "library", "tunnel")
    for number, topic in enumerate(topics):
        said = [
            f"The {topic} of our town will stay open in winter number {count} because {topic} workers asked for it"
            for count in range(number * 20, number * 20 + 8)
        ]
        (tmp_path / f"{topic}.txt").write_text(
            " ".join(f"Nobody in town {number} knew why. “{each},” she said." for each in said)
        )
    articles = verification.read_articles(tmp_path, 10)
    result = verification.measure(articles, 0)
    assert result.rows() == verification.measure(articles, 0).rows()
    assert result.sources == 8 and result.counts["untouched"]["verbatim"] == result.counts["untouched"].total() > 0
    assert result.counts["re-attributed"]["other_speaker"] == result.counts["re-attributed"].total() > 0
    stopped = {row[0]: row[-1] for row in result.rows()[1:]}
    assert stopped["word changed"] == stopped["words added"] == stopped["spliced"] == "1.000"
    assert result.counts["invented"].total() == 16


def test_a_folder_without_quotations_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The council met on Monday and talked about the port.")
    with pytest.raises(InputError, match="no article with quotations"):
        verification.read_articles(tmp_path, 10)
