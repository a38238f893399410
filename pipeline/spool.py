"""The spool: a folder that holds the lines of a run's finished shards until the output is written.

It lies beside the output, so that a stopped run can go on, and is locked, so that no two runs share it.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout

from onrecord.document import Statement
from onrecord.duplicates import Signed
from onrecord.errors import OutputError
from onrecord.records import read_statements, to_line


class Spool:
    """A context manager; on the way out what is worth nothing is removed, and finished shards of a file's run kept.

    ``key`` says what the run is made of: shards of a run with another key are thrown away.
    """

    def __init__(self, output: Path | None, key: str, shards: int) -> None:
        """``output`` None makes a spool that nobody can come back to.

        Raises:
            OutputError: it cannot be made there, another run has it, or a folder of that name is somebody else's.
        """
        self._shards = shards
        self._keep = output is not None
        self._lock: FileLock | None = None
        if output is None:
            self.folder = Path(tempfile.mkdtemp(prefix="onrecord-"))
            return
        self.folder = output.with_name(f"{output.name}.spool")
        try:
            self._take(output, key)
        except OSError as error:
            raise OutputError(
                f"{output}: cannot be written ({error.strerror}); choose a folder of yours with -o"
            ) from error

    def _take(self, output: Path, key: str) -> None:
        self._lock = FileLock(output.with_name(f".{output.name}.lock"))
        try:
            self._lock.acquire(blocking=False)
        except Timeout as error:
            raise OutputError(
                f"{output}: another run is writing there; wait for it or choose another with -o"
            ) from error
        mark = self.folder / "key"
        if self.folder.exists() and not mark.is_file() and any(self.folder.iterdir()):
            self._release()
            raise OutputError(
                f"{self.folder}: is needed for the run but holds other files; move it or choose another -o"
            )
        if not mark.is_file() or mark.read_text() != key:
            shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(exist_ok=True)
        mark.write_text(key)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._keep or self.done == 0:
            self.remove()
        self._release()

    @property
    def done(self) -> int:
        """How many shards are finished."""
        return sum(self.is_done(number) for number in range(self._shards))

    def is_done(self, number: int) -> bool:
        return self._lines(number).exists()

    def write(self, number: int, statements: list[list[Statement]], signed: list[Signed], errors: list[str]) -> None:
        """Stores a shard; it counts as done once its lines have their final name."""
        self._errors(number).write_text(json.dumps(errors), encoding="utf-8")
        self._signatures(number).write_text(json.dumps(signed), encoding="utf-8")
        fresh = self._lines(number).with_suffix(".new")
        with fresh.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(f"{to_line(statement)}\n" for group in statements for statement in group)
        fresh.replace(self._lines(number))

    def errors(self) -> Iterator[str]:
        """The articles that could not be read, a line each, in order."""
        for number in range(self._shards):
            yield from json.loads(self._errors(number).read_text(encoding="utf-8"))

    def statements(self) -> Iterator[Statement]:
        """The statements of all shards, in order."""
        for number in range(self._shards):
            yield from read_statements(self._lines(number))

    def signatures(self) -> Iterator[Signed]:
        """What tells which articles of all shards are nearly one, for those that have statements."""
        for number in range(self._shards):
            for doc, date, signature in json.loads(self._signatures(number).read_text(encoding="utf-8")):
                yield Signed(doc, date, signature)

    def remove(self) -> None:
        """Deletes the folder and what is in it."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.release()
            Path(self._lock.lock_file).unlink(missing_ok=True)

    def _lines(self, number: int) -> Path:
        return self.folder / f"shard-{number:06}.jsonl"

    def _signatures(self, number: int) -> Path:
        return self.folder / f"shard-{number:06}.signatures.json"

    def _errors(self, number: int) -> Path:
        return self.folder / f"shard-{number:06}.errors.json"
