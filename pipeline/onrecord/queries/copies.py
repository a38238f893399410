"""Statements that are there twice because one article is nearly a copy of another: counted once."""

from __future__ import annotations

from onrecord.queries.store import Store

_SCHEMA = """
CREATE TABLE article_copy AS
    SELECT copy.doc, original.doc AS original FROM article AS copy
    JOIN article AS original ON original.doc = copy.original AND original.doc <> copy.doc;
CREATE INDEX article_copy_original ON article_copy (original);
CREATE TABLE repeat AS
    SELECT again.number FROM article_copy JOIN statement AS again USING (doc)
    WHERE EXISTS (SELECT 1 FROM statement AS first WHERE first.doc = article_copy.original
                  AND (first.cluster = again.cluster
                       OR json_extract(first.line, '$.text') = json_extract(again.line, '$.text')));
CREATE UNIQUE INDEX repeat_number ON repeat (number)
"""
_ONCE = """
DELETE FROM said WHERE number IN (SELECT number FROM repeat);
DELETE FROM stance WHERE number IN (SELECT number FROM repeat);
DROP VIEW counted;
CREATE VIEW counted AS SELECT * FROM statement WHERE number NOT IN (SELECT number FROM repeat)
"""


class Copies:
    """Which articles of a store are nearly copies of others; must be made before other queries count."""

    def __init__(self, store: Store, *, count_once: bool) -> None:
        """``count_once`` takes what a copy repeats of its original out of all counts, speakers and stances."""
        self._database = store.database
        self._database.create(_SCHEMA)
        if count_once:
            self._database.create(_ONCE)
        self.once = count_once
        self.statements = int(self._database.value("SELECT COUNT(*) FROM repeat"))
        """The number of statements that copies repeat."""

    def of(self, doc: str) -> list[str]:
        """The names of the articles that are nearly copies of an article."""
        rows = self._database.rows("SELECT doc FROM article_copy WHERE original = ? ORDER BY doc", doc)
        return [doc for (doc,) in rows]

    def is_copy(self, doc: str) -> bool:
        """Whether an article is nearly a copy of another one that is there."""
        return self._database.row("SELECT 1 FROM article_copy WHERE doc = ?", doc) is not None
