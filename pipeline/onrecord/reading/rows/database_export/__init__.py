"""Exports of news databases: one file of text with many articles, each between headers and index terms.

They are recognised by what is in them, never by a file's name, so that they are found in ``.txt`` files and in the
text of ``.docx``, ``.rtf`` and ``.pdf`` files alike (Nexis Uni's own download is ``.docx``). An article's text is its
body alone; its headers are its title, date and so on, as nobody says ``Load-Date: March 3``.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import IO, Final

from onrecord.errors import InputError
from onrecord.reading.encodings import LONGEST, decode
from onrecord.reading.rows.database_export import factiva, nexis, proquest

_VENDORS: Final = (nexis, factiva, proquest)
_ENOUGH: Final = 8_192
"""Characters that show what a file is: the headers of the first article, or the list of articles before it."""
_SAMPLE: Final = 8_000_000
"""Bytes in which the encoding is looked for; most exports are smaller, since databases give some hundred articles."""
_CHUNK: Final = 1 << 18
_MOST_BETWEEN: Final = 2 * LONGEST
"""Characters from one article to the next, with the list of articles before the first."""
_LONGEST_LINE: Final = LONGEST


def recognises(head: bytes) -> bool:
    """Whether a text file that begins with ``head`` is an export."""
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if head.startswith(mark):
            return looks_like(head.decode(encoding, "replace"))
    if head.count(0) > len(head) // 3:
        return looks_like(head.decode("utf-16-be" if head[:1] == b"\0" else "utf-16-le", "replace"))
    return looks_like(head.decode("utf-8", "replace"))


def looks_like(head: str) -> bool:
    """Whether a text that begins with ``head`` is an export of a database, and no article.

    >>> looks_like("1 of 2 DOCUMENTS\\n\\nEaston Echo\\n\\nMarch 2, 2026\\n\\nPort grows\\n\\nLENGTH: 87 words\\n")
    True
    >>> looks_like("Port grows\\n\\nThe council said on Monday that 2 of 3 documents were lost.\\n")
    False
    """
    lines = [line.strip() for line in head[:_ENOUGH].lstrip("\ufeff").splitlines()]
    return any(vendor.recognises(lines) for vendor in _VENDORS)


def articles_of(text: str, where: str) -> Iterator[Mapping[str, object] | InputError]:
    """The articles in the text of an export, in its order, as rows with ``text``, ``title``, ``date`` and so on.

    Args:
        text: as decoded, or as found in a document of another kind.
        where: the file's name, at the beginning of messages.
    """
    return _articles(iter(text.lstrip("\ufeff").splitlines()), where)


def rows(stream: IO[bytes], where: str) -> Iterator[Mapping[str, object] | InputError]:
    """The articles in an exported text file; see ``articles_of``. Memory does not grow with the file."""
    try:
        yield from _articles(_lines(stream, where), where)
    except InputError as error:
        yield error
    except UnicodeDecodeError as error:
        yield InputError(f"{where}: not {error.encoding} from some place on; save it as UTF-8")


def _articles(lines: Iterator[str], where: str) -> Iterator[Mapping[str, object] | InputError]:
    head: list[str] = []
    size = 0
    for line in lines:
        head.append(line)
        size += len(line) + 1
        if size >= _ENOUGH:
            break
    stripped = [line.strip() for line in head]
    vendor = next((vendor for vendor in _VENDORS if vendor.recognises(stripped)), None)
    if vendor is None:
        yield InputError(f"{where}: not an export of Nexis, Factiva or ProQuest; save it as text")
        return
    number = 0
    bounded = _Bounded(chain(head, lines), where)
    for number, row in enumerate(vendor.articles(bounded), start=1):
        bounded.since = 0
        if isinstance(row, str):
            yield InputError(f"{where}: article {number}: {row}")
        else:
            yield {name: value for name, value in row.items() if value is not None}
    if not number:
        yield InputError(f"{where}: no articles in this export; leave it out")


class _Bounded:
    """Lines, as long as there are not too many characters before the next article; ``since`` counts them."""

    def __init__(self, lines: Iterator[str], where: str) -> None:
        self._lines = lines
        self._where = where
        self.since = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.since += len(line) + 1
        if self.since > _MOST_BETWEEN:
            raise InputError(f"{self._where}: an article of over {LONGEST // 1_000_000} million characters; split it")
        return line


def _lines(stream: IO[bytes], where: str) -> Iterator[str]:
    """The lines of the file without their ends.

    Raises:
        InputError: it is not text, or a line is longer than any article.
        UnicodeDecodeError: its encoding changes far into the file.
    """
    data = stream.read(_SAMPLE)
    # A last character may be cut; where lines end, none is.
    whole = data[: data.rfind(b"\n") + 1] if len(data) == _SAMPLE else data
    sample = whole[: 4 * LONGEST] or data
    _, encoding = decode(sample[: _most(sample)], where)
    decoder = codecs.getincrementaldecoder(encoding)()
    rest = ""
    while data:
        rest += decoder.decode(data)
        parts = rest.split("\n")
        rest = parts.pop()
        yield from (line.rstrip("\r") for line in parts)
        if len(rest) > _LONGEST_LINE:
            raise InputError(f"{where}: a line of over {_LONGEST_LINE // 1_000_000} million characters; split it")
        data = stream.read(_CHUNK)
    if rest := rest + decoder.decode(b"", final=True):
        yield from rest.splitlines()


def _most(sample: bytes) -> int:
    """How much of the sample can be decoded as one text, to the end of a line."""
    if len(sample) <= LONGEST:
        return len(sample)
    end = sample.rfind(b"\n", 0, LONGEST)
    return LONGEST - LONGEST % 4 if end < 0 or b"\0" in sample[:100] else end + 1
