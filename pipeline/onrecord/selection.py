"""Which statements are wanted: by the kind of act they report, and by how sure the model is of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from onrecord.document import Statement
from onrecord.errors import SettingsError
from onrecord_models.labels import ACTS


def check_selection(only: Iterable[str], min_confidence: float | None) -> tuple[str, ...]:
    """The acts to keep; raises SettingsError for one that there is not, or a confidence that is no probability."""
    acts = tuple(only)
    if unknown := next((act for act in acts if act not in ACTS), None):
        raise SettingsError(f"only is {unknown!r}; choose one of {', '.join(ACTS)}")
    if min_confidence is not None and not 0 <= min_confidence <= 1:
        raise SettingsError(f"the minimal confidence is {min_confidence}; it is a probability, 0 to 1")
    return acts


def is_wanted(statement: Statement, only: Collection[str], min_confidence: float | None) -> bool:
    """Whether it reports one of the acts ``only``, any if that is empty, and is at least so sure."""
    sure = min_confidence is None or (statement.confidence or 0.0) >= min_confidence
    return sure and (not only or statement.act in only)
