"""JSON that is not in lines: a list of articles, also below a key as in an API's answer, or a single article.

Values are parsed one after another as the file is read, so that memory does not grow with it. A broken one is a fault;
the next that begins like those before it is read.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from typing import IO, Any, Final

from onrecord.errors import DecodingError, InputError
from onrecord.reading.archives import reason_of
from onrecord.reading.encodings import decode
from onrecord.reading.fields.names import Fields
from onrecord.reading.rows.base import LONGEST_ROW

_CHUNK: Final = 1 << 16
_DEEPEST: Final = 4
"""Objects within each other in which a list of articles is looked for."""
_SPACE: Final = re.compile(r"[ \t\r\n]*")
_MARGIN: Final = 20
"""Characters at the end of what has been read where an error may be owing to what has not."""
_KEY: Final = re.compile(r'\{\s*("(?:[^"\\]|\\.){0,200}")\s*:')

Row = Mapping[str, object]


def rows(stream: IO[bytes], where: str) -> Iterator[Row | InputError]:
    """The objects in a list, whether it is the whole file or below a key; several values one after another, too.

    Args:
        stream: need not be seekable; memory does not grow with it.
        where: the file's name, at the beginning of messages.
    """
    try:
        text = _Text(stream, where)
    except InputError as error:
        yield error
        return
    number = 0
    try:
        while text.peek():
            for row in _values(text, where):
                number += 1
                yield row if not isinstance(row, str) else InputError(f"{where}: item {number}: {row}")
    except ValueError as error:
        yield InputError(f"{where}: {reason_of(error)}, after item {number}; the rest was not read, repair the file")
    except RecursionError:
        yield InputError(f"{where}: nested too deeply, after item {number}; the rest was not read, repair the file")


def _values(text: _Text, where: str) -> Iterator[Row | str]:
    """The articles of the next value in the file; for one that is broken, what is wrong with it."""
    start = text.peek()
    if start == "[":
        yield from _list(text)
        return
    if start != "{":
        text.value()
        yield "not a JSON object"
        return
    try:
        whole = text.value()
    except _TooLongError:
        yield from _object(text, _DEEPEST)
        return
    found = None if _has_text(whole) else _longest_list(whole, _DEEPEST)
    if found is None:
        yield whole
    else:
        yield from (_unwrapped(row) if isinstance(row, dict) else "not a JSON object" for row in found)


def _has_text(row: Mapping[str, Any]) -> bool:
    name = Fields().guessed(row).text
    return name is not None and isinstance(Fields(name).of(row, "text"), str)


def _longest_list(value: Mapping[str, Any], depth: int) -> list[Any] | None:
    """The longest list of objects in an object, or in one in it."""
    best: list[Any] | None = None
    for inner in value.values() if depth else ():
        found = None
        if isinstance(inner, list) and any(isinstance(item, dict) for item in inner):
            found = inner
        elif isinstance(inner, dict):
            found = _longest_list(inner, depth - 1)
        if found is not None and (best is None or len(found) > len(best)):
            best = found
    return best


def _list(text: _Text) -> Iterator[Row | str]:
    """The items of a list that begins here."""
    text.skip("[")
    first_key = None
    while (start := text.peek()) != "]":
        if not start:
            raise ValueError("the list does not end; the file is cut off")
        if first_key is None and start == "{":
            first_key = text.first_key()
        try:
            value = text.value()
        except ValueError as error:
            yield reason_of(error)
            if not text.find_next(first_key):
                raise ValueError("no further item could be made out") from error
            continue
        yield _unwrapped(value) if isinstance(value, dict) else "not a JSON object"
        if text.peek() == ",":
            text.skip(",")
        elif text.peek() not in {"", "]"}:
            raise ValueError("no comma between two items")
    text.skip("]")


def _unwrapped(row: dict[str, Any]) -> dict[str, Any]:
    """A row of a search engine's answer without its envelope."""
    inner = row.get("_source")
    return inner if isinstance(inner, dict) else row


def _object(text: _Text, depth: int) -> Iterator[Row | str]:
    """The items of the lists of objects in an object that is too long to be parsed as a whole."""
    text.skip("{")
    while (start := text.peek()) != "}":
        if not start:
            raise ValueError("the file is cut off")
        text.value()
        text.skip(":")
        start = text.peek()
        if start == "[":
            yield from _list(text)
        elif start == "{" and depth:
            yield from _object(text, depth - 1)
        else:
            text.value()
        if text.peek() == ",":
            text.skip(",")
    text.skip("}")


class _TooLongError(ValueError):
    """A value longer than any article; nothing of it has been consumed."""


class _Text:
    """The text of a stream, of which a part is in memory."""

    def __init__(self, stream: IO[bytes], where: str) -> None:
        """
        Raises:
            InputError: it is binary.
        """
        self._stream = stream
        self._decode_json = json.JSONDecoder().raw_decode
        head = stream.read(_CHUNK)
        encoding = "utf-8"
        if head.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in head:
            try:
                encoding = decode(head[: len(head) & ~3], where)[1]
            except DecodingError:
                if b"\0" in head:
                    raise
        self._decoder = codecs.getincrementaldecoder(encoding)("surrogateescape" if "8" in encoding else "replace")
        self._is_whole = False
        self._text = ""
        self._at = 0
        self._take(head)
        self._text = self._text.removeprefix("\ufeff")

    def _take(self, data: bytes) -> None:
        self._is_whole = not data
        self._text = self._text[self._at :] + self._decoder.decode(data, final=not data)
        self._at = 0

    def peek(self) -> str:
        """The next character that is not a space; empty at the end."""
        while True:
            match = _SPACE.match(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._text) or self._is_whole:
                return self._text[self._at : self._at + 1]
            self._take(self._stream.read(_CHUNK))

    def skip(self, character: str) -> None:
        """Goes past a character.

        Raises:
            ValueError: another one is there.
        """
        if self.peek() != character:
            raise ValueError(f"not JSON: no {character!r} where there should be one")
        self._at += 1

    def first_key(self) -> str | None:
        """The first key of the object that begins here, in quotation marks."""
        while len(self._text) - self._at < 1000 and not self._is_whole:
            self._take(self._stream.read(_CHUNK))
        match = _KEY.match(self._text, self._at)
        return match[1] if match else None

    def value(self) -> Any:
        """The value that begins here.

        Raises:
            ValueError: there is none; nothing has been consumed.
        """
        self.peek()
        while True:
            try:
                value, end = self._decode_json(self._text, self._at)
            except json.JSONDecodeError as error:
                is_at_end = error.pos > len(self._text) - _MARGIN or error.msg.startswith("Unterminated string")
                if self._is_whole or not is_at_end:
                    raise ValueError(f"not JSON: {error.msg}") from error
            else:
                if end < len(self._text) or self._is_whole:  # a number may go on
                    self._at = end
                    return value
            size = len(self._text) - self._at
            if size > LONGEST_ROW:
                raise _TooLongError(f"over {LONGEST_ROW / 1e6:.0f} MB, longer than any article")
            self._take(self._stream.read(max(_CHUNK, size)))  # twice as much: the time stays linear

    def find_next(self, key: str | None) -> bool:
        """Goes to where the next item begins that has ``key`` first; false if there is none."""
        if key is None:
            return False
        start = re.compile(r"\}\s*,\s*(?=\{\s*" + re.escape(key) + r"\s*:)")
        while True:
            if (match := start.search(self._text, self._at + 1)) is not None:
                self._at = match.end()
                return True
            if self._is_whole:
                return False
            self._at = max(self._at, len(self._text) - 1000)
            self._take(self._stream.read(1 << 20))
