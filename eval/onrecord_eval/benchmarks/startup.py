"""Start-up: how long commands take that have next to nothing to do, each in a process of its own.

    python -m onrecord_eval.benchmarks.startup [--repeats 5] [--model small] [--precision auto]

Commands that load no model have a goal of .3 s; `extract` on one article loads all models but that of stance. The
fastest of several runs counts, and the least peak of memory.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from onrecord_eval.benchmarks.made.articles import synthetic_articles, write_articles
from onrecord_eval.benchmarks.measuring import in_bytes, mebibytes, option_parser, print_table, timed

_COMMANDS: Final = (["--help"], ["--version"], ["schema"], ["extract", "--help"], ["evaluate", "--help"])


class Start(NamedTuple):
    """A run of a command: seconds by the clock and of the processor, and the most memory in bytes."""

    seconds: float
    processor: float
    peak: int


def started(arguments: Sequence[str]) -> Start:
    """Runs Python with these arguments to its end."""
    with timed() as watch:
        process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
    if status:
        sys.exit(f"python {' '.join(arguments)} failed")
    return Start(watch.seconds, usage.ru_utime + usage.ru_stime, in_bytes(usage.ru_maxrss))


def main() -> None:
    parser = option_parser(__doc__)
    parser.add_argument("--repeats", type=int, default=5, help="runs of each command")
    parser.add_argument("--model", default="small", help="name or folder of the model that reads one article")
    parser.add_argument("--precision", default="auto", help="what it computes in")
    options = parser.parse_args()
    rows = [("command", "fastest run", "processor", "peak memory")]
    with tempfile.TemporaryDirectory() as scratch:
        folder = write_articles(Path(scratch) / "articles", synthetic_articles(1))
        reading = ["extract", str(folder), "--quiet", "--threads", "1"]
        reading += ["--model", options.model, "--precision", options.precision]
        commands = {" ".join(arguments): arguments for arguments in _COMMANDS}
        commands["extract, one article"] = reading
        for name, arguments in commands.items():
            runs = [started(["-m", "onrecord", *arguments]) for _ in range(options.repeats)]
            seconds, processor, peak = (min(values) for values in zip(*runs, strict=True))
            rows.append((name, f"{seconds:.3f} s", f"{processor:.3f} s", mebibytes(int(peak))))
    print_table(f"Start-up, with {options.model} where a model is loaded", rows)


if __name__ == "__main__":
    main()
