"""The exceptions that onrecord raises on purpose; any other exception is a bug.

Each message says what is wrong, where, and what to do about it, on one line: the command line prints it
unchanged.
"""

from __future__ import annotations

from collections.abc import Sequence

from onrecord_models.errors import OnrecordError, OutputError, SettingsError, WeightsError

__all__ = [
    "DecodingError",
    "InputError",
    "NotEnglishError",
    "OnrecordError",
    "OutputError",
    "RecordError",
    "SettingsError",
    "Stopped",
    "WeightsError",
    "expected",
]


class InputError(OnrecordError):
    """A path, file or article that cannot be read; ``stage`` is where it failed, as in the error file."""

    stage = "reading"


class DecodingError(InputError):
    """Bytes that are not text: empty, binary, damaged, or in an unknown encoding."""

    stage = "decoding"


class NotEnglishError(InputError):
    """An article in another language than English."""

    stage = "language"


class RecordError(OnrecordError):
    """A line or dictionary that does not follow the schema of statements."""


class Stopped(KeyboardInterrupt):
    """Ctrl-C, or a signal like it, stopped the work; the message says what is kept. ``signal`` is its number."""

    def __init__(self, message: str, signal: int = 2) -> None:
        super().__init__(message)
        self.signal = signal


def expected(given: str, choices: Sequence[str]) -> str:
    """The end of a message about a choice that does not exist: the choices, and the one that was probably meant.

    >>> expected("parket", ("csv", "parquet"))
    "expected csv or parquet; did you mean 'parquet'?"
    """
    from difflib import get_close_matches

    listed = " or ".join(filter(None, (", ".join(choices[:-1]), choices[-1])))
    meant = get_close_matches(given.lower(), choices, 1)
    return f"expected {listed}" + (f"; did you mean {meant[0]!r}?" if meant else "")
