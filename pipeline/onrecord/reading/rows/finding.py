"""The rows of a file as inputs, and the file opened to read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from onrecord.errors import InputError
from onrecord.reading.archives import DAMAGE, LastArchive
from onrecord.reading.inputs import File, Input, shown
from onrecord.reading.rows import json_lines, parquet, sequential
from onrecord.reading.rows.base import Rows, damage_after


def find_rows(doc: str, file: File, id_field: str | None, archives: LastArchive) -> Iterator[Input]:
    """The rows of ``file``, named by their ``id_field`` or number; the fault of a row is in its ``Input``."""
    find = {"jsonl": json_lines.find, "parquet": parquet.find}.get(file.format, sequential.find)
    named = f"{doc}#"
    seen: set[str] = set()
    number = 0
    try:
        for row in find(file, id_field, archives):
            number = row.number
            problem = row.problem
            called = f"{named}{number if row.identity is None else row.identity}"
            if problem is None and row.said is None and id_field is not None and called in seen:
                problem = (
                    f"row {number} has the id of an earlier one; give every row its own, or choose another --id-field"
                )
            if problem is not None or row.said is not None:
                fault = row.said or f"{shown(doc)}#{number}: {problem}"
                yield Input(f"{named}{number}", file, row.position, fault)
            else:
                if id_field is not None:
                    seen.add(called)
                yield Input(called, file, row.position)
    except InputError as error:
        said = str(error)
        yield Input(doc, file, fault=said if said.startswith(shown(doc)) else f"{shown(doc)}: {said}")
    except DAMAGE as error:
        yield Input(doc, file, fault=f"{shown(doc)}: {damage_after(number, error)}")
    else:
        if not number:
            yield Input(doc, file, fault=f"{shown(doc)}: no rows; leave it out")


def first_row(file: File, archives: LastArchive) -> Mapping[str, Any]:
    """The first row of ``file``, which shows the names of its fields; empty if it cannot be read."""
    first = {"jsonl": json_lines.first, "parquet": parquet.first}.get(file.format, sequential.first)
    try:
        return first(file, archives)
    except (InputError, *DAMAGE):  # finding its rows reports what is wrong
        return {}


def open_rows(file: File, archives: LastArchive) -> Rows:
    """The rows of ``file``; reading them in order is fastest."""
    if file.format == "jsonl":
        return json_lines.Lines(file, archives)
    return parquet.Table(file, archives) if file.format == "parquet" else sequential.Sequence(file, archives)
