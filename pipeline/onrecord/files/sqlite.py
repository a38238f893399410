"""SQLite files that a run makes for itself: memory does not grow with the collection, and nothing in them is precious.

If the run dies they are made again, so nothing waits for the disk.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from onrecord.errors import OutputError

_CACHE: Final = 16_384
"""Kilobytes of a file that are kept in memory."""


class Scratch:
    """A context manager over an SQLite file with the tables of ``schema``; an earlier file is dropped."""

    def __init__(self, path: Path | None, schema: str) -> None:
        """``path`` None makes a temporary file that is gone afterwards.

        Raises:
            OutputError: the file cannot be written.
        """
        self._where = str(path) if path else "a temporary file"
        with self.errors():
            try:
                if path is not None:
                    path.unlink(missing_ok=True)
            except OSError as error:
                raise sqlite3.OperationalError(error.strerror) from error
            self._database = sqlite3.connect(path or "", isolation_level=None)
            self._database.execute("PRAGMA journal_mode = OFF")
            self._database.execute("PRAGMA synchronous = OFF")
            self._database.execute(f"PRAGMA cache_size = -{_CACHE}")
            self._database.executescript(schema)
            self._database.execute("BEGIN")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file; may be called again."""
        self._database.close()

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Turns what SQLite complains of into an OutputError."""
        try:
            yield
        except sqlite3.Error as error:
            raise OutputError(
                f"{self._where}: what the articles have in common cannot be kept there ({error}); "
                "give a place for the output, and a TMPDIR, that can be written to and have space"
            ) from error

    def execute(self, query: str, *values: object) -> int:
        """How many rows a change changed."""
        return self._database.execute(query, values).rowcount

    def insert(self, query: str, rows: Iterable[tuple[object, ...]]) -> None:
        """Inserts rows as they come, one by one."""
        self._database.executemany(query, rows)

    def rows(self, query: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, one by one; other tables than its own may change meanwhile."""
        return self._database.execute(query, values)  # no generator: it would complain when dropped after a failure

    def row(self, query: str, *values: object) -> tuple[Any, ...] | None:
        """The first row of a query, if there is any."""
        found: tuple[Any, ...] | None = self._database.execute(query, values).fetchone()
        return found


class OnScratch:
    """What keeps its tables in a scratch file, ``_tables``: a context manager that closes it."""

    _tables: Scratch

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._tables.close()
