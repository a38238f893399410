"""The statements that share their words, as a table for the terminal or as JSON lines."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from rich.cells import cell_len

from onrecord.files.records import json_line
from onrecord.queries.clusters import Cluster, ClusterQueries
from onrecord.tables.statements import who
from onrecord.tables.text import fit, plain, several, terminal_width

_SHOWN: Final = 10
"""Statements of a cluster that the table shows, at most."""

_SPEAKER: Final = 24
_PLACE: Final = 26


def cluster_table(clusters: Iterator[Cluster], queries: ClusterQueries, full: bool = False) -> Iterator[str]:
    """The lines of the table: each cluster's counts, then its statements with outlet or article, speakers and share."""
    width = terminal_width(80, 160)
    shown = 0
    for cluster in clusters:
        if shown:
            yield ""
        shown += 1
        head = (
            f"{plain(cluster.id)}  {several(cluster.statements, 'statement')} in {several(cluster.articles, 'article')}"
        )
        yield f"{head}  ≠ different speakers" if cluster.conflict else head
        for cut in islice(cluster.cuts, None if full else _SHOWN):
            place = cut.statement.meta.outlet or cut.statement.doc
            start = f"  {fit(place, _PLACE)}  {fit(who(cut.statement), _SPEAKER)}  {cut.share:>4.0%}  "
            yield start + (
                plain(cut.statement.text) if full else fit(cut.statement.text, width - cell_len(start)).rstrip()
            )
        if not full and cluster.statements > _SHOWN:
            yield f"  … and {cluster.statements - _SHOWN} more (--full)"
    total, conflicts = queries.totals()
    if shown:
        yield ""
    yield f"{several(total, 'cluster')}, {conflicts} with different speakers"


def json_lines(clusters: Iterator[Cluster]) -> Iterator[str]:
    """A JSON object for each cluster."""
    for cluster in clusters:
        yield json_line(_record(cluster))


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
