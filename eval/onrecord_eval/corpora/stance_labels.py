"""Our own labels of stances towards several targets an article (``data/stance``): offsets, never the text.

One JSON line an article, see `laid_over`; ``doc`` is a path below the folder of corpora::

    {"doc": "polnear/data/train/text/NAME.txt", "sha256": "…", "targets": ["the port", "closing the port"],
     "statements": [{"content": [[10, 40]], "cue": [[4, 8]], "source": [[0, 3]], "stance": ["neutral", null]}]}

``stance`` has one label for each target, null where the labeller could not tell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from onrecord.document import Article, Speaker, Stance, Statement
from onrecord_eval.corpora.polnear import AnnotatedArticle
from onrecord_eval.corpora.standoff import Record, read_standoff
from onrecord_eval.metrics.statements import SIDES

_NOBODY = frozenset(["he", "she", "they", "it", "i", "we", "you", "who", "which", "that", "this"])
"""Sources that do not say who speaks."""


def read_stance_labels(labels: Path, corpora: Path) -> Iterator[AnnotatedArticle]:
    """The labelled articles, joined to their texts below the folder ``corpora``.

    A statement's speaker is called what its source is called, and nobody where that is a pronoun.

    Raises:
        InputError: a line is not such a record, or an article is missing or differs from the text that was labelled.
    """
    return read_standoff(labels, corpora, _complete, by="labels", about="data/stance")


def _complete(record: Record, labelled: Record, statement: Statement, article: Article) -> Statement:
    stances = dict(zip(record["targets"], labelled["stance"], strict=True))
    if unknown := set(stances.values()) - {*SIDES, None}:
        raise ValueError(f"unknown stance {unknown.pop()}")
    source = statement.source
    named = source if source and source.text.casefold() not in _NOBODY else None
    return replace(
        statement,
        speakers=(Speaker(named.text),) if named else (),
        stance=tuple(Stance(target, label) for target, label in stances.items() if label is not None),
    )
