"""What pages show of each statement, made once with its article and kept for all lists that it is in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any, Final, NamedTuple

from onrecord.document import StanceLabel, Statement
from onrecord.queries.clusters import ClusterPage
from onrecord.queries.copies import Copies
from onrecord.queries.store import Store, speaker_key
from onrecord.report.fragments.statements import Quote
from onrecord.report.views import Known

_SCHEMA: Final = """
CREATE TABLE shown (id INTEGER PRIMARY KEY, number INT, classes TEXT, attributes TEXT, words TEXT, who TEXT, facts TEXT,
                    home TEXT, shared INT, link TEXT);
CREATE TABLE two_stances AS
    SELECT DISTINCT cluster FROM (
        SELECT cluster FROM statement JOIN stance USING (number)
        WHERE cluster IS NOT NULL AND shade <> 'off' AND label IN ('support', 'oppose')
        GROUP BY cluster, target HAVING COUNT(DISTINCT label) > 1
        UNION ALL
        SELECT cluster FROM statement JOIN stance USING (number)
        WHERE cluster IS NOT NULL AND shade <> 'off' AND label <> 'unclear'
        GROUP BY cluster, target, json_extract(line, '$.text') HAVING COUNT(DISTINCT label) > 1);
CREATE UNIQUE INDEX two_stances_cluster ON two_stances (cluster)
"""
"""``id`` is the place of a statement among all, those of the newest article first; ``number`` as in the store."""

_QUOTE: Final = "classes, attributes, words, who, facts, home, shared"


class Line(NamedTuple):
    """A statement of the store, by its number and as its output line; ``repeats`` if a copy repeats it.

    ``size`` are its content words, if it has a cluster.
    """

    number: int
    line: str
    size: int
    repeats: bool


class Wording(NamedTuple):
    """A statement of a cluster: its output line, place and day as in `Placed`, content words, and source address."""

    line: str
    place: int
    day: str | None
    size: int
    link: str | None


class Place(NamedTuple):
    """When and where somebody said things: the first and the last day that is known, and the outlets by frequency."""

    first: str | None
    last: str | None
    outlets: list[str]


class Details:
    """The shown statements of a store, and which of its articles are copies."""

    def __init__(self, store: Store, *, count_copies: bool = False) -> None:
        """Must be made before anything is counted: ``count_copies`` as in `write_report`."""
        self._database = store.database
        self._database.create(_SCHEMA)
        self.copies = Copies(store, count_once=not count_copies)

    def lines(self, doc: str) -> list[Line]:
        """The statements of an article in the order of its text."""
        rows = self._database.rows(
            "SELECT number, line, size, number IN (SELECT number FROM repeat) FROM statement WHERE doc = ? "
            "ORDER BY place",
            doc,
        )
        return [Line(number, line, size, bool(repeats)) for number, line, size, repeats in rows]

    def known(self, doc: str, statements: Iterable[Statement] | None = None) -> Known:
        """What the store knows of the clusters and speakers of an article's statements, which are given for a copy."""
        clusters = self._database.rows(
            "SELECT DISTINCT cluster, page, articles, cluster_page.conflict, longest "
            "FROM statement JOIN cluster_page USING (cluster) WHERE doc = ?",
            doc,
        )
        two = self._database.rows(
            "SELECT DISTINCT cluster FROM statement JOIN two_stances USING (cluster) WHERE doc = ?", doc
        )
        return Known(
            {
                cluster: ClusterPage(page, articles, bool(conflict), longest)
                for cluster, page, articles, conflict, longest in clusters
            },
            frozenset(cluster for (cluster,) in two),
            self.without_page(statements or ()),
        )

    def without_page(self, statements: Iterable[Statement]) -> frozenset[tuple[str, str]]:
        """The speakers of statements of copies who are not counted, and so have no page: by article and key."""
        return frozenset(
            (statement.doc, key)
            for statement in statements
            if self.copies.statements and self.copies.is_copy(statement.doc)
            for key in (speaker_key(statement.doc, speaker) for speaker in statement.speakers)
            if self._database.row("SELECT 1 FROM said WHERE speaker = ?", key) is None
        )

    def add(self, numbers: Iterable[int], quotes: Iterable[Quote], links: Iterable[str | None]) -> None:
        """Keeps what is shown of the next statements."""
        self._database.execute_many(
            "INSERT INTO shown VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (number, json.dumps(quote.classes), *_parts(quote), link)
                for number, quote, link in zip(numbers, quotes, links, strict=True)
            ),
        )

    def all_added(self) -> None:
        """Must be called before the shown statements are asked for."""
        self._database.create("CREATE UNIQUE INDEX shown_number ON shown (number)")

    def wordings(self, cluster: str) -> list[Wording]:
        """The statements of a cluster, the longest first."""
        rows = self._database.rows(
            "SELECT line, place, day, size, link FROM statement JOIN article USING (doc) "
            "LEFT JOIN shown USING (number) WHERE cluster = ? ORDER BY size DESC, doc, number",
            cluster,
        )
        return list(map(Wording._make, rows))

    def copied(self, cluster: str) -> bool:
        """Whether near copies have statements of a cluster."""
        query = "SELECT 1 FROM statement JOIN article_copy USING (doc) WHERE cluster = ?"
        return self._database.row(query, cluster) is not None

    def of_speaker(self, key: str) -> Iterator[Quote]:
        """The statements of the speaker with that key (`store.speaker_key`), newest first."""
        query = f"SELECT {_QUOTE} FROM said JOIN shown USING (number) WHERE speaker = ? ORDER BY shown.id"
        return map(_quote, self._database.rows(query, key))

    def with_stance(self, target: str, label: StanceLabel) -> Iterator[tuple[str | None, Iterator[Quote]]]:
        """The statements with a stance in groups of one speaker's key, the largest first; None if there is no speaker.

        Each group must be read before the next.
        """
        keys = self._database.all(
            "SELECT speaker, COUNT(*) AS many FROM stance LEFT JOIN said USING (number) "
            "WHERE target = ? AND label = ? GROUP BY speaker ORDER BY speaker IS NULL, many DESC, speaker",
            *(target, label),
        )
        for key, _ in keys:
            # The loops in this order: otherwise all stances towards the target are read anew for each speaker.
            said = "said CROSS JOIN stance USING (number)" if key is not None else "stance"
            who = "speaker = ?" if key is not None else "? IS NULL AND number NOT IN (SELECT number FROM said)"
            query = (
                f"SELECT {_QUOTE} FROM {said} JOIN shown USING (number) WHERE {who} AND +target = ? AND +label = ? "
                "ORDER BY shown.id"
            )
            yield key, map(_quote, self._database.rows(query, key, target, label))

    def places_with_stance(self, target: str, label: StanceLabel) -> dict[str | None, Place]:
        """When and where each speaker takes a side; by the speaker's key, None if there is no speaker."""
        rows = self._database.rows(
            "SELECT speaker, outlet, MIN(day), MAX(day), COUNT(*) AS many FROM stance JOIN statement USING (number) "
            "JOIN article USING (doc) LEFT JOIN said USING (number) WHERE target = ? AND label = ? "
            "GROUP BY speaker, outlet ORDER BY speaker, many DESC, outlet",
            *(target, label),
        )
        found = {}
        for key, group in groupby(rows, itemgetter(0)):
            places = list(group)
            first = [day for _, _, day, _, _ in places if day is not None]
            last = [day for *_, day, _ in places if day is not None]
            outlets = [outlet for _, outlet, *_ in places if outlet]
            found[key] = Place(min(first, default=None), max(last, default=None), outlets)
        return found

    def has_two_stances(self, cluster: str | None) -> bool:
        """Whether the same words were judged to support and to oppose one target, or equal words differently at all."""
        return (
            cluster is not None
            and self._database.row("SELECT 1 FROM two_stances WHERE cluster = ?", cluster) is not None
        )

    def contradictions(self) -> int:
        """The number of such groups of words."""
        return int(self._database.value("SELECT COUNT(*) FROM two_stances"))


_parts = attrgetter("attributes", "words", "who", "facts", "where", "is_shared")


def _quote(row: tuple[Any, ...]) -> Quote:
    classes, *parts, shared = row
    attributes, words, who, facts, home = parts
    return Quote(json.loads(classes), attributes, words, who, facts, home, bool(shared))
