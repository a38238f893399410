"""The spool: a folder that holds the lines of a run's finished shards until the output is written.

It lies beside the output, so that a stopped run can go on, and is locked, so that no two runs share it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from filelock import FileLock, Timeout

from onrecord.collection.near_duplicates import Signed
from onrecord.document import Statement
from onrecord.errors import OutputError
from onrecord.files.atomic import replacing
from onrecord.files.records import read_statements, to_line
from onrecord.runs.progress import Tally

_KEY: Final = "key.json"
_PID: Final = "pid"
_OURS: Final = re.compile(r"\.?shard-\d{6,}(\.signatures)?\.jsonl?(\.new)?|\.?key\.json(\.new)?|pid|\w+\.sqlite.*")
_DONE: Final = re.compile(r"shard-(\d{6,})\.jsonl")


@dataclass(frozen=True, slots=True)
class Failure:
    """An article that was skipped: what the output would call it, the stage that failed, and a message of one line."""

    path: str
    stage: str
    message: str


@dataclass(frozen=True, slots=True)
class Shard:
    """A shard that is done, as the texts of the files that the spool keeps of it.

    ``lines`` are its statements, ``signatures`` tell which of its articles are nearly one with others, ``account``
    says what became of all of them. ``words`` were read in ``seconds``, which is for the progress alone.
    """

    lines: str
    signatures: str
    account: str
    words: int = 0
    seconds: float = 0.0

    @classmethod
    def of(
        cls,
        statements: Sequence[Sequence[Statement]],
        signed: Sequence[Signed],
        failures: Sequence[Failure],
        words: int = 0,
        seconds: float = 0.0,
    ) -> Self:
        """From the statements of each article that could be read, and from those that could not."""
        account = {"articles": len(statements), "statements": sum(map(len, statements)), "failures": failures}
        return cls(
            "".join(f"{to_line(statement)}\n" for group in statements for statement in group),
            json.dumps(signed, ensure_ascii=False),
            json.dumps(account, default=asdict, ensure_ascii=False),
            words,
            seconds,
        )

    @property
    def failures(self) -> list[Failure]:
        """The articles that could not be read."""
        return [Failure(**failure) for failure in json.loads(self.account)["failures"]]

    @property
    def tally(self) -> Tally:
        """What became of its articles."""
        account = json.loads(self.account)
        counts = account["articles"], len(account["failures"]), account["statements"]
        return Tally(*counts, words=self.words, seconds=self.seconds)


class Spool:
    """A context manager; on the way out what is worth nothing is removed, and finished shards of a file's run kept."""

    def __init__(self, output: Path | None, made_of: Mapping[str, str], restart: bool = False) -> None:
        """Takes up what a stopped run left, if that was made of the same.

        Args:
            output: the file that the run writes; None makes a spool that nobody can come back to.
            made_of: what the lines depend on, as a user calls it, each with a digest of it.
            restart: throw away what a stopped run left.

        Raises:
            OutputError: it cannot be made there, another run has it, a folder of that name is somebody else's, or a
                run that was made of something else was stopped there.
        """
        self._output = output
        self._made_of = dict(made_of)
        self._lock: FileLock | None = None
        if output is None:
            self.folder = Path(tempfile.mkdtemp(prefix="onrecord-"))
            self._finished: set[int] = set()
            return
        self.folder = output.with_name(f"{output.name}.spool")
        try:
            self._take(output, restart)
        except OSError as error:
            self._release()
            raise OutputError(
                f"{output}: cannot be written ({error.strerror}); choose a folder of yours with -o"
            ) from error
        except OutputError:
            self._release()
            raise

    def _take(self, output: Path, restart: bool) -> None:
        lock = FileLock(output.with_name(f".{output.name}.lock"))
        try:
            lock.acquire(blocking=False)
        except Timeout as error:
            raise OutputError(
                f"{output}: another run is writing there{self._other_pid()}; wait for it or choose another with -o"
            ) from error
        self._lock = lock
        if self.folder.exists() and not all(_OURS.fullmatch(path.name) for path in self.folder.iterdir()):
            raise OutputError(
                f"{self.folder}: is needed for the run but holds other files; move it or choose another -o"
            )
        if not (self.folder / _KEY).exists():
            self.remove()  # what a run left that was killed while it removed the folder
        self._finished = self._find_finished()
        changed = self._changed()
        if changed and self._finished and not restart:
            raise OutputError(
                f"{output}: a stopped run left {self.done} finished shards there, but changed since: "
                f"{', '.join(changed)}; start anew with --restart, or undo the change to go on"
            )
        if changed or restart:
            self.remove()
            self._finished = set()
        self.folder.mkdir(exist_ok=True)
        (self.folder / _PID).write_text(str(os.getpid()))
        with replacing(self.folder / _KEY) as file:
            json.dump(self._made_of, file)

    def _other_pid(self) -> str:
        with suppress(OSError, ValueError):
            return f" (process {int((self.folder / _PID).read_text())})"
        return ""

    def _changed(self) -> list[str]:
        """What the spool was made of that is not the same now."""
        try:
            before = json.loads((self.folder / _KEY).read_text())
        except (OSError, ValueError):
            before = {}
        return [what for what in sorted(self._made_of.keys() | before) if before.get(what) != self._made_of.get(what)]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._output is None or self.done == 0:
            self.remove()
        self._release()

    @property
    def done(self) -> int:
        """How many shards are finished."""
        return len(self._finished)

    def _find_finished(self) -> set[int]:
        if not self.folder.is_dir():
            return set()
        return {int(match[1]) for path in self.folder.iterdir() if (match := _DONE.fullmatch(path.name))}

    def is_done(self, number: int) -> bool:
        return number in self._finished

    def write(self, number: int, shard: Shard) -> None:
        """Stores a shard, which counts as done once its lines have their final name."""
        texts = (
            (self._account(number), shard.account),
            (self._signatures(number), shard.signatures),
            (self._lines(number), shard.lines),
        )
        for path, text in texts:
            with replacing(path) as file:
                file.write(text)
        self._finished.add(number)

    def tally(self) -> Tally:
        """What became of the articles of all finished shards."""
        total = Tally()
        for number in self._finished:
            account = self._read_account(number)
            total += Tally(account["articles"], len(account["failures"]), account["statements"])
        return total

    def failures(self) -> Iterator[Failure]:
        """The articles of all finished shards that could not be read, in order."""
        for number in sorted(self._finished):
            for failure in self._read_account(number)["failures"]:
                yield Failure(**failure)

    def statements(self) -> Iterator[Statement]:
        """The statements of all finished shards, in order."""
        for number in sorted(self._finished):
            yield from self.shard(number)

    def shard(self, number: int) -> Iterator[Statement]:
        """The statements of one finished shard."""
        return read_statements(self._lines(number))

    def signatures(self) -> Iterator[Signed]:
        """What tells which articles of all shards are nearly one, for those that have statements."""
        for number in sorted(self._finished):
            for doc, date, signature in json.loads(self._signatures(number).read_text(encoding="utf-8")):
                yield Signed(doc, date, signature)

    def remove(self) -> None:
        """Deletes the folder and what is in it; first what says that there are shards to go on from."""
        (self.folder / _KEY).unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _release(self) -> None:
        if self._lock is not None:
            with suppress(OSError):  # Windows removes no open file
                Path(self._lock.lock_file).unlink(missing_ok=True)
            self._lock.release()
            self._lock = None

    def _lines(self, number: int) -> Path:
        return self.folder / f"shard-{number:06}.jsonl"

    def _signatures(self, number: int) -> Path:
        return self.folder / f"shard-{number:06}.signatures.json"

    def _account(self, number: int) -> Path:
        return self.folder / f"shard-{number:06}.json"

    def _read_account(self, number: int) -> dict[str, Any]:
        account: dict[str, Any] = json.loads(self._account(number).read_text(encoding="utf-8"))
        return account
