"""Which statements share their words, counted over a statements file, in SQLite: it may be larger than memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from onrecord.document import Statement
from onrecord.files.records import to_line
from onrecord.files.sqlite import OnScratch, Scratch
from onrecord.text.normalization import wording_of

_SCHEMA: Final = "CREATE TABLE said (cluster TEXT, doc TEXT, conflict INT, size INT, line TEXT);"
_INDEXES: Final = (
    "CREATE INDEX said_cluster ON said (cluster)",
    "CREATE TABLE total AS SELECT cluster, COUNT(*) AS statements, COUNT(DISTINCT doc) AS articles, "
    "MAX(conflict) AS conflict, MAX(size) AS size FROM said GROUP BY cluster",
)


@dataclass(frozen=True, slots=True)
class Cut:
    """A statement of a cluster. ``share`` is how many content words it has, measured by the longest one's."""

    statement: Statement
    share: float


@dataclass(frozen=True, slots=True)
class Cluster:
    """Statements that share their words, longest first, to be read once; ``conflict`` if speakers disagree.

    ``longest`` is how many content words the longest one has.
    """

    id: str
    statements: int
    articles: int
    conflict: bool
    longest: int
    cuts: Iterator[Cut]


class ClusterCounts(OnScratch):
    """The clusters of all statements. A context manager over a file that is gone afterwards."""

    def __init__(self, statements: Iterable[Statement]) -> None:
        """
        Raises:
            OutputError: the temporary file cannot be written.
        """
        self._tables = Scratch(None, _SCHEMA)
        try:
            with self._tables.errors():
                clustered = (one for one in statements if one.cluster is not None)
                self._tables.insert("INSERT INTO said VALUES (?, ?, ?, ?, ?)", map(_row, clustered))
                for statement in _INDEXES:
                    self._tables.execute(statement)
        except BaseException:
            self._tables.close()
            raise

    def totals(self) -> tuple[int, int]:
        """How many clusters there are, and in how many of them speakers disagree."""
        found = self._tables.row("SELECT COUNT(*), COALESCE(SUM(conflict), 0) FROM total WHERE statements > 1")
        assert found is not None
        return found[0], found[1]

    def clusters(self, conflicts: bool = False, limit: int | None = None) -> Iterator[Cluster]:
        """The clusters in most articles first; if ``conflicts``, those alone in which speakers disagree."""
        rows = self._tables.rows(
            "SELECT cluster, statements, articles, conflict, size FROM total WHERE statements > 1 AND conflict >= ? "
            "ORDER BY articles DESC, statements DESC, cluster",
            conflicts,
        )
        for cluster, statements, articles, conflict, size in islice(rows, limit):
            yield Cluster(cluster, statements, articles, bool(conflict), size, self._cuts(cluster, size))

    def _cuts(self, cluster: str, longest: int) -> Iterator[Cut]:
        query = "SELECT line, size FROM said WHERE cluster = ? ORDER BY size DESC, doc, rowid"
        for line, size in self._tables.rows(query, cluster):
            yield Cut(Statement.from_json(line), size / longest if longest else 1.0)


def _row(statement: Statement) -> tuple[object, ...]:
    wording = wording_of(statement)
    size = len(wording.words) if wording else 0
    return statement.cluster, statement.doc, statement.attribution_conflict, size, to_line(statement)
