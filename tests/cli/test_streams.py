"""What commands print: nothing that steers a terminal, and errors that name the place that is at fault."""

from __future__ import annotations

import errno
import json
from dataclasses import replace
from pathlib import Path

import pytest

from onrecord.document import Speaker
from onrecord.files import atomic
from onrecord.files.records import read_statements, to_line
from tests.command import assert_one_clear_line, onrecord
from tests.labelled import FIRST, SECOND

STEERING = "\x1b\x9b\x7f\u202e\u2066\u200f\u2028\x00"


@pytest.fixture
def statements(tmp_path: Path) -> Path:
    path = tmp_path / "out.jsonl"
    evil = replace(FIRST, doc=f"a{STEERING}", speakers=(Speaker(f"Ada{STEERING}", f"ada{STEERING}", "person"),))
    path.write_text("".join(f"{to_line(one)}\n" for one in (evil, SECOND)), encoding="utf-8")
    return path


def test_lines_have_escapes_for_what_steers_a_terminal_and_mean_the_same(statements: Path) -> None:
    data = statements.read_text(encoding="utf-8")
    assert not set(STEERING) & set(data)
    assert next(read_statements(statements)).doc == f"a{STEERING}"
    assert json.loads(data.split("\n")[0])["speakers"][0]["name"] == f"Ada{STEERING}"


@pytest.mark.parametrize(
    "command", ["show", "show --full", "speakers", "speakers --json", "positions --json --all", "clusters --json"]
)
def test_no_command_prints_what_steers_a_terminal(statements: Path, command: str) -> None:
    name, *options = command.split()
    result = onrecord(name, statements, *options)
    assert result.returncode == 0
    assert not set(STEERING) & set(result.stdout + result.stderr)
    assert result.stdout.count("Ada") or name in {"positions", "clusters"}


def test_targets_with_any_character_are_toml(tmp_path: Path) -> None:
    import tomllib

    from onrecord.targets.mining import Proposal, proposal_toml

    proposal = Proposal("the \x7f😀 plan\u202e", 2, 1, 1, ())
    assert tomllib.loads("\n".join(proposal_toml([proposal])))["target"][0]["name"] == proposal.target


def test_a_full_disk_is_not_blamed_on_standard_output(
    statements: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(atomic.os, "fsync", full)
    for to in ("csv", "parquet"):
        result = onrecord("export", statements, "--to", to, "-o", tmp_path / "table")
        assert_one_clear_line(result, f"error: {tmp_path / 'table'}: No space left on device")
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is full")
def test_a_full_standard_output_is_named(statements: Path) -> None:
    import subprocess
    import sys

    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "onrecord", "show", str(statements)]
        result = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert result.returncode == 1
    assert result.stderr == "error: standard output: No space left on device\n"


def test_a_message_never_fills_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    record = json.loads(to_line(FIRST))
    path.write_text(json.dumps(record | {"form": "x" * 100_000}) + "\n", encoding="utf-8")
    result = onrecord("show", path)
    assert_one_clear_line(result, "form")
    assert len(result.stderr) < 2100


def test_ctrl_c_is_one_line(statements: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("onrecord.files.records.read_statements", stop)
    result = onrecord("show", statements)
    assert (result.returncode, result.stderr) == (130, "stopped\n")


def test_streams_that_are_closed_are_told_apart_from_empty_ones(tmp_path: Path) -> None:
    import subprocess
    import sys

    command = [sys.executable, "-m", "onrecord"]
    closed = subprocess.run(
        ["sh", "-c", 'exec "$@" <&-', "sh", *command, "extract", "-"], capture_output=True, text=True, check=False
    )
    assert closed.returncode == 1
    assert closed.stderr.splitlines()[-1] == "error: standard input: closed; name files, or give it something to read"
