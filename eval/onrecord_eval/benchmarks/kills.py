"""Kills every command that writes files at random moments: what is there afterwards is the old file or the new, whole.

    python -m onrecord_eval.benchmarks.kills [--kills 50] [--articles 300] [--model small] [--only NAME]…

Each command is first run to its end, for the bytes that it should write. Then it is killed by SIGKILL again and again,
each time with what an earlier run has written in place, and at last runs to its end once more. ``extract`` reads a
folder of synthetic articles; the other commands work on synthetic statements. Only systems with ``fork`` can do this.
"""

from __future__ import annotations

import os
import random
import runpy
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from onrecord.files.records import to_line
from onrecord_eval.benchmarks.made.articles import synthetic_articles, write_articles
from onrecord_eval.benchmarks.measuring import option_parser, print_table
from onrecord_eval.benchmarks.report import synthetic_statements

FORMATS: Final = (
    *("csv", "xlsx", "parquet", "sqlite", "brat", "label-studio", "conll", "web-annotation", "tei", "schema-org"),
    *("graphml", "network-csv"),
)
_SECOND_FILES: Final = {"label-studio": ["out.xml"], "sqlite": ["out.metadata.json"]}
"""What some formats write beside the output ``out``."""
_LINES_OF_AN_EARLIER_STATEMENTS_FILE: Final = 7

_LATEST: Final = 1.2
"""The last moment of a kill, in durations of the command: some kills should come just too late."""

Contents = dict[str, bytes]
"""The files of an output by their paths in it."""


@dataclass(frozen=True, slots=True)
class Killed:
    """What kills left: how many hit the command before it was done, and how often the old and the new was there.

    ``faults`` says what else was there; ``left`` are files that the last, undisturbed run did not clear away.
    """

    kills: int
    old: int
    new: int
    faults: tuple[str, ...]
    left: tuple[str, ...]


def kill_at_random(
    command: Sequence[str | Path], outputs: Sequence[Path], kills: int, seed: int = 0, *, resumes: bool = False
) -> Killed:
    """Runs a command, killing it ``kills`` times, with what ``outputs`` hold now as the old files.

    Each of ``outputs`` is a file or a folder. If the command ``resumes``, what a kill left is kept for the next run.
    """
    with tempfile.TemporaryDirectory() as scratch:
        store = Path(scratch)
        old = [_contents(output) for output in outputs]
        for number, output in enumerate(outputs):
            _copy(output, store / str(number))
        started = time.monotonic()
        status = _run(command)
        duration = time.monotonic() - started
        new = [_contents(output) for output in outputs]
        if status or new == old:
            raise RuntimeError(f"{command}: exit status {status}; a command must succeed and change its output")
        beside = _beside(outputs)
        moments = random.Random(seed)
        hit = old_found = new_found = 0
        faults: list[str] = []
        for number in range(kills + 1):
            if number == 0 or not resumes:
                for index, output in enumerate(outputs):
                    _copy(store / str(index), output)
            if number == kills:
                _run(command)
                break
            hit += _run(command, kill_after=moments.uniform(0, duration * _LATEST)) < 0
            for output, before, after in zip(outputs, old, new, strict=True):
                found = _contents(output)
                old_found += found == before
                new_found += found == after and before != after
                if found not in (before, after):
                    faults.append(f"{output.name} after kill {number + 1}")
        if [_contents(output) for output in outputs] != new:
            faults.append("the last run wrote something else")
        return Killed(hit, old_found, new_found, tuple(faults), tuple(sorted(_beside(outputs) - beside)))


def _contents(output: Path) -> Contents:
    if output.is_dir():
        return {str(path.relative_to(output)): path.read_bytes() for path in output.rglob("*") if path.is_file()}
    return {"": output.read_bytes()} if output.exists() else {}


def _beside(outputs: Sequence[Path]) -> set[str]:
    return {path.name for output in outputs for path in output.parent.iterdir()}


def _copy(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    with suppress(OSError):
        target.unlink()
    if source.is_dir():
        shutil.copytree(source, target)
    elif source.exists():
        shutil.copy(source, target)


def _run(command: Sequence[str | Path], kill_after: float | None = None) -> int:
    """The exit status of the command in a process that need not import anything again; negative if it was killed."""
    sys.stdout.flush()
    pid = os.fork()
    if not pid:
        status = 1
        try:
            silent = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silent, 1)
            os.dup2(silent, 2)
            _call(command)
            status = 0
        except SystemExit as stop:
            status = int(stop.code or 0)
        finally:
            os._exit(status)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(pid, signal.SIGKILL)  # not yet waited for: the number cannot be another process's
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def export_commands(folder: Path, articles: int) -> Mapping[str, tuple[list[str | Path], list[Path]]]:
    """The commands that read a statements file, and their outputs; earlier outputs are there, of fewer statements."""
    statements, texts = folder / "statements.jsonl", folder / "articles"
    lines = [f"{to_line(statement)}\n" for statement in synthetic_statements(articles, texts)]
    _preload(folder, lines, texts)
    commands: dict[str, tuple[list[str | Path], list[Path]]] = {}
    for few in (True, False):
        statements.write_text("".join(lines[:_LINES_OF_AN_EARLIER_STATEMENTS_FILE] if few else lines), encoding="utf-8")
        for name in FORMATS:
            output = folder / f"out-{name}" / "out"
            outputs = [output, *(output.with_name(second) for second in _SECOND_FILES.get(name, ()))]
            command: list[str | Path] = ["export", statements, "--to", name, "-o", output, "--articles", texts]
            commands[f"export --to {name}"] = command, outputs
            if few and name != "brat":  # which wants an empty folder
                _run(command)
        output = folder / "out-report" / "site"
        commands["report"] = ["report", statements, "-o", output, "--articles", texts, "--force"], [output]
        if few:
            _run(commands["report"][0])
    for tool, name, made in (("brat", "labels", "labels"), ("label-studio", "labels.json", "labels.json")):
        _run(["export", statements, "--to", tool, "-o", folder / name, "--articles", texts])
        output = folder / f"out-import-{tool}" / "gold.jsonl"
        output.parent.mkdir()
        output.write_text(lines[0], encoding="utf-8")
        commands[f"import --from {tool}"] = ["import", "--from", tool, folder / made, "-o", output], [output]
    return commands


def _preload(folder: Path, lines: Sequence[str], texts: Path) -> None:
    """Imports what the commands import, once, so that kills do not fall into imports only."""
    few = folder / "few.jsonl"
    few.write_text("".join(lines[:_LINES_OF_AN_EARLIER_STATEMENTS_FILE]), encoding="utf-8")
    for number, name in enumerate(FORMATS):
        quietly(["export", few, "--to", name, "-o", folder / "preload" / str(number), "--articles", texts])
    quietly(["report", few, "-o", folder / "preload" / "report"])
    shutil.rmtree(folder / "preload", ignore_errors=True)


def _call(command: Sequence[str | Path]) -> None:
    """What ``python -m onrecord`` does, in this process; raises SystemExit."""
    sys.argv = ["onrecord", *map(str, command)]
    runpy.run_module("onrecord", run_name="__main__", alter_sys=True)


def quietly(command: Sequence[str | Path]) -> None:
    """Runs a command in this process without its messages."""
    from contextlib import redirect_stderr, redirect_stdout

    with (
        Path(os.devnull).open("w") as nowhere,
        redirect_stderr(nowhere),
        redirect_stdout(nowhere),
        suppress(SystemExit),
    ):
        given = sys.argv
        try:
            _call(command)
        finally:
            sys.argv = given


def main() -> None:
    parser = option_parser(__doc__)
    parser.add_argument("--kills", type=int, default=50, help="how often each command is killed")
    parser.add_argument("--articles", type=int, default=300, help="how many articles there are")
    parser.add_argument("--model", default="small", help="the model that extract uses")
    parser.add_argument(
        "--only", action="append", metavar="NAME", help="only commands whose name has this in it; may be repeated"
    )
    options = parser.parse_args()
    rows = [("command", "killed in time", "old", "new", "faults", "files left")]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        commands = dict(export_commands(folder, options.articles))
        wanted: list[str] = options.only or [""]
        if any(part in "extract" for part in wanted):
            write_articles(folder / "news", synthetic_articles(options.articles))
            output = folder / "out-extract" / "out.jsonl"
            command: list[str | Path] = ["extract", folder / "news", "-o", output, "--model", options.model]
            commands["extract"] = [*command, "--threads", "1"], [output, output.with_name("out.texts.sqlite")]
        chosen = {name: each for name, each in commands.items() if any(part in name for part in wanted)}
        for name, (command, outputs) in chosen.items():
            found = kill_at_random(command, outputs, options.kills, resumes=name == "extract")
            numbers = (str(found.kills), str(found.old), str(found.new))
            rows.append((name, *numbers, "; ".join(found.faults) or "none", ", ".join(found.left) or "none"))
            print(*rows[-1], sep="\t", file=sys.stderr, flush=True)
    print_table(f"{options.kills} kills of each command, {options.articles} articles", rows)


if __name__ == "__main__":
    main()
