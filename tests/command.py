"""The command line as a user meets it: arguments, two streams and an exit status, in this process or one of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from typer.testing import CliRunner

from onrecord.cli.app import app

Result = subprocess.CompletedProcess[str]


def onrecord(*arguments: str | Path, stdin: str = "") -> Result:
    """Runs the command in this process, which imports torch only once; an exception that it lets through is raised."""
    words = [str(argument) for argument in arguments]
    result = CliRunner().invoke(app, words, input=stdin, catch_exceptions=False)
    return subprocess.CompletedProcess(words, result.exit_code, result.stdout, result.stderr)


def onrecord_process(*arguments: str | Path, stdin: str = "", python: Sequence[str] = ()) -> Result:
    """Runs the command in a process of its own; ``python`` are options of the interpreter."""
    command = [sys.executable, *python, "-m", "onrecord", *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, encoding="utf-8", check=False)


def assert_one_clear_line(result: Result, *said: str, status: int | None = None) -> None:
    """The command failed with one line on stderr that has all the words of ``said``, and with ``status`` if given."""
    assert said, "name the words that the line must have"
    assert result.returncode in ({1, 2} if status is None else {status}), result.stderr
    assert "Traceback" not in result.stderr
    errors = [line for line in result.stderr.splitlines() if line.startswith("error:")]
    assert len(errors) == 1, result.stderr
    for words in said:
        assert words in errors[0]
