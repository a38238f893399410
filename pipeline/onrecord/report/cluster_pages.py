"""Statements that share their words, side by side: who cut what, and whom each article attributes them to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from onrecord.queries.clusters import Cluster, ClusterQueries
from onrecord.report.details import Details
from onrecord.report.views import StatementView, anchor, statement_view
from onrecord.report.word_diff import Changes, Run, changes, differences, words_of

_WORDINGS: Final = 40
"""Statements on a page, at most; more if a single cluster has more."""


@dataclass(slots=True)
class WordingView:
    """A wording as its differences from the longest, and the statements that have it; ``share`` as in `Cut`."""

    runs: list[Run]
    changes: Changes
    share: float
    statements: list[StatementView]


@dataclass(frozen=True, slots=True)
class ClusterView:
    """A cluster and the number of its page.

    ``speakers`` are the names that its statements are attributed to, each with the outlets or articles that do so;
    ``two_stances`` as in `Details.has_two_stances`.
    """

    anchor: str
    page: int
    statements: int
    articles: int
    conflict: bool
    wordings: list[WordingView]
    speakers: dict[str, list[str]]
    two_stances: bool = False

    @property
    def longest(self) -> str:
        return self.wordings[0].statements[0].statement.text


def pages_of_clusters(queries: ClusterQueries) -> Iterator[list[Cluster]]:
    """The clusters page by page: those with an attribution conflict first, then those in most articles."""
    page: list[Cluster] = []
    for conflict in (True, False):
        for cluster in queries.clusters(conflicts=conflict):
            if cluster.conflict == conflict:
                if page and sum(shown.statements for shown in page) + cluster.statements > _WORDINGS:
                    yield page
                    page = []
                page.append(cluster)
    if page:
        yield page


def cluster_view(cluster: Cluster, queries: ClusterQueries, details: Details) -> ClusterView:
    """The view of a cluster, whose ``cuts`` are read."""
    wordings: dict[tuple[str, ...], WordingView] = {}
    speakers: dict[str, list[str]] = {}
    longest = ""
    for cut in cluster.cuts:
        statement = cut.statement
        longest = longest or statement.text
        view = statement_view(cut.placed, queries, details)
        words = tuple(words_of(statement.text))
        if words not in wordings:
            wordings[words] = _wording(longest, statement.text, cut.share)
        wordings[words].statements.append(view)
        places = speakers.setdefault(view.who, [])
        if view.article.place not in places:
            places.append(view.article.place)
    page = queries.page(cluster.id)
    return ClusterView(
        anchor(cluster.id),
        page.page if page else 1,
        cluster.statements,
        cluster.articles,
        cluster.conflict,
        list(wordings.values()),
        speakers,
        details.has_two_stances(cluster.id),
    )


def _wording(longest: str, text: str, share: float) -> WordingView:
    return WordingView(differences(longest, text), changes(longest, text), share, [])
