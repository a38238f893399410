"""Lines on standard output: with colours in a terminal, and through the pager if they are more than it shows."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain, islice
from typing import Final, TextIO

from rich.text import Text

from onrecord.tables.wording import has_colours, rendered

_PAGER: Final = "less"
_SETTINGS: Final = {"LESS": "-R"}
"""Environment of the pager, where the user has none of their own: ``less`` shall show colours."""


def write_paged(lines: Iterable[Text], stream: TextIO, page: bool = True) -> None:
    """Writes lines as they come. They go through ``PAGER``, or ``less``, if ``page`` and they fill a terminal.

    Args:
        lines: the lines, without line breaks.
        stream: standard output.
        page: whether a pager may be used.
    """
    written = rendered(lines, has_colours(stream))
    command = _pager() if page and _is_interactive(stream) else []
    if command:
        screen = list(islice(written, shutil.get_terminal_size().lines - 1))
        following = list(islice(written, 1))
        if following:
            _page(chain(screen, following, written), command)
            return
        written = iter(screen)
    stream.writelines(f"{line}\n" for line in written)
    stream.flush()


def _is_interactive(stream: TextIO) -> bool:
    return stream.isatty() and sys.stdin is not None and sys.stdin.isatty() and os.environ.get("TERM") != "dumb"


def _pager() -> list[str]:
    """The pager's command; empty if there is none, or the user wants none (``PAGER`` is empty or ``cat``)."""
    try:
        command = shlex.split(os.environ.get("PAGER", _PAGER))
    except ValueError:
        return []
    return command if command and command[0] != "cat" and shutil.which(command[0]) else []


def _page(lines: Iterator[str], command: list[str]) -> None:
    pager = subprocess.Popen(
        command, stdin=subprocess.PIPE, text=True, encoding="utf-8", errors="replace", env=_SETTINGS | os.environ
    )
    assert pager.stdin is not None
    try:
        for line in lines:
            pager.stdin.write(f"{line}\n")
    except (BrokenPipeError, KeyboardInterrupt):  # the reader has seen enough, or stops the reading of the file
        pass
    finally:
        with suppress(BrokenPipeError):
            pager.stdin.close()
        _wait(pager)


def _wait(pager: subprocess.Popen[str]) -> None:
    """Waits for the pager, which takes Ctrl-C itself."""
    while True:
        with suppress(KeyboardInterrupt):
            pager.wait()
            return
