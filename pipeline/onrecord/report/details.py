"""What pages show of a statement besides itself: its sentence, its place on the source page, and its other stances.

Articles' texts are read once, when their own pages are written. The rest of the pages find here what they need.
"""

from __future__ import annotations

import json
from typing import Final, NamedTuple

from onrecord.document import Statement
from onrecord.queries.copies import Copies
from onrecord.queries.store import Store
from onrecord.report.in_sentence import Words, in_sentence
from onrecord.report.source_links import source_link

_SCHEMA: Final = """
CREATE TABLE detail (doc TEXT, place INT, words TEXT, link TEXT, PRIMARY KEY (doc, place)) WITHOUT ROWID;
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


class Detail(NamedTuple):
    """``words`` are those of the statement's sentences, ``link`` leads to them on the article's web page."""

    words: list[Words]
    link: str | None


class Details:
    """The details of a store's statements, and which of its articles are copies."""

    def __init__(self, store: Store, *, count_copies: bool = False) -> None:
        """Must be made before anything is counted: ``count_copies`` as in `write_report`."""
        self._database = store.database
        self._database.create(_SCHEMA)
        self.copies = Copies(store, count_once=not count_copies)

    def add(self, text: str, place: int, statement: Statement, link: str | None) -> Detail:
        """Finds and keeps the details of a statement, from its article's text and address."""
        detail = Detail(in_sentence(text, statement), link and source_link(link, text, statement.content))
        row = (statement.doc, place, json.dumps(detail.words), detail.link)
        self._database.execute("INSERT OR REPLACE INTO detail VALUES (?, ?, ?, ?)", *row)
        return detail

    def of(self, statement: Statement, place: int, link: str | None) -> Detail:
        """What `add` kept; the statement alone if its article's text is not there."""
        row = self._database.row("SELECT words, link FROM detail WHERE doc = ? AND place = ?", statement.doc, place)
        if row is None:
            return Detail([Words(statement.text, True)], link)
        return Detail([Words._make(words) for words in json.loads(row[0])], row[1])

    def has_two_stances(self, cluster: str | None) -> bool:
        """Whether the same words were judged to support and to oppose one target, or equal words differently at all."""
        return (
            cluster is not None
            and self._database.row("SELECT 1 FROM two_stances WHERE cluster = ?", cluster) is not None
        )

    def contradictions(self) -> int:
        """The number of such groups of words."""
        return int(self._database.value("SELECT COUNT(*) FROM two_stances"))

    def is_speaker(self, key: str) -> bool:
        """Whether somebody is counted, and so has a page: speakers of copies alone are not."""
        return self._database.row("SELECT 1 FROM said WHERE speaker = ?", key) is not None
