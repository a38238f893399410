"""Labels of our own over texts that are others': offsets, and the digest of the file that was labelled.

One JSON line an article, with ``doc``, its path below a folder of texts, ``sha256``, the digest of that file, so that
labels are never laid over another text, and in most files ``statements``, each with spans for ``content``, ``cue`` and
``source``. Where the text is our own, it is in the line as ``text``, and there is no digest. Offsets are Unicode code
points. What else there is, is the file's own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from onrecord.document import Article, Mention, Meta, Span, Spans, Statement
from onrecord.errors import InputError
from onrecord.text.quotations import quotation_states
from onrecord.text.segmentation import segment
from onrecord.text.statements import build_mention, build_statement
from onrecord_eval.corpora.polnear import AnnotatedArticle

Record = dict[str, Any]
Complete = Callable[[Record, Record, Statement, Article], Statement]
"""Adds to a statement what the article's record and the statement's own say besides its spans."""

Labelled = TypeVar("Labelled")


def read_standoff(labels: Path, texts: Path, complete: Complete, by: str, about: str) -> Iterator[AnnotatedArticle]:
    """The labelled articles, joined to their texts below the folder ``texts``, as annotated by ``by``.

    Raises:
        InputError: as `read_labelled_articles` does.
    """

    def annotated(record: Record, article: Article, statements: tuple[Statement, ...]) -> AnnotatedArticle:
        own = zip(record["statements"], statements, strict=True)
        completed = tuple(complete(record, labelled, statement, article) for labelled, statement in own)
        return AnnotatedArticle(article, {by: completed})

    return read_labelled_articles(labels, texts, annotated, about)


def read_labelled_articles(
    labels: Path, texts: Path, complete: Callable[[Record, Article, tuple[Statement, ...]], Labelled], about: str
) -> Iterator[Labelled]:
    """What ``complete`` makes of each record, its article below the folder ``texts`` and its bare statements.

    Raises:
        InputError: a line is not such a record (``about`` says where these are described), or an article is missing or
            differs from the text that was labelled.
    """
    for number, line in enumerate(labels.read_text(encoding="utf-8").splitlines(), 1):
        try:
            record = json.loads(line)
            article = _article(record, texts)
            found = complete(record, article, tuple(_statements(record, article)))
        except (IndexError, KeyError, TypeError, ValueError) as error:
            raise InputError(f"{labels}:{number}: not a labelled article ({error!r}); see {about}") from error
        yield found


def spans_of(pairs: list[list[int]]) -> Spans:
    """Pairs of offsets as spans."""
    return tuple(Span(start, end) for start, end in pairs)


def words_at(article: Article, pairs: list[list[int]] | None) -> str | None:
    """The words at these offsets; None if there are none."""
    return article.slice(spans_of(pairs)) if pairs else None


def mention_at(article: Article, pairs: list[list[int]] | None) -> Mention | None:
    """The mention at these offsets; None if there are none."""
    return build_mention(article, spans_of(pairs or []))


def _article(record: Record, texts: Path) -> Article:
    if "text" in record:
        return Article(record["doc"], record["text"], Meta(language="en"))
    path = texts / record["doc"]
    if not path.is_file():
        raise InputError(f"{path}: missing; give the folder of texts from which the labels name their articles")
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != record["sha256"]:
        raise InputError(f"{path}: not the text that was labelled; docs/data.md in the repository names the version")
    return Article(record["doc"], data.decode("utf-8"), Meta(language="en", encoding="utf-8"))


def _statements(record: Record, article: Article) -> Iterator[Statement]:
    segmentation = segment(article.text)
    states = quotation_states(article.text, segmentation.quotations)
    for number, labelled in enumerate(record.get("statements", ()), 1):
        content = spans_of(labelled["content"])
        cue, source = mention_at(article, labelled["cue"]), mention_at(article, labelled["source"])
        identifier = f"{article.doc}#{number}"
        yield build_statement(
            article, segmentation, content, identifier=identifier, states=states, cue=cue, source=source
        )
