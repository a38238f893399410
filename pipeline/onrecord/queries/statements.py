"""The statements of a store by article, speaker or stance, and their counts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple, get_args

from onrecord.document import Form, Meta, StanceLabel
from onrecord.queries.shades import Shade
from onrecord.queries.store import Store


class Article(NamedTuple):
    """An article that has statements; ``day`` is its date if that is in ISO 8601 (`date_ranges.day_of`)."""

    doc: str
    day: str | None
    meta: Meta
    statements: int


class StatementQueries:
    """Questions about the statements of a store."""

    def __init__(self, store: Store) -> None:
        self._database = store.database

    def articles(self) -> Iterator[Article]:
        """The articles, newest first, those without a date last."""
        rows = self._database.rows(
            "SELECT doc, day, meta, (SELECT COUNT(*) FROM statement WHERE statement.doc = article.doc) "
            "FROM article ORDER BY day IS NULL, day DESC, doc"
        )
        for doc, day, meta, statements in rows:
            yield Article(doc, day, Meta(*json.loads(meta)), statements)

    def meta(self, doc: str) -> Meta:
        """What is known of an article; nothing if it has no statements."""
        row = self._database.row("SELECT meta FROM article WHERE doc = ?", doc)
        return Meta(*json.loads(row[0])) if row else Meta()

    def count_with_stance(self, target: str, label: StanceLabel) -> tuple[int, int]:
        """How many statements have that stance, counting one of two speakers twice, and how many speakers."""
        ((statements, speakers),) = self._database.all(
            "SELECT COUNT(*), COUNT(DISTINCT speaker) FROM stance LEFT JOIN said USING (number) "
            "WHERE target = ? AND label = ?",
            *(target, label),
        )
        return statements, speakers

    def shades(self, target: str) -> dict[tuple[StanceLabel, Shade], int]:
        """The number of statements with each stance towards a target and `shades.stance_shade`, where there are any."""
        rows = self._database.rows(
            "SELECT label, shade, COUNT(*) FROM stance WHERE target = ? GROUP BY label, shade", target
        )
        return {(label, shade): count for label, shade, count in rows}

    def dated_stances(self, speaker: str) -> dict[str, list[tuple[str, StanceLabel, Shade, int]]]:
        """The stances of a speaker's statements with a date, by target: day, label, shade and number."""
        rows = self._database.rows(
            # The loops in this order, as for the counts of a speaker's stances.
            "SELECT target, day, label, shade, COUNT(*) FROM said CROSS JOIN stance USING (number) "
            "CROSS JOIN article ON article.doc = said.doc WHERE speaker = ? AND day IS NOT NULL "
            "GROUP BY target, day, label, shade ORDER BY day",
            speaker,
        )
        found: dict[str, list[tuple[str, StanceLabel, Shade, int]]] = {}
        for target, day, label, shade, count in rows:
            found.setdefault(target, []).append((day, label, shade, count))
        return found

    def forms(self) -> dict[Form, int]:
        """The number of statements with each form."""
        found = dict(self._database.rows("SELECT form, COUNT(*) FROM counted GROUP BY form"))
        return {form: found.get(form, 0) for form in get_args(Form)}

    def outlets(self) -> list[tuple[str | None, int, int]]:
        """Each outlet with the numbers of its articles and statements, most statements first; None if it is unknown."""
        return self._database.all(
            "SELECT outlet, COUNT(DISTINCT doc), COUNT(*) AS many FROM counted JOIN article USING (doc) "
            "GROUP BY outlet ORDER BY outlet IS NULL, many DESC, outlet"
        )

    def days(self) -> list[tuple[str | None, int]]:
        """Each day (or month or year, if no more is known) with the number of its statements; None without a date."""
        return self._database.all(
            "SELECT day, COUNT(*) FROM counted JOIN article USING (doc) GROUP BY day ORDER BY day"
        )
