"""Which precision is chosen by itself."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

CHOICE = "from onrecord_models.inference import choose_precision; print(choose_precision('cpu'))"


@pytest.mark.slow
def test_where_the_library_is_held_to_instructions_without_bf16_fp32_is_chosen() -> None:
    environment = {**os.environ, "ONEDNN_MAX_CPU_ISA": "AVX2"}
    run = subprocess.run([sys.executable, "-c", CHOICE], env=environment, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "fp32"
