"""The exceptions that onrecord raises on purpose; everything else is a bug.

Each message says what is wrong, where, and what to do about it, on one line: the command line prints it
as it stands.
"""


class OnrecordError(Exception):
    """Base of every error that a user can cause and mend."""


class InputError(OnrecordError):
    """A path, file or article that cannot be read; ``stage`` is where it failed, as the file of errors says it."""

    stage = "reading"


class DecodingError(InputError):
    """Bytes that are no text: empty, binary, damaged, or in an unknown encoding."""

    stage = "decoding"


class NotEnglishError(InputError):
    """An article in another language, skipped rather than mangled."""

    stage = "language"


class OutputError(OnrecordError):
    """A place that cannot be written to."""


class SettingsError(OnrecordError):
    """Options that are invalid or do not go together."""


class WeightsError(OnrecordError):
    """Model weights that are missing, damaged or of another kind than asked for."""


class RecordError(OnrecordError):
    """A line of a statements file that does not follow the schema."""
