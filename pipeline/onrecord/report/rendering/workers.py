"""Processes that do jobs: started as commands, given jobs through their input, and ended with their parent.

They are plain commands and not `multiprocessing`, which would run a caller's script again, and whose processes outlive
a parent that is killed. What passes between them is pickled, and comes from nowhere else.
"""

from __future__ import annotations

import os
import pickle
import queue
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import cycle, islice
from types import TracebackType
from typing import IO, Any, Final, Protocol, Self, TypeVar

from onrecord.errors import OutputError

Result = TypeVar("Result")
Result_co = TypeVar("Result_co", covariant=True)

_BATCH: Final = 8
"""Jobs that are sent together."""
_AHEAD: Final = 3
"""Batches that a process may have waiting, so that it is never idle and memory holds few."""
_START: Final = "import sys; sys.path[:] = {path!r}; from onrecord.report.rendering import workers; workers.serve()"


class Job(Protocol[Result_co]):
    """Something to do with what all jobs share, such as the folder to write to."""

    def run(self, shared: Any) -> Result_co: ...


def usable_cores() -> int:
    """The processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Workers:
    """A context manager over ``processes`` that do jobs; with one, the jobs are done in this process."""

    def __init__(self, processes: int, share: Callable[[], Any]) -> None:
        """``share`` makes what all jobs are given, once in each process; it must be picklable."""
        self._share = share
        self._shared: Any = None
        self._processes = [_Process(share) for _ in range(processes)] if processes > 1 and sys.executable else []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._processes:
            process.stop()

    def results(self, jobs: Iterable[Job[Result]]) -> Iterator[Result]:
        """What the jobs return, in their order; they are taken from the iterable as they are needed.

        Raises:
            OutputError: a process ended before it was done.
            Exception: what a job raises, that of the first job if several do.
        """
        if not self._processes:
            if self._shared is None:
                self._shared = self._share()
            for job in jobs:
                yield job.run(self._shared)
            return
        waiting: deque[_Process] = deque()
        remaining = iter(jobs)
        for process in cycle(self._processes):
            batch = list(islice(remaining, _BATCH))
            if not batch and not waiting:
                return
            if batch:
                process.send(batch)
                waiting.append(process)
            if not batch or len(waiting) >= _AHEAD * len(self._processes):
                yield from waiting.popleft().receive()

    def do(self, jobs: Iterable[Job[Any]]) -> int:
        """Does the jobs and counts them.

        Raises:
            OutputError, Exception: as `results` raises them.
        """
        return sum(1 for _ in self.results(jobs))


class _Process:
    """A process that answers each batch of jobs with their results or with an exception."""

    def __init__(self, share: Callable[[], Any]) -> None:
        # A process group of its own: Ctrl-C reaches the parent alone, which then stops its processes.
        own = {"process_group": 0} if os.name == "posix" else {"creationflags": 0x200}
        command = [sys.executable, "-c", _START.format(path=sys.path)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **own)  # type: ignore[call-overload]
        self.send(share)

    def send(self, message: Any) -> None:
        assert self._process.stdin
        try:
            pickle.dump(message, self._process.stdin, pickle.HIGHEST_PROTOCOL)
            self._process.stdin.flush()
        except OSError as error:
            raise self._ended() from error

    def receive(self) -> list[Any]:
        """The results of the oldest batch that was sent."""
        assert self._process.stdout
        try:
            answer = pickle.load(self._process.stdout)
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            raise self._ended() from error
        if isinstance(answer, BaseException):
            raise answer
        results: list[Any] = answer
        return results

    def _ended(self) -> OutputError:
        time.sleep(0.2)  # a signal that ended it may be on its way to us, too, and says more
        status = self._process.poll()
        return OutputError(
            f"a process that writes pages ended too early (status {status}); make room in memory and on the disk, "
            "or use --processes 1"
        )

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                with suppress(OSError):  # what was not sent yet cannot be
                    stream.close()


def serve() -> None:
    """Does the jobs that arrive on standard input; the process ends with the parent, in the middle of a job, too."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what anything prints must not be between the answers
    batches: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(sys.stdin.buffer, batches), daemon=True).start()
    shared = batches.get()()
    while True:
        try:
            answer: Any = [job.run(shared) for job in batches.get()]
        except Exception as error:
            answer = error
        pickle.dump(answer, answers, pickle.HIGHEST_PROTOCOL)
        answers.flush()


def _receive(stream: IO[bytes], batches: queue.SimpleQueue[Any]) -> None:
    """Takes batches as they come, so that the parent never waits for a process that waits for the parent."""
    try:
        while True:
            batches.put(pickle.load(stream))
    except BaseException:
        os._exit(1)
