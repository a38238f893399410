"""Which statements share their words, counted over a statements file: as a table for the terminal, or as JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from onrecord.document import Statement
from onrecord.records import from_record, to_line
from onrecord.report.table import who
from onrecord.report.text import fit, plain, terminal_width
from onrecord.scratch import OnScratch, Scratch
from onrecord.wording import wording_of

_SCHEMA: Final = "CREATE TABLE said (cluster TEXT, doc TEXT, conflict INT, size INT, line TEXT);"
_INDEXES: Final = (
    "CREATE INDEX said_cluster ON said (cluster)",
    "CREATE TABLE total AS SELECT cluster, COUNT(*) AS statements, COUNT(DISTINCT doc) AS articles, "
    "MAX(conflict) AS conflict, MAX(size) AS size FROM said GROUP BY cluster",
)
_SHOWN: Final = 10
"""Statements of a cluster that the table shows."""

_SPEAKER: Final = 24
_PLACE: Final = 26


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
            yield Cut(from_record(json.loads(line)), size / longest if longest else 1.0)


def _row(statement: Statement) -> tuple[object, ...]:
    wording = wording_of(statement)
    size = len(wording.words) if wording else 0
    return statement.cluster, statement.doc, statement.attribution_conflict, size, to_line(statement)


def cluster_table(clusters: Iterator[Cluster], counts: ClusterCounts, full: bool = False) -> Iterator[str]:
    """For each cluster a line with its counts, then its statements: article, speakers, how much of it, and wording."""
    width = terminal_width(80, 160)
    shown = 0
    for cluster in clusters:
        if shown:
            yield ""
        shown += 1
        head = f"{plain(cluster.id)}  {cluster.statements} statements in {_articles(cluster.articles)}"
        yield f"{head}  ≠ different speakers" if cluster.conflict else head
        for cut in islice(cluster.cuts, None if full else _SHOWN):
            place = cut.statement.meta.outlet or cut.statement.doc
            start = f"  {fit(place, _PLACE)}  {fit(who(cut.statement), _SPEAKER)}  {cut.share:>4.0%}  "
            yield start + (plain(cut.statement.text) if full else fit(cut.statement.text, width - len(start)).rstrip())
        if not full and cluster.statements > _SHOWN:
            yield f"  … and {cluster.statements - _SHOWN} more (--full)"
    total, conflicts = counts.totals()
    if shown:
        yield ""
    yield f"{total} cluster{'' if total == 1 else 's'}, {conflicts} with different speakers"


def _articles(number: int) -> str:
    return "1 article" if number == 1 else f"{number} articles"


def json_lines(clusters: Iterator[Cluster]) -> Iterator[str]:
    """A JSON object for each cluster."""
    for cluster in clusters:
        yield json.dumps(_record(cluster), ensure_ascii=False)


def _record(cluster: Cluster) -> dict[str, Any]:
    speakers: dict[tuple[str | None, str | None], set[str]] = {}
    statements: list[dict[str, Any]] = []
    for cut in cluster.cuts:
        statement = cut.statement
        for speaker in statement.speakers:
            speakers.setdefault((speaker.name or speaker.description, speaker.id), set()).add(statement.doc)
        statements.append(
            {
                "id": statement.id,
                "doc": statement.doc,
                "outlet": statement.meta.outlet,
                "date": statement.meta.date,
                "duplicate_of": statement.meta.duplicate_of,
                "speakers": [speaker.name or speaker.description for speaker in statement.speakers],
                "form": statement.form,
                "share": round(cut.share, 4),
                "text": statement.text,
            }
        )
    return {
        "cluster": cluster.id,
        "statements": cluster.statements,
        "articles": cluster.articles,
        "attribution_conflict": cluster.conflict,
        "speakers": [{"name": name, "id": key, "articles": len(docs)} for (name, key), docs in speakers.items()],
        "wording": statements[0]["text"],
        "cuts": statements,
    }
