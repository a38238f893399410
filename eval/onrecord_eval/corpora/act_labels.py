"""Our own labels of what kind of act a statement reports (``data/acts``): offsets and labels, never the text.

One JSON line for each article, see `standoff`; ``act`` is one of ``ACTS``, or ``none`` for what is no statement
although annotators marked it::

    {"doc": "polnear/data/train/text/NAME.txt", "sha256": "…", "statements": [
        {"content": [[48, 90]], "cue": [[44, 48]], "source": [[40, 43]], "act": "expressed"}]}
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from onrecord.document import Article, Spans, Statement
from onrecord.errors import InputError
from onrecord_eval.corpora.polnear import AnnotatedArticle
from onrecord_eval.corpora.standoff import Record, read_labelled_articles, spans_of
from onrecord_models.labels import ACTS, Act

NO_STATEMENT: Final = "none"


@dataclass(frozen=True, slots=True)
class ActLabels:
    """The acts of one article's statements by their content, None for what is no statement.

    ``stem`` is the name of the article's file, without the ending.
    """

    stem: str
    acts: dict[Spans, Act | None]

    def apply(self, statements: Iterable[Statement]) -> Iterator[Statement]:
        """The statements with their acts where they are labelled, without those that are labelled as none."""
        for statement in statements:
            act = self.acts.get(statement.content, statement.act)
            if act or statement.content not in self.acts:
                yield replace(statement, act=act)


def read_act_labels(path: Path) -> Iterator[ActLabels]:
    """The labels of each article.

    Raises:
        InputError: a line is not such a record.
    """
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            record = json.loads(line)
            acts = {spans_of(each["content"]): _act(each["act"]) for each in record["statements"]}
            yield ActLabels(Path(record["doc"]).stem, acts)
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"{path}:{number}: not labels of acts ({error!r}); see data/acts") from error


def _act(name: str) -> Act | None:
    return None if name == NO_STATEMENT else ACTS[ACTS.index(name)]  # ValueError for another


@dataclass(frozen=True, slots=True)
class ActArticle:
    """An article and those of its statements whose acts are labelled; one without an act is no statement."""

    article: Article
    statements: tuple[Statement, ...]


def read_act_articles(path: Path, corpora: Path) -> Iterator[ActArticle]:
    """The labelled articles, joined to their texts below the folder ``corpora``.

    Raises:
        InputError: a line is not such a record, or an article is missing or another text than the one labelled.
    """

    def complete(record: Record, article: Article, statements: tuple[Statement, ...]) -> ActArticle:
        acts = [_act(each["act"]) for each in record["statements"]]
        return ActArticle(article, tuple(map(_with_act, statements, acts)))

    return read_labelled_articles(path, corpora, complete, about="data/acts")


def _with_act(statement: Statement, act: Act | None) -> Statement:
    return replace(statement, act=act)


def with_acts(articles: Iterable[AnnotatedArticle], labels: Iterable[ActLabels]) -> list[AnnotatedArticle]:
    """The articles with what ``labels`` say of their statements; articles are told apart by their file's name."""
    known = {each.stem: each for each in labels}
    return [
        AnnotatedArticle(
            article.article,
            {by: tuple(found.apply(statements)) for by, statements in article.annotations.items()},
        )
        if (found := known.get(Path(article.article.doc).stem))
        else article
        for article in articles
    ]
