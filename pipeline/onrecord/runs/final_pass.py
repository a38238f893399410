"""The steps over the whole collection: from the spooled statements of each article to the lines of the output.

Names and ids of speakers come first, then copies of articles, then clusters, which need the final ids. The statements
are read twice: their lines with final names wait in a file beside the spool's until the clusters are known, and most
of them need no more changes. Memory holds no more than one article's statements.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter

from onrecord.collection.clusters import Clusters
from onrecord.collection.near_duplicates import Duplicates
from onrecord.collection.people_file import NOBODY, People
from onrecord.collection.speakers import CollectionSpeakers
from onrecord.document import Statement
from onrecord.files.records import to_line
from onrecord.runs.spool import Spool
from onrecord.targets.coverage import Coverage, TargetCoverage


@dataclass(frozen=True, slots=True)
class Finished:
    """The final ``lines``, to be read once, and how many articles are ``duplicates`` of another.

    ``open_names`` and ``targets`` are those of `RunResult`.
    """

    lines: Iterator[str]
    duplicates: int
    open_names: dict[str, int]
    targets: dict[str, Coverage]


@contextmanager
def finishing(spool: Spool, people: People = NOBODY, skip_duplicates: bool = False) -> Iterator[Finished]:
    """The final lines of a spool, without those of articles that are copies of another if ``skip_duplicates``."""
    with spool.scratch() as database:
        speakers = CollectionSpeakers(database, people)
        targets = TargetCoverage()
        for statement in spool.statements():
            speakers.add(statement)
            targets.add(statement)
        speakers.finish()
        duplicates = Duplicates(database)
        duplicates.add_all(spool.signatures())
        duplicates.finish()

        def named_statements() -> Iterator[Statement]:
            for doc, of_one_article in groupby(spool.statements(), attrgetter("doc")):
                original = duplicates.original_of(doc)
                if original is not None and skip_duplicates:
                    continue
                named = [speakers.with_final_names(statement) for statement in of_one_article]
                if original is not None:
                    named = [replace(each, meta=replace(each.meta, duplicate_of=original)) for each in named]
                rows = [(each.id, to_line(each)) for each in named]
                database.execute_many("INSERT INTO named_line (id, line) VALUES (?, ?)", rows)
                yield from named

        database.create("CREATE TABLE named_line (place INTEGER PRIMARY KEY, id TEXT, line TEXT)")
        clusters = Clusters(database)
        clusters.add_all(named_statements())
        clusters.finish()

        def lines() -> Iterator[str]:
            for line, is_clustered in database.rows(
                "SELECT line, EXISTS (SELECT 1 FROM clustered WHERE statement = id) FROM named_line ORDER BY place"
            ):
                yield to_line(clusters.mark(Statement.from_json(line))) if is_clustered else line

        yield Finished(lines(), duplicates.count, speakers.open_names(), targets.counted())
