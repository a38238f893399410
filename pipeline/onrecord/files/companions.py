"""The files that belong to an output: a run writes them beside it, and what reads the output looks for them there."""

from __future__ import annotations

from pathlib import Path


def companion(output: Path, kind: str) -> Path:
    """``out.errors.jsonl``, ``out.run.json`` or ``out.texts.sqlite`` for ``out.jsonl`` and for ``out``."""
    return output.parent / f"{output.name.removesuffix('.jsonl')}.{kind}"


def twin(output: Path) -> Path:
    """The other output that has the same companions: ``out`` for ``out.jsonl``, and the other way round."""
    name = output.name.removesuffix(".jsonl")
    return output.parent / (name if name != output.name else f"{name}.jsonl")
