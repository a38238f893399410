"""Reads articles one after another from the places that `discovery` found."""

from __future__ import annotations

import sys
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from onrecord.document import Article, Meta
from onrecord.errors import DecodingError, InputError
from onrecord.reading.archives import DAMAGE, Archive
from onrecord.reading.encodings import LONGEST, decode
from onrecord.reading.html import declared_encoding, read_page
from onrecord.reading.inputs import File, Input
from onrecord.reading.language import check_english
from onrecord.reading.rows import Rows, open_rows, row_article

_MOST_BYTES: Final = 4 * LONGEST
"""Bytes of a text or page: in no encoding does a character take more than four."""


class ArticleReader:
    """A context manager. The last file with many articles stays open, so that reading can continue there."""

    def __init__(self) -> None:
        self._archive: Archive | None = None
        self._rows: Rows | None = None
        self._rows_file: File | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close_rows()
        self._close_archive()

    def read(self, item: Input) -> Article:
        """Reads, decodes and checks one article.

        Raises:
            InputError: it cannot be read, is empty or is not text.
            NotEnglishError: it is in another language.
        """
        if item.fault is not None:
            raise InputError(item.fault)
        return check_english(self._row(item) if item.position is not None else self._whole(item), item.where)

    def _whole(self, item: Input) -> Article:
        try:
            data = self._bytes(item.file)
        except DAMAGE as error:
            reason = getattr(error, "strerror", None) or str(error).splitlines()[:1] or "it ends too early"
            first = reason if isinstance(reason, str) else reason[0]
            raise InputError(f"{item.where}: cannot be read ({first}); check the file") from error
        if len(data) > _MOST_BYTES:
            raise DecodingError(
                f"{item.where}: over {_MOST_BYTES // 1_000_000} MB, longer than any article; split it into articles"
            )
        if item.file.format == "html":
            page, encoding = decode(data, item.where, declared_encoding(data))
            return Article(item.doc, *read_page(page, item.where, encoding))
        text, encoding = decode(data, item.where)
        return Article(item.doc, text, Meta(encoding=encoding))

    def _row(self, item: Input) -> Article:
        assert item.position is not None
        try:
            if self._rows is None or self._rows_file is not item.file:
                self._close_rows()
                self._rows, self._rows_file = open_rows(item.file), item.file
            row = self._rows.read(item.position)
        except DAMAGE as error:
            if not isinstance(error, ValueError):  # after which the file can be read on
                self._close_rows()
            reason = getattr(error, "strerror", None) or str(error) or "it ends too early"
            raise InputError(
                f"{item.where}: cannot be read ({reason.splitlines()[0][:200]}); repair the row"
            ) from error
        return row_article(row, item.doc, item.where, item.file.text_field)

    def _bytes(self, file: File) -> bytes:
        """The file's bytes, or one more than an article may have."""
        if file.path is None:
            return sys.stdin.buffer.read(_MOST_BYTES + 1)
        if file.member is None:
            with file.path.open("rb") as stream:
                return stream.read(_MOST_BYTES + 1)
        with self._opened(file.path).open(file.member) as stream:
            return _exactly(stream, file.member.size)

    def _opened(self, path: Path) -> Archive:
        if self._archive is None or self._archive.path != path:
            self._close_archive()
            self._archive = Archive(path)
        return self._archive

    def _close_archive(self) -> None:
        if self._archive is not None:
            self._archive.close()
            self._archive = None

    def _close_rows(self) -> None:
        if self._rows is not None:
            self._rows.close()
            self._rows = self._rows_file = None


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(_MOST_BYTES + 1)
    if len(data) < min(size, _MOST_BYTES + 1):
        raise EOFError("it ends too early")
    return data


def read_article(item: Input) -> Article:
    """Reads one article by itself; see ``ArticleReader.read``."""
    with ArticleReader() as reader:
        return reader.read(item)
