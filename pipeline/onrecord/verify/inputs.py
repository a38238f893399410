"""Articles from paths, and statements from files, for what compares texts: one after another, faults reported."""

from __future__ import annotations

import os
from codecs import BOM_UTF8
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from onrecord.document import Article, Statement
from onrecord.errors import InputError, OnrecordError
from onrecord.files.records import check_text, read_statements
from onrecord.reading import ArticleReader, ReadSettings, find_inputs

OnFault = Callable[[str], None]
"""Called with one line for each article that cannot be read."""

_HEAD: Final = 200


def read_articles(
    paths: Sequence[Path],
    on_fault: OnFault,
    *,
    settings: ReadSettings | None = None,
    but: Collection[Path] = (),
    detect_language: bool = True,
) -> Iterator[Article]:
    """The articles that paths name, in any format that is read, without those of the files ``but``.

    Raises:
        InputError: a path does not exist, or a folder has nothing to read.
    """
    left_out = {os.path.realpath(path) for path in but}
    with ArticleReader(detect_language=detect_language) as reader:
        for item in find_inputs(list(paths), settings):
            if left_out and item.path is not None and os.path.realpath(item.path) in left_out:
                continue
            try:
                yield reader.read(item)
            except OnrecordError as error:
                on_fault(str(error))


def is_statements_file(path: Path) -> bool:
    """Whether a path is a file of statements, as ``onrecord extract`` writes it."""
    try:
        with path.open("rb") as file:
            return file.read(_HEAD).removeprefix(BOM_UTF8).lstrip().startswith(b'{"schema": "onrecord/')
    except OSError:
        return False


def statements_of(path: Path) -> dict[str, list[Statement]]:
    """The statements of a file by the name of their article.

    Raises:
        InputError, RecordError: the file cannot be read, or a line is not a statement.
    """
    found: defaultdict[str, list[Statement]] = defaultdict(list)
    for statement in read_statements(path):
        found[statement.doc].append(statement)
    return dict(found)


def matched(articles: Sequence[Article], statements: Mapping[str, list[Statement]]) -> list[list[Statement]]:
    """The statements of each article. A single article may have another name than it had when it was read.

    Raises:
        InputError: there are none of any of the articles.
        RecordError: an article is not the text that its statements were found in.
    """
    if len(articles) == len(statements) == 1:
        found = list(statements.values())
    else:
        found = [statements.get(article.doc, []) for article in articles]
    if articles and statements and not any(found):
        names = f"{next(iter(statements))!r}, not {articles[0].doc!r}"
        raise InputError(f"the statements are those of {names}; give the draft as `onrecord extract` was given it")
    for article, own in zip(articles, found, strict=True):
        for statement in own:
            check_text(statement, article)
    return found
