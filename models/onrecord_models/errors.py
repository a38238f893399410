"""The exceptions that models raise on purpose. Each message says on one line what is wrong, where, and what to do."""


class OnrecordError(Exception):
    """Base of every error that a user can cause and fix."""


class OutputError(OnrecordError):
    """A place that cannot be written to."""


class SettingsError(OnrecordError):
    """Options that are invalid or do not go together."""


class WeightsError(OnrecordError):
    """Model weights that are missing, damaged or of another kind than asked for."""
