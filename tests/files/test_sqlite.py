"""SQLite files: whole transactions or none, and one clear line for what cannot be written."""

from __future__ import annotations

from pathlib import Path

import pytest

from onrecord.errors import OutputError
from onrecord.files.sqlite import Database


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with Database(tmp_path / "a.sqlite") as database:
        database.create("CREATE TABLE word (text TEXT)")
        with database.transaction():
            database.execute("INSERT INTO word VALUES ('kept')")
        with pytest.raises(KeyboardInterrupt), database.transaction():
            database.execute("INSERT INTO word VALUES ('lost')")
            raise KeyboardInterrupt
        assert database.all("SELECT text FROM word") == [("kept",)]


def test_an_error_of_sqlite_is_one_line_that_names_the_file(tmp_path: Path) -> None:
    with (
        pytest.raises(OutputError, match=r"^[^\n]*a\.sqlite: cannot be written \(no such table: word\); make room$"),
        Database(tmp_path / "a.sqlite", "make room") as database,
    ):
        database.execute("INSERT INTO word VALUES (1)")
    with (
        pytest.raises(OutputError, match=r"^a temporary file in \S+: cannot be written \(.*\); set TMPDIR"),
        Database() as database,
    ):
        database.execute("INSERT INTO word VALUES (1)")


def test_a_full_disk_is_called_by_its_name(tmp_path: Path) -> None:
    with (
        pytest.raises(OutputError, match=r"a\.sqlite: cannot be written \(No space left on device\)"),
        Database(tmp_path / "a.sqlite") as database,
    ):
        database.create("CREATE TABLE word (text TEXT)")
        database.execute("PRAGMA max_page_count = 4")
        database.execute_many("INSERT INTO word VALUES (?)", [("x" * 10_000,)] * 9)


def test_a_place_that_cannot_be_written_or_holds_something_else_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"missing.a\.sqlite: cannot be written \(unable to open"):
        Database(tmp_path / "missing" / "a.sqlite")
    (tmp_path / "notes.txt").write_text("no database " * 100)
    with pytest.raises(OutputError, match=r"notes\.txt: damaged \(file is not a database\)"):
        Database(tmp_path / "notes.txt")
    assert (tmp_path / "notes.txt").read_text() == "no database " * 100


def test_a_value_is_the_only_one_of_its_query() -> None:
    with Database() as database, pytest.raises(ValueError, match="unpack"):
        database.value("SELECT 1 UNION SELECT 2")


def test_other_errors_pass_unchanged() -> None:
    with pytest.raises(ZeroDivisionError), Database():
        raise ZeroDivisionError
