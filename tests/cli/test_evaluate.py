"""``onrecord evaluate`` and ``onrecord agreement`` as commands."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from onrecord.files.records import read_statements, to_line
from tests.command import assert_one_clear_line, onrecord, onrecord_process
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


def test_labels_that_are_a_models_output_or_the_predictions_themselves_are_doubted(tmp_path: Path) -> None:
    result = onrecord("evaluate", "--gold", GOLD, "--pred", GOLD)
    assert "warning: nothing differs from" in result.stderr
    half = tmp_path / "half.jsonl"
    half.write_text("".join(GOLD.read_text(encoding="utf-8").splitlines(keepends=True)[::2]), encoding="utf-8")
    assert "warning" not in onrecord("evaluate", "--gold", GOLD, "--pred", half).stderr
    output = tmp_path / "output.jsonl"
    own = (replace(statement, confidence=0.9) for statement in read_statements(GOLD))
    output.write_text("".join(f"{to_line(statement)}\n" for statement in own), encoding="utf-8")
    result = onrecord("evaluate", "--gold", output, "--pred", half)
    assert "has a confidence, as `extract` writes it: that is a model's output, not labels" in result.stderr


def test_folders_of_figures_are_made_and_tables_fit_eighty_columns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    figures = tmp_path / "new" / "deep" / "figures.json"
    result = onrecord("evaluate", "--gold", GOLD, "--pred", GOLD, "--json", figures)
    assert result.returncode == 0, result.stderr
    assert figures.is_file()
    assert max(map(len, result.stdout.splitlines()[1:])) <= 80  # the title names two files
    assert_one_clear_line(
        onrecord("evaluate", "--gold", GOLD, "--pred", GOLD, "--json", GOLD / "figures.json"), "cannot be written"
    )


def test_a_floor_that_is_missed_fails_with_a_sentence(tmp_path: Path) -> None:
    lines = GOLD.read_text(encoding="utf-8").splitlines(keepends=True)
    half = tmp_path / "half.jsonl"
    half.write_text("".join(lines[::2]), encoding="utf-8")
    result = onrecord("evaluate", "--gold", GOLD, "--pred", half, "--fail-under", "content_exact.f1=0.9")
    assert_one_clear_line(result, "content_exact.f1 is 0.", ", under the floor of 0.9", status=1)


def test_scoring_a_file_imports_no_torch() -> None:
    result = onrecord_process("evaluate", "--gold", GOLD, "--pred", GOLD, python=["-X", "importtime"])
    assert result.returncode == 0
    loaded = {line.rpartition("|")[2].strip() for line in result.stderr.splitlines()}
    assert "onrecord_eval.run" in loaded
    assert not {"torch", "transformers"} & loaded


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--corpus", "polnear"], "--corpus needs the PATH of the corpus"),
        (["--corpus", "nonsense", "."], "there is no corpus 'nonsense'; choose one of polnear,"),
        (
            ["--corpus", "polnear", ".", "--gold", str(GOLD)],
            "has labels of its own; leave out --gold",
        ),
        (["--pred", str(GOLD)], "--pred needs --gold FILE"),
        (["--cut", "cofenet"], "--cut applies to --corpus polnear only; leave it out"),
        (
            ["--gold", str(GOLD), "--pred", str(GOLD), "--fail-under", "linked.f1"],
            "METRIC=VALUE with a value from 0 to 1",
        ),
        (
            ["--gold", str(GOLD), "--pred", str(GOLD), "--fail-under", "beauty=1"],
            "no metric 'beauty' in this evaluation; it has",
        ),
        (["--gold", str(GOLD)], "--gold needs --pred FILE to score, or --articles DIR"),
    ],
)
def test_options_that_do_not_go_together_are_wrong_usage(arguments: list[str], said: str) -> None:
    result = onrecord("evaluate", *arguments)
    assert_one_clear_line(result, said, status=2)


def test_the_error_browser_asks_for_the_articles_it_shows(tmp_path: Path) -> None:
    result = onrecord("evaluate", "--gold", GOLD, "--pred", GOLD, "--errors", tmp_path / "errors.html")
    assert_one_clear_line(result, "the articles, so it needs them: give their folder with --articles DIR", status=2)
    assert not (tmp_path / "errors.html").exists()


def test_a_gold_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    result = onrecord("evaluate", "--gold", tmp_path / "no.jsonl", "--pred", GOLD)
    assert_one_clear_line(result, "no.jsonl: cannot be read (No such file or directory); check the path", status=1)


def test_the_pipeline_runs_on_a_folder_and_is_scored(tiny_model: Path, tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    result = onrecord("evaluate", "--gold", GOLD, "--articles", ARTICLES, "--model", tiny_model, "--json", figures)
    assert result.returncode == 0, result.stderr
    assert "content + speaker" in result.stdout
    counts = json.loads(figures.read_text(encoding="utf-8"))["scores"]["content_exact"]
    assert counts["gold"] == sum(1 for _ in read_statements(GOLD))
    assert counts["predicted"] > 0


def test_agreement_prints_its_figures() -> None:
    result = onrecord("agreement", GOLD.with_name("pass-1.jsonl"), GOLD.with_name("pass-2.jsonl"))
    assert result.returncode == 0, result.stderr
    assert "Krippendorff" in result.stdout
