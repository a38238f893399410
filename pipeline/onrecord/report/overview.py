"""The first page: who speaks most, where they stand, in which form, where and when."""

from __future__ import annotations

from heapq import nsmallest
from itertools import islice
from typing import Any, Final

from onrecord.queries.clusters import ClusterQueries
from onrecord.queries.speakers import SpeakerQueries
from onrecord.queries.statements import StatementQueries
from onrecord.report.charts import over_time
from onrecord.report.cluster_pages import cluster_view, given_cluster
from onrecord.report.details import Details
from onrecord.report.views import article_view

_SPEAKERS: Final = 12
_PLACES: Final = 12
_TARGETS: Final = 6
_CONFLICTS: Final = 3


def overview(
    statements: StatementQueries, speakers: SpeakerQueries, clusters: ClusterQueries, details: Details
) -> dict[str, Any]:
    """What the first page shows."""
    outlets = statements.outlets()
    count = sum(number for *_, number in outlets)
    dated = [(day, number) for day, number in statements.days() if day is not None]
    named, _ = speakers.totals(True)
    unnamed, _ = speakers.totals(False)
    return {
        "statements": count,
        "repeats": details.copies.statements if details.copies.once else 0,
        "articles": sum(1 for _ in statements.articles()),
        "named": named,
        "unnamed": unnamed,
        "speakers": list(islice(speakers.speakers(True), _SPEAKERS)),
        "shown_targets": speakers.targets[:_TARGETS],
        "forms_counted": statements.forms(),
        "places": _places(statements, outlets),
        "by_outlet": any(outlet is not None for outlet, *_ in outlets),
        "periods": over_time(dated),
        "days": (min(day for day, _ in dated), max(day for day, _ in dated)) if dated else None,
        "undated": count - sum(number for _, number in dated),
        "clusters": clusters.totals(),
        "contradictions": details.contradictions(),
        "conflicts": [
            cluster_view(given_cluster(cluster, clusters, details))
            for cluster in clusters.clusters(conflicts=True, limit=_CONFLICTS)
        ],
    }


def _places(statements: StatementQueries, outlets: list[tuple[str | None, int, int]]) -> dict[str, Any]:
    """The outlets (or articles, if no outlet is known) with the most statements; the rest are counted together."""
    if any(outlet is not None for outlet, *_ in outlets):
        rows: list[tuple[str | None, str | None, int]] = [(outlet, None, count) for outlet, _, count in outlets]
    else:
        found = nsmallest(_PLACES, statements.articles(), key=lambda article: (-article.statements, article.doc))
        views = [(article_view(article.doc, article.meta, article.day), article.statements) for article in found]
        rows = [(view.title, view.page, count) for view, count in views]
    shown = rows[:_PLACES]
    total = sum(count for _, _, count in outlets)
    return {
        "rows": shown,
        "most": max((count for *_, count in shown), default=1),
        "left": total - sum(count for *_, count in shown),
    }
