"""What a training says while it reads its corpora, which takes minutes before the first step."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

OnRead = Callable[[int], None]
"""Called with the number of texts that have been read since the last call."""

_EVERY: Final = 10.0
"""Seconds between two lines, at least."""


def ignore(texts: int) -> None:
    """An `OnRead` that says nothing."""


class ReadingReport:
    """An `OnRead` that reports how many texts have been read, every ten seconds."""

    def __init__(self, report: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._report, self._clock = report, clock
        self._texts = 0
        self._last = clock()
        report("reading the corpora with the model …")

    def __call__(self, texts: int) -> None:
        self._texts += texts
        if (now := self._clock()) - self._last >= _EVERY:
            self._last = now
            self._report(f"reading the corpora with the model: {self._texts:,} texts so far …")
