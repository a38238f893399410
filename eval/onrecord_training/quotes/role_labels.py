"""Our own labels of what articles say named people are (``data/roles``): offsets, never the text.

One JSON line for each article, see `onrecord_eval.corpora.standoff`; ``doc`` is a path below the folder of corpora::

    {"doc": "polnear/data/train/text/NAME.txt", "sha256": "…", "roles": [{"name": [6, 14], "role": [0, 5]}]}
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from onrecord.document import Article, Span, Statement
from onrecord_eval.corpora.standoff import Record, read_labelled_articles


@dataclass(frozen=True, slots=True)
class LabelledRoles:
    """An article with the places of people's names and of the phrases beside them that say what they are."""

    article: Article
    roles: tuple[tuple[Span, Span], ...]
    """Name and phrase, in the order of the names."""


def read_role_labels(labels: Path, corpora: Path) -> Iterator[LabelledRoles]:
    """The labelled articles, joined to their texts below the folder ``corpora``.

    Raises:
        InputError: a line is not such a record, or an article is missing or another text than the one labelled.
    """
    return read_labelled_articles(labels, corpora, _complete, about="data/roles")


def _complete(record: Record, article: Article, _: tuple[Statement, ...]) -> LabelledRoles:
    pairs = ((Span(*each["name"]), Span(*each["role"])) for each in record["roles"])
    return LabelledRoles(article, tuple(sorted(pairs)))
