"""Runs of the pipeline as a call, what they leave, and a monitor that keeps what it is told."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from onrecord.pipeline import PipelineSettings
from onrecord.reading import find_inputs
from onrecord.runs.progress import Silent, Tally
from onrecord.runs.run import RunResult, RunSettings, run
from onrecord_models.transformer.int8 import is_supported

needs_bytes = pytest.mark.skipif(not is_supported(), reason="this processor or torch multiplies no bytes")
PRECISIONS = ["fp32", "bf16", pytest.param("int8", marks=needs_bytes)]

QUOTED = {"a/first.txt", "b.txt", "c.txt"}
"""The articles of the fixture `news` that the tiny model finds statements in; in d.txt, it finds none."""


def extract(
    model: Path,
    folder: Path,
    output: Path | None,
    settings: RunSettings | None = None,
    monitor: Silent | None = None,
    **options: Any,
) -> RunResult:
    pipeline = PipelineSettings(str(model), **{"device": "cpu", "precision": "fp32", **options})
    return run(find_inputs([folder]), pipeline, settings or RunSettings(output, shard_size=2), io.StringIO(), monitor)


def errors_of(output: Path) -> list[dict[str, str]]:
    path = output.with_name(output.name.removesuffix(".jsonl") + ".errors.jsonl")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def docs_of(output: Path) -> set[str]:
    """The articles that a run found statements in."""
    return {json.loads(line)["doc"] for line in output.read_text(encoding="utf-8").splitlines()}


class Recorder(Silent):
    """A monitor that keeps what it is told."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.failures: list[str] = []
        self.tallies: list[Tally] = []

    def start(self, total: int, done: Tally) -> None:
        self.tallies.append(done)

    def advance(self, done: Tally) -> None:
        self.tallies.append(done)

    def say(self, line: str) -> None:
        self.said.append(line)

    def failure(self, line: str) -> None:
        self.failures.append(line)
