"""Texts in the terminal: on one line, in a given number of columns, and unable to control it.

Widths are rich's, so that wide characters and combining marks line up. A ``rich.Table`` would need all rows at once
and two hundred times as long for each; the tables here are written row by row.
"""

from __future__ import annotations

import shutil

from rich.cells import cell_len, set_cell_size


def terminal_width(least: int, most: int) -> int:
    """The columns of the terminal, or 110 if there is none, within bounds."""
    return max(least, min(shutil.get_terminal_size((110, 24)).columns, most))


def fit(text: str, width: int, indent: int = 0) -> str:
    """``text`` in exactly ``width`` columns, filled with spaces or cut with an ellipsis."""
    text = " " * indent + plain(text)
    return set_cell_size(text, width) if cell_len(text) <= width else f"{set_cell_size(text, width - 1)}…"


def plain(text: str) -> str:
    """``text`` on one line, without characters that could control the terminal or change the direction of its text."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def several(number: int, noun: str) -> str:
    """A number with its noun: ``1 speaker``, ``2 speakers``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
