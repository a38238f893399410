"""Our own labels of statements in English Worldwide Newswire articles (``data/newswire``): offsets, never the text.

One JSON line an article, see `laid_over`; ``doc`` is a path below the corpus's ``text`` folder::

    {"doc": "dev/NAME.txt", "sha256": "…", "target": "…", "statements": [
        {"content": [[10, 40]], "cue": [[4, 8]], "source": [[0, 3]], "via": null, "stance": "neutral",
         "speakers": [{"name": "…", "kind": "person", "role": [[41, 60]], "aliases": ["…"]}]}]}

``role`` and a missing name's ``description`` are spans.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from onrecord.document import Article, Speaker, Stance, Statement
from onrecord_eval.corpora.polnear import AnnotatedArticle
from onrecord_eval.corpora.standoff import Record, mention_at, read_standoff, words_at


def read_newswire_labels(labels: Path, texts: Path) -> Iterator[AnnotatedArticle]:
    """The labelled articles, joined to their texts below the folder ``texts``.

    Raises:
        InputError: a line is not such a record, or an article is missing or differs from the text that was labelled.
    """
    return read_standoff(labels, texts, _complete, by="agreed", about="data/newswire")


def _complete(record: Record, labelled: Record, statement: Statement, article: Article) -> Statement:
    return replace(
        statement,
        via=mention_at(article, labelled["via"]),
        speakers=tuple(_speaker(article, speaker) for speaker in labelled["speakers"]),
        stance=(Stance(record["target"], labelled["stance"]),),
    )


def _speaker(article: Article, speaker: Record) -> Speaker:
    role, description = (words_at(article, speaker.get(key)) for key in ("role", "description"))
    aliases = tuple(speaker.get("aliases", ()))
    return Speaker(speaker["name"], kind=speaker["kind"], role=role, description=description, aliases=aliases)
