"""Our own labels of stances towards several targets an article (``data/stance``): offsets, never the text.

One JSON line an article::

    {"doc": "polnear/data/train/text/NAME.txt", "sha256": "…", "targets": ["the port", "closing the port"],
     "statements": [{"content": [[10, 40]], "cue": [[4, 8]], "source": [[0, 3]], "stance": ["neutral", null]}]}

``doc`` is a path below the folder of corpora and ``sha256`` the digest of that file, so that labels are never laid
over another text. Offsets are Unicode code points. ``stance`` has one label for each target, null where the labeller
could not tell.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from onrecord.document import Article, Speaker, Stance, Statement
from onrecord.errors import InputError
from onrecord.eval.corpora.newswire_labels import labelled_article, mention_at, spans_of
from onrecord.eval.corpora.polnear import AnnotatedArticle
from onrecord.quotation import form_of, quotation_states
from onrecord.segmentation import context_of, segment

_STANCES = frozenset(["support", "oppose", "neutral"])
_PRONOUNS = frozenset(["he", "she", "they", "it", "i", "we", "you", "who", "which", "that", "this"])


def read_stance_labels(labels: Path, corpora: Path) -> Iterator[AnnotatedArticle]:
    """The labelled articles, joined to their texts below the folder ``corpora``.

    A statement's speaker is called what its source is called, and nobody where that is a pronoun.

    Raises:
        InputError: a line is no such record, or an article is missing or another text than the one labelled.
    """
    for number, line in enumerate(labels.read_text(encoding="utf-8").splitlines(), 1):
        try:
            record = json.loads(line)
            article = labelled_article(record, corpora)
            statements = tuple(_statements(record, article))
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"{labels}:{number}: not an article with stances ({error!r}); see data/stance") from error
        yield AnnotatedArticle(article, {"labels": statements})


def _statements(record: dict[str, Any], article: Article) -> Iterator[Statement]:
    segmentation = segment(article.text)
    states = quotation_states(article.text, segmentation.quotations)
    targets: list[str] = record["targets"]
    for number, labelled in enumerate(record["statements"], 1):
        content = spans_of(labelled["content"])
        cue, source = mention_at(article, labelled["cue"]), mention_at(article, labelled["source"])
        mentioned = tuple(span for mention in (cue, source) if mention for span in mention.spans)
        stances = dict(zip(targets, labelled["stance"], strict=True))
        if unknown := {label for label in stances.values() if label is not None} - _STANCES:
            raise ValueError(f"unknown stance {unknown.pop()}")
        called = source.text if source and source.text.casefold() not in _PRONOUNS else None
        yield Statement(
            doc=article.doc,
            id=f"{article.doc}#{number}",
            text=article.slice(content),
            content=content,
            form=form_of(article.text, content, states),
            context=context_of(segmentation, content + mentioned),
            cue=cue,
            source=source,
            via=None,
            speakers=(Speaker(called),) if called else (),
            stance=tuple(Stance(target, label) for target, label in stances.items() if label is not None),
            meta=article.meta,
        )
