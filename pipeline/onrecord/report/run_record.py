"""How a statements file was made, and how sure its stances are: for the top of the report."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from onrecord.files.companions import companion

_LARGEST: Final = 10_000_000
"""Bytes of a run's record, at most."""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What the record of a run says; None where it says nothing.

    ``articles`` counts those that were read, ``failed`` those that could not be.
    """

    model: str | None = None
    stance_model: str | None = None
    precision: str | None = None
    articles: int | None = None
    failed: int | None = None


def read_run_record(statements: Path) -> RunRecord:
    """The record beside a statements file, ``out.run.json`` for ``out.jsonl``; an empty one if it cannot be used."""
    path = companion(statements, "run.json")
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return RunRecord()
        record = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return RunRecord()
    settings = record.get("settings") if isinstance(record, dict) else None
    if not isinstance(settings, dict):
        return RunRecord()
    return RunRecord(
        _text(settings.get("model")),
        _text(settings.get("stance_model")),
        _text(settings.get("precision")),
        _count(record.get("articles")),
        _count(record.get("failed")),
    )


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


@dataclass(frozen=True, slots=True)
class Sureness:
    """What was measured of a model's stances towards targets that it was not trained on; shares from 0 to 1.

    Of the sides (support, oppose) that it gives with a probability of 0.5 or more, ``sides_right`` are right, and of
    those with the probability from which stances are not shown as doubtful, ``sure_right``. ``sides_found`` of the
    sides that are taken are found.
    """

    sides_right: float
    sides_found: float
    sure_right: float


@cache
def measured() -> dict[str, Sureness]:
    """The figures of docs/stance.md, by model."""
    data = json.loads(files("onrecord.report").joinpath("data", "stance_measured.json").read_text(encoding="utf-8"))
    return {name: Sureness(**figures) for name, figures in data["models"].items()}


def sureness(record: RunRecord) -> Sureness | None:
    """What was measured of the model that judged the stances; None if that is not known."""
    return None if record.stance_model else measured().get(record.model or "")
