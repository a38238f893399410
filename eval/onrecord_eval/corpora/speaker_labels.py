"""Our own labels of who is behind each source (``data/speakers``): offsets and names, never the text.

One JSON line for each article, see `standoff`; ``doc`` is a path below the folder of corpora::

    {"doc": "polnear/data/train/text/NAME.txt", "sha256": "…", "entities": [
        {"name": "Ada Lund", "kind": "person", "gender": "f", "aliases": ["Lund"], "role": [[0, 5]],
         "mentions": [[6, 14], [40, 43]]},
        {"name": null, "kind": "person", "description": [[60, 77]], "anonymous": true, "mentions": [[60, 77]]}],
     "statements": [{"content": [[48, 90]], "cue": [[44, 48]], "source": [[40, 43]],
                     "mention": "pronoun", "speakers": [0]}]}

``role``, ``description`` and ``reason`` (why a name is withheld) are spans; ``speakers`` are indices of ``entities``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from onrecord.document import Article, Gender, Spans, Speaker, Statement
from onrecord_eval.corpora.standoff import Record, mention_at, read_labelled_articles, spans_of, words_at
from onrecord_eval.metrics.speakers import MENTION_KINDS, MentionKind

_GENDERS: Final[dict[str | None, Gender]] = {"f": "feminine", "m": "masculine"}


@dataclass(frozen=True, slots=True)
class LabelledEntity:
    """Somebody in an article, as a speaker without an id, and all labelled mentions in order."""

    speaker: Speaker
    gender: str | None
    mentions: Spans


@dataclass(frozen=True, slots=True)
class LabelledSources:
    """An article whose statements have their speakers and, where they are labelled, acts; ``kinds`` are those of the
    source mentions, one for each statement.
    """

    article: Article
    entities: tuple[LabelledEntity, ...]
    statements: tuple[Statement, ...]
    kinds: tuple[MentionKind, ...]


def read_speaker_labels(labels: Path, corpora: Path) -> Iterator[LabelledSources]:
    """The labelled articles, joined to their texts below the folder ``corpora``.

    Raises:
        InputError: a line is not such a record, or an article is missing or another text than the one labelled.
    """
    return read_labelled_articles(labels, corpora, _complete, about="data/speakers")


def _complete(record: Record, article: Article, statements: tuple[Statement, ...]) -> LabelledSources:
    entities = tuple(_entity(article, entity) for entity in record["entities"])
    return LabelledSources(
        article,
        entities,
        tuple(
            replace(
                statement,
                speakers=tuple(entities[index].speaker for index in labelled["speakers"]),
                act=labelled.get("act"),
            )
            for statement, labelled in zip(statements, record["statements"], strict=True)
        ),
        tuple(_kind(labelled["mention"]) for labelled in record["statements"]),
    )


def _kind(name: str) -> MentionKind:
    return MENTION_KINDS[MENTION_KINDS.index(name)]  # ValueError for another


def _entity(article: Article, entity: Record) -> LabelledEntity:
    role, description = (words_at(article, entity.get(key)) for key in ("role", "description"))
    aliases = tuple(entity.get("aliases", ()))
    speaker = Speaker(
        entity["name"],
        kind=entity["kind"],
        role=role,
        description=description,
        aliases=aliases,
        gender=_GENDERS.get(entity.get("gender")),
        anonymous=entity.get("anonymous", False),
        reason=mention_at(article, entity.get("reason")),
    )
    return LabelledEntity(speaker, entity.get("gender"), spans_of(entity["mentions"]))
