"""Who said what in news articles, and where they stand.

>>> from onrecord import Pipeline
>>> pipeline = Pipeline.load()
>>> [statement.text for statement in pipeline.extract('"We will not sign," Ms Brandt told reporters.')]
['"We will not sign,"']
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from onrecord.document import Article, Mention, Meta, Span, Speaker, Stance, Statement
from onrecord.errors import OnrecordError

if TYPE_CHECKING:
    from onrecord.integrations.datasets import load_articles, load_statements
    from onrecord.pipeline import Pipeline

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
    "load_articles",
    "load_statements",
]

__version__ = version("onrecord")


def __getattr__(name: str) -> Any:
    # Loaded when first asked for: torch takes seconds to import, and half of the commands do not need it.
    if name == "Pipeline":
        return import_module("onrecord.pipeline").Pipeline
    if name in {"load_articles", "load_statements"}:
        return getattr(import_module("onrecord.integrations.datasets"), name)
    raise AttributeError(f"module 'onrecord' has no attribute {name!r}")
