"""The exceptions that onrecord raises on purpose; everything else is a bug.

Each message says what is wrong, where, and what to do about it, on one line: the command line prints it
as it stands.
"""

from __future__ import annotations

from onrecord_models.errors import OnrecordError, OutputError, SettingsError, WeightsError

__all__ = [
    "DecodingError",
    "InputError",
    "NotEnglishError",
    "OnrecordError",
    "OutputError",
    "RecordError",
    "SettingsError",
    "WeightsError",
]


class InputError(OnrecordError):
    """A path, file or article that cannot be read; ``stage`` is where it failed, as the file of errors says it."""

    stage = "reading"


class DecodingError(InputError):
    """Bytes that are not text: empty, binary, damaged, or in an unknown encoding."""

    stage = "decoding"


class NotEnglishError(InputError):
    """An article in another language, skipped rather than mangled."""

    stage = "language"


class RecordError(OnrecordError):
    """A line or dictionary that does not follow the schema of statements."""
