"""Statements as lines for the terminal."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Final

from rich.cells import cell_len
from rich.text import Text

from onrecord.document import Stance, Statement
from onrecord.queries.shades import takes_doubtful_side
from onrecord.tables.text import fit, plain, terminal_width
from onrecord.tables.wording import indented

_SPEAKER_WIDTH: Final = 26
_STANCE_WIDTH: Final = 14
_FORM_WIDTH: Final = 8
_LEAST_TEXT: Final = 40
"""Columns for the text: where fewer are left beside the rest, it goes on a line of its own."""

_INDENT: Final = 4
_SAME: Final = "="
_CONFLICT: Final = "≠"
_SIGNS: Final = {_SAME: "the same words elsewhere", _CONFLICT: "attributed to different speakers"}
_COLOURS: Final = {"support": "green", "oppose": "red", "neutral": "dim", "unclear": "yellow"}


def statement_lines(
    statements: Iterable[Statement], limit: int | None = None, full: bool = False, wrap: bool = False
) -> Iterator[Text]:
    """The lines of a table of who said what, article by article.

    They are as wide as the terminal. A text that is cut ends with a whole word; if ``full``, none is cut, and the
    cluster follows. ``wrap`` breaks such long lines between words.

    Where the targets change, a line names them in the order of the stances below it. A sign before a statement means
    that its words also appear elsewhere; the end of the table explains it.
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
                yield Text()
            doc = statement.doc
            yield Text(plain(doc), "bold")
        if statement.stance and targets != (targets := [stance.target for stance in statement.stance]):
            yield from indented(Text(f"stance towards: {plain(' | '.join(targets))}", "italic"), width, 2)
        sign = _SAME if statement.cluster else " "
        sign = _CONFLICT if statement.attribution_conflict else sign
        signs.add(sign)
        yield from _rows(statement, sign, width, full, wrap)
    if left:
        yield Text(f"… and {left:,} more")
    if signs & _SIGNS.keys():
        yield Text()
        meanings = ", ".join(f"{sign} {meaning}" for sign, meaning in _SIGNS.items() if sign in signs)
        yield from indented(Text(f"{meanings} (onrecord clusters)"), width, 0)


def _rows(statement: Statement, sign: str, width: int, full: bool, wrap: bool) -> Iterator[Text]:
    """The lines of a statement: one if its text has enough room beside speakers, stances and form, else more."""
    name = fit(who(statement), _SPEAKER_WIDTH)
    start = Text.assemble(
        (f"{sign} ", "yellow" if sign == _CONFLICT else ""), (name, "dim" if name.startswith("(unknown)") else "cyan")
    )
    form = Text(fit(statement.form, _FORM_WIDTH), "dim")
    stances = Text(" | ").join(map(_stance, statement.stance))
    room = _STANCE_WIDTH * len(statement.stance)
    used = 2 + _SPEAKER_WIDTH + 2 + (room + 2 if room else 0) + _FORM_WIDTH + 2
    text = plain(statement.text)
    if full and statement.cluster:
        text += f"  [{plain(statement.cluster)}]"
    if width - used >= _LEAST_TEXT and not (full and wrap):
        stances.pad_right(max(0, room - cell_len(stances.plain)))
        shown = text if full else fit(text, width - used)
        yield Text("  ").join([start, *([stances] if room else []), form, Text(shown)])
        return
    used = 2 + _SPEAKER_WIDTH + 2 + _FORM_WIDTH + 2
    if used + cell_len(stances.plain) <= width:
        yield Text("  ").join([start, form, stances])
    else:
        yield Text("  ").join([start, form])
        yield from indented(stances, width, _INDENT)
    if full:
        yield from indented(Text(text), width, _INDENT) if wrap else [Text(" " * _INDENT + text)]
    else:
        yield Text(fit(text, width, _INDENT))


def _stance(stance: Stance) -> Text:
    doubt = "?" if takes_doubtful_side(stance) else ""
    shown = math.floor((stance.score or 0) * 100) / 100 if doubt else stance.score  # 0.599 is no 0.60
    score = f" {shown:.2f}" if shown else ""
    return Text(f"{stance.label}{doubt}{score}", "yellow" if doubt else _COLOURS.get(stance.label, ""))


def who(statement: Statement) -> str:
    """The speakers of a statement as one string, ``(unknown)`` if there are none."""
    names = [speaker.name or speaker.description or "(unknown)" for speaker in statement.speakers]
    return " and ".join(names) if names else "(unknown)"
