"""The table of what a run would read, made without reading it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from onrecord.reading.formats import BY_NAME
from onrecord.reading.inputs import Input, shown

_KINDS_SHOWN: Final = 20


def listing(inputs: Sequence[Input]) -> Iterator[str]:
    """One line for each article: size, kind and name in the output. A row has no size of its own."""
    yield f"{'size':>10}  {'kind':<11}  doc"
    for item in inputs:
        yield f"{_size(item):>10}  {kind_of(item):<11}  {shown(item.doc)}"


def kind_of(item: Input) -> str:
    """What listings call an article of this kind, such as ``HTML`` or ``JSON row``; or ``unreadable``."""
    return "unreadable" if item.fault is not None else BY_NAME[item.file.format].kind


def summary(inputs: Sequence[Input]) -> str:
    """The number of articles of each kind, in one line."""
    counts = Counter(map(kind_of, inputs))
    parts = ", ".join(f"{count:,} {kind}" for kind, count in sorted(counts.items()))
    return f"{len(inputs):,} article{'' if len(inputs) == 1 else 's'}: {parts}"


def left_out_line(left_out: Mapping[str, int]) -> str | None:
    """What of folders and archives is not read, in one line, the most frequent first; None if all is.

    >>> left_out_line({".psd": 1, ".mp4": 2})
    'left out: 2 .mp4, 1 .psd'
    """
    counts = sorted(left_out.items(), key=lambda counted: (-counted[1], counted[0]))
    listed = [f"{count:,} {kind}" for kind, count in counts]
    if len(listed) > _KINDS_SHOWN:
        rest = sum(count for _, count in counts[_KINDS_SHOWN:])
        listed[_KINDS_SHOWN:] = [f"{rest:,} of {len(counts) - _KINDS_SHOWN} other kinds"]
    return f"left out: {', '.join(listed)}" if listed else None


def _size(item: Input) -> str:
    if item.fault is not None or item.position is not None or item.path is None:
        return "-"
    if item.file.member is not None:
        return f"{item.file.member.size:,}"
    try:
        return f"{item.path.stat().st_size:,}"
    except OSError:
        return "-"
