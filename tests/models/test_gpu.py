"""What is done on a GPU: batches of its size, and the findings of a processor. Most of it needs one."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from onrecord.pipeline import Pipeline
from onrecord_models.inference import batch_tokens, moved
from tests.conftest import ARTICLES

needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU, or torch was built without")


@pytest.mark.parametrize(("gibibytes", "tokens"), [(0.5, 1024), (8, 8192), (24, 24_576), (140, 32_768)])
def test_batches_are_of_the_size_of_the_device(gibibytes: float, tokens: int, monkeypatch: pytest.MonkeyPatch) -> None:
    found = SimpleNamespace(total_memory=int(gibibytes * 2**30))
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda device: found)
    batch_tokens.cache_clear()
    try:
        assert batch_tokens("cuda:0") == tokens
        assert batch_tokens("cpu") == 1024
    finally:
        batch_tokens.cache_clear()


def test_without_a_gpu_tensors_stay_where_they_are() -> None:
    tensor = torch.ones(2)
    assert moved(tensor, "cpu") is tensor


@needs_gpu
def test_tensors_come_to_a_gpu_as_they_were() -> None:
    tensor = torch.arange(1000).view(10, 100)
    there = moved(tensor, "cuda")
    assert there.device.type == "cuda"
    assert torch.equal(there.cpu(), tensor)


@needs_gpu
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_a_gpu_finds_what_a_processor_finds(precision: str) -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted(Path(ARTICLES).rglob("*.txt"))]
    assert texts
    found = []
    for device, computing in (("cpu", "fp32"), ("cuda", precision)):
        pipeline = Pipeline.load(device=device, precision=computing, targets=("the harbour",))
        of_texts = [statement for statements in pipeline.pipe(texts, language="en") for statement in statements]
        found.append({(statement.id.partition("#")[0], statement.text) for statement in of_texts})
    here, there = found
    alike = len(here & there) / max(len(here), len(there), 1)
    assert alike == 1 if precision == "fp32" else alike > 0.9
