"""How much of the roles that articles give speakers is found, for speakers that are right."""

from __future__ import annotations

from collections.abc import Sequence

from onrecord.document import Speaker
from onrecord_eval.metrics.scores import Totals, ratio
from onrecord_eval.metrics.speaker_names import pair_speakers, word_overlap


def count_roles(counts: Totals, gold: Sequence[Speaker], predicted: Sequence[Speaker]) -> None:
    """Adds the words that the roles of right speakers share with those of the labels, where these have one."""
    for expected, found in pair_speakers(gold, predicted):
        if expected.role is not None:
            counts["role.speakers"] += 1
            counts["role.overlap"] += word_overlap(expected.role, found.role)


def role_overlap(counts: Totals) -> float | None:
    """The mean over what `count_roles` counted."""
    return ratio(counts["role.overlap"], counts["role.speakers"])
