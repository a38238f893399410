"""``onrecord verify`` and ``onrecord compare`` as commands: what they print, and their exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from onrecord.cli.app import app
from onrecord.document import Span, Speaker, Statement
from onrecord.files.records import to_line

RUNNER = CliRunner()

SAID = """MS. OBI: Will the old port close this year?
MAYOR BRANDT: We will never close the port, whatever they say.
MS. OBI: You called it a disgrace to the whole county.
"""
DRAFT = "“We will never close the port,” Ada Brandt told the council of the town on Monday.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "said").mkdir()
    (tmp_path / "said" / "one.txt").write_text(SAID, encoding="utf-8")
    write_draft(tmp_path, "We will never close the port,")
    return tmp_path


def write_draft(folder: Path, quoted: str, name: str = "draft") -> None:
    """Writes a draft, and its statements beside it."""
    text = DRAFT.replace("We will never close the port,", quoted)
    (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    span = Span(0, len(quoted) + 2)
    speakers = (Speaker("Ada Brandt", "ada-brandt", "person"),)
    statement = Statement(
        f"{name}.txt", f"{name}.txt#1", text[slice(*span)], (span,), "direct", span, speakers=speakers
    )
    (folder / f"{name}.jsonl").write_text(f"{to_line(statement)}\n", encoding="utf-8")


def verify(folder: Path, *more: str) -> tuple[int, str, str]:
    arguments = ["verify", folder / "draft.txt", "--against", folder / "said", "--statements", folder / "draft.jsonl"]
    result = RUNNER.invoke(app, [*map(str, arguments), *more])
    return result.exit_code, result.stdout, result.stderr


def test_a_draft_that_is_as_it_was_said_has_status_0(folder: Path) -> None:
    status, printed, _ = verify(folder)
    assert status == 0
    assert "verbatim" in printed and printed.endswith("1 quotation: 1 verbatim\n")


@pytest.mark.parametrize(
    ("quoted", "shown"),
    [
        ("We will close the port, whatever they say,", "We will [-never-] close the port"),
        ("You called it a disgrace to the whole county,", "MS. OBI, one.txt"),
        ("Nobody has asked the fishermen of the town,", "not found"),
    ],
)
def test_a_draft_that_is_not_as_it_was_said_has_status_3_and_says_why(folder: Path, quoted: str, shown: str) -> None:
    write_draft(folder, quoted)
    status, printed, _ = verify(folder)
    assert status == 3
    assert shown in printed
    assert "\x1b" not in printed


LONG = "We will close the port, " + "whatever they say about it in the town and in the county, " * 6


def test_what_goes_to_a_file_is_neither_cut_nor_broken(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    (folder / "said" / "one.txt").write_text(
        f"MAYOR BRANDT: {LONG.replace('close', 'never close')}\n", encoding="utf-8"
    )
    write_draft(folder, LONG.strip())
    _, printed, _ = verify(folder)
    head = next(line for line in printed.splitlines() if "altered" in line)
    assert f"“{LONG.strip()}" in head and head.endswith("  Ada Brandt")
    (changes,) = (line.strip() for line in printed.splitlines() if "[-never-]" in line and "only" not in line)
    assert changes.endswith("and in the county") or changes.endswith("and in the county,")
    assert printed.splitlines()[-1] == "1 quotation: 1 altered"
    monkeypatch.setenv("COLUMNS", "60")
    _, printed, _ = verify(folder)
    assert max(map(len, printed.splitlines())) <= 60


def test_a_comparison_in_a_file_has_one_line_for_each_text(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    write_draft(folder, LONG.strip())
    write_draft(folder, LONG.replace("port", "harbour").strip(), "later")
    files = [str(folder / f"{name}.jsonl") for name in ("draft", "later")]
    (folder / "later.jsonl").write_text(
        (folder / "later.jsonl").read_text(encoding="utf-8").replace("later.txt", "draft.txt"), encoding="utf-8"
    )
    printed = RUNNER.invoke(app, ["compare", *files]).stdout
    (body,) = (line for line in printed.splitlines() if "[-port" in line)
    assert body.count("in the county") == 6
    monkeypatch.setenv("COLUMNS", "60")
    assert max(map(len, RUNNER.invoke(app, ["compare", *files]).stdout.splitlines())) <= 60


def test_json_lines_have_offsets_in_both_texts(folder: Path) -> None:
    write_draft(folder, "We will close the port, whatever they say,")
    status, printed, _ = verify(folder, "--json")
    (line,) = map(json.loads, printed.splitlines())
    assert (status, line["status"], line["spans"], line["statement"]) == (3, "altered", [[1, 43]], "draft.txt#1")
    (passage,) = line["passages"]
    assert SAID[slice(*passage["span"])] == passage["text"]


def test_a_source_that_cannot_be_read_is_named_and_the_rest_is_looked_in(folder: Path) -> None:
    (folder / "said" / "empty.txt").write_bytes(b"")
    status, printed, said = verify(folder)
    assert status == 1 and "1 verbatim" in printed and "skipped" in said and "empty.txt" in said


def test_the_draft_is_not_among_its_sources(folder: Path) -> None:
    write_draft(folder, "Nobody has asked the fishermen of the town,")
    (folder / "said" / "draft.txt").write_text((folder / "draft.txt").read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "draft.txt").unlink()
    (folder / "draft.txt").symlink_to(folder / "said" / "draft.txt")
    assert verify(folder)[0] == 3


@pytest.mark.parametrize("missing", ["draft.txt", "said", "draft.jsonl"])
def test_what_is_missing_is_one_line(folder: Path, missing: str) -> None:
    (folder / missing).rename(folder / "elsewhere")
    status, printed, said = verify(folder)
    assert status == 1 and not printed and said.startswith("error: ") and said.count("\n") == 1


def test_statements_of_another_text_are_refused(folder: Path) -> None:
    (folder / "draft.txt").write_text(
        "Another text of the same name, but without any quotation in it.", encoding="utf-8"
    )
    status, _, said = verify(folder)
    assert status == 1 and "another version" in said


def test_wrong_usage_has_status_2(folder: Path) -> None:
    assert RUNNER.invoke(app, ["verify", str(folder / "draft.txt")]).exit_code == 2
    assert RUNNER.invoke(app, ["verify", str(folder / "draft.txt"), "--against", "-"]).exit_code == 2


def test_the_model_finds_the_statements_of_a_draft(folder: Path, tiny_model: Path) -> None:
    arguments = ["verify", folder / "draft.txt", "--against", folder / "said", "--model", tiny_model]
    result = RUNNER.invoke(app, list(map(str, arguments)))
    assert result.exit_code == 0, result.output
    assert "verbatim" in result.stdout


def test_compare_shows_changes_of_two_statements_files(folder: Path) -> None:
    write_draft(folder, "We will never ever close the old port,", "second")
    result = RUNNER.invoke(app, ["compare", str(folder / "draft.jsonl"), str(folder / "second.jsonl")])
    assert result.exit_code == 0, result.output
    assert "draft.txt → second.txt" in result.stdout
    assert "We will never {+ever+} close the {+old+} port" in result.stdout
    printed = RUNNER.invoke(app, ["compare", str(folder / "draft.jsonl"), str(folder / "second.jsonl"), "--json"])
    (line,) = map(json.loads, printed.stdout.splitlines())
    assert (line["type"], line["changes"], line["old"]["id"]) == ("statement", ["extended"], "draft.txt#1")


def test_compare_reads_articles_with_the_model(folder: Path, tiny_model: Path) -> None:
    arguments = ["compare", folder / "draft.txt", folder / "draft.txt", "--model", tiny_model]
    result = RUNNER.invoke(app, list(map(str, arguments)))
    assert result.exit_code == 0, result.output
    assert result.stdout == "1 article: no changes\n"


def test_compare_names_what_cannot_be_read(folder: Path) -> None:
    result = RUNNER.invoke(app, ["compare", str(folder / "draft.jsonl"), str(folder / "none.txt")])
    assert result.exit_code == 1 and "none.txt" in result.stderr and "Traceback" not in result.stderr
