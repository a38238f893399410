"""The command line as a user meets it: a process with arguments, two streams and an exit status."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


def onrecord(*arguments: str | Path, stdin: str = "", python: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    """Runs the command in a process of its own; ``python`` are options of the interpreter."""
    command = [sys.executable, *python, "-c", "from onrecord.cli.app import app; app()", *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, encoding="utf-8", check=False)


def assert_one_clear_line(result: subprocess.CompletedProcess[str], *said: str, status: int | None = None) -> None:
    """The command failed with one line on stderr that has all the words of ``said``, and with ``status`` if given."""
    assert said, "name the words that the line must have"
    assert result.returncode in ({1, 2} if status is None else {status}), result.stderr
    assert "Traceback" not in result.stderr
    errors = [line for line in result.stderr.splitlines() if line.startswith("error:")]
    assert len(errors) == 1, result.stderr
    for words in said:
        assert words in errors[0]
