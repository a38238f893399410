"""What every command has: help without noise, an example, and a log on request."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from onrecord.cli.app import app
from onrecord.errors import expected
from onrecord.files.console import log_to_stderr
from onrecord.files.records import read_statements

RUNNER = CliRunner()
COMMANDS = ["init", "extract", "show", "speakers", "positions", "clusters", "targets", "audit", "compare", "verify",
            "report", "export", "import", "evaluate", "agreement", "bench", "schema", "fetch",
            "completion"]  # fmt: skip
LOGGED = re.compile(r"\d\d:\d\d:\d\d (INFO|DEBUG|WARNING) +[\w.]+: .+")


@pytest.fixture(autouse=True)
def quiet_afterwards() -> Iterator[None]:
    yield
    log_to_stderr(0)


def run(*arguments: str | Path, status: int = 0) -> tuple[str, str]:
    """Standard output and standard error of a command."""
    result = RUNNER.invoke(app, list(map(str, arguments)))
    assert result.exit_code == status, result.output
    return result.stdout, result.stderr


def test_the_list_of_commands_is_whole() -> None:
    assert {*COMMANDS, "people", "train"} == set(get_command(app).commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example_and_shows_no_types_of_python(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    page, _ = run(command, "--help")
    assert f"Example: onrecord {command}" in page
    assert "--verbose" in page
    assert not re.search(r"<\w+[>\[]", page)
    assert "docs/" not in page


def test_the_options_of_extract_are_grouped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    page, _ = run("extract", "--help")
    panels = re.findall(r"^╭─ (\w+) ─", page, re.MULTILINE)
    assert panels == ["Arguments", "Options", "Input", "Stance", "Speakers", "Statements", "Models", "Output", "Run"]


def test_the_commands_are_grouped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    page, _ = run("--help")
    panels = re.findall(r"^╭─ ([\w ]+) ─", page, re.MULTILINE)
    assert panels == ["Options", "Find", "Look", "Check", "Exchange", "Measure and train", "Set up"]
    assert "--install-completion" not in page


def test_completion_prints_what_a_shell_reads() -> None:
    for shell in ("bash", "zsh", "fish"):
        assert "_ONRECORD_COMPLETE" in run("completion", shell)[0]
    _, said = run("completion", "tcsh", status=2)
    assert "there is no completion for 'tcsh'; expected bash, zsh, fish, powershell or pwsh" in said


def test_completion_is_installed_in_the_shells_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    _, said = run("completion", "fish", "--install")
    (script,) = tmp_path.rglob("onrecord.fish")
    assert str(script) in said


@pytest.mark.parametrize(("typed", "completed"), [("onrecord sh", "show"), ("onrecord show --gr", "--grep")])
def test_words_are_completed(typed: str, completed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMP_WORDS", typed)
    monkeypatch.setenv("COMP_CWORD", str(len(typed.split()) - 1))
    result = RUNNER.invoke(app, [], prog_name="onrecord", env={"_ONRECORD_COMPLETE": "complete_bash"})
    assert result.stdout.split() == [completed]


def test_nothing_is_logged_unless_asked_for(tiny_model: Path, news: Path, tmp_path: Path) -> None:
    _, said = run("extract", news, "-o", tmp_path / "out.jsonl", "--model", tiny_model)
    assert said
    assert not [line for line in said.splitlines() if LOGGED.fullmatch(line)]


def test_verbose_logs_what_is_read_with_which_model_and_what_is_left_out(
    tiny_model: Path, news: Path, tmp_path: Path
) -> None:
    (news / ".hidden.txt").write_text("x")
    (news / "notes.doc").write_text("x")
    (news / "c.txt").write_text(" ")
    _, said = run(
        "extract", news, "-v", "-o", tmp_path / "out.jsonl", "--model", tiny_model, "--exclude", "d.txt",
        "--device", "cpu", "--precision", "fp32", "--threads", "1", status=1,
    )  # fmt: skip
    logged = [line.partition(": ")[2] for line in said.splitlines() if LOGGED.fullmatch(line)]
    assert f"left out: {news}/.hidden.txt (hidden)" in logged
    assert f"left out: {news}/d.txt (excluded)" in logged
    assert f"left out: {news}/notes.doc (not a kind of file that is read)" in logged
    assert "found 3 articles: 3 text" in logged
    assert f"model {tiny_model} on cpu in fp32, 1 threads a process, engine local" in logged
    assert any(line.startswith("weights quotes/model.safetensors, SHA-256 ") for line in logged)
    assert any(line.startswith("skipped: ") and "c.txt: empty" in line for line in logged)
    assert not any(line.startswith("shard 0: ") for line in logged)


@pytest.mark.parametrize("flags", [("-vv", "extract"), ("-v", "extract", "-v"), ("extract", "--verbose", "-v")])
def test_twice_verbose_adds_times_of_stages_and_shards(
    flags: tuple[str, ...], tiny_model: Path, news: Path, tmp_path: Path
) -> None:
    _, said = run(*flags, news, "-o", tmp_path / "out.jsonl", "--model", tiny_model)
    assert re.search(r"DEBUG +onrecord\.pipeline: quote model: 4 articles in \d+\.\d\d s", said)
    assert re.search(r"DEBUG +onrecord\.pipeline: SpeakersStage: 4 articles in \d+\.\d\d s", said)
    assert re.search(r"DEBUG +onrecord\.runs\.run: shard 0: 4 articles, 0 skipped, \d+ statements in \d+\.\d\d s", said)


def test_speakers_below_a_probability_are_left_unnamed(tiny_model: Path, news: Path, tmp_path: Path) -> None:
    named = {}
    for least in ("0", "1"):
        output = tmp_path / f"{least}.jsonl"
        run("extract", news, "-o", output, "--model", tiny_model, "--min-speaker-score", least)
        named[least] = [speaker.name for one in read_statements(output) for speaker in one.speakers]
    assert any(named["0"])
    assert named["1"] and not any(named["1"])
    _, said = run("extract", news, "--min-speaker-score", "70", status=2)
    assert "the minimal speaker score is 70.0; it is a probability, 0 to 1" in said


def test_other_libraries_are_quiet_unless_twice_verbose(capsys: pytest.CaptureFixture[str]) -> None:
    for verbosity, shown in ((0, ""), (1, ""), (2, "something else")):
        log_to_stderr(verbosity)
        logging.getLogger("another.library").info("something else")
        assert capsys.readouterr().err.rpartition(": ")[2].strip() == shown


def test_the_log_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_stderr(1)
    logging.getLogger("onrecord.reading").info("left out: %s", "a\x1b[2J.txt")
    assert capsys.readouterr().err.endswith("onrecord.reading: left out: a\N{REPLACEMENT CHARACTER}[2J.txt\n")


def test_a_choice_that_does_not_exist_is_answered_with_those_that_do() -> None:
    assert expected("parket", ("csv", "parquet", "brat")) == "expected csv, parquet or brat; did you mean 'parquet'?"
    assert expected("xlsx", ("csv",)) == "expected csv"
