"""The sides that the speakers of a store take, by all their statements in an article or in the whole file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from onrecord.document import Statement
from onrecord.errors import SettingsError
from onrecord.positions.model import (
    Outcome,
    Position,
    PositionModel,
    StanceSums,
    load_position_model,
    most_probable,
)
from onrecord.queries.speakers import SpeakerQueries
from onrecord.queries.store import Store, stored_statement

_SCHEMA: Final = """
CREATE INDEX said_speaker_doc ON said (speaker, doc)
"""
_DECIDING: Final = 3
"""Statements that are named as deciding, at most."""

_DECIDING_SHARE: Final = 0.5
"""The share of the most decided statement's probability that another one must have to be named, too."""

_SIDES: Final[dict[Outcome, tuple[str, ...]]] = {
    "support": ("support",),
    "oppose": ("oppose",),
    "mixed": ("support", "oppose"),
    "no side": (),
}
"""The columns of ``stance`` whose highest values decide for an outcome."""


class Decided(NamedTuple):
    """A position and its deciding statements."""

    position: Position
    statements: tuple[Statement, ...]


class _Row(NamedTuple):
    """A speaker and what their statements towards a target add up to, in ``doc`` if it is not None."""

    speaker: str
    named: bool
    name: str
    id: str | None
    home: str
    target: str
    doc: str | None
    statements: int
    probabilities: dict[Outcome, float]

    @property
    def outcome(self) -> Outcome:
        return most_probable(self.probabilities)

    @property
    def is_shown(self) -> bool:
        """Whether it is one that people look for: a side, and somebody with a name."""
        return bool(self.named) and self.outcome != "no side"


class PositionQueries:
    """The positions of a store's speakers."""

    def __init__(self, store: Store, speakers: SpeakerQueries, model: PositionModel) -> None:
        """
        Args:
            store: the statements.
            speakers: the questions about speakers of the same store.
            model: adds up the stances of a speaker's statements.
        """
        self._database = store.database
        self._speakers = speakers
        self._model = model
        self._database.create(_SCHEMA)

    def check(self, target: str | None) -> None:
        """Raises SettingsError if the statements have no stance at all, or none towards ``target``."""
        if not self._speakers.targets:
            raise SettingsError("no statement has a stance, so nobody takes a side; give `onrecord extract` a --target")
        self._speakers.check("statements", target)

    def positions(
        self,
        target: str | None = None,
        *,
        by_article: bool = False,
        min_score: float | None = None,
        every: bool = True,
    ) -> Iterator[Decided]:
        """Each speaker's position on each target, those with most statements first.

        Args:
            target: the only target; None for all.
            by_article: a position for each article, in the order of the file, not one for all articles.
            min_score: the probability, 0 to 1, below which a side becomes ``unclear``.
            every: also speakers who most probably take no side, and speakers without a name.

        Raises:
            SettingsError: there is no stance, or none towards ``target``.
        """
        self.check(target)
        for row in self._rows(target, by_article):
            if every or row.is_shown:
                yield self._decided(row, min_score)

    def totals(self, target: str | None = None, *, by_article: bool = False) -> tuple[int, int]:
        """The number of positions that are a side which somebody with a name takes, and of the others."""
        counts = Counter(row.is_shown for row in self._rows(target, by_article))
        return counts[True], counts[False]

    def _rows(self, target: str | None, by_article: bool) -> Iterator[_Row]:
        doc, group, order = ("said.doc", ", said.doc", "article.rowid, ") if by_article else ("NULL", "", "")
        rows = self._database.rows(
            f"SELECT speaker, who.named, who.name, who.id, who.doc, target, {doc}, "
            "COUNT(*), SUM(about), MAX(support), MAX(oppose), SUM(support), SUM(oppose) "
            "FROM stance JOIN said USING (number) JOIN speaker_total AS who USING (speaker) "
            "JOIN target AS asked ON asked.name = target JOIN article ON article.doc = said.doc "
            f"WHERE ?1 IS NULL OR target = ?1 GROUP BY speaker, target{group} "
            f"ORDER BY {order}who.statements DESC, folded(who.name), speaker, asked.first",
            target,
        )
        for row in rows:
            yield _Row._make([*row[:8], self._model.probabilities(StanceSums._make(row[8:]))])

    def _decided(self, row: _Row, min_score: float | None) -> Decided:
        outcome = row.outcome
        probability = round(row.probabilities[outcome], 4)
        deciding = tuple(self._deciding(row, outcome))
        return Decided(
            Position(
                speaker=row.id if row.named else None,
                name=row.name if row.named else None,
                description=None if row.named else row.name,
                target=row.target,
                doc=row.doc if row.named else row.home,
                side="unclear" if min_score is not None and probability < min_score else outcome,
                probability=probability,
                probabilities={name: round(value, 4) for name, value in row.probabilities.items()},
                deciding=tuple(statement.id for statement in deciding),
                statements=row.statements,
            ),
            deciding,
        )

    def _deciding(self, row: _Row, outcome: Outcome) -> Iterator[Statement]:
        """The statements that speak most for the outcome; for both sides, the one that speaks most for each."""
        sides = _SIDES[outcome]
        named = set()
        for side in sides:
            for number, line in self._strongest(row, side, _DECIDING if len(sides) == 1 else 1):
                if number not in named:
                    named.add(number)
                    yield stored_statement(line)

    def _strongest(self, row: _Row, side: str, most: int) -> list[tuple[int, str]]:
        where, values = ("", ()) if row.doc is None else (" AND said.doc = ?4", (row.doc,))
        # The loops in this order: otherwise all stances towards the target might be read anew for each speaker.
        found = self._database.all(
            f"SELECT number, line, {side} "
            "FROM said CROSS JOIN stance USING (number) CROSS JOIN statement USING (number) "
            f"WHERE speaker = ?1 AND +target = ?2{where} ORDER BY {side} DESC, number LIMIT ?3",
            *(row.speaker, row.target, most, *values),
        )
        least = _DECIDING_SHARE * found[0][2]
        return [(number, line) for number, line, score in found if score >= least]


def check_min_score(min_score: float | None) -> None:
    """Raises SettingsError if it is not a probability."""
    if min_score is not None and not 0 <= min_score <= 1:
        raise SettingsError(f"the minimal score is {min_score}; it is a probability, 0 to 1")


def speaker_positions(
    statements: Iterable[Statement],
    *,
    target: str | None = None,
    by_article: bool = False,
    min_score: float | None = None,
    model_folder: str | Path | None = None,
) -> list[Position]:
    """The side that each speaker takes towards each target: what the stances of all their statements add up to.

    Speakers with most statements come first. Those who take no side and those without a name are in the list, too.

    >>> from onrecord import read_statements, speaker_positions
    >>> for position in speaker_positions(read_statements("statements.jsonl"), target="the port expansion"):
    ...     print(position.name, position.side, position.probability)

    Args:
        statements: statements with stances, in any order; they may be more than fit into memory.
        target: the only target; None for all of the statements' targets.
        by_article: one position for each article, in their order, not one over all articles.
        min_score: the probability, 0 to 1, below which a side becomes ``unclear``.
        model_folder: the model that judged the stances, if it is one of your own: its weights are used if it has any.

    Raises:
        OutputError: no temporary file can be written.
        SettingsError: no statement has a stance, or none towards ``target``; or ``min_score`` is not a probability.
        WeightsError: the weights are damaged.
    """
    check_min_score(min_score)
    model = load_position_model(Path(model_folder) if model_folder is not None else None)
    with Store(statements) as store:
        queries = PositionQueries(store, SpeakerQueries(store), model)
        found = queries.positions(target, by_article=by_article, min_score=min_score)
        return [position for position, _ in found]
