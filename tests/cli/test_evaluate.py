"""``onrecord evaluate`` and ``onrecord agreement`` as processes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command import assert_one_clear_line, onrecord
from tests.conftest import ARTICLES, ROOT

GOLD = ROOT / "data" / "gold" / "gold.jsonl"


def test_the_gold_scored_against_itself_is_perfect(tmp_path: Path) -> None:
    figures, page = tmp_path / "figures.json", tmp_path / "errors.html"
    result = onrecord(
        "evaluate", "--gold", GOLD, "--pred", GOLD, "--articles", ARTICLES, "--json", figures, "--errors", page,
        "--fail-under", "end_to_end.f1=1",
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert "content, exact" in result.stdout
    assert json.loads(figures.read_text(encoding="utf-8"))["metrics"]
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_a_floor_that_is_missed_fails_with_a_sentence(tmp_path: Path) -> None:
    lines = GOLD.read_text(encoding="utf-8").splitlines(keepends=True)
    half = tmp_path / "half.jsonl"
    half.write_text("".join(lines[::2]), encoding="utf-8")
    result = onrecord("evaluate", "--gold", GOLD, "--pred", half, "--fail-under", "content_exact.f1=0.9")
    assert result.returncode == 1
    assert_one_clear_line(result, "content_exact.f1")


def test_scoring_a_file_imports_no_torch() -> None:
    result = onrecord("evaluate", "--gold", GOLD, "--pred", GOLD, python=["-X", "importtime"])
    assert result.returncode == 0
    loaded = {line.rpartition("|")[2].strip() for line in result.stderr.splitlines()}
    assert "onrecord_eval.run" in loaded
    assert not {"torch", "transformers"} & loaded


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--corpus", "polnear"], "PATH"),
        (["--corpus", "nonsense", "."], "no corpus"),
        (["--corpus", "polnear", ".", "--gold", str(GOLD)], "leave out"),
        (["--pred", str(GOLD)], "--gold"),
        (["--cut", "cofenet"], "polnear"),
        (["--gold", str(GOLD), "--pred", str(GOLD), "--fail-under", "linked.f1"], "METRIC=VALUE"),
        (["--gold", str(GOLD), "--pred", str(GOLD), "--fail-under", "beauty=1"], "beauty"),
        (["--gold", str(GOLD)], "--articles"),
    ],
)
def test_options_that_do_not_go_together_are_wrong_usage(arguments: list[str], said: str) -> None:
    result = onrecord("evaluate", *arguments)
    assert result.returncode == 2, result.stderr
    assert_one_clear_line(result, said)


def test_the_error_browser_asks_for_the_articles_it_shows(tmp_path: Path) -> None:
    result = onrecord("evaluate", "--gold", GOLD, "--pred", GOLD, "--errors", tmp_path / "errors.html")
    assert result.returncode == 2
    assert_one_clear_line(result, "--articles")
    assert not (tmp_path / "errors.html").exists()


def test_a_gold_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    result = onrecord("evaluate", "--gold", tmp_path / "no.jsonl", "--pred", GOLD)
    assert result.returncode == 1
    assert_one_clear_line(result, "no.jsonl")


def test_the_pipeline_runs_on_a_folder_and_is_scored(tiny_model: Path) -> None:
    result = onrecord("evaluate", "--gold", GOLD, "--articles", ARTICLES, "--model", tiny_model)
    assert result.returncode == 0, result.stderr
    assert "content + speaker" in result.stdout


def test_agreement_prints_its_figures() -> None:
    result = onrecord("agreement", GOLD.with_name("pass-1.jsonl"), GOLD.with_name("pass-2.jsonl"))
    assert result.returncode == 0, result.stderr
    assert "Krippendorff" in result.stdout
