"""SQLite files, for data that are too large for memory or must survive a killed process."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from onrecord.errors import OutputError

_CACHE: Final = 16_384
"""Kilobytes of a file that are kept in memory."""

_ADVICE: Final = "choose another place, or make room there"
_TEMPORARY_ADVICE: Final = "set TMPDIR to a folder that can be written to and has space"


class Database:
    """One SQLite file. A context manager that closes it, and turns SQLite's errors inside into an ``OutputError``.

    >>> with Database() as database:
    ...     database.create("CREATE TABLE word (text TEXT)")
    ...     database.execute_many("INSERT INTO word VALUES (?)", [("port",), ("quay",)])
    ...     database.value("SELECT COUNT(*) FROM word")
    2
    """

    def __init__(
        self, path: Path | None = None, advice: str | None = None, *, durable: bool = True, transactions: bool = False
    ) -> None:
        """Opens the file at ``path``, which is made if it is missing.

        Args:
            path: a file whose transactions are complete or absent after a crash; None for a temporary file, which is
                gone as soon as it is closed, even by a kill.
            advice: the end of every error message: what the user can do.
            durable: whether a file at ``path`` is protected against crashes; one that is made beside its place and
                renamed need not be.
            transactions: whether a temporary file has transactions; without them it is faster.

        Raises:
            OutputError: the file cannot be opened, or is not an SQLite file.
        """
        self._where = str(path) if path else f"a temporary file in {_temporary_folder()}"
        self._advice = advice if advice is not None else _TEMPORARY_ADVICE if path is None else _ADVICE
        self._connection: sqlite3.Connection | None = None
        with self.closed_on_error():
            self._connection = sqlite3.connect(path or "", isolation_level=None)
            keeps_journal = transactions if path is None else durable
            if path is None or not durable:
                self.row(f"PRAGMA journal_mode = {'MEMORY' if keeps_journal else 'OFF'}")
                self.execute("PRAGMA synchronous = OFF")
            else:
                self.execute("PRAGMA synchronous = FULL")
            self.execute(f"PRAGMA cache_size = -{_CACHE}")
            self.row("SELECT name FROM sqlite_master")  # reads the file: until now it was only opened
            if not keeps_journal:
                self.execute("BEGIN")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        if isinstance(error, sqlite3.Error):
            raise self._complaint(error) from error

    def commit(self) -> None:
        """Ends the transaction of a file that is not protected against crashes; without it, all is dropped."""
        self.execute("COMMIT")

    def close(self) -> None:
        """Closes the file and drops what was not committed; may be called again."""
        if self._connection is not None:
            self._connection.close()

    @contextmanager
    def closed_on_error(self) -> Iterator[None]:
        """For what is done before the ``with`` block: closes the file after an error, SQLite's as ``OutputError``."""
        try:
            yield
        except BaseException as error:
            self.close()
            if isinstance(error, sqlite3.Error):
                raise self._complaint(error) from error
            raise

    def _complaint(self, error: sqlite3.Error) -> OutputError:
        code = getattr(error, "sqlite_errorcode", None)
        if code in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}:
            return OutputError(f"{self._where}: damaged ({error}); delete this file and start again")
        reason = "No space left on device" if code == sqlite3.SQLITE_FULL else str(error)
        return OutputError(f"{self._where}: cannot be written ({reason}); {self._advice}")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commits what is done inside, all of it or, after an error, none."""
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.execute("COMMIT")
        except BaseException:
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        if self._opened.in_transaction:  # a full disk may have ended it already
            self.execute("ROLLBACK")

    def add_function(self, name: str, function: Callable[[str], str]) -> None:
        """Makes a function of one text, always with the same result, known to queries."""
        self._opened.create_function(name, 1, function, deterministic=True)

    def create(self, schema: str) -> None:
        """Runs statements without values that are separated by semicolons, within the current transaction."""
        for statement in schema.split(";"):  # `executescript` would commit first
            if statement.strip():
                self.execute(statement)

    def execute(self, query: str, *values: object) -> int:
        """Returns how many rows were changed."""
        return self._opened.execute(query, values).rowcount

    def execute_many(self, query: str, rows: Iterable[tuple[object, ...]]) -> None:
        """Runs a statement for each of ``rows``, which are read one by one and may come from other tables."""
        self._opened.executemany(query, rows)

    def insert(self, query: str, *values: object) -> int:
        """Inserts one row and returns its number (SQLite's rowid)."""
        number = self._opened.execute(query, values).lastrowid
        assert number is not None
        return number

    def rows(self, query: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, read one by one; columns that the query does not use may change meanwhile."""
        return self._opened.execute(query, values)

    def all(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows of a query that has few."""
        return self._opened.execute(query, values).fetchall()

    def row(self, query: str, *values: object) -> tuple[Any, ...] | None:
        """The first row of a query, None if there is none."""
        found: tuple[Any, ...] | None = self._opened.execute(query, values).fetchone()
        return found

    def value(self, query: str, *values: object) -> Any:
        """The value of a query that has exactly one row with one column.

        Raises:
            ValueError: it has not.
        """
        ((value,),) = self.all(query, *values)
        return value

    @property
    def _opened(self) -> sqlite3.Connection:
        assert self._connection is not None
        return self._connection


def _temporary_folder() -> str:
    """Where SQLite puts temporary files; it does not look where Python does."""
    named = filter(None, (os.environ.get(name) for name in ("SQLITE_TMPDIR", "TMPDIR")))
    places = (*named, "/var/tmp", "/usr/tmp", "/tmp") if os.name == "posix" else ()
    return next((place for place in places if os.access(place, os.W_OK | os.X_OK)), tempfile.gettempdir())
