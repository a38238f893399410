"""Lines on a terminal: colours where there are any to show, and the pager for what is longer than the screen."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import struct
import subprocess
import sys
import termios

import pytest
from rich.text import Text

from onrecord.tables.pager import write_paged

LINES = 40
PROGRAM = """
import sys
from rich.text import Text
from onrecord.tables.pager import write_paged
write_paged((Text(f"line {n}", "red") for n in range(int(sys.argv[1]))), sys.stdout, page=sys.argv[2] == "page")
"""


def in_terminal(lines: int, page: str = "page", **environment: str) -> str:
    """What a terminal of 24 lines gets; the pager, if it is used, writes ``paged`` first."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    kept = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES", "NO_COLOR", "LESS"}}
    pager = "sh -c 'echo paged with $LESS; exec cat'"
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(lines), page],
        stdin=slave,
        stdout=slave,
        stderr=subprocess.PIPE,
        env={**kept, "TERM": "xterm", "PAGER": pager, **environment},
    )
    os.close(slave)
    shown = b""
    while True:
        try:
            part = os.read(master, 4096)
        except OSError:  # the terminal's other end is closed
            break
        if not part:
            break
        shown += part
    os.close(master)
    assert process.stderr is not None
    assert process.wait() == 0, process.stderr.read()
    process.stderr.close()
    return shown.decode()


def test_more_than_the_screen_goes_through_the_pager_in_colour() -> None:
    shown = in_terminal(LINES)
    assert shown.startswith("paged with -R")
    assert "\x1b[31mline 0\x1b[0m" in shown
    assert [f"line {number}" in shown for number in range(LINES)] == [True] * LINES


@pytest.mark.parametrize(
    ("lines", "page", "environment"),
    [(23, "page", {}), (LINES, "no", {}), (LINES, "page", {"PAGER": ""}), (LINES, "page", {"PAGER": "no-such-pager"})],
)
def test_no_pager_where_all_fits_or_none_is_wanted(lines: int, page: str, environment: dict[str, str]) -> None:
    shown = in_terminal(lines, page, **environment)
    assert "paged" not in shown
    assert shown.count("line ") == lines


def test_a_pager_that_is_left_early_is_no_fault() -> None:
    assert "line 0" in in_terminal(100_000, PAGER="head -n 1")


def test_no_colours_if_the_user_wants_none() -> None:
    assert "\x1b[" not in in_terminal(3, NO_COLOR="1")
    assert "\x1b[" in in_terminal(3)


def test_no_colours_and_no_pager_where_there_is_no_terminal() -> None:
    stream = io.StringIO()
    write_paged((Text(f"line {number}", "red") for number in range(LINES)), stream)
    assert stream.getvalue() == "".join(f"line {number}\n" for number in range(LINES))
