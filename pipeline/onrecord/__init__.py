"""Who said what in news articles, and where they stand.

>>> from onrecord import Pipeline
>>> pipeline = Pipeline.load()
>>> [statement.text for statement in pipeline.extract('"We will not sign," Ms Brandt told reporters.')]
['"We will not sign,"']
"""

from __future__ import annotations

import logging
from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from onrecord.document import Article, Mention, Meta, Span, Speaker, Stance, Statement
from onrecord.errors import OnrecordError

if TYPE_CHECKING:
    from onrecord.export.parquet import load_statements
    from onrecord.pipeline import Pipeline
    from onrecord.runs.extraction import extract_folder

__all__ = [
    "Article",
    "Mention",
    "Meta",
    "OnrecordError",
    "Pipeline",
    "Span",
    "Speaker",
    "Stance",
    "Statement",
    "extract_folder",
    "load_statements",
]

__version__ = version("onrecord")
logging.getLogger(__name__).addHandler(logging.NullHandler())  # silent unless a program shows its log


def __getattr__(name: str) -> Any:
    # Loaded when first asked for: torch takes seconds to import, and half of the commands do not need it.
    if name == "Pipeline":
        return import_module("onrecord.pipeline").Pipeline
    if name == "load_statements":
        return import_module("onrecord.export.parquet").load_statements
    if name == "extract_folder":
        return import_module("onrecord.runs.extraction").extract_folder
    raise AttributeError(f"module 'onrecord' has no attribute {name!r}")
