"""What is known of an article besides its text: by the fields of its row, by its path, and by a file of the user's."""

from onrecord.reading.fields.names import META_FIELDS, NO_FIELDS, Fields, as_line, lookup

__all__ = ["META_FIELDS", "NO_FIELDS", "Fields", "as_line", "lookup"]
