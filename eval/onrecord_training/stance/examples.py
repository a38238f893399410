"""What the stance model learns from: an input and its label."""

from __future__ import annotations

from typing import Final

from onrecord_models.stance_model import StanceInput

OPPOSITE: Final = {"support": "oppose", "oppose": "support", "neutral": "neutral"}

Labelled = tuple[StanceInput, str]
"""An input and its label: ``support``, ``oppose`` or ``neutral``."""
