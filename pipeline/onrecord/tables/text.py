"""Texts for the terminal: on one line, in a given width, and without what terminals obey."""

from __future__ import annotations

import shutil


def terminal_width(least: int, most: int) -> int:
    """The width of the terminal, or of a good page where there is none, within bounds."""
    return max(least, min(shutil.get_terminal_size((110, 24)).columns, most))


def fit(text: str, width: int, indent: int = 0) -> str:
    """``text`` in exactly ``width`` characters, cut with an ellipsis or filled with spaces."""
    text = " " * indent + plain(text)
    return text.ljust(width) if len(text) <= width else text[: width - 1] + "…"


def plain(text: str) -> str:
    """``text`` on one line and without control characters: articles are untrusted and terminals obey."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())
