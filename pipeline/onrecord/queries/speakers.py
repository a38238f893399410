"""Who spoke in the statements of a store, how often and with which stance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal, get_args

from onrecord.document import Form, Kind, StanceLabel
from onrecord.errors import SettingsError
from onrecord.queries.shades import Shade
from onrecord.queries.store import Store

Sort = Literal["statements", "articles", "name", "stance"]

_SCHEMA: Final = """
CREATE TABLE speaker_total AS
    SELECT speaker, MAX(named) AS named, COUNT(*) AS statements, COUNT(DISTINCT doc) AS articles,
           SUM(form = 'direct') AS direct, SUM(form = 'mixed') AS mixed, SUM(form = 'indirect') AS indirect,
           MAX(id) AS id, MIN(doc) AS doc, '' AS name
    FROM said GROUP BY speaker;
CREATE INDEX speaker_total_speaker ON speaker_total (speaker);
UPDATE speaker_total SET name =
    (SELECT name FROM said WHERE said.speaker = speaker_total.speaker AND said.named = speaker_total.named
     GROUP BY name ORDER BY COUNT(*) DESC, name LIMIT 1)
"""
_COLUMNS: Final = "speaker, named, name, id, doc, statements, articles, direct, mixed, indirect"
_ORDER: Final[dict[Sort, str]] = {
    "statements": "statements DESC, articles DESC",
    "articles": "articles DESC, statements DESC",
    "name": "statements IS NULL",
    "stance": "lean IS NULL, lean DESC, statements DESC",
}


@dataclass(frozen=True, slots=True)
class StanceCount:
    """The stances of somebody's statements towards ``target``: how many have each label.

    ``mean`` is that of p(support) - p(oppose) over the statements with probabilities; None if there are none.
    ``shades`` are the counts by label and `shades.stance_shade`.
    """

    target: str
    counts: dict[StanceLabel, int]
    mean: float | None
    shades: dict[tuple[StanceLabel, Shade], int] = field(default_factory=dict)

    @property
    def statements(self) -> int:
        return sum(self.counts.values())

    def share(self, label: StanceLabel) -> float:
        return self.counts[label] / self.statements


@dataclass(frozen=True, slots=True)
class SpeakerCount:
    """Somebody who spoke. A speaker without a name belongs to one article, ``doc``, and has only a description.

    ``key`` is that of `store.speaker_key`; the most frequent name, kind and roles come first.
    """

    key: str
    name: str | None
    id: str | None
    kind: Kind
    roles: tuple[str, ...]
    description: str | None
    doc: str | None
    statements: int
    articles: int
    forms: dict[Form, int]
    stance: tuple[StanceCount, ...]


class SpeakerQueries:
    """The speakers of a store."""

    def __init__(self, store: Store) -> None:
        self._database = store.database
        self._database.create(_SCHEMA)

    @cached_property
    def targets(self) -> list[str]:
        """The targets of all stances, in order of appearance."""
        rows = self._database.rows("SELECT name FROM target ORDER BY first")
        return [target for (target,) in rows]

    def totals(self, named: bool) -> tuple[int, int]:
        """The numbers of speakers, with a name or without one, and of their statements."""
        ((speakers, statements),) = self._database.all(
            "SELECT COUNT(DISTINCT speaker), COUNT(DISTINCT number) FROM said WHERE named = ?", named
        )
        return speakers, statements

    def without_speaker(self) -> int:
        """The number of statements without a speaker."""
        query = "SELECT COUNT(*) FROM counted WHERE number NOT IN (SELECT number FROM said)"
        return int(self._database.value(query))

    def speakers(self, named: bool, sort: str = "statements", target: str | None = None) -> Iterator[SpeakerCount]:
        """The speakers with a name, or those without one, in that order; only stances towards ``target`` if given.

        Raises:
            SettingsError: there is no such order or target, or the order is by stance and there are several targets.
        """
        targets = self.check(sort, target)
        lean = "NULL"
        if sort == "stance":
            lean = (
                "(SELECT AVG(lean) FROM said JOIN stance USING (number) "
                "WHERE said.speaker = speaker_total.speaker AND target = ?2)"
            )
        query = (
            f"SELECT {_COLUMNS}, {lean} AS lean FROM speaker_total "
            f"WHERE named = ?1 ORDER BY {_ORDER[sort]}, folded(name), speaker"  # type: ignore[index]
        )
        values = (named, targets[0]) if sort == "stance" else (named,)
        for *row, _ in self._database.rows(query, *values):
            yield self._counted(row, targets)

    def speaker(self, key: str) -> SpeakerCount:
        """The speaker with that key, which must be in the store."""
        ((*row,),) = self._database.all(f"SELECT {_COLUMNS} FROM speaker_total WHERE speaker = ?", key)
        return self._counted(row, self.targets)

    def _counted(self, row: list[Any], targets: list[str]) -> SpeakerCount:
        speaker, named, name, identifier, doc, statements, articles, *forms = row
        return SpeakerCount(
            speaker,
            name if named else None,
            identifier,
            self._most_frequent("kind", speaker)[0],
            tuple(self._most_frequent("role", speaker)),
            None if named else name,
            None if named else doc,
            statements,
            articles,
            dict(zip(("direct", "mixed", "indirect"), forms, strict=True)),
            tuple(self._stances(speaker, targets)),
        )

    def check(self, sort: str, target: str | None) -> list[str]:
        """The targets to show: all, or the one that is given.

        Raises:
            SettingsError: there is no such order or target, or the order is by stance and there are several targets.
        """
        if sort not in get_args(Sort):
            raise SettingsError(f"cannot sort by {sort!r}; choose one of {', '.join(get_args(Sort))}")
        targets = self.targets
        known = f"its targets are {', '.join(map(repr, targets))}"
        if not targets:
            known = "it has no stances at all: give `onrecord extract` a --target"
        if target is not None and target not in targets:
            raise SettingsError(f"the file has no stance towards {target!r}; {known}")
        if sort == "stance" and target is None and len(targets) != 1:
            raise SettingsError(f"to sort by stance, choose one of the file's targets with --target; {known}")
        return targets if target is None else [target]

    def _most_frequent(self, column: str, speaker: str) -> list[Any]:
        """The different values of a column for a speaker, most frequent first."""
        rows = self._database.rows(
            f"SELECT MAX({column}) FROM said WHERE speaker = ? AND {column} IS NOT NULL GROUP BY folded({column}) "
            f"ORDER BY COUNT(*) DESC, folded({column})",
            speaker,
        )
        return [value for (value,) in rows]

    def _stances(self, speaker: str, targets: list[str]) -> Iterator[StanceCount]:
        query = (
            # The loops in this order: otherwise all stances towards the target are read anew for each speaker.
            "SELECT label, shade, COUNT(*), SUM(lean), COUNT(lean) FROM said CROSS JOIN stance USING (number) "
            "WHERE speaker = ? AND +target = ? GROUP BY label, shade"
        )
        for target in targets:
            if found := self._database.all(query, speaker, target):
                counts: dict[StanceLabel, int] = dict.fromkeys(get_args(StanceLabel), 0)
                for label, _, count, _, _ in found:
                    counts[label] += count
                scored = sum(count for *_, count in found)
                mean = sum(lean or 0 for *_, lean, _ in found) / scored if scored else None
                yield StanceCount(target, counts, mean, {(label, shade): count for label, shade, count, _, _ in found})
