"""The texts that a run keeps beside its output: one SQLite file, ``out.texts.sqlite`` for ``out.jsonl``.

It has the text in which the offsets of an article's statements count wherever that is not simply what the article's
file holds: of web pages, rows, archives and documents. A text is found by the article's name, whatever that is, and is
never a path. The table is ``article (doc TEXT, text BLOB)``; a text is UTF-8, compressed with zlib.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from onrecord.errors import InputError
from onrecord.files.atomic import fresh_path, put_in_place
from onrecord.files.companions import companion
from onrecord.files.sqlite import Database

_MAGIC: Final = b"SQLite format 3\0"
_APPLICATION: Final = 0x6F6E7278
"""What SQLite's header has at `_APPLICATION_AT` in our files: ``onrx``."""
_APPLICATION_AT: Final = 68
_LONGEST: Final = 32_000_000
"""Bytes of a text, at most: a damaged or hostile file must not fill the memory."""
_LEVEL: Final = 6
_SCHEMA: Final = "CREATE TABLE article (doc TEXT NOT NULL UNIQUE ON CONFLICT IGNORE, text BLOB NOT NULL)"


def texts_path(statements: Path) -> Path:
    """The place of the texts that belong to a statements file."""
    return companion(statements, "texts.sqlite")


def packed(text: str) -> bytes:
    """A text as it is stored."""
    return zlib.compress(text.encode("utf-8", "surrogatepass"), _LEVEL)


def unpacked(data: bytes) -> str:
    """The text that is stored as ``data``.

    Raises:
        ValueError: it is damaged, or longer than an article can be.
    """
    stream = zlib.decompressobj()
    try:
        text = stream.decompress(data, _LONGEST)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if not stream.eof:
        raise ValueError("too long or cut off")
    return text.decode("utf-8", "surrogatepass")


def is_kept_texts(path: Path) -> bool:
    """Whether a file is one that `write_kept_texts` made.

    Raises:
        OSError: it cannot be read.
    """
    if not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.read(_APPLICATION_AT + 4)
    return head.startswith(_MAGIC) and head[_APPLICATION_AT:] == _APPLICATION.to_bytes(4, "big")


def write_kept_texts(path: Path, texts: Iterable[tuple[str, bytes]], advice: str) -> int:
    """Writes articles' names and packed texts, of equal names the first, in place of ``path``, and counts them.

    The file's bytes depend on nothing but the texts. No file is left where there are none.

    Raises:
        OSError, OutputError: it cannot be written; ``advice`` is the end of the message.
    """
    fresh = fresh_path(path)
    fresh.unlink(missing_ok=True)
    try:
        with Database(fresh, advice, durable=False) as database:
            database.create(_SCHEMA)
            database.execute_many("INSERT INTO article (doc, text) VALUES (?, ?)", texts)
            database.execute(f"PRAGMA application_id = {_APPLICATION}")
            count = int(database.value("SELECT COUNT(*) FROM article"))
            database.commit()
        if count:
            put_in_place(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)
    return count


class KeptTexts:
    """The texts of such a file, which may come from strangers.

    >>> KeptTexts(None).find("a.html") is None
    True
    """

    def __init__(self, path: Path | None) -> None:
        """Opens the file; None stands for one without texts.

        Raises:
            InputError: it cannot be read, or is not such a file.
        """
        self._path = path
        self._connection: sqlite3.Connection | None = None
        if path is None:
            return
        try:
            if not is_kept_texts(path):
                raise InputError(f"{path}: not a file of texts as `onrecord extract` keeps them; name another one")
        except OSError as error:
            raise InputError(f"{path}: cannot be read ({error.strerror}); check the path") from error
        with self._reading():
            address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
            self._connection = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
            self._connection.execute("PRAGMA trusted_schema = OFF")

    def __bool__(self) -> bool:
        """Whether there is a file."""
        return self._connection is not None

    def find(self, doc: str) -> str | None:
        """The text of an article; None if it was not kept.

        Raises:
            InputError: the file is damaged.
        """
        if self._connection is None:
            return None
        with self._reading():
            name = doc.encode("utf-8", "replace").decode("utf-8")
            row = self._connection.execute("SELECT text FROM article WHERE doc = ?", (name,)).fetchone()
            if row is None:
                return None
            return unpacked(row[0] if isinstance(row[0], bytes) else b"")

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, ValueError) as error:
            raise InputError(
                f"{self._path}: damaged ({error}); delete it and extract again, or name the articles with --articles"
            ) from error
