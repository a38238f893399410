"""How sure a stance must be to count as one that somebody takes, wherever stances are shown."""

from __future__ import annotations

from typing import Final, Literal

from onrecord.document import Stance

Shade = Literal["sure", "doubtful", "off"]
DOUBTFUL: Final = 0.6
"""The probability of a stance below which it is shown as doubtful.

Chosen on data/world dev and data/stance dev, so that few sides are taken for the other one (docs/stance.md).
"""


def stance_shade(stance: Stance) -> Shade:
    """How a stance is shown: ``off`` if the statement is most probably not about the target.

    Of the others, it is ``doubtful`` if its probability is below `DOUBTFUL`. Labels without probabilities are sure.
    """
    if stance.label == "neutral" and stance.about is not None and stance.about < 0.5:
        return "off"
    return "doubtful" if stance.label != "unclear" and stance.score is not None and stance.score < DOUBTFUL else "sure"


def takes_doubtful_side(stance: Stance) -> bool:
    """Whether it is support or oppose, but not sure enough to count."""
    return stance.label in {"support", "oppose"} and stance_shade(stance) == "doubtful"
