"""Memory of a run: whether its peak grows with the number of articles.

    python -m onrecord_eval.benchmarks.run_memory [--model small] [--articles 50000] [--threads 1] [--scratch DIR]

Short synthetic articles are extracted, first a tenth of them and then all, each time in a process of its own as a user
would start it; the peak is what the system reports when the process ends.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from onrecord_eval.benchmarks.made.articles import synthetic_articles, write_articles
from onrecord_eval.benchmarks.measuring import in_bytes, option_parser, print_table, timed

_SENTENCES: Final = (2, 4)


def main() -> None:
    parser = option_parser(__doc__)
    parser.add_argument("--model", default="small", help="name or folder of the model")
    parser.add_argument("--articles", type=int, default=50_000, help="how many articles")
    parser.add_argument("--threads", type=int, default=1, help="processor threads")
    parser.add_argument("--scratch", type=Path, help="folder for the articles; the system's if not given")
    options = parser.parse_args()
    rows: list[tuple[str, ...]] = [("articles", "peak memory", "against a tenth", "time")]
    peaks: list[int] = []
    for count in (options.articles // 10, options.articles):
        with tempfile.TemporaryDirectory(dir=options.scratch) as scratch:
            folder = write_articles(Path(scratch) / "articles", synthetic_articles(count, sentences=_SENTENCES))
            command = [sys.executable, "-m", "onrecord", "extract", str(folder), "-o", str(Path(scratch) / "out.jsonl")]
            command += ["--quiet", "--model", options.model, "--threads", str(options.threads)]
            with timed() as watch:
                process = subprocess.Popen(command)
                _, status, usage = os.wait4(process.pid, 0)
                process.returncode = status
            if status:
                sys.exit(f"the run of {count} articles failed")
        peaks.append(in_bytes(usage.ru_maxrss))
        growth = f"{peaks[-1] / peaks[0] - 1:+.1%}" if len(peaks) > 1 else ""
        rows.append((f"{count:,}", f"{peaks[-1] / 1e9:.3f} GB", growth, f"{watch.seconds:.0f} s"))
    print_table(f"Memory of a run, model {options.model}, {options.threads} threads", rows)


if __name__ == "__main__":
    main()
