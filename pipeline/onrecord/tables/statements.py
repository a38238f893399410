"""Statements as a table for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.cells import cell_len

from onrecord.document import Statement
from onrecord.tables.text import fit, plain, terminal_width

_SPEAKER_WIDTH = 26
_STANCE_WIDTH = 14
_SAME = "="
_CONFLICT = "≠"
_SIGNS = {_SAME: "the same words elsewhere", _CONFLICT: "attributed to different speakers"}


def statement_table(statements: Iterable[Statement], limit: int | None = None, full: bool = False) -> Iterator[str]:
    """The lines of a table of who said what, article by article; as wide as the terminal unless ``full``.

    Where the targets change, a line names them in the order of the stances below it. A sign before a statement means
    that its words also appear elsewhere; the end of the table explains it. If ``full``, the cluster follows the text.
    """
    signs: set[str] = set()
    targets: list[str] = []
    width = terminal_width(60, 160)
    doc = None
    left = 0
    for number, statement in enumerate(statements):
        if limit is not None and number >= limit:
            left += 1
            continue
        if statement.doc != doc:
            if doc is not None:
                yield ""
            doc = statement.doc
            yield plain(doc)
        if statement.stance and targets != (targets := [stance.target for stance in statement.stance]):
            yield f"  stance towards: {plain(' | '.join(targets))}"
        stance = " | ".join(
            f"{stance.label} {stance.score:.2f}" if stance.score else stance.label for stance in statement.stance
        )
        sign = _SAME if statement.cluster else " "
        sign = _CONFLICT if statement.attribution_conflict else sign
        signs.add(sign)
        columns = [f"{sign} {fit(who(statement), _SPEAKER_WIDTH)}"]
        if statement.stance:
            columns.append(fit(stance, _STANCE_WIDTH * len(statement.stance)))
        columns.append(fit(statement.form, 8))
        used = sum(cell_len(column) + 2 for column in columns)
        text = plain(statement.text) if full else fit(statement.text, max(20, width - used)).rstrip()
        if full and statement.cluster:
            text += f"  [{plain(statement.cluster)}]"
        yield "  ".join([*columns, text])
    if left:
        yield f"… and {left} more"
    if signs & _SIGNS.keys():
        yield ""
        meanings = ", ".join(f"{sign} {meaning}" for sign, meaning in _SIGNS.items() if sign in signs)
        yield f"{meanings} (onrecord clusters)"


def who(statement: Statement) -> str:
    """The speakers of a statement as one string, ``(unknown)`` if there are none."""
    names = [speaker.name or speaker.description or "(unknown)" for speaker in statement.speakers]
    return " and ".join(names) if names else "(unknown)"
