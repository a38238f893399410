"""Scoring files of statements; tables, JSON and floors."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from onrecord.document import Meta, Statement
from onrecord.errors import InputError, RecordError, SettingsError
from onrecord.files.records import to_line
from onrecord_eval.metrics.result import Evaluation, check_floors
from onrecord_eval.metrics.scores import BootstrapSettings
from onrecord_eval.run import evaluate_statements, pair_up, read_files
from onrecord_eval.tables import evaluation_record, evaluation_table
from tests.eval.making import make_statement

TEXT = "“The bridge is safe,” Ada Lund said. Critics called it a costly mistake.\r\nWork stops on Friday."
QUICK = BootstrapSettings(samples=20)


def gold() -> list[Statement]:
    return [
        make_statement(TEXT, "“The bridge is safe,”", source="Ada Lund", speakers=["Ada Lund"], stance="support"),
        make_statement(
            TEXT, "it a costly mistake", source="Critics", speakers=["Critics"], form="indirect", stance="oppose"
        ),
    ]


def save(path: Path, statements: list[Statement]) -> Path:
    path.write_text("".join(to_line(statement) + "\n" for statement in statements), encoding="utf-8", newline="")
    return path


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path, Path]:
    """Gold, predictions (the first statement, without its mark) and the folder of articles."""
    articles = tmp_path / "articles"
    articles.mkdir()
    (articles / "a.txt").write_bytes(TEXT.encode("cp1252"))
    meta = Meta(encoding="cp1252")
    predicted = make_statement(
        TEXT, "The bridge is safe", source="Lund", speakers=["Lund"], stance="support", confidence=0.8
    )
    return (
        save(tmp_path / "gold.jsonl", [replace(statement, meta=meta) for statement in gold()]),
        save(tmp_path / "pred.jsonl", [replace(predicted, meta=meta)]),
        articles,
    )


def evaluate_paths(expected: Path, predicted: Path, articles: Path | None) -> Evaluation:
    return evaluate_statements("files", read_files(expected, predicted, articles), QUICK)


def test_files_with_and_without_articles_score_alike(files: tuple[Path, Path, Path]) -> None:
    expected, predicted, articles = files
    result = evaluate_paths(expected, predicted, articles)
    metrics = result.metrics()
    assert metrics["content_exact.f1"].value == pytest.approx(2 / 3)  # one of two found, one of one right
    assert metrics["linked.f1"].value == pytest.approx(2 / 3)
    assert metrics["speaker.f1"].value == 0  # "Lund" is no alias in this gold
    assert metrics["stance.accuracy"].value == 1
    assert metrics["calibration.error"].value == pytest.approx(0.2)
    assert evaluate_paths(expected, predicted, None) == result


def test_same_seed_same_result(files: tuple[Path, Path, Path]) -> None:
    assert evaluate_paths(*files) == evaluate_paths(*files)


def test_missing_and_changed_articles_are_named(files: tuple[Path, Path, Path], tmp_path: Path) -> None:
    expected, predicted, articles = files
    with pytest.raises(InputError, match=r"cannot read the article of statement a\.txt#0"):
        read_files(expected, predicted, tmp_path)
    (articles / "a.txt").write_bytes(TEXT.replace("\r", "").replace("“", "").encode("cp1252"))
    with pytest.raises(RecordError, match=r"a\.txt#0: its text is not what its spans hold"):
        read_files(expected, predicted, articles)


def test_folders_that_differ_are_noticed() -> None:
    other = [replace(statement, doc="sub/a.txt") for statement in gold()]
    with pytest.raises(InputError, match=r"share no article: .*'a\.txt'.*'sub/a\.txt'"):
        pair_up(gold(), other)


def test_empty_sides_are_scored() -> None:
    nothing = evaluate_statements("empty", pair_up(gold(), []), QUICK)
    assert nothing.metrics()["content_iou.f1"].value == 0
    false = evaluate_statements("empty", pair_up([], gold()), QUICK)
    assert false.metrics()["content_iou.f1"].value == 0
    assert "nothing in the gold" in false.notes[0]
    assert evaluate_statements("empty", pair_up([], []), QUICK).metrics()["content_iou.f1"].value is None


def test_table_and_json_hold_every_figure(files: tuple[Path, Path, Path]) -> None:
    result = evaluate_paths(*files)
    table = evaluation_table(result)
    assert max(map(len, table.splitlines()[1:])) <= 100  # beside the title
    for words in (
        "content, exact",
        "indirect",
        "0.667",
        "stance macro-F1",
        "Gold ↓",
        "expected calibration error",
        "≥ 0.5",
    ):
        assert words in table
    record = json.loads(json.dumps(evaluation_record(result)))
    assert record["metrics"]["linked.f1"]["value"] == pytest.approx(2 / 3)
    assert record["confusion"]["counts"][0] == [1, 0, 0]
    assert record["bootstrap"] == {"samples": 20, "seed": 13, "level": 0.95}
    assert record["units"] == {"unit": "articles", "number": 1}


def test_table_without_intervals_and_figures() -> None:
    table = evaluation_table(evaluate_statements("empty", [], BootstrapSettings(samples=0)))
    assert "intervals" not in table and "–" in table


def test_a_floor_that_is_missed_is_named(files: tuple[Path, Path, Path]) -> None:
    result = evaluate_paths(*files)
    assert check_floors(result, ["linked.f1=0.66", "stance.accuracy = 1"]) == []
    fallen = check_floors(result, ["linked.f1=0.7", "content_iou.mixed.f1=0"])
    assert fallen == [
        "linked.f1 is 0.667, under the floor of 0.7",
        "content_iou.mixed.f1 is undefined, because there was nothing to count; the floor is 0",
    ]
    with pytest.raises(SettingsError, match=r"no metric 'linked\.f2'.*did you mean linked\.f1\?.*content_exact\.f1"):
        check_floors(result, ["linked.f2=0.7"])
    for wrong in ("linked.f1", "linked.f1=much", "linked.f1=70"):
        with pytest.raises(SettingsError, match="METRIC=VALUE"):
            check_floors(result, [wrong])


def test_scoring_loads_no_model_code() -> None:
    modules = "agreement browser registry run tables"
    code = (
        f"import sys; from onrecord_eval import {modules.replace(' ', ', ')}; "
        "print(*(sys.modules.keys() & {'torch', 'transformers', 'numpy', 'krippendorff'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "", "")


def test_gold_against_itself_is_right_and_forms_add_up() -> None:
    result = evaluate_statements("itself", pair_up(gold(), gold()), QUICK)
    for name, estimate in result.metrics().items():
        assert estimate.value in (None, 1), name
    for name in ("content_exact", "content_iou", "linked", "speaker", "end_to_end"):
        by_form = [result.scores[f"{name}.{form}"] for form in ("direct", "indirect", "mixed")]
        assert result.scores[name].gold == sum(score.gold for score in by_form) == 2
        assert result.scores[name].predicted == sum(score.predicted for score in by_form) == 2
