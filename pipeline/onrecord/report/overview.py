"""The collection at a glance: who speaks most, where they stand, in which form, where and when."""

from __future__ import annotations

from heapq import nsmallest
from itertools import islice
from typing import Any, Final

from onrecord.queries.clusters import ClusterCounts
from onrecord.queries.speakers import SpeakerCounts
from onrecord.queries.statements import Store
from onrecord.report.charts import over_time
from onrecord.report.cluster_pages import cluster_view
from onrecord.report.views import article_view

_SPEAKERS: Final = 12
_PLACES: Final = 12
_TARGETS: Final = 6
_CONFLICTS: Final = 3


def overview(store: Store, counts: SpeakerCounts, clusters: ClusterCounts) -> dict[str, Any]:
    """What the first page shows."""
    outlets = store.outlets()
    dated = [(day, count) for day, count in store.days() if day is not None]
    named, _ = counts.totals(True)
    unnamed, _ = counts.totals(False)
    return {
        "statements": counts.statements,
        "articles": sum(articles for _, articles, _ in outlets),
        "named": named,
        "unnamed": unnamed,
        "speakers": list(islice(counts.speakers(True), _SPEAKERS)),
        "shown_targets": [(target, store.stances(target)) for target in counts.targets[:_TARGETS]],
        "forms_counted": store.forms(),
        "places": _places(store, outlets),
        "by_outlet": any(outlet is not None for outlet, *_ in outlets),
        "periods": over_time(dated),
        "undated": counts.statements - sum(count for _, count in dated),
        "clusters": clusters.totals(),
        "conflicts": [cluster_view(one, store) for one in clusters.clusters(conflicts=True, limit=_CONFLICTS)],
    }


def _places(store: Store, outlets: list[tuple[str | None, int, int]]) -> dict[str, Any]:
    """The outlets, or articles where no outlet is known, of most statements; what is left is counted together."""
    if any(outlet is not None for outlet, *_ in outlets):
        rows: list[tuple[str | None, str | None, int]] = [(outlet, None, count) for outlet, _, count in outlets]
    else:
        found = nsmallest(_PLACES, store.articles(), key=lambda article: (-article.statements, article.doc))
        views = [(article_view(one.doc, one.meta, one.day), one.statements) for one in found]
        rows = [(view.title, view.page, count) for view, count in views]
    shown = rows[:_PLACES]
    total = sum(count for _, _, count in outlets)
    return {
        "rows": shown,
        "most": max((count for *_, count in shown), default=1),
        "left": total - sum(count for *_, count in shown),
    }
