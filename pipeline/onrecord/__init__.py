"""Who said what in news articles, and where they stand.

>>> from onrecord import Pipeline
>>> pipeline = Pipeline.load()
>>> [statement.text for statement in pipeline.extract('"We will not sign," Ms Brandt told reporters.')]
['"We will not sign,"']
"""

from __future__ import annotations

import logging
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from onrecord.document import Article, Mention, Meta, Span, Speaker, Stance, StanceScores, Statement
from onrecord.errors import (
    DecodingError,
    InputError,
    NotEnglishError,
    OnrecordError,
    OutputError,
    RecordError,
    SettingsError,
    WeightsError,
)

if TYPE_CHECKING:
    from onrecord.files.records import read_statements
    from onrecord.integrations.datasets import load_articles, load_statements
    from onrecord.pipeline import Pipeline, PipelineSettings
    from onrecord.positions.model import Position
    from onrecord.queries.positions import speaker_positions
    from onrecord.runs.extraction import extract_folder
    from onrecord.targets.target import Target

    __version__: str

__all__ = [
    "Article",
    "DecodingError",
    "InputError",
    "Mention",
    "Meta",
    "NotEnglishError",
    "OnrecordError",
    "OutputError",
    "Pipeline",
    "PipelineSettings",
    "Position",
    "RecordError",
    "SettingsError",
    "Span",
    "Speaker",
    "Stance",
    "StanceScores",
    "Statement",
    "Target",
    "WeightsError",
    "__version__",
    "extract_folder",
    "load_articles",
    "load_statements",
    "read_statements",
    "speaker_positions",
]

logging.getLogger(__name__).addHandler(logging.NullHandler())  # silent unless a program shows its log

_HOMES: Final = {
    "Pipeline": "onrecord.pipeline",
    "PipelineSettings": "onrecord.pipeline",
    "Position": "onrecord.positions.model",
    "Target": "onrecord.targets.target",
    "extract_folder": "onrecord.runs.extraction",
    "load_articles": "onrecord.integrations.datasets",
    "load_statements": "onrecord.integrations.datasets",
    "read_statements": "onrecord.files.records",
    "speaker_positions": "onrecord.queries.positions",
}
"""What is imported when first asked for: torch takes seconds, and half of the commands don't need it."""


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        value: Any = version("onrecord")
    elif name in _HOMES:
        value = getattr(import_module(_HOMES[name]), name)
    else:
        raise AttributeError(f"module 'onrecord' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
