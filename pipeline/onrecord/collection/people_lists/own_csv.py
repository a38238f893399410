"""The CSV file of people that users write themselves: ``name``, ``alias``, ``id``, ``kind``, ``role`` and
``gender``.

Only ``name`` is required. The rows with one name are one person, organization or document; each may add an alias.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Final, cast, get_args

from onrecord.collection.people_lists.entries import Fault, Listed, gender_of, name_fault
from onrecord.document import Kind

COLUMNS: Final = ("name", "alias", "id", "kind", "role", "gender")


def read_csv(text: str) -> Iterator[Listed | Fault]:
    """The rows of a file, each an entry of its own."""
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] | None = None
    line = 1
    try:
        for row in lines:
            fields = [field.strip() for field in row]
            if any(fields):
                where = f"line {line}"
                if header is None:
                    header = [field.casefold() for field in fields]
                    if (reason := _header_fault(header)) is not None:
                        yield Fault(where, reason, fatal=True)
                        return
                else:
                    yield _row(where, header, fields)
            line = lines.line_num + 1
    except csv.Error as error:
        yield Fault(f"line {line}", f"not CSV ({error}); check the quotation marks", fatal=True)
        return
    if header is None:
        yield Fault("line 1", f"empty; the first line must name the columns: {','.join(COLUMNS)}", fatal=True)


def _header_fault(header: list[str]) -> str | None:
    accepted = f"the columns are {', '.join(COLUMNS)}, with commas between them"
    if unknown := [field for field in header if field not in COLUMNS]:
        return f"unknown column {unknown[0][:40]!r}; {accepted}"
    if twice := [field for field in COLUMNS if header.count(field) > 1]:
        return f"column {twice[0]!r} appears twice; {accepted}"
    return None if "name" in header else f"no column 'name'; {accepted}"


def _row(where: str, header: list[str], fields: list[str]) -> Listed | Fault:
    if len(fields) != len(header):
        count = f"{len(fields)} field{'s' if len(fields) > 1 else ''}"
        return Fault(where, f"{count} where the header has {len(header)}; quote a field with commas")
    row = dict.fromkeys(COLUMNS, "") | dict(zip(header, fields, strict=True))
    for column, value in row.items():
        if not value.isprintable():
            return Fault(where, f"{column} {value[:40]!r} has control characters; remove them")
    if not row["name"]:
        return Fault(where, "no name; every row needs a name")
    if row["kind"] and row["kind"] not in get_args(Kind):
        return Fault(where, f"unknown kind {row['kind'][:40]!r}; one of {', '.join(get_args(Kind))}")
    if row["gender"] and gender_of(row["gender"]) is None:
        return Fault(where, f"unknown gender {row['gender'][:40]!r}; feminine or masculine, or leave it empty")
    for column in ("name", "alias"):
        if row[column] and (fault := name_fault(row[column])) is not None:
            return Fault(where, f"{column} {fault}")
    return Listed(
        where,
        row["name"],
        row["id"] or None,
        cast(Kind, row["kind"]) if row["kind"] else None,
        row["role"] or None,
        (row["alias"],) if row["alias"] else (),
        gender=gender_of(row["gender"]),
    )
