"""What a run is asked for and what it gives back; needs no model, so that mistakes are found before one is loaded."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import Final

from onrecord.errors import SettingsError, expected
from onrecord.runs.spool import Failure

ENGINES: Final = ("local", "ray")


@dataclass(frozen=True, slots=True)
class RunSettings:
    """Everything about a run that does not concern its pipeline or its articles.

    Args:
        output: the file to write; None writes to standard output.
        shard_size: articles that are finished, and resumed, together.
        people: CSV file of names and ids that the user supplies.
        skip_duplicates: leave out the statements of articles that nearly copy another.
        strict: stop at the first article that cannot be read.
        restart: discard what an interrupted run left.
        append_live: show provisional lines at the output's place during the run; the final ones replace them.
        engine: ``local``, or ``ray`` for many processes.
        address: the Ray cluster to run on; None starts Ray on this machine.
        threads: processor threads of one process; None means all of them (with Ray, one).
        save_text: folder for the articles' texts, in which the offsets count.

    Raises:
        SettingsError: a value is not one of those expected, or two of them contradict each other.
    """

    output: Path | None
    _: KW_ONLY
    shard_size: int = 32
    people: Path | None = None
    skip_duplicates: bool = False
    strict: bool = False
    restart: bool = False
    append_live: bool = False
    engine: str = "local"
    address: str | None = None
    threads: int | None = None
    save_text: Path | None = None

    def __post_init__(self) -> None:
        if self.engine not in ENGINES:
            raise SettingsError(f"there is no engine {self.engine!r}; {expected(self.engine, ENGINES)}")
        if self.address is not None and self.engine != "ray":
            raise SettingsError("--address names a Ray cluster; add --engine ray")
        for option, number in (("shard size", self.shard_size), ("number of threads", self.threads)):
            if number is not None and number < 1:
                raise SettingsError(f"the {option} is {number}; expected 1 or more")
        if self.output is None and (self.restart or self.append_live):
            option = "--restart" if self.restart else "--append-live"
            raise SettingsError(f"{option} needs an output file; name one with -o")


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a finished run did.

    Args:
        output: the file with the statements; None where they went to standard output.
        articles: articles read.
        statements: statements written.
        duplicates: articles that nearly copy another.
        errors: articles that were skipped, each with its path, the stage that failed, and a message of one line.
        seconds: duration of the run, from before the model was loaded.
        loading: seconds of it that loading the model took.
    """

    output: Path | None
    articles: int
    statements: int
    duplicates: int
    errors: tuple[Failure, ...]
    seconds: float
    loading: float = 0.0

    @property
    def failed(self) -> int:
        """How many articles were skipped."""
        return len(self.errors)
