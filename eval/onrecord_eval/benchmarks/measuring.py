"""What benchmarks share: options, time, memory, the machine, and a table."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from onrecord_eval.tables import columns


@dataclass(slots=True)
class Stopwatch:
    """``seconds`` is how long the block that it was made for took."""

    seconds: float = 0.0


@contextmanager
def timed() -> Iterator[Stopwatch]:
    """Times its block."""
    watch = Stopwatch()
    started = time.perf_counter()
    try:
        yield watch
    finally:
        watch.seconds = time.perf_counter() - started


@contextmanager
def pinned(threads: int) -> Iterator[None]:
    """Keeps this process and those that it starts to so many of its processors, where the system can do that."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(allowed)[-threads:])
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


def peak_memory(*, children: bool = False) -> int | None:
    """The most memory that this process has held so far, in bytes; None on Windows, which does not say.

    With ``children``, the most that any process that it started and that has ended has held.
    """
    try:
        import resource
    except ImportError:
        return None
    who = resource.RUSAGE_CHILDREN if children else resource.RUSAGE_SELF
    return in_bytes(resource.getrusage(who).ru_maxrss)


def in_bytes(peak: int) -> int:
    """``ru_maxrss``, which counts bytes on macOS and kilobytes elsewhere, in bytes."""
    return peak if sys.platform == "darwin" else peak * 1024


def mebibytes(size: int | None) -> str:
    """A size in bytes for a table."""
    return "–" if size is None else f"{size / 2**20:,.0f} MiB"


def processor() -> str:
    """The kind of processor, as far as the system says, and how many there are."""
    kind = platform.processor() or platform.machine()
    with suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        kind = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), kind)
    return f"{kind}, {os.cpu_count()} processors"


def option_parser(doc: str | None) -> argparse.ArgumentParser:
    """A parser of options that shows their defaults and a module's docstring ``doc`` as help."""
    return argparse.ArgumentParser(description=doc, formatter_class=_HelpFormatter)


class _HelpFormatter(argparse.ArgumentDefaultsHelpFormatter, argparse.RawDescriptionHelpFormatter):
    pass


def print_table(title: str, rows: Sequence[Sequence[str]]) -> None:
    """Prints ``rows``, the first of them the header, under a title with the date and the machine."""
    machine = f"{time.strftime('%Y-%m-%d')}, {processor()}, Python {platform.python_version()}"
    print(f"{title}\n{machine}\n\n{columns(rows)}\n", flush=True)
