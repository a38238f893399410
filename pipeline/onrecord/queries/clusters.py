"""Which statements of a store share their words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final, NamedTuple

from onrecord.document import Statement
from onrecord.queries.store import Placed, Store, stored_statement

_SCHEMA: Final = """
CREATE TABLE cluster_total AS
    SELECT cluster, COUNT(*) AS statements, COUNT(DISTINCT doc) AS articles, MAX(conflict) AS conflict,
           MAX(size) AS size
    FROM statement WHERE cluster IS NOT NULL GROUP BY cluster HAVING COUNT(*) > 1;
CREATE TABLE cluster_page (cluster TEXT PRIMARY KEY, page INT, articles INT, conflict INT, longest INT)
"""


@dataclass(frozen=True, slots=True)
class Cut:
    """A statement of a cluster. ``share`` is how many content words it has, relative to the longest one."""

    placed: Placed
    share: float

    @property
    def statement(self) -> Statement:
        return self.placed.statement


@dataclass(frozen=True, slots=True)
class Cluster:
    """Statements that share their words. ``cuts`` has the longest first and can be read once.

    ``conflict`` if articles attribute the words to different speakers; ``longest`` counts the content words of the
    longest statement.
    """

    id: str
    statements: int
    articles: int
    conflict: bool
    longest: int
    cuts: Iterator[Cut]


class ClusterPage(NamedTuple):
    """The page of a report that a cluster is on; the rest as in `Cluster`."""

    page: int
    articles: int
    conflict: bool
    longest: int


class ClusterQueries:
    """The clusters of a store: those of which it has at least two statements."""

    def __init__(self, store: Store) -> None:
        self._database = store.database
        self._database.create(_SCHEMA)

    def totals(self) -> tuple[int, int]:
        """The number of clusters, and of those with an attribution conflict."""
        ((clusters, conflicts),) = self._database.all("SELECT COUNT(*), COALESCE(SUM(conflict), 0) FROM cluster_total")
        return clusters, conflicts

    def clusters(self, conflicts: bool = False, limit: int | None = None) -> Iterator[Cluster]:
        """The clusters, those in most articles first; if ``conflicts``, only those with an attribution conflict."""
        rows = self._database.rows(
            "SELECT cluster, statements, articles, conflict, size FROM cluster_total WHERE conflict >= ? "
            "ORDER BY articles DESC, statements DESC, cluster",
            conflicts,
        )
        for cluster, statements, articles, conflict, size in islice(rows, limit):
            yield Cluster(cluster, statements, articles, bool(conflict), size, self._cuts(cluster, size))

    def _cuts(self, cluster: str, longest: int) -> Iterator[Cut]:
        rows = self._database.rows(
            "SELECT line, place, day, size FROM statement JOIN article USING (doc) WHERE cluster = ? "
            "ORDER BY size DESC, doc, number",
            cluster,
        )
        for line, place, day, size in rows:
            yield Cut(Placed(stored_statement(line), place, day), size / longest if longest else 1.0)

    def set_page(self, cluster: Cluster, page: int) -> None:
        """Notes the page of a report that a cluster is on."""
        row = (cluster.id, page, cluster.articles, cluster.conflict, cluster.longest)
        self._database.execute("INSERT INTO cluster_page VALUES (?, ?, ?, ?, ?)", *row)

    def page(self, cluster: str | None) -> ClusterPage | None:
        """The page that ``set_page`` noted; None for a cluster whose other statements are in other files."""
        query = "SELECT page, articles, conflict, longest FROM cluster_page WHERE cluster = ?"
        row = self._database.row(query, cluster)
        return ClusterPage(row[0], row[1], bool(row[2]), row[3]) if row else None
