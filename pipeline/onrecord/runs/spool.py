"""The spool: one SQLite file that holds the results of a run's finished shards until the output is written.

It is in a folder beside the output, so that a stopped run can continue, and locked, so that no two runs share it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

from filelock import FileLock, Timeout

from onrecord.collection.near_duplicates import Signed
from onrecord.document import Statement
from onrecord.errors import OutputError
from onrecord.files.console import counted
from onrecord.files.kept_texts import packed, unpacked
from onrecord.files.records import to_line
from onrecord.files.sqlite import Database
from onrecord.runs.progress import Tally

_FILE: Final = "run.sqlite"
_PID: Final = "pid"
_SCRATCH: Final = "scratch.sqlite"
_OURS: Final = re.compile(r"run\.sqlite(-journal)?|scratch\.sqlite|pid")

_SCHEMA: Final = """
CREATE TABLE kept_text (place INTEGER PRIMARY KEY, doc TEXT, is_extracted INT, text BLOB);
CREATE TABLE made_of (what TEXT PRIMARY KEY, digest TEXT);
CREATE TABLE shard (number INTEGER PRIMARY KEY, articles INT, statements INT);
CREATE TABLE line (place INTEGER PRIMARY KEY, line TEXT);
CREATE TABLE failure (place INTEGER PRIMARY KEY, path TEXT, stage TEXT, message TEXT);
CREATE TABLE signature (place INTEGER PRIMARY KEY, doc TEXT, date TEXT, signature TEXT)
"""

_SHARD_PLACES: Final = 2**32
"""Places set aside for each shard, so that rows are in the order of the run, whichever shard finishes first."""

_ADVICE: Final = (
    "make room there and where temporary files go (TMPDIR), then start the same command again: it goes on where it "
    "stopped"
)


@dataclass(frozen=True, slots=True)
class Failure:
    """An article that was skipped: its name in the output, the stage that failed, and a message of one line."""

    path: str
    stage: str
    message: str


class KeptText(NamedTuple):
    """The text of an article; ``is_extracted`` if it is not simply what the article's file holds."""

    doc: str
    is_extracted: bool
    text: str


@dataclass(frozen=True, slots=True)
class Shard:
    """The results of a shard as texts, which any process can send.

    ``lines`` are its statements as JSON lines, ``signatures`` those of its articles with statements as JSON,
    ``account`` the counts and failures as JSON, ``texts`` the texts to keep (`KeptText`) as JSON. ``words`` and
    ``seconds`` tell how fast it was.
    """

    lines: str
    signatures: str
    account: str
    texts: str = "[]"
    words: int = 0
    seconds: float = 0.0

    @classmethod
    def of(
        cls,
        statements: Sequence[Sequence[Statement]],
        signed: Sequence[Signed],
        failures: Sequence[Failure],
        texts: Sequence[KeptText] = (),
        words: int = 0,
        seconds: float = 0.0,
    ) -> Self:
        """From the statements of each article that could be read, and the failures of those that could not."""
        account = {"articles": len(statements), "statements": sum(map(len, statements)), "failures": failures}
        return cls(
            "".join(f"{to_line(statement)}\n" for group in statements for statement in group),
            json.dumps(signed, ensure_ascii=False),
            json.dumps(account, default=asdict, ensure_ascii=False),
            json.dumps(texts, ensure_ascii=False),
            words,
            seconds,
        )

    @property
    def failures(self) -> list[Failure]:
        """The articles that could not be read."""
        return [Failure(**failure) for failure in json.loads(self.account)["failures"]]

    @property
    def tally(self) -> Tally:
        """The counts of its articles and statements."""
        account = json.loads(self.account)
        counts = account["articles"], len(account["failures"]), account["statements"]
        return Tally(*counts, words=self.words, seconds=self.seconds)


class Spool:
    """A context manager. On the way out it deletes the spool if no shard is finished or nobody can resume it."""

    def __init__(self, output: Path | None, made_of: Mapping[str, str], restart: bool = False) -> None:
        """Opens the spool of an output file; if a stopped run with the same articles and options left one, that one.

        Args:
            output: the file that the run writes; None for a temporary spool, which cannot be resumed.
            made_of: a digest of each thing that the lines depend on, by the name that a user knows it by.
            restart: delete what a stopped run left.

        Raises:
            OutputError: the spool cannot be written, another run holds it, its folder has other files in it, or a
                stopped run left one that was made of other things.
        """
        self._output = output
        self._lock: FileLock | None = None
        self.folder = None if output is None else output.with_name(f"{output.name}.spool")
        try:
            self._database = self._temporary(made_of) if output is None else self._open(output, made_of, restart)
        except OSError as error:
            self._release()
            raise OutputError(
                f"{output}: cannot be written ({error.strerror}); choose a folder you can write to with -o"
            ) from error
        except BaseException:
            self._release()
            raise

    def _temporary(self, made_of: Mapping[str, str]) -> Database:
        """A database that leaves nothing, however the process ends."""
        database = Database(transactions=True)
        with database.closed_on_error():
            self._check_or_create(database, made_of)
        self._finished: set[int] = set()
        return database

    def _take_lock(self, output: Path, folder: Path) -> None:
        lock = FileLock(output.with_name(f".{output.name}.lock"))
        try:
            lock.acquire(blocking=False)
        except Timeout as error:
            raise OutputError(
                f"{output}: another run is writing there{self._other_pid()}; wait for it or choose another with -o"
            ) from error
        self._lock = lock
        if folder.exists() and not all(_OURS.fullmatch(path.name) for path in folder.iterdir()):
            raise OutputError(
                f"{folder}: the run needs this folder, but it holds other files; move them "
                "or choose another output with -o"
            )

    def _other_pid(self) -> str:
        with suppress(OSError, ValueError):
            assert self.folder is not None
            return f" (process {int((self.folder / _PID).read_text())})"
        return ""

    def _open(self, output: Path, made_of: Mapping[str, str], restart: bool) -> Database:
        folder = output.with_name(f"{output.name}.spool")
        self._take_lock(output, folder)
        file = folder / _FILE
        if restart or not file.exists():  # a run that was killed while it deleted the folder may have left the rest
            self._delete()
        folder.mkdir(exist_ok=True)
        (folder / _PID).write_text(str(os.getpid()))
        database = Database(file, _ADVICE)
        with database.closed_on_error():
            self._check_or_create(database, made_of)
            self._finished = {number for (number,) in database.rows("SELECT number FROM shard")}
        return database

    def _check_or_create(self, database: Database, made_of: Mapping[str, str]) -> None:
        if not database.row("SELECT name FROM sqlite_master"):
            with database.transaction():
                database.create(_SCHEMA)
                database.execute_many("INSERT INTO made_of VALUES (?, ?)", made_of.items())
            return
        before = dict(database.rows("SELECT what, digest FROM made_of"))
        changed = [part for part in sorted(made_of.keys() | before) if before.get(part) != made_of.get(part)]
        done = database.value("SELECT COUNT(*) FROM shard")
        if changed and done:
            articles = database.value("SELECT (SELECT SUM(articles) FROM shard) + (SELECT COUNT(*) FROM failure)")
            raise OutputError(
                f"{self._output}: an interrupted run left {counted(articles, 'finished article')} there, but these "
                f"have changed since: {', '.join(changed)}; start again with --restart, or undo the changes to continue"
            )
        if changed:
            with database.transaction():
                for (table,) in database.all("SELECT name FROM sqlite_master WHERE type = 'table'"):
                    database.execute(f'DROP TABLE "{table}"')
                database.create(_SCHEMA)
                database.execute_many("INSERT INTO made_of VALUES (?, ?)", made_of.items())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._database.__exit__(kind, error, trace)
        finally:
            if self._output is None or self.done == 0:
                self._delete()
            self._release()

    @property
    def done(self) -> int:
        """How many shards are finished."""
        return len(self._finished)

    def is_done(self, number: int) -> bool:
        """Whether the shard of that number is finished."""
        return number in self._finished

    def write(self, number: int, shard: Shard) -> None:
        """Stores a shard. Whatever happens meanwhile, the spool has all of it or nothing."""
        tally = shard.tally
        with self._database.transaction():
            self._database.execute("INSERT INTO shard VALUES (?, ?, ?)", number, tally.articles, tally.statements)
            rows = ((line,) for line in shard.lines.split("\n")[:-1])
            self._database.execute_many("INSERT INTO line VALUES (?, ?)", _placed(number, rows))
            failures = ((failure.path, failure.stage, failure.message) for failure in shard.failures)
            self._database.execute_many("INSERT INTO failure VALUES (?, ?, ?, ?)", _placed(number, failures))
            signatures = json.loads(shard.signatures)
            self._database.execute_many("INSERT INTO signature VALUES (?, ?, ?, ?)", _placed(number, signatures))
            texts = ((_encodable(doc), extracted, packed(text)) for doc, extracted, text in json.loads(shard.texts))
            self._database.execute_many("INSERT INTO kept_text VALUES (?, ?, ?, ?)", _placed(number, texts))
        self._finished.add(number)

    def tally(self) -> Tally:
        """The counts of all finished shards."""
        articles, statements = self._database.all("SELECT TOTAL(articles), TOTAL(statements) FROM shard")[0]
        failed = self._database.value("SELECT COUNT(*) FROM failure")
        return Tally(int(articles), failed, int(statements))

    def failures(self) -> Iterator[Failure]:
        """The articles of all finished shards that could not be read, in order."""
        for row in self._database.rows("SELECT path, stage, message FROM failure ORDER BY place"):
            yield Failure(*row)

    def statements(self) -> Iterator[Statement]:
        """The statements of all finished shards, in order."""
        for (line,) in self._database.rows("SELECT line FROM line ORDER BY place"):
            yield Statement.from_json(line)

    def signatures(self) -> Iterator[Signed]:
        """The signature of each article with statements, in order."""
        for row in self._database.rows("SELECT doc, date, signature FROM signature ORDER BY place"):
            yield Signed(*row)

    def extracted_texts(self) -> Iterator[tuple[str, bytes]]:
        """The name and packed text of each article whose text is not simply what its file holds, in order."""
        return self._database.rows("SELECT doc, text FROM kept_text WHERE is_extracted ORDER BY place")

    def texts(self) -> Iterator[tuple[str, str]]:
        """The name and text of each article whose text was kept, in order."""
        for doc, text in self._database.rows("SELECT doc, text FROM kept_text ORDER BY place"):
            yield doc, unpacked(text)

    @contextmanager
    def scratch(self) -> Iterator[Database]:
        """A file beside the spool's, for tables that are needed only inside; it need not survive a crash."""
        path = None if self.folder is None else self.folder / _SCRATCH
        if path is not None:
            path.unlink(missing_ok=True)
        try:
            with Database(path, _ADVICE, durable=False) as database:
                yield database
        finally:
            if path is not None:
                path.unlink(missing_ok=True)

    def remove(self) -> None:
        """Closes and deletes the spool."""
        self._database.close()
        self._delete()

    def _delete(self) -> None:
        if self.folder is None:
            return
        (self.folder / _FILE).unlink(missing_ok=True)  # first: without it, the rest is not mistaken for a stopped run
        shutil.rmtree(self.folder, ignore_errors=True)

    def _release(self) -> None:
        if self._lock is not None:
            with suppress(OSError):  # Windows does not delete open files
                Path(self._lock.lock_file).unlink(missing_ok=True)
            self._lock.release()
            self._lock = None


def _encodable(doc: str) -> str:
    return doc.encode("utf-8", "replace").decode()


def _placed(number: int, rows: Iterable[Sequence[Any]]) -> Iterator[tuple[object, ...]]:
    """The rows of a shard, each with its place in the run."""
    for place, row in enumerate(rows, number * _SHARD_PLACES):
        yield (place, *row)
