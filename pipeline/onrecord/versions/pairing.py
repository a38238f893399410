"""Which statement of the new version is which of the old one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from onrecord.document import Statement
from onrecord.names.forms import fold
from onrecord.versions.wording import keys_of, likeness

_ALIKE: Final = 0.5
"""Wordings that share less are two statements."""


class Pairing(NamedTuple):
    """Pairs of the same statement, then those of either version alone; all in the order of their texts."""

    pairs: list[tuple[Statement, Statement]]
    dropped: list[Statement]
    added: list[Statement]


def pair(old: Sequence[Statement], new: Sequence[Statement]) -> Pairing:
    """Pairs the statements of two versions by their words, the likeliest first; the same speaker counts a little."""
    before, after = ([keys_of(statement.text) for statement in each] for each in (old, new))
    scored: list[tuple[float, int, int]] = []
    for index, keys in enumerate(before):
        for number, others in enumerate(after):
            alike = likeness(keys, others)
            if alike >= _ALIKE:
                bonus = 0.05 * (_names(old[index]) == _names(new[number])) + 0.02 * (
                    old[index].form == new[number].form
                )
                scored.append((alike + bonus, index, number))
    taken: dict[int, int] = {}
    used: set[int] = set()
    for _, index, number in sorted(scored, key=lambda each: (-each[0], abs(each[1] - each[2]), each[1])):
        if index not in taken and number not in used:
            taken[index] = number
            used.add(number)
    return Pairing(
        [(old[index], new[taken[index]]) for index in sorted(taken)],
        [statement for index, statement in enumerate(old) if index not in taken],
        [statement for number, statement in enumerate(new) if number not in used],
    )


def _names(statement: Statement) -> set[str]:
    return {fold(speaker.name or speaker.description or "") for speaker in statement.speakers}
