"""Start-up: how long commands that load no model take, each in a process of its own.

    python -m onrecord_eval.benchmarks.startup [--repeats 5]

The goal is .3 s; the fastest of several runs counts.
"""

from __future__ import annotations

import subprocess
import sys
from typing import Final

from onrecord_eval.benchmarks.measuring import option_parser, print_table, timed

_COMMANDS: Final = (["--help"], ["--version"], ["schema"], ["extract", "--help"], ["evaluate", "--help"])


def main() -> None:
    parser = option_parser(__doc__)
    parser.add_argument("--repeats", type=int, default=5, help="runs of each command")
    repeats = parser.parse_args().repeats
    rows = [("command", "fastest run")]
    for command in (["-c", "pass"], *(["-m", "onrecord", *arguments] for arguments in _COMMANDS)):
        times = []
        for _ in range(repeats):
            with timed() as watch:
                subprocess.run([sys.executable, *command], stdout=subprocess.DEVNULL, check=True)
            times.append(watch.seconds)
        rows.append((" ".join(["python", *command]), f"{min(times):.3f} s"))
    print_table("Start-up of commands without a model", rows)


if __name__ == "__main__":
    main()
