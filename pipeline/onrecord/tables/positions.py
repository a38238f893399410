"""The positions of speakers as a table for the terminal, or as JSON lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from onrecord.files.records import json_line
from onrecord.queries.positions import Decided, PositionQueries, check_min_score
from onrecord.tables.text import fit, several, terminal_width


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Which positions are shown: those of `PositionQueries.positions` with these arguments, the first ``limit``.

    Raises:
        SettingsError: ``min_score`` is not a probability.
    """

    target: str | None = None
    by_article: bool = False
    min_score: float | None = None
    every: bool = False
    limit: int | None = None

    def __post_init__(self) -> None:
        check_min_score(self.min_score)

    def of(self, queries: PositionQueries) -> Iterator[Decided]:
        found = queries.positions(self.target, by_article=self.by_article, min_score=self.min_score, every=self.every)
        return islice(found, self.limit)


def position_table(queries: PositionQueries, shown: Shown) -> Iterator[str]:
    """The lines of the table: speaker, target, side, number of statements, and words of the statements that decide.

    If ``shown`` is by article, the name of each article comes before its lines.

    Raises:
        SettingsError: no statement has a stance, or none towards the target.
    """
    width = terminal_width(80, 160)
    number, doc = 0, None
    for number, (position, statements) in enumerate(shown.of(queries), 1):
        if number == 1:
            yield _line(width, "speaker", "target", "side", "statements", "deciding words")
        if shown.by_article and position.doc != doc:
            doc = position.doc
            yield ""
            yield fit(doc or "", width).rstrip()
        yield _line(
            width,
            position.name or position.description or "(unknown)",
            position.target,
            f"{position.side} {position.probability:.2f}",
            str(position.statements),
            *(statement.text for statement in statements[: 2 if position.likeliest == "mixed" else 1]),
        )
    sides, others = queries.totals(shown.target, by_article=shown.by_article)
    if shown.by_article:
        yield ""
    if not number:
        yield "no statement with a stance has a speaker" if shown.every else "nobody with a name takes a side"
    if left := sides + others * shown.every - number:
        yield f"… and {left} more"
    if others and not shown.every:
        yield f"and {several(others, 'position')} without a side or a name (--all)"


def _line(width: int, name: str, target: str, side: str, statements: str, *words: str) -> str:
    """A line of the table, the last column shared by the texts of ``words``."""
    left = f"{fit(name, width // 5)}  {fit(target, width // 6)}  {side:<12}  {statements:>10}  "
    room = width - (width // 5 + width // 6 + 30)
    share = (room - 3 * (len(words) - 1)) // max(1, len(words))
    return (left + " | ".join(fit(text, share) for text in words)).rstrip()


def json_lines(queries: PositionQueries, shown: Shown) -> Iterator[str]:
    """A JSON object for each position.

    Raises:
        SettingsError: as `position_table` does.
    """
    for position, _ in shown.of(queries):
        yield json_line(position.to_dict())
