"""The collection-wide steps: from the spooled statements of each article to those of the collection.

Names and ids of speakers, wire copy, and clusters, in this order: a cluster's speakers need their final ids. Each
step reads the spool once; nothing but SQLite's pages and one article's statements is in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter

from onrecord.collection.clusters import Clusters
from onrecord.collection.near_duplicates import Duplicates
from onrecord.collection.people_file import People
from onrecord.collection.speakers import Collection
from onrecord.document import Statement
from onrecord.runs.spool import Spool


@dataclass(frozen=True, slots=True)
class Finished:
    """The final ``statements``, to be read once, and how many articles are ``duplicates`` of another."""

    statements: Iterator[Statement]
    duplicates: int


@contextmanager
def finishing(spool: Spool, people: People, skip_duplicates: bool = False) -> Iterator[Finished]:
    """What all articles of a spool say together. Copies of other articles are left out if ``skip_duplicates``.

    Raises:
        OutputError: the spool's folder cannot be written to.
    """
    for left in spool.folder.glob("*.sqlite*"):  # by a run that was killed
        left.unlink()
    with (
        Collection(spool.folder / "collection.sqlite", people) as collection,
        Duplicates(spool.folder / "duplicates.sqlite") as duplicates,
        Clusters(spool.folder / "clusters.sqlite") as clusters,
    ):
        for _, of_one_article in groupby(spool.statements(), attrgetter("doc")):
            collection.add(of_one_article)
        collection.resolve()
        for signed in spool.signatures():
            duplicates.add(signed)
        duplicates.find()

        def statements() -> Iterator[Statement]:
            for doc, of_one_article in groupby(spool.statements(), attrgetter("doc")):
                original = duplicates.original_of(doc)
                if original is not None and skip_duplicates:
                    continue
                for statement in of_one_article:
                    meta = replace(statement.meta, duplicate_of=original)
                    yield replace(collection.rename(statement), meta=meta)

        for statement in statements():
            clusters.add(statement)
        clusters.find()
        yield Finished(map(clusters.mark, statements()), duplicates.count)
