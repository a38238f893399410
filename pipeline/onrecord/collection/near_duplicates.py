"""Wire copy: which articles of a run are nearly the same.

An article becomes a *signature* when it is read, because its text is gone by the time all articles are known. The
words are cut into shingles of `_SHINGLE` words, their hashes are distributed over `_PLACES` places, and each place
keeps the least (MinHash with one permutation; Li, Owen, Zhang 2012). The share of places in which two signatures agree
estimates the share of shingles that two texts have in common out of all that they have. Articles that agree in a band
of places are compared. The result depends on the set of articles alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import eq, itemgetter
from typing import Final, NamedTuple

from onrecord.document import Article
from onrecord.files.sqlite import Database
from onrecord.text.normalization import hash_words, plain_words

Signature = str
"""Hexadecimal digits, `_DIGITS` for each place; empty if the text has too few words to compare."""


class Signed(NamedTuple):
    """The signature of an article; ``date`` as the article gives it."""

    doc: str
    date: str | None
    signature: Signature


_SHINGLE: Final = 4
_PLACES: Final = 128
_DIGITS: Final = 8
_FEWEST_WORDS: Final = 20

_BAND: Final = 4
"""Places of a band. Of articles that agree in 0.7 of their places, all but one pair in 6,500 share one of 32 bands."""

_SAME: Final = 0.7
"""The share of places from which two articles count as nearly the same."""

_COMPARED: Final = 16
"""Others of a band that an article is compared with, at most."""

_SCHEMA: Final = """
CREATE TABLE signed (doc TEXT PRIMARY KEY, date TEXT, signature TEXT);
CREATE TABLE article (number INTEGER PRIMARY KEY, doc TEXT, signature TEXT, original INT);
CREATE TABLE article_band (place INT, value TEXT, article INT);
CREATE TABLE article_pair (later INT, earlier INT)
"""


def sign(article: Article) -> Signed:
    """What is kept of an article; to be made while its text is at hand."""
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
    """The places; an empty one, of a short text, takes the value of the next one, changed by the distance to it."""
    filled: list[int] = []
    for place in range(_PLACES):
        steps = next(step for step in range(_PLACES) if least[(place + step) % _PLACES] is not None)
        filled.append(((least[(place + steps) % _PLACES] or 0) + steps * 0x9E3779B1) & 0xFFFFFFFF)
    return filled


def resemblance(first: Signature, second: Signature) -> float:
    """The share of places in which two signatures agree."""
    agree: int = sum(map(eq, _places(first), _places(second)))
    return agree / _PLACES


def _places(signature: Signature) -> memoryview:
    """The value of each place; only whether two are equal means anything."""
    return memoryview(bytes.fromhex(signature)).cast("I")


class Duplicates:
    """The wire copy of a run, in tables of a database.

    Only articles with statements are added: the others have no line that could be a copy.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._finished = False
        database.create(_SCHEMA)

    def add_all(self, articles: Iterable[Signed]) -> None:
        """Adds articles; of several with one ``doc``, the first.

        Raises:
            RuntimeError: ``finish`` has been called.
        """
        if self._finished:
            raise RuntimeError("the duplicates are finished; add every article before finish()")
        signed = (article for article in articles if article.signature)
        self._database.execute_many("INSERT OR IGNORE INTO signed VALUES (?, ?, ?)", signed)

    def finish(self) -> None:
        """Finds the copies. The original is the article with the earliest date, else the first by ``doc``."""
        self._database.execute(
            "INSERT INTO article (doc, signature) SELECT doc, signature FROM signed ORDER BY date IS NULL, date, doc"
        )
        self._database.execute_many("INSERT INTO article_band VALUES (?, ?, ?)", self._bands())
        self._database.execute_many("INSERT INTO article_pair VALUES (?, ?)", self._pairs())
        self._join()
        self._database.execute("CREATE UNIQUE INDEX article_doc ON article (doc)")
        self._finished = True

    @property
    def count(self) -> int:
        """How many articles are copies of another."""
        return int(self._database.value("SELECT COUNT(original) FROM article"))

    def original_of(self, doc: str) -> str | None:
        """The ``doc`` of the article that this one is a copy of, which is not a copy itself; None if it is original.

        Raises:
            RuntimeError: ``finish`` has not been called.
        """
        if not self._finished:
            raise RuntimeError("the duplicates are not finished; call finish() after the last article")
        found = self._database.row(
            "SELECT first.doc FROM article JOIN article AS first ON first.number = article.original "
            "WHERE article.doc = ?",
            doc,
        )
        return str(found[0]) if found else None

    def _bands(self) -> Iterator[tuple[int, str, int]]:
        width = _BAND * _DIGITS
        for number, signature in self._database.rows("SELECT number, signature FROM article ORDER BY number"):
            for place, start in enumerate(range(0, len(signature), width)):
                yield place, signature[start : start + width], number

    def _pairs(self) -> Iterator[tuple[int, int]]:
        rows = self._database.rows("SELECT place, value, article FROM article_band ORDER BY place, value, article")
        for _, of_one_band in groupby(rows, key=itemgetter(0, 1)):
            earlier: list[int] = []
            for *_, article in of_one_band:
                for other in earlier:
                    yield article, other
                if len(earlier) < _COMPARED:
                    earlier.append(article)

    def _join(self) -> None:
        rows = self._database.rows("SELECT DISTINCT later, earlier FROM article_pair ORDER BY later, earlier")
        for later, candidates in groupby(rows, key=itemgetter(0)):
            signature, _ = self._article(later)
            for _, earlier in candidates:
                other, original = self._article(earlier)
                if original is None and resemblance(signature, other) >= _SAME:
                    self._database.execute("UPDATE article SET original = ? WHERE number = ?", earlier, later)
                    break

    def _article(self, number: int) -> tuple[Signature, int | None]:
        ((signature, original),) = self._database.all(
            "SELECT signature, original FROM article WHERE number = ?", number
        )
        return signature, original
