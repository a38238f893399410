"""The versions of articles that two paths hold, article by article: texts in any format, or files of statements."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from onrecord.errors import OnrecordError
from onrecord.files.article_texts import ArticleTexts
from onrecord.reading import ArticleReader, Input, find_inputs
from onrecord.verify.inputs import OnFault, is_statements_file, statements_of
from onrecord.verify.verifier import FindStatements
from onrecord.versions.changes import Changes, Version, find_changes


class Edition(Protocol):
    """All articles of one path."""

    @property
    def docs(self) -> list[str]: ...

    def version(self, doc: str) -> Version: ...


class Texts:
    """The articles of a file, folder or archive; statements are found when an article is asked for."""

    def __init__(self, path: Path, find_statements: FindStatements) -> None:
        self._inputs: dict[str, Input] = {}
        for item in find_inputs([path]):
            self._inputs.setdefault(item.doc, item)
        self._reader = ArticleReader()  # a file of many articles stays open from one to the next
        self._find = find_statements

    @property
    def docs(self) -> list[str]:
        """Their names."""
        return list(self._inputs)

    def version(self, doc: str) -> Version:
        """One of them; raises an OnrecordError if it cannot be read."""
        article = self._reader.read(self._inputs[doc])
        (statements,) = self._find([article])
        return Version(doc, statements, article.text)


class Statements:
    """The articles of a file of statements, with the texts that were kept beside it."""

    def __init__(self, path: Path) -> None:
        self._statements = statements_of(path)
        self._texts = ArticleTexts(path)

    @property
    def docs(self) -> list[str]:
        """Their names."""
        return list(self._statements)

    def version(self, doc: str) -> Version:
        """One of them."""
        statements = self._statements[doc]
        return Version(doc, statements, self._texts.find(statements[0]))


def open_edition(path: Path, find_statements: FindStatements) -> Edition:
    """The articles of a path.

    Raises:
        InputError, RecordError: there is nothing to read, or a line is not a statement.
    """
    return Statements(path) if is_statements_file(path) else Texts(path, find_statements)


def compare_editions(old: Edition, new: Edition, on_fault: OnFault) -> Iterator[Changes]:
    """The changes of each article that has any, or that only one edition has; a single article needs no common name."""
    docs = {doc: doc for doc in new.docs}
    if len(old.docs) == len(docs) == 1:
        docs = {old.docs[0]: new.docs[0]}
    for doc in old.docs:
        if doc not in docs:
            yield Changes(doc, None)
            continue
        try:
            yield find_changes(old.version(doc), new.version(docs[doc]))
        except OnrecordError as error:
            on_fault(str(error))
    known = set(old.docs)
    yield from (Changes(None, after) for before, after in docs.items() if before not in known)
