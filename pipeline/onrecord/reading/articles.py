"""Reads articles one after another from the places that `discovery` found."""

from __future__ import annotations

import sys
from dataclasses import replace
from types import TracebackType
from typing import IO, Final, Self

from onrecord.document import Article, Meta
from onrecord.errors import DecodingError, InputError
from onrecord.reading.archives import DAMAGE, LastArchive, reason_of
from onrecord.reading.compression import unpack
from onrecord.reading.documents.html import declared_encoding, read_page
from onrecord.reading.encodings import LONGEST, decode
from onrecord.reading.fields import META_FIELDS
from onrecord.reading.fields.headlines import headline
from onrecord.reading.fields.rows import row_article
from onrecord.reading.formats import BY_NAME, HEAD, HTML, TEXT, choose
from onrecord.reading.inputs import File, Input, Member
from onrecord.reading.language import check_english
from onrecord.reading.markup import is_markup, read_markup
from onrecord.reading.rows import Rows, open_rows

_MOST_BYTES: Final = 4 * LONGEST
"""Bytes of a text or page: in no encoding does a character take more than four."""
_MOST_WITH_PICTURES: Final = 5 * _MOST_BYTES
_WITH_PICTURES: Final = frozenset({"docx", "mhtml", "pdf", "rtf"})


class ArticleReader:
    """A context manager. The last file with many articles stays open, so that reading can continue there."""

    def __init__(self, *, detect_language: bool = True) -> None:
        """Without ``detect_language`` all articles are taken to be English, which is ten times as fast."""
        self._detect_language = detect_language
        self._archives = LastArchive()
        self._rows: Rows | None = None
        self._rows_file: File | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close_rows()
        self._archives.close()

    def read(self, item: Input) -> Article:
        """Reads, decodes and checks one article.

        Raises:
            InputError: it cannot be read, is empty or is not text.
            NotEnglishError: it is in another language.
        """
        if item.fault is not None:
            raise InputError(item.fault)
        article = self._row(item) if item.position is not None else self._whole(item)
        if item.known is not None:
            said = {name: value for name in META_FIELDS if (value := getattr(item.known, name))}
            article = replace(article, meta=replace(article.meta, **said))
        return check_english(article, item.where, detect=self._detect_language)

    def _whole(self, item: Input) -> Article:
        try:
            data = self._bytes(item.file)
        except DAMAGE as error:
            raise InputError(f"{item.where}: cannot be read ({reason_of(error)}); check the file") from error
        except InputError as error:  # it is a bomb
            raise InputError(f"{item.where}: {error}") from error
        if len(data) > (most := _most_bytes(item.file)):
            raise DecodingError(
                f"{item.where}: over {most // 1_000_000} MB, longer than any article; split it into articles"
            )
        kind = BY_NAME[item.file.format]
        if kind is TEXT:
            # What was recognised when it was found is read already; standard input is seen here first.
            kind = choose("", data[:HEAD]) or TEXT
            if kind.many:
                named = kind.suffixes[0] if kind.suffixes else ".txt"
                raise InputError(
                    f"{item.where}: many articles ({kind.name}), not one; give them as a file named *{named}"
                )
        if kind is HTML:
            page, encoding = decode(data, item.where, declared_encoding(data))
            if "<" in page:
                return Article(item.doc, *read_page(page, item.where, encoding))
        elif kind is not TEXT:
            text, meta = kind.read(data, item.where)
            return Article(item.doc, text, meta)
        text, encoding = decode(data, item.where)
        if is_markup(text):
            return Article(item.doc, *read_markup(text, item.where, encoding))
        return Article(item.doc, text, Meta(title=headline(text), encoding=encoding))

    def _row(self, item: Input) -> Article:
        assert item.position is not None
        try:
            if self._rows is None or self._rows_file != item.file:  # another process has a copy of it
                self._close_rows()
                self._rows, self._rows_file = open_rows(item.file, self._archives), item.file
            row = self._rows.read(item.position)
        except DAMAGE as error:
            if not isinstance(error, ValueError):  # after which the file can be read on
                self._close_rows()
            raise InputError(f"{item.where}: cannot be read ({reason_of(error)}); repair the row") from error
        return row_article(row, item.doc, item.where, item.file.fields, BY_NAME[item.file.format].page_first)

    def _bytes(self, file: File) -> bytes:
        """The file's bytes, or one more than an article may have."""
        if file.path is None:
            if sys.stdin is None:
                raise InputError("closed; name files, or give it something to read")
            return sys.stdin.buffer.read(_MOST_BYTES + 1)
        most = _most_bytes(file)
        with file.path.open("rb") if file.member is None else self._opened(file, file.member) as stream:
            if file.compression is not None:
                with unpack(stream, file.compression, file.packed) as unpacked:
                    return unpacked.read(most + 1)
            return stream.read(most + 1) if file.member is None else _exactly(stream, file.member.size, most)

    def _opened(self, file: File, member: Member) -> IO[bytes]:
        assert file.path is not None
        if self._rows_file is not None and self._rows_file.member is not None and self._rows_file.path != file.path:
            self._close_rows()  # their archive is closed when this one is opened
        return self._archives.of(file.path).open(member)

    def _close_rows(self) -> None:
        if self._rows is not None:
            self._rows.close()
            self._rows = self._rows_file = None


def _most_bytes(file: File) -> int:
    return _MOST_WITH_PICTURES if file.format in _WITH_PICTURES else _MOST_BYTES


def _exactly(stream: IO[bytes], size: int, most: int) -> bytes:
    data = stream.read(most + 1)
    if len(data) < min(size, most + 1):
        raise EOFError("it ends too early")
    return data


def read_article(item: Input) -> Article:
    """Reads one article by itself; see ``ArticleReader.read``."""
    with ArticleReader() as reader:
        return reader.read(item)
