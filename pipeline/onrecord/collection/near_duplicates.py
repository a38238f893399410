"""Wire copy: which articles of a run are nearly one and the same.

An article's text becomes a *signature* when it is read, since the text is gone by the time that all articles are
known: the words are cut into shingles of `_SHINGLE` words, their hashes are dealt out to `_PLACES` places, and
each place keeps the least (MinHash with one permutation; Li, Owen, Zhang 2012). The share of places in which two
signatures agree is, but for chance, the share of shingles that two texts have in common of all that they have.
Articles that agree in a band of places are compared; what is decided depends on the set of articles alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Final, NamedTuple

from onrecord.document import Article
from onrecord.files.sqlite import OnScratch, Scratch
from onrecord.text.normalization import hash_words, plain_words

Signature = str
"""Hexadecimal digits, `_DIGITS` for each place; empty for a text of too few words to be told apart."""


class Signed(NamedTuple):
    """What is kept of an article's text; ``date`` as the article gives it."""

    doc: str
    date: str | None
    signature: Signature


_SHINGLE: Final = 4
_PLACES: Final = 128
_DIGITS: Final = 8
_FEWEST_WORDS: Final = 20

_BAND: Final = 4
"""Places to a band: articles that agree in 0.7 of the places share one of 32 bands, but for one pair in 6,500."""

_SAME: Final = 0.7
"""The share of places from which on two articles are one."""

_MET: Final = 16
"""How many others, at most, an article is compared with for one band."""

_SCHEMA: Final = """
CREATE TABLE signed (doc TEXT, date TEXT, signature TEXT);
CREATE TABLE article (number INTEGER PRIMARY KEY, doc TEXT, signature TEXT, original INT);
CREATE TABLE band (place INT, value TEXT, article INT);
CREATE TABLE pair (later INT, earlier INT);
"""


def sign(article: Article) -> Signed:
    """What is to be kept of an article, made when its text is at hand."""
    return Signed(article.doc, article.meta.date, signature_of(article.text))


def signature_of(text: str) -> Signature:
    """The signature of a text."""
    words = list(plain_words(text))
    if len(words) < _FEWEST_WORDS:
        return ""
    least: list[int | None] = [None] * _PLACES
    for start in range(len(words) - _SHINGLE + 1):
        value, place = divmod(hash_words(words[start : start + _SHINGLE]) & (1 << 63) - 1, _PLACES)
        value &= 0xFFFFFFFF
        before = least[place]
        if before is None or value < before:
            least[place] = value
    return "".join(f"{value:0{_DIGITS}x}" for value in _filled(least))


def _filled(least: Sequence[int | None]) -> list[int]:
    """A short text leaves places empty; each takes what the next one has, marked with how far that is."""
    filled: list[int] = []
    for place in range(_PLACES):
        steps = next(step for step in range(_PLACES) if least[(place + step) % _PLACES] is not None)
        filled.append(((least[(place + steps) % _PLACES] or 0) + steps * 0x9E3779B1) & 0xFFFFFFFF)
    return filled


def resemblance(one: Signature, other: Signature) -> float:
    """The share of places in which two signatures agree."""
    agree = sum(a == b for a, b in zip(_places(one), _places(other), strict=True))
    return agree / _PLACES


def _places(signature: Signature) -> list[str]:
    return [signature[start : start + _DIGITS] for start in range(0, len(signature), _DIGITS)]


class Duplicates(OnScratch):
    """The wire copy of a run. A context manager over an SQLite file, whose earlier content is dropped.

    Only articles with statements are added: one without has no line that another could be the copy of.
    """

    def __init__(self, path: Path | None = None) -> None:
        """``path`` None keeps it in a temporary file.

        Raises:
            OutputError: the file cannot be written; so do all methods.
        """
        self._tables = Scratch(path, _SCHEMA)
        self._is_found = False

    def add(self, article: Signed) -> None:
        """Takes in an article.

        Raises:
            RuntimeError: ``find`` has been called.
        """
        if self._is_found:
            raise RuntimeError("the duplicates are found already; add every article before find()")
        if article.signature:
            with self._tables.errors():
                self._tables.execute("INSERT INTO signed VALUES (?, ?, ?)", *article)

    def find(self) -> None:
        """Finds the copies. The original is the one with the earliest date, else the first by ``doc``."""
        with self._tables.errors():
            self._tables.execute(
                "INSERT INTO article (doc, signature) SELECT doc, signature FROM signed "
                "ORDER BY date IS NULL, date, doc"
            )
            self._tables.insert("INSERT INTO band VALUES (?, ?, ?)", self._bands())
            self._tables.insert("INSERT INTO pair VALUES (?, ?)", self._pairs())
            self._join()
            self._tables.execute("CREATE UNIQUE INDEX article_doc ON article (doc)")
        self._is_found = True

    @property
    def count(self) -> int:
        """How many articles are copies of another."""
        with self._tables.errors():
            found = self._tables.row("SELECT COUNT(original) FROM article")
        assert found is not None
        return int(found[0])

    def original_of(self, doc: str) -> str | None:
        """The ``doc`` of the article that this one is a copy of, which is no copy itself; None if it is none.

        Raises:
            RuntimeError: ``find`` has not been called.
        """
        if not self._is_found:
            raise RuntimeError("the duplicates are not found yet; call find() after the last add()")
        with self._tables.errors():
            found = self._tables.row(
                "SELECT first.doc FROM article JOIN article AS first ON first.number = article.original "
                "WHERE article.doc = ?",
                doc,
            )
        return str(found[0]) if found else None

    def _bands(self) -> Iterator[tuple[int, str, int]]:
        width = _BAND * _DIGITS
        for number, signature in self._tables.rows("SELECT number, signature FROM article ORDER BY number"):
            for place, start in enumerate(range(0, len(signature), width)):
                yield place, signature[start : start + width], number

    def _pairs(self) -> Iterator[tuple[int, int]]:
        rows = self._tables.rows("SELECT place, value, article FROM band ORDER BY place, value, article")
        for _, of_one_band in groupby(rows, key=itemgetter(0, 1)):
            earlier: list[int] = []
            for *_, article in of_one_band:
                for one in earlier:
                    yield article, one
                if len(earlier) < _MET:
                    earlier.append(article)

    def _join(self) -> None:
        rows = self._tables.rows("SELECT DISTINCT later, earlier FROM pair ORDER BY later, earlier")
        for later, candidates in groupby(rows, key=itemgetter(0)):
            signature, _ = self._article(later)
            for _, earlier in candidates:
                other, original = self._article(earlier)
                if original is None and resemblance(signature, other) >= _SAME:
                    self._tables.execute("UPDATE article SET original = ? WHERE number = ?", earlier, later)
                    break

    def _article(self, number: int) -> tuple[Signature, int | None]:
        found = self._tables.row("SELECT signature, original FROM article WHERE number = ?", number)
        assert found is not None
        return found[0], found[1]
