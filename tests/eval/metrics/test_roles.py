"""How much of the roles of right speakers is found."""

from __future__ import annotations

import pytest

from onrecord.document import Speaker
from onrecord_eval.metrics.roles import role_overlap
from onrecord_eval.metrics.speakers import count_speakers


def speaker(role: str | None, name: str = "Ada Lund") -> Speaker:
    return Speaker(name, "ada-lund", "person", role)


@pytest.mark.parametrize(
    ("labelled", "found", "overlap"),
    [
        ("mayor of Easton", speaker("mayor of Easton"), 1.0),
        ("mayor of Easton", speaker("mayor"), pytest.approx(2 / 3)),
        ("mayor of Easton", speaker(None), 0.0),
        (None, speaker("mayor"), None),
        ("mayor of Easton", speaker("mayor of Easton", "Bo Berg"), None),
    ],
)
def test_roles_count_by_their_words_where_the_speaker_is_right_and_has_one(
    labelled: str | None, found: Speaker, overlap: float | None
) -> None:
    assert role_overlap(count_speakers([speaker(labelled)], [found], "name")) == overlap
