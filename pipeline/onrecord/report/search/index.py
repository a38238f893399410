"""The data of the search: what filters need in one file; the statements' words and the index of words in parts.

Files are named ``<part>.js``: ``collection`` has articles, speakers and stances, ``t<number>`` the records of so many
statements, and ``w-<shard>`` the statements that each word of a shard is in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import groupby, pairwise
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, Self

from onrecord.files.records import json_line
from onrecord.files.sqlite import Database
from onrecord.report.output_folder import SIGN
from onrecord.report.search.entries import Entry
from onrecord.report.search.words import shard_of
from onrecord.report.views import ArticleView

RECORDS: Final = 200
"""Records in a file."""
_POSTINGS: Final = 500_000
"""Pairs of a word and a statement that are held in memory, at most."""
_SMALL: Final = 36**2
"""Most numbers are smaller, and looked up."""
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"


class SearchIndex:
    """Takes articles with their statements in the order in which they will be shown, and writes the files.

    It holds a line for each article and speaker and a few bytes for each statement in memory; what is more is written
    at once or goes to a temporary file. A context manager.
    """

    def __init__(self, folder: Path, targets: Sequence[str]) -> None:
        """Makes the folder.

        Raises:
            OSError, OutputError: it, or a temporary file, cannot be made.
        """
        folder.mkdir(parents=True)
        self._folder = folder
        self._targets = targets
        self._database = Database()
        self._database.create("CREATE TABLE posting (shard TEXT, word TEXT, chunk INT, ids TEXT)")
        self._articles: list[list[Any]] = []
        self._outlets: dict[str, int] = {}
        self._numbers: dict[tuple[str | None, str], int] = {}
        self._speakers: list[tuple[str, str, str]] = []
        self._forms: list[str] = []
        self._acts: list[str] = []
        self._sure: list[str] = []
        self._stances: list[list[str]] = [[] for _ in targets]
        self._said: list[str] = []
        self._repeats: list[str] = []
        self._records: list[str] = []
        self._postings: defaultdict[str, list[int]] = defaultdict(list)
        self._held = self._chunks = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def number_of(self, name: str, role: str | None, page: str | None) -> int:
        """The number of a speaker, the next one for a new speaker; those with a page are known by it."""
        key = (page, "" if page else name)
        if key not in self._numbers:
            self._numbers[key] = len(self._speakers)
            self._speakers.append((name, role or "", page or ""))
        return self._numbers[key]

    def add(self, article: ArticleView, entries: Sequence[Entry], repeats: Iterable[bool]) -> None:
        """Adds an article; ``repeats`` says which of its statements are not shown, as a copy repeats them.

        Raises:
            OSError, OutputError: a file cannot be written.
        """
        outlet = -1 if article.outlet is None else self._outlets.setdefault(article.outlet, len(self._outlets))
        date = article.day or article.date or ""
        row = [article.page, article.title, outlet, date, int(bool(article.day)), article.link or "", len(entries)]
        self._articles.append(row)
        for entry, repeated in zip(entries, repeats, strict=True):
            number = len(self._forms)
            for word in entry.words:
                self._postings[word].append(number)
            self._held += len(entry.words)
            self._forms.append(entry.form)
            self._acts.append(entry.act)
            self._sure.append(entry.sure)
            for target, letters in zip(self._targets, self._stances, strict=True):
                letters.append(entry.stances.get(target, "-"))
            numbers = [self.number_of(*speaker) for speaker in entry.speakers]
            self._said.append("+".join(_base36(number) for number in dict.fromkeys(numbers)))
            self._repeats.append("1" if repeated else "0")
            self._records.append(entry.record)
            if len(self._records) == RECORDS:
                self._write_records()
        if self._held > _POSTINGS:
            self._put_aside()

    def finish(self) -> None:
        """Writes what is left, the index of words, and what filters need.

        Raises:
            OSError, OutputError: a file cannot be written.
        """
        self._write_records()
        self._put_aside()
        shards = []
        rows = self._database.rows("SELECT shard, word, ids FROM posting ORDER BY shard, word, chunk")
        for shard, of_shard in groupby(rows, itemgetter(0)):
            lines = []
            for word, chunks in groupby(of_shard, itemgetter(1)):
                numbers = [int(number) for *_, ids in chunks for number in ids.split()]
                lines.append(f"{json_line(word)}:{json_line(_deltas(numbers))}")
            self._write(f"w-{shard}", f"{{{','.join(lines)}}}")
            shards.append(shard)
        collection = {
            "targets": list(self._targets),
            "outlets": list(self._outlets),
            "articles": self._articles,
            "speakers": self._speakers,
            "forms": "".join(self._forms),
            "acts": "".join(self._acts),
            "sure": "".join(self._sure),
            "stances": ["".join(letters) for letters in self._stances],
            "said": " ".join(self._said),
            "repeats": "".join(self._repeats) if "1" in self._repeats else "",
            "shards": shards,
            "records": RECORDS,
        }
        self._write("collection", json_line(collection))

    def _write_records(self) -> None:
        if self._records:
            number = (len(self._forms) - 1) // RECORDS
            self._write(f"t{number}", f"[{','.join(self._records)}]")
            self._records = []

    def _put_aside(self) -> None:
        """Moves the pairs of words and statements that are in memory to the temporary file."""
        self._database.execute_many(
            "INSERT INTO posting VALUES (?, ?, ?, ?)",
            (
                (shard_of(word), word, self._chunks, " ".join(map(str, numbers)))
                for word, numbers in self._postings.items()
            ),
        )
        self._postings.clear()
        self._held = 0
        self._chunks += 1

    def _write(self, part: str, value: str) -> None:
        script = f'// {SIGN}">\nonrecord.data["{part}"] = {value};\n'
        (self._folder / f"{part}.js").write_bytes(script.encode("utf-8"))


def _deltas(numbers: Sequence[int]) -> str:
    """The first number, and the distance of each other one from that before it, in base 36."""
    return " ".join(map(_base36, [*numbers[:1], *(other - number for number, other in pairwise(numbers))]))


def _base36(number: int) -> str:
    return _small()[number] if number < _SMALL else _digits(number)


@cache
def _small() -> list[str]:
    return [_digits(number) for number in range(_SMALL)]


def _digits(number: int) -> str:
    digits = ""
    while number >= 36:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return _DIGITS[number] + digits
