"""The table of what a run would read, made without reading it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from onrecord.reading.inputs import Input, shown

_KINDS: Final = {"text": "text", "html": "HTML", "jsonl": "JSON row", "parquet": "Parquet row"}


def listing(inputs: Sequence[Input]) -> Iterator[str]:
    """One line for each article: size, kind and name in the output. A row has no size of its own."""
    yield f"{'size':>10}  {'kind':<11}  doc"
    for item in inputs:
        yield f"{_size(item):>10}  {kind_of(item):<11}  {shown(item.doc)}"


def kind_of(item: Input) -> str:
    """``text``, ``HTML``, ``JSON row``, ``Parquet row``, or ``unreadable``."""
    return "unreadable" if item.fault is not None else _KINDS[item.file.format]


def summary(inputs: Sequence[Input]) -> str:
    """The number of articles of each kind, in one line."""
    counts = Counter(map(kind_of, inputs))
    parts = ", ".join(f"{count:,} {kind}" for kind, count in sorted(counts.items()))
    return f"{len(inputs):,} article{'' if len(inputs) == 1 else 's'}: {parts}"


def _size(item: Input) -> str:
    if item.fault is not None or item.position is not None or item.path is None:
        return "-"
    if item.file.member is not None:
        return f"{item.file.member.size:,}"
    try:
        return f"{item.path.stat().st_size:,}"
    except OSError:
        return "-"
