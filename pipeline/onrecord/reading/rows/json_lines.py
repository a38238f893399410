"""JSON lines: an object in each line, whose position is the byte at which it starts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Any, Final

from onrecord.reading.archives import LastArchive, reason_of
from onrecord.reading.inputs import File
from onrecord.reading.rows.base import LONGEST_ROW, MOST_EMPTY, Found, identify, open_stream

_MOST_DIGITS: Final = 1000
_SHORTEST: Final = 8
"""Bytes of a line in which there is no room for a field with a text."""
_MOST_USELESS: Final = 10_000
"""Lines one after another that are not rows: those that follow will not be either, and each costs a message."""


def find(file: File, id_field: str | None, archives: LastArchive) -> Iterator[Found]:
    """The lines that are not empty. Without ``id_field`` they are not parsed."""
    with ExitStack() as stack:
        stream = open_stream(file, stack, archives)
        number = position = empty = useless = 0
        while line := stream.readline(LONGEST_ROW):
            number += 1
            length = len(line)
            problem = identity = None
            if length == LONGEST_ROW and not line.endswith(b"\n"):
                problem = f"a line of over {LONGEST_ROW / 1e6:.0f} MB, longer than any article; split it"
                while (more := stream.readline(1 << 20)) and not more.endswith(b"\n"):
                    length += len(more)
                length += len(more)
            is_empty = length < 100 and not line.strip(b" \t\r\n\xef\xbb\xbf")
            is_useless = not is_empty and (length <= _SHORTEST or not line.lstrip(b" \t\xef\xbb\xbf").startswith(b"{"))
            if not is_empty and problem is None and id_field is not None:
                try:
                    identity, problem = identify(parse(line), id_field)
                except ValueError as error:
                    problem = f"{reason_of(error)}; fix or remove the line"
            if not is_empty:
                yield Found(number, position, identity, problem)
            position += length
            empty += is_empty
            useless = useless + 1 if is_useless else useless if is_empty else 0
            if empty > MOST_EMPTY or useless > _MOST_USELESS:
                what = "empty lines" if empty > MOST_EMPTY else "lines one after another that are no JSON objects"
                most = MOST_EMPTY if empty > MOST_EMPTY else _MOST_USELESS
                yield Found(number, position, problem=f"over {most:,} {what}; the rest was not read")
                return


def first(file: File, archives: LastArchive) -> Mapping[str, Any]:
    """The first line that is an object; empty if there is none among the first."""
    with ExitStack() as stack:
        stream = open_stream(file, stack, archives)
        for _ in range(20):
            try:
                return parse(stream.readline(LONGEST_ROW))
            except ValueError:
                continue
    return {}


class Lines:
    """The lines of an open file."""

    def __init__(self, file: File, archives: LastArchive) -> None:
        with ExitStack() as stack:
            self._stream = open_stream(file, stack, archives)
            self._open = stack.pop_all()

    def read(self, position: int) -> dict[str, Any]:
        """See `base.Rows`."""
        self._stream.seek(position)
        return parse(self._stream.readline(LONGEST_ROW))

    def close(self) -> None:
        """Closes the file."""
        self._open.close()


def parse(line: bytes) -> dict[str, Any]:
    """The object in a line.

    Raises:
        ValueError: there is none, and why.
    """
    try:
        row = json.loads(line.decode("utf-8-sig"), parse_int=_integer)
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 at byte {error.start} of the line") from error
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    except ValueError as error:
        raise ValueError(f"not JSON: {error}") from error
    if not isinstance(row, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004
    return row


def _integer(digits: str) -> int | float:
    """A number; of very many digits, which Python refuses to read, no more than that it is one."""
    return int(digits) if len(digits) < _MOST_DIGITS else float(digits)
