"""Our own labels of stances towards several targets an article (``data/stance``): offsets, never the text.

One JSON line an article, see `laid_over`; ``doc`` is a path below the folder of corpora::

    {"doc": "polnear/data/train/text/NAME.txt", "sha256": "…", "targets": ["the port", "closing the port"],
     "statements": [{"content": [[10, 40]], "cue": [[4, 8]], "source": [[0, 3]], "stance": ["neutral", null]}]}

``stance`` has one label for each target, null where the labeller could not tell or two labellers differed. ``shown``,
if it is there, says how each stance shows: ``said``, ``implied``, or of a neutral one ``about`` or ``not about`` the
target. data/world, data/invented and data/forms have ``entities`` and each statement's ``speakers``, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from onrecord.document import Article, Speaker, Stance, Statement
from onrecord_eval.corpora.polnear import AnnotatedArticle
from onrecord_eval.corpora.standoff import Record, read_standoff
from onrecord_eval.metrics.statements import SIDES

_ABOUT = {"said": 1.0, "implied": 1.0, "about": 1.0, "not about": 0.0}
"""Whether a statement is about the target, by how its stance shows."""

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
    shown = labelled.get("shown") or [None] * len(stances)
    return replace(
        statement,
        speakers=_speakers(record, labelled, statement),
        stance=tuple(
            Stance(target, label, about=_ABOUT.get(how))
            for (target, label), how in zip(stances.items(), shown, strict=True)
            if label is not None
        ),
    )


def _speakers(record: Record, labelled: Record, statement: Statement) -> tuple[Speaker, ...]:
    """Those that are labelled, numbered; else what the source is called, nobody if that is a pronoun."""
    if "entities" in record:
        named = (record["entities"][index]["name"] for index in labelled["speakers"])
        return tuple(Speaker(name, id=f"E{index}") for index, name in zip(labelled["speakers"], named, strict=True))
    source = statement.source
    return (Speaker(source.text),) if source and source.text.casefold() not in _NOBODY else ()
