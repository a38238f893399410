"""The steps over the whole collection: from the spooled statements of each article to the final ones.

Names and ids of speakers come first, then copies of articles, then clusters, which need the final ids. Each step reads
the spool once and keeps its tables in the spool's file; memory holds no more than one article's statements.
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
from onrecord.runs.spool import Spool


@dataclass(frozen=True, slots=True)
class Finished:
    """The final ``statements``, to be read once, and how many articles are ``duplicates`` of another."""

    statements: Iterator[Statement]
    duplicates: int


@contextmanager
def finishing(spool: Spool, people: People = NOBODY, skip_duplicates: bool = False) -> Iterator[Finished]:
    """The final statements of a spool, without those of articles that are copies of another if ``skip_duplicates``."""
    with spool.scratch() as database:
        speakers = CollectionSpeakers(database, people)
        for statement in spool.statements():
            speakers.add(statement)
        speakers.finish()
        duplicates = Duplicates(database)
        duplicates.add_all(spool.signatures())
        duplicates.finish()

        def statements() -> Iterator[Statement]:
            for doc, of_one_article in groupby(spool.statements(), attrgetter("doc")):
                original = duplicates.original_of(doc)
                if original is not None and skip_duplicates:
                    continue
                for statement in of_one_article:
                    named = speakers.with_final_names(statement)
                    if named.meta.duplicate_of != original:
                        named = replace(named, meta=replace(named.meta, duplicate_of=original))
                    yield named

        clusters = Clusters(database)
        clusters.add_all(statements())
        clusters.finish()
        yield Finished(map(clusters.mark, statements()), duplicates.count)
