"""What the user says of articles: in a CSV file with a row for each (``--meta``), or by their paths (``--path-meta``).

The file comes before the path, and both come before what an article says of itself.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from onrecord.document import Meta
from onrecord.errors import InputError, SettingsError
from onrecord.reading.fields.names import META_FIELDS
from onrecord.reading.fields.rows import as_date

_LARGEST: Final = 500_000_000
_NAME: Final = re.compile(r"\{(\w*)\}|(\*\*)|(\*)|(\?)")
_SHOWN: Final = 3


class KnownMeta:
    """What ``--meta`` and ``--path-meta`` say; articles that the file names and the run lacks are reported once."""

    def __init__(self, table: Path | None = None, pattern: str | None = None) -> None:
        """
        Raises:
            InputError: the file cannot be read.
            SettingsError: it has no column ``doc``, or the pattern names anything but title, date and so on.
        """
        self._path = table
        self._table = {} if table is None else _read(table)
        self._unused = set(self._table)
        self._pattern = None if pattern is None else _compiled(pattern)
        self._given = pattern
        self._matched = 0

    def of(self, doc: str, inside: str, file_doc: str | None = None) -> Meta | None:
        """What is said of the article ``doc`` at the path ``inside`` its folder or archive; None if nothing is.

        What the file says of ``file_doc``, a file of rows, holds for its rows that have no line of their own.
        """
        said: dict[str, str] = {}
        if self._pattern is not None and (match := self._pattern.fullmatch(inside)) is not None:
            self._matched += 1
            said |= {name: " ".join(value.split()) for name, value in match.groupdict().items()}
            if "date" in said:
                said["date"] = as_date(said["date"]) or said["date"]
        named = doc if doc in self._table or file_doc is None else file_doc
        if named in self._table:
            self._unused.discard(named)
            said |= self._table[named]
        known = {name: value for name, value in said.items() if value}
        return Meta(**known) if known else None

    def notes(self) -> list[str]:
        """What was said of no article, a line for each of the two."""
        lines = []
        if self._unused:
            names = ", ".join(ascii(doc) for doc in sorted(self._unused)[:_SHOWN])
            more = f" and {len(self._unused) - _SHOWN:,} more" if len(self._unused) > _SHOWN else ""
            lines.append(f"{self._path}: {len(self._unused):,} of its docs are not among the articles ({names}{more})")
        if self._pattern is not None and not self._matched:
            lines.append(f"--path-meta: no article's path matches {self._given}; write it like the paths in the folder")
        return lines


def _read(path: Path) -> Mapping[str, dict[str, str]]:
    try:
        if path.exists() and not path.is_file():
            raise InputError(f"{path}: not a file; give a CSV file with --meta")
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); check the file given with --meta") from error
    if len(data) > _LARGEST:
        raise InputError(f"{path}: over {_LARGEST // 1_000_000} MB; give a smaller file with --meta")
    from onrecord.reading.rows.table import rows

    table: dict[str, dict[str, str]] = {}
    for number, row in enumerate(rows(io.BytesIO(data), str(path)), 1):
        if isinstance(row, InputError):
            raise row
        folded = {name.lower(): str(value) for name, value in row.items()}
        if "doc" not in folded:
            raise SettingsError(f"{path}: no column 'doc'; --meta needs a header like doc,title,date,outlet,url")
        doc = folded["doc"].strip()
        if not doc or doc in table:
            fault = "is there twice" if doc else "is empty"
            raise InputError(f"{path}: row {number}: the doc {doc!a} {fault}; give every article one row")
        values = {name: " ".join(folded.get(name, "").split()) for name in META_FIELDS}
        values["date"] = as_date(values["date"]) or ""
        table[doc] = {name: value for name, value in values.items() if value}
    if not table:
        raise InputError(f"{path}: no rows; --meta needs a header like doc,title,date,outlet,url, and a row an article")
    return table


def _compiled(pattern: str) -> re.Pattern[str]:
    """The regular expression of a path pattern: ``{name}`` and ``*`` are a part without slashes, ``**`` is any."""
    parts, end, seen = [], 0, set()
    for match in _NAME.finditer(pattern):
        parts.append(re.escape(pattern[end : match.start()]))
        end = match.end()
        name = match[1]
        if name is None:
            parts.append(".*" if match[2] else "[^/]*" if match[3] else "[^/]")
        elif name not in META_FIELDS or name in seen:
            twice = " twice" if name in seen else ""
            raise SettingsError(f"--path-meta has {{{name}}}{twice}; expected {', '.join(META_FIELDS)}")
        else:
            seen.add(name)
            parts.append(f"(?P<{name}>[^/]+?)")
    parts.append(re.escape(pattern[end:]))
    if not seen:
        raise SettingsError(f"--path-meta is {pattern!r}, which names nothing; write it like {{outlet}}/{{date}}/*")
    return re.compile("".join(parts), re.S)
