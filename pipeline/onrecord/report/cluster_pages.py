"""Statements that share their words, side by side: who cut what, and whom each article attributes them to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from onrecord.queries.clusters import Cluster, ClusterQueries
from onrecord.queries.store import Placed, stored_statement
from onrecord.report.details import Details, Wording
from onrecord.report.views import Known, StatementView, anchor, statement_view
from onrecord.report.word_diff import Changes, Run, compare, words_of

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


@dataclass(frozen=True, slots=True)
class GivenCluster:
    """All that the view of a cluster is made of; ``longest`` counts the content words of the longest wording."""

    id: str
    page: int
    statements: int
    articles: int
    conflict: bool
    longest: int
    wordings: list[Wording]
    known: Known


def given_cluster(cluster: Cluster, queries: ClusterQueries, details: Details) -> GivenCluster:
    """Reads the statements of a cluster and what is known of them."""
    page = queries.page(cluster.id)
    wordings = details.wordings(cluster.id)
    said = [stored_statement(wording.line) for wording in wordings] if details.copied(cluster.id) else []
    two_stances = frozenset([cluster.id] if details.has_two_stances(cluster.id) else [])
    known = Known({cluster.id: page} if page else {}, two_stances, details.without_page(said))
    counts = cluster.statements, cluster.articles, cluster.conflict, cluster.longest
    return GivenCluster(cluster.id, page.page if page else 1, *counts, wordings, known)


def cluster_view(cluster: GivenCluster) -> ClusterView:
    wordings: dict[tuple[str, ...], WordingView] = {}
    speakers: dict[str, list[str]] = {}
    longest = ""
    for given in cluster.wordings:
        statement = stored_statement(given.line)
        text = statement.text
        longest = longest or text
        view = statement_view(Placed(statement, given.place, given.day), cluster.known, [], given.link, given.size)
        words = tuple(words_of(text))
        if words not in wordings:
            wordings[words] = _wording(longest, text, given.size / cluster.longest if cluster.longest else 1.0)
        wordings[words].statements.append(view)
        places = speakers.setdefault(view.who, [])
        if view.article.place not in places:
            places.append(view.article.place)
    return ClusterView(
        anchor(cluster.id),
        cluster.page,
        cluster.statements,
        cluster.articles,
        cluster.conflict,
        list(wordings.values()),
        speakers,
        bool(cluster.known.two_stances),
    )


def _wording(longest: str, text: str, share: float) -> WordingView:
    return WordingView(*compare(longest, text), share, [])
