"""Cells that spreadsheets would take for formulas."""

from __future__ import annotations

import re
from typing import Final

_BEFORE_FORMULA: Final = re.compile(r"""(?<![\s";])[\s";]*+(?=[=+\-@＝＋－＠])""")
"""Each run of white space, quotation marks and semicolons (it may be empty) before a sign that begins a formula."""
_SEPARATED: Final = re.compile(r"[;\t\r\n]")
"""Where a spreadsheet that separates cells by semicolons or tabs, as those of many countries do, would begin another
cell or row."""


def harmless(cell: str) -> str:
    """``cell`` so that no spreadsheet takes it, or a part of it, for a formula: an apostrophe before each.

    >>> harmless("=1+1"), harmless("Ada Lund; =1+1"), harmless("1 = 1")
    ("'=1+1", "Ada Lund;' =1+1", '1 = 1')
    """
    cell = _BEFORE_FORMULA.sub(_marked, cell)
    return f"'{cell}" if cell[:1] in {"\t", "\r", "\n"} else cell


def _marked(before: re.Match[str]) -> str:
    """What stands before a sign that begins a formula, with an apostrophe wherever a cell would begin."""
    space, semicolon, last = before[0].rpartition(";")
    start = "'" if before.start() == 0 and not semicolon else ""
    return start + space + _SEPARATED.sub(r"\g<0>'", semicolon + last)
