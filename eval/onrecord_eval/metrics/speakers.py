"""How often the speaker of a statement is right, and how often the name given is a wrong one, by kind of mention."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final, Literal, get_args

from onrecord.document import Speaker
from onrecord_eval.metrics.calibration import count_chance, expected_calibration_error
from onrecord_eval.metrics.roles import count_roles, role_overlap
from onrecord_eval.metrics.scores import Figure, Totals, add_tally, ratio
from onrecord_eval.metrics.speaker_names import is_speaker, same_speakers

MentionKind = Literal["name", "pronoun", "description", "organization", "several", "none"]
"""What a source mention is: ``several`` entities in one mention, ``none`` where the statement has no source."""

MENTION_KINDS: Final[tuple[MentionKind, ...]] = get_args(MentionKind)

SPEAKER_SCORES: Final = ("speaker_name", *(f"speaker_name.{kind}" for kind in MENTION_KINDS if kind != "none"))
"""Precision, recall and F1 of names: a named speaker of the labels is found, a name given is right."""


def count_speakers(gold: Sequence[Speaker], predicted: Sequence[Speaker], kind: MentionKind) -> Totals:
    """One statement: whether its speakers are right, and its names.

    The speakers are right if they are those of the labels and no others (`same_speakers`). A statement has a wrong
    name if one of the names given is nobody's whom the labels have: another person's, or any name where the labels
    leave the speaker without one. The lowest score of its speakers is taken for the chance that they are right.
    """
    counts: Totals = defaultdict(float)
    named = [speaker for speaker in predicted if speaker.name is not None]
    expected = [speaker for speaker in gold if speaker.name is not None]
    right = [speaker for speaker in named if any(is_speaker(wanted, speaker) for wanted in expected)]
    wrong = any(not any(is_speaker(wanted, speaker) for wanted in gold) for speaker in named)
    scores = [speaker.score for speaker in predicted if speaker.score is not None]
    if scores:
        count_chance(counts, min(scores), same_speakers(gold, predicted))
    for name in ("", f".{kind}"):
        counts[f"statements{name}"] += 1
        counts[f"right{name}"] += same_speakers(gold, predicted)
        counts[f"wrong{name}"] += wrong
        if name != ".none":
            add_tally(counts, f"speaker_name{name}", len(expected), len(named), len(right))
    count_roles(counts, gold, predicted)
    return counts


def speaker_figures() -> dict[str, Figure]:
    """Shares of all statements, and of those with a mention of each kind: speakers right, wrong names; then roles."""
    figures: dict[str, Figure] = {}
    for what in ("right", "wrong"):
        for name in ("", *(f".{kind}" for kind in MENTION_KINDS)):
            figures[f"{what}{name}"] = _share(f"{what}{name}", f"statements{name}")
    return figures | {"role.overlap": role_overlap, "calibration.error": expected_calibration_error}


def _share(part: str, whole: str) -> Figure:
    return lambda counts: ratio(counts[part], counts[whole])
