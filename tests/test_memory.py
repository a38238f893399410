"""What keeps the memory of a run from growing."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

_PROGRAM = """
import sys
from onrecord.memory import return_large_blocks
if sys.argv[1] == "asked":
    return_large_blocks()
large = b"x" * 30_000_000
del large  # from here on the C library takes blocks of up to this size from its heap, unless asked not to
blocks, kept = [], []
for _ in range(10):
    blocks.append(b"x" * 10_000_000)
    kept.append(b"x" * 3000)  # something small behind each, which stays
del blocks
with open("/proc/self/statm") as status:
    print(int(status.read().split()[1]) * 4096)
"""


def resident(asked: str) -> int:
    return int(subprocess.run([sys.executable, "-c", _PROGRAM, asked], check=True, capture_output=True).stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the C library is not glibc")
def test_large_blocks_that_are_free_do_not_stay_in_memory() -> None:
    assert resident("asked") < resident("not asked") - 25_000_000
