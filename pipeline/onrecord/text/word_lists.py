"""Word lists kept as data files beside the code, so that they can be read and corrected without reading code.

In ``NAME.txt`` each ``[list]`` opens a list, and its words follow, separated by white space, or its entries, one a
line; ``NAME.csv`` is a table.
Lines that begin with ``#`` are comments in both, and the first says what the file holds and where it comes from.
This module is in `text`, the lowest room that uses such files; they are in the folder ``data`` of the room they serve.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def read_lists(room: str, name: str) -> Mapping[str, frozenset[str]]:
    """The lists in ``data/<name>.txt`` of a room such as ``onrecord.names``, by name, in the order of the file.

    Raises:
        FileNotFoundError: the room has no such file.
        ValueError: a word comes before the first list, or a list is there twice.
    """
    lists: dict[str, frozenset[str]] = {}
    current = ""
    for line in _lines(room, f"{name}.txt"):
        if line.startswith("["):
            current = line.strip("[]")
            if current in lists:
                raise ValueError(f"{room}: data/{name}.txt has the list [{current}] twice; keep one of them")
            lists[current] = frozenset()
        elif line and not current:
            raise ValueError(f"{room}: data/{name}.txt has words before the first [list]; put them into one")
        elif line:
            lists[current] |= frozenset(line.split())
    return lists


@cache
def read_entries(room: str, name: str) -> Mapping[str, tuple[str, ...]]:
    """The lists in ``data/<name>.txt`` of a room, where each line is one entry and may have spaces.

    Raises:
        FileNotFoundError: the room has no such file.
        ValueError: a line comes before the first list, or a list is there twice.
    """
    entries: dict[str, tuple[str, ...]] = {}
    current = ""
    for line in _lines(room, f"{name}.txt"):
        if re.fullmatch(r"\[[\w ]+\]", line):
            current = line.strip("[]")
            if current in entries:
                raise ValueError(f"{room}: data/{name}.txt has the list [{current}] twice; keep one of them")
            entries[current] = ()
        elif line and not current:
            raise ValueError(f"{room}: data/{name}.txt has lines before the first [list]; put them into one")
        elif line:
            entries[current] += (line,)
    return entries


@cache
def read_table(room: str, name: str) -> tuple[Mapping[str, str], ...]:
    """The rows of ``data/<name>.csv`` of a room, each as a mapping from column to text.

    Raises:
        FileNotFoundError: the room has no such file.
    """
    return tuple(csv.DictReader(_lines(room, f"{name}.csv"), strict=True))


def _lines(room: str, name: str) -> list[str]:
    text = files(room).joinpath("data", name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if not line.startswith("#")]
