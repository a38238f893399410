"""The progress of a run: a bar in a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import astuple, dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

from onrecord.files.console import counted, printable, say

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

_LINE_EVERY = 10.0
"""Seconds between two plain lines, at least."""
_FAILURES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Tally:
    """The counts of a run so far. ``words`` and ``seconds`` are for the speed and leave out what an earlier run did."""

    articles: int = 0
    failed: int = 0
    statements: int = 0
    words: int = 0
    seconds: float = 0.0

    @property
    def seen(self) -> int:
        """Articles that are finished, including those that failed."""
        return self.articles + self.failed

    @property
    def speed(self) -> float:
        """Words per second."""
        return self.words / self.seconds if self.seconds else 0.0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))


Phase = Literal["loading", "reading", "finishing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run has come, as `onrecord.extract_folder` reports it to ``on_progress``.

    Args:
        total: articles of the run.
        done: articles that are done with, read or skipped, including those of an earlier run that was interrupted.
        failed: articles of these that were skipped.
        statements: statements found so far.
        words: words read by this run.
        seconds: time this run has spent on articles, without loading the model.
        phase: ``loading`` before the model is loaded; ``reading`` when the run starts or resumes and after each shard;
            ``finishing`` before the final pass over the collection.
        notes: before the model is loaded, what the user may want to know of the articles; a line each.
        skipped: for each article skipped since the last call, one line that names it and says why.
    """

    total: int
    done: int = 0
    failed: int = 0
    statements: int = 0
    words: int = 0
    seconds: float = 0.0
    phase: Phase = "loading"
    skipped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, tally: Tally, total: int, seconds: float, phase: Phase, skipped: tuple[str, ...]) -> Self:
        """From the outcomes of the articles so far."""
        return cls(
            total=total,
            done=tally.seen,
            failed=tally.failed,
            statements=tally.statements,
            words=tally.words,
            seconds=seconds,
            phase=phase,
            skipped=skipped,
        )


class Silent:
    """A monitor that prints nothing, and the base of the others. Each may be given as ``on_progress``."""

    _is_started = False

    def __call__(self, progress: Progress) -> None:
        """Shows how far the run has come."""
        for line in progress.notes:
            self.say(line)
        for line in progress.skipped:
            self.failure(line)
        read = progress.done - progress.failed
        done = Tally(read, progress.failed, progress.statements, progress.words, progress.seconds)
        if progress.phase == "loading":
            self.say(f"{counted(progress.total, 'article')}; loading the model …")
        elif progress.phase == "reading" and self._is_started:
            self.advance(done)
        elif progress.phase == "reading":
            self._is_started = True
            if progress.done:
                are = "is" if progress.total == 1 else "are"
                of = f"{progress.done:,} of {counted(progress.total, 'article')}"
                self.say(f"continuing an interrupted run: {of} {are} done")
            self.start(progress.total, done)

    def start(self, total: int, done: Tally) -> None:
        """The run begins: it has ``total`` articles, of which an earlier run finished ``done``."""

    def advance(self, done: Tally) -> None:
        """``done`` is finished now, by this run and earlier ones."""

    def say(self, line: str) -> None:
        """Prints a message."""

    def failure(self, line: str) -> None:
        """An article was skipped; ``line`` says which and why."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """The run is over."""


class FailuresOnly(Silent):
    """A monitor that prints only which articles were skipped."""

    def failure(self, line: str) -> None:
        say(f"skipped: {line}")


class Lines(Silent):
    """Plain lines, at most one every ten seconds, and one for each of the first articles that are skipped."""

    def __init__(self, all_failures: bool, clock: Callable[[], float] = time.monotonic) -> None:
        """``all_failures`` shows every skipped article, for a run without an error file."""
        self._all_failures = all_failures
        self._clock = clock
        self._failures = 0
        self._total = 0
        self._earlier = Tally()
        self._last = clock()

    def start(self, total: int, done: Tally) -> None:
        self._total = total
        self._earlier = done
        self._last = self._clock()

    def advance(self, done: Tally) -> None:
        now = self._clock()
        if now - self._last < _LINE_EVERY and done.seen < self._total:
            return
        self._last = now
        parts = [f"{done.seen:,} of {counted(self._total, 'article')}", counted(done.statements, "statement")]
        parts += [f"{done.speed:,.0f} words/s"] if done.speed else []
        parts += [f"{done.failed:,} failed"] if done.failed else []
        new = done.seen - self._earlier.seen
        if new and done.seen < self._total:
            parts.append(f"{_clock_time(done.seconds / new * (self._total - done.seen))} left")
        self.say(", ".join(parts))

    def say(self, line: str) -> None:
        say(line)

    def failure(self, line: str) -> None:
        self._failures += 1
        if self._all_failures or self._failures <= _FAILURES_SHOWN:
            self.say(f"skipped: {line}")
        elif self._failures == _FAILURES_SHOWN + 1:
            self.say("more articles were skipped; the error file lists them all")


class Bar(Lines):
    """A bar that is redrawn in place, with lines above it."""

    def __init__(self, all_failures: bool) -> None:
        super().__init__(all_failures)
        self._progress: RichProgress | None = None
        self._task: TaskID | None = None

    def start(self, total: int, done: Tally) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as RichProgress

        super().start(total, done)
        self._progress = RichProgress(
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TextColumn(
                "articles, {task.fields[statements]} statements, {task.fields[speed]} words/s{task.fields[failed]},"
            ),
            TimeRemainingColumn(),
            TextColumn("left"),
            console=Console(stderr=True),
            expand=True,
            transient=True,
            refresh_per_second=2,
        )
        self._task = self._progress.add_task("", total=total, completed=done.seen, **_fields(done))
        self._progress.start()

    def advance(self, done: Tally) -> None:
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, completed=done.seen, **_fields(done))

    def say(self, line: str) -> None:
        if self._progress is None:
            say(line)
        else:
            self._progress.console.print(printable(line), markup=False, highlight=False, soft_wrap=True)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._progress is not None:
            self._progress.stop()
            self._progress = None


def _fields(done: Tally) -> dict[str, Any]:
    return {
        "statements": f"{done.statements:,}",
        "speed": f"{done.speed:,.0f}" if done.speed else "–",
        "failed": f", {done.failed:,} failed" if done.failed else "",
    }


def _clock_time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"


def choose_monitor(quiet: bool, to_file: bool) -> Silent:
    """The monitor for this process; ``to_file`` means that an error file will list the skipped articles."""
    if quiet:
        return Silent() if to_file else FailuresOnly()
    return Bar(not to_file) if sys.stderr is not None and sys.stderr.isatty() else Lines(not to_file)
