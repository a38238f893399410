"""Which statements are kept: by the kind of act they report, and by how sure the model is of them."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from onrecord.selection import is_wanted
from onrecord.stages.base import Analysis


class SelectionStage:
    """Leaves out what was not asked for, after all stages that read statements; the others keep their ids."""

    requires: ClassVar[frozenset[str]] = frozenset({"statements", "speakers"})
    provides: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, only: tuple[str, ...] = (), min_confidence: float | None = None) -> None:
        """
        Args:
            only: the acts to keep; all if empty.
            min_confidence: the confidence, 0 to 1, below which a statement is left out; None keeps them all.
        """
        self._only = only
        self._min_confidence = min_confidence

    def process(self, analyses: list[Analysis]) -> list[Analysis]:
        """The same analyses with fewer statements."""
        return [
            replace(
                analysis,
                statements=tuple(
                    each for each in analysis.statements if is_wanted(each, self._only, self._min_confidence)
                ),
            )
            for analysis in analyses
        ]
