"""Keeps a long run's memory from growing."""

from __future__ import annotations

import ctypes
from typing import Final

_TRIM_THRESHOLD: Final = -1
_MMAP_THRESHOLD: Final = -3
_ARENAS: Final = -8
_LARGE: Final = 1_000_000


def return_large_blocks() -> None:
    """Asks the C library to give blocks of a megabyte and more back to the system as soon as they are free.

    Every batch has tensors of another size. glibc, which learns from what is freed, soon keeps blocks of up to
    32 MB in its heap, where sizes that change leave ever more holes: over 50,000 articles half a gigabyte. Fixed
    thresholds stop that (mallopt(3)). Other C libraries have no ``mallopt``, or do nothing.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, TypeError, AttributeError):  # Windows has no handle for the process itself
        return
    for setting, value in ((_TRIM_THRESHOLD, _LARGE), (_MMAP_THRESHOLD, _LARGE), (_ARENAS, 2)):
        mallopt(ctypes.c_int(setting), ctypes.c_int(value))
