"""Texts in the terminal: on one line, in a given number of columns, and unable to control it.

Widths are rich's, so that wide characters and combining marks line up. A ``rich.Table`` would need all rows at once
and two hundred times as long for each; the tables here are written row by row.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import Final

from rich.cells import cell_len, set_cell_size

_SENTENCE: Final = 24
"""Columns from which on a text is cut after a whole word."""


def terminal_width(least: int, most: int) -> int:
    """The columns of the terminal, or 110 if there is none, within bounds.

    Where output goes to another program, the terminal is the one that messages or keys come from, if any.
    """
    return max(least, min(_columns(), most))


def _columns() -> int:
    if (told := os.environ.get("COLUMNS", "")).isdecimal() and int(told):
        return int(told)
    for stream in (sys.__stdout__, sys.__stderr__, sys.__stdin__):
        with suppress(AttributeError, ValueError, OSError):  # closed, or not a terminal
            if stream is not None and (columns := os.get_terminal_size(stream.fileno()).columns):
                return columns
    return 110


def fit(text: str, width: int, indent: int = 0) -> str:
    """``text`` in exactly ``width`` columns, filled with spaces or cut with an ellipsis.

    It is cut after a whole word, unless there are few columns or that would leave less than half of them.
    """
    text = " " * indent + plain(text)
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    kept = set_cell_size(text, width - 1)
    words = kept.rstrip() if text[len(kept) : len(kept) + 1] == " " else kept.rpartition(" ")[0].rstrip()
    return set_cell_size(f"{words if width >= _SENTENCE and 2 * cell_len(words) >= width else kept}…", width)


def plain(text: str) -> str:
    """``text`` on one line, without characters that could control the terminal or change the direction of its text."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def several(number: int, noun: str) -> str:
    """A number with its noun: ``1 speaker``, ``2 speakers``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
