"""What a run is asked for and what it gives back; needs no model, so that mistakes are found before one is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from pathlib import Path
from typing import Final, Literal

from onrecord.errors import SettingsError, expected
from onrecord.runs.spool import Failure
from onrecord.targets.coverage import Coverage

Keep = Literal["none", "extracted", "all"]
"""Which texts a shard brings along: none, those of articles with statements that are not simply what a file holds, or
the texts of all articles."""

ENGINES: Final = ("local", "ray")


@dataclass(frozen=True, slots=True)
class RunSettings:
    """Everything about a run that does not concern its pipeline or its articles.

    Args:
        output: the file to write; None writes to standard output.
        shard_size: articles that are finished, and resumed, together.
        people: file of names and ids that the user supplies, in one of the formats of `collection.people_lists`.
        skip_duplicates: leave out the statements of articles that nearly copy another.
        strict: stop at the first article that cannot be read.
        restart: discard what an interrupted run left.
        append_live: show provisional lines at the output's place during the run; the final ones replace them.
        engine: ``local``, or ``ray`` for many processes.
        address: the Ray cluster to run on; None starts Ray on this machine.
        threads: processor threads of one process; None means all of them (with Ray, one).
        keep_texts: keep the texts of pages, rows and the like beside the output, for the report and the exports.
        save_text: folder for the texts of all articles, each in a file.
        given: files that options name, by what a message calls them: the run must not overwrite them.

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
    keep_texts: bool = True
    save_text: Path | None = None
    given: tuple[tuple[str, Path], ...] = ()

    @property
    def keep(self) -> Keep:
        """Which texts the shards bring along."""
        if self.save_text is not None:
            return "all"
        return "extracted" if self.keep_texts and self.output is not None else "none"

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
        left_out: files of folders and archives that were not read, counted by kind.
        open_names: names of several people in the file of people, each with the number of articles that leave open who
            is meant; their speakers have no id.
        targets: by target, in how many articles statements were judged towards it, and in how many one is about it.
    """

    output: Path | None
    articles: int
    statements: int
    duplicates: int
    errors: tuple[Failure, ...]
    seconds: float
    loading: float = 0.0
    left_out: Mapping[str, int] = field(default_factory=dict)
    open_names: Mapping[str, int] = field(default_factory=dict)
    targets: Mapping[str, Coverage] = field(default_factory=dict)

    @property
    def failed(self) -> int:
        """How many articles were skipped."""
        return len(self.errors)
