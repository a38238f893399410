"""Whether the memory of a run depends on the number of articles: the peak at many short made ones and at a tenth.

    python -m onrecord_eval.benchmarks.scale_memory [--model small] [--articles 50000] [--scratch DIR]

Each run is a process of its own, as a user starts it; its peak is what the system says of it when it ends.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from onrecord_eval.benchmarks.synthetic_articles import made_articles

_SENTENCES = (2, 4)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", default="small")
    parser.add_argument("--articles", type=int, default=50_000)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--scratch", type=Path)
    options = parser.parse_args()
    peaks: list[int] = []
    for count in (options.articles // 10, options.articles):
        with tempfile.TemporaryDirectory(dir=options.scratch) as scratch:
            folder = Path(scratch) / "articles"
            for number, text in enumerate(made_articles(count, sentences=_SENTENCES)):
                path = folder / f"{number // 1000:03}" / f"{number:06}.txt"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            command = [sys.executable, "-m", "onrecord", "extract", str(folder), "-o", str(Path(scratch) / "out.jsonl")]
            command += ["--quiet", "--model", options.model, "--threads", str(options.threads)]
            started = time.monotonic()
            process = subprocess.Popen(command)
            _, status, usage = os.wait4(process.pid, 0)
            if status:
                sys.exit(f"the run of {count} articles failed")
            peaks.append(usage.ru_maxrss)
            taken = time.monotonic() - started
            print(f"{count:>8} articles: peak {usage.ru_maxrss / 1e6:.3f} GB, {taken:.0f} s", flush=True)
    print(f"the peak of ten times as many is {peaks[1] / peaks[0] - 1:+.1%}")


if __name__ == "__main__":
    main()
