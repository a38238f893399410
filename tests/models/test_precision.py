"""Which precision is chosen by itself, and what is said to be missing for the others."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import torch

from onrecord_models import inference

CHOICE = "from onrecord_models.inference import choose_precision; print(choose_precision('cpu'))"


@pytest.mark.slow
def test_where_the_library_is_held_to_instructions_without_bf16_fp32_is_chosen() -> None:
    environment = {**os.environ, "ONEDNN_MAX_CPU_ISA": "AVX2"}
    run = subprocess.run([sys.executable, "-c", CHOICE], env=environment, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "fp32"


def test_a_processor_without_bf16_lacks_it_and_is_given_fp32(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx2": True})
    assert "AMX" in (inference.lacking("bf16", "cpu") or "")
    assert inference.lacking("fp32", "cpu") is None
    assert inference.choose_precision("cpu") == "fp32"


def test_int8_is_for_processors_with_avx2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inference, "is_supported", lambda: True)
    assert inference.lacking("int8", "cpu") is None
    assert "AVX2" in (inference.lacking("int8", "cuda") or "")
    monkeypatch.setattr(inference, "is_supported", lambda: False)
    assert "AVX2" in (inference.lacking("int8", "cpu") or "")
