"""Who spoke, counted over a statements file: in SQLite, so that the file may be larger than memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from types import TracebackType
from typing import Any, Final, Literal, Self, get_args

from onrecord.document import Form, Kind, Speaker, StanceLabel, Statement
from onrecord.errors import OutputError, SettingsError
from onrecord.names.forms import fold

Sort = Literal["statements", "articles", "name", "stance"]

_BATCH: Final = 2000
_SCHEMA: Final = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE said (number INT, speaker TEXT, named INT, doc TEXT, form TEXT, name TEXT, id TEXT, kind TEXT, role TEXT);
CREATE TABLE stance (number INT, target TEXT, label TEXT, lean REAL);
"""
_INDEXES: Final = """
CREATE INDEX said_speaker ON said (speaker);
CREATE INDEX stance_number ON stance (number);
CREATE TABLE total AS
    SELECT speaker, MAX(named) AS named, COUNT(*) AS statements, COUNT(DISTINCT doc) AS articles,
           SUM(form = 'direct') AS direct, SUM(form = 'mixed') AS mixed, SUM(form = 'indirect') AS indirect,
           MAX(id) AS id, MIN(doc) AS doc, '' AS name
    FROM said GROUP BY speaker;
CREATE INDEX total_speaker ON total (speaker);
UPDATE total SET name = (SELECT name FROM said WHERE said.speaker = total.speaker AND said.named = total.named
                         GROUP BY name ORDER BY COUNT(*) DESC, name LIMIT 1);
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
    """What somebody's statements say towards ``target``: how many with each label.

    ``mean`` is that of p(support) - p(oppose) over the statements that have probabilities; None if none has.
    """

    target: str
    counts: dict[StanceLabel, int]
    mean: float | None

    @property
    def statements(self) -> int:
        return sum(self.counts.values())

    def share(self, label: StanceLabel) -> float:
        return self.counts[label] / self.statements


@dataclass(frozen=True, slots=True)
class SpeakerCount:
    """Somebody who spoke. An unnamed one is one of an article, ``doc``, and known by a description alone.

    ``key`` is what ``speaker_key`` gives for them.
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


class SpeakerCounts:
    """The counts of all statements. A context manager over a file that is gone afterwards.

    People are told apart by their id, those without one by their name; the name, kind and roles given are the
    commonest. Somebody unnamed is the same where an article describes them in the same words.
    """

    def __init__(self, statements: Iterable[Statement]) -> None:
        self.statements = 0
        self.speakerless = 0
        """Statements of which nobody can be told who speaks."""
        self._database = sqlite3.connect("", isolation_level=None)
        try:
            self._database.create_function("folded", 1, fold, deterministic=True)
            self._database.executescript(_SCHEMA)
            self._database.execute("BEGIN")
            numbered = enumerate(statements)
            while batch := list(islice(numbered, _BATCH)):
                self._add(batch)
            self._database.execute("COMMIT")
            self._database.executescript(_INDEXES)
        except sqlite3.Error as error:
            self._database.close()
            raise OutputError(
                f"the counts cannot be kept in a temporary file ({error}); set TMPDIR to a folder with space"
            ) from error
        except BaseException:
            self._database.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()

    @cached_property
    def targets(self) -> list[str]:
        """What stances are towards, in order of appearance."""
        return [target for (target,) in self._all("SELECT target FROM stance GROUP BY target ORDER BY MIN(rowid)")]

    def totals(self, named: bool) -> tuple[int, int]:
        """How many speakers there are, with a name or without, and in how many statements."""
        ((speakers, statements),) = self._all(
            "SELECT COUNT(DISTINCT speaker), COUNT(DISTINCT number) FROM said WHERE named = ?", named
        )
        return speakers, statements

    def speakers(self, named: bool, sort: str = "statements", target: str | None = None) -> Iterator[SpeakerCount]:
        """The speakers with a name, or those without, in the order asked for; stances towards ``target`` alone.

        Raises:
            SettingsError: there is no such order or target, or an order by stance with several targets.
        """
        targets = self.check(sort, target)
        lean = "NULL"
        if sort == "stance":
            lean = (
                "(SELECT AVG(lean) FROM said JOIN stance USING (number) "
                "WHERE said.speaker = total.speaker AND target = ?2)"
            )
        query = (
            f"SELECT {_COLUMNS}, {lean} AS lean FROM total "
            f"WHERE named = ?1 ORDER BY {_ORDER[sort]}, folded(name), speaker"  # type: ignore[index]
        )
        values = (named, targets[0]) if sort == "stance" else (named,)
        for *row, _ in self._database.execute(query, values):
            yield self._counted(row, targets)

    def speaker(self, key: str) -> SpeakerCount:
        """The speaker with that key, who must be among those counted."""
        ((*row,),) = self._all(f"SELECT {_COLUMNS} FROM total WHERE speaker = ?", key)
        return self._counted(row, self.targets)

    def _counted(self, row: list[Any], targets: list[str]) -> SpeakerCount:
        speaker, named, name, identifier, doc, statements, articles, *forms = row
        return SpeakerCount(
            speaker,
            name if named else None,
            identifier,
            self._commonest("kind", speaker)[0],
            tuple(self._commonest("role", speaker)),
            None if named else name,
            None if named else doc,
            statements,
            articles,
            dict(zip(("direct", "mixed", "indirect"), forms, strict=True)),
            tuple(self._stances(speaker, targets)),
        )

    def check(self, sort: str, target: str | None) -> list[str]:
        """The targets that are to be shown.

        Raises:
            SettingsError: there is no such order or target, or an order by stance with several targets.
        """
        if sort not in get_args(Sort):
            raise SettingsError(f"sort is {sort!r}; choose one of {', '.join(get_args(Sort))}")
        targets = self.targets
        known = ", ".join(repr(one) for one in targets) or "none: give `onrecord extract` a --target"
        if target is not None and target not in targets:
            raise SettingsError(f"no stance towards {target!r} in the file; its targets: {known}")
        if sort == "stance" and target is None and len(targets) != 1:
            raise SettingsError(f"to sort by stance, name one with --target; the file's targets: {known}")
        return targets if target is None else [target]

    def _add(self, batch: list[tuple[int, Statement]]) -> None:
        said: list[tuple[object, ...]] = []
        stances: list[tuple[object, ...]] = []
        for number, statement in batch:
            self.statements += 1
            self.speakerless += not statement.speakers
            for key, speaker in {speaker_key(statement.doc, one): one for one in statement.speakers}.items():
                name = speaker.name or speaker.description or ""
                who = (bool(speaker.name), statement.doc, statement.form, name, speaker.id, speaker.kind, speaker.role)
                said.append((number, key, *who))
            for stance in statement.stance:
                lean = stance.scores and stance.scores.support - stance.scores.oppose
                stances.append((number, stance.target, stance.label, lean))
        self._database.executemany("INSERT INTO said VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", said)
        self._database.executemany("INSERT INTO stance VALUES (?, ?, ?, ?)", stances)

    def _commonest(self, column: str, speaker: str) -> list[Any]:
        return [
            value
            for (value,) in self._all(
                f"SELECT MAX({column}) FROM said WHERE speaker = ? AND {column} IS NOT NULL GROUP BY folded({column}) "
                f"ORDER BY COUNT(*) DESC, folded({column})",
                speaker,
            )
        ]

    def _stances(self, speaker: str, targets: list[str]) -> Iterator[StanceCount]:
        for target in targets:
            found = self._all(
                "SELECT label, COUNT(*), SUM(lean), COUNT(lean) FROM said JOIN stance USING (number) "
                "WHERE speaker = ? AND target = ? GROUP BY label",
                speaker,
                target,
            )
            if found:
                counts: dict[StanceLabel, int] = dict.fromkeys(get_args(StanceLabel), 0)
                counts |= {label: count for label, count, _, _ in found}
                scored = sum(count for *_, count in found)
                mean = sum(lean or 0 for _, _, lean, _ in found) / scored if scored else None
                yield StanceCount(target, counts, mean)

    def _all(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        return self._database.execute(query, values).fetchall()


def speaker_key(doc: str, speaker: Speaker) -> str:
    """What tells people apart: the id, else the name, else the words that the article ``doc`` describes them in."""
    if speaker.name is None:
        return f"unnamed\n{doc}\n{fold(speaker.description or '')}"
    return f"id\n{speaker.id}" if speaker.id is not None else f"name\n{fold(speaker.name) or speaker.name}"
