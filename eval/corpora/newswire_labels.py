"""Our own labels of statements in English Worldwide Newswire articles (``data/newswire``): offsets, never the text.

One JSON line an article::

    {"doc": "dev/NAME.txt", "sha256": "…", "target": "…", "statements": [
        {"content": [[10, 40]], "cue": [[4, 8]], "source": [[0, 3]], "via": null, "stance": "neutral",
         "speakers": [{"name": "…", "kind": "person", "role": [[41, 60]], "aliases": ["…"]}]}]}

``doc`` is a path below the corpus's ``text`` folder and ``sha256`` the digest of that file, so that labels are never
laid over another text. Offsets are Unicode code points; ``role`` and a missing name's ``description`` are spans.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from onrecord.document import Article, Mention, Meta, Span, Spans, Speaker, Stance, Statement
from onrecord.errors import InputError
from onrecord.eval.corpora.polnear import AnnotatedArticle
from onrecord.quotation import form_of, quotation_states
from onrecord.segmentation import context_of, segment


def read_newswire_labels(labels: Path, texts: Path) -> Iterator[AnnotatedArticle]:
    """The labelled articles, joined to their texts below the folder ``texts``.

    Raises:
        InputError: a line is no such record, or an article is missing or another text than the one labelled.
    """
    for number, line in enumerate(labels.read_text(encoding="utf-8").splitlines(), 1):
        try:
            record = json.loads(line)
            article = labelled_article(record, texts)
            statements = tuple(_statements(record, article))
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"{labels}:{number}: not a labelled article ({error!r}); see data/newswire") from error
        yield AnnotatedArticle(article, {"settled": statements})


def labelled_article(record: dict[str, Any], texts: Path) -> Article:
    """The article of a record, from the file ``doc`` below ``texts``.

    Raises:
        InputError: there is no such file, or it is not the one with the record's ``sha256``.
    """
    path = texts / record["doc"]
    if not path.is_file():
        raise InputError(f"{path}: missing; the labels are for the articles of the corpus's `text` folder")
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != record["sha256"]:
        raise InputError(f"{path}: another text than the one labelled; docs/data.md names the version")
    return Article(record["doc"], data.decode("utf-8"), Meta(language="en", encoding="utf-8"))


def _statements(record: dict[str, Any], article: Article) -> Iterator[Statement]:
    segmentation = segment(article.text)
    states = quotation_states(article.text, segmentation.quotations)
    for number, labelled in enumerate(record["statements"], 1):
        content = spans_of(labelled["content"])
        cue, source = mention_at(article, labelled["cue"]), mention_at(article, labelled["source"])
        mentioned = tuple(span for mention in (cue, source) if mention for span in mention.spans)
        yield Statement(
            doc=article.doc,
            id=f"{article.doc}#{number}",
            text=article.slice(content),
            content=content,
            form=form_of(article.text, content, states),
            context=context_of(segmentation, content + mentioned),
            cue=cue,
            source=source,
            via=mention_at(article, labelled["via"]),
            speakers=tuple(_speaker(article, speaker) for speaker in labelled["speakers"]),
            stance=(Stance(record["target"], labelled["stance"]),),
            meta=article.meta,
        )


def spans_of(pairs: list[list[int]]) -> Spans:
    """Pairs of offsets as spans."""
    return tuple(Span(start, end) for start, end in pairs)


def mention_at(article: Article, pairs: list[list[int]] | None) -> Mention | None:
    """What stands at these offsets, None where there are none."""
    return Mention(article.slice(spans_of(pairs)), spans_of(pairs)) if pairs else None


def _speaker(article: Article, speaker: dict[str, Any]) -> Speaker:
    words = {key: article.slice(spans_of(speaker[key])) for key in ("role", "description") if speaker.get(key)}
    return Speaker(speaker["name"], kind=speaker["kind"], aliases=tuple(speaker.get("aliases", ())), **words)
