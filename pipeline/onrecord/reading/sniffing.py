"""The first bytes of files, which tell what a name does not; and whether a file is our own output."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, Final

from onrecord.files.kept_texts import is_kept_texts
from onrecord.reading.archives import LastArchive
from onrecord.reading.compression import unpack
from onrecord.reading.formats import HEAD
from onrecord.reading.inputs import File

OUR_OUTPUT: Final = "our own output"
_OUR_BYTES: Final = re.compile(
    rb"""\s*\{"schema":\s*"onrecord/ | \s*\{"path":\s*".*?"stage":\s*"\w+",\s*"message":\s*" |
    \s*\{\s*"versions":\s*\{\s*"onrecord":\s*" | .{0,500}<meta\ name="generator"\ content="onrecord""",
    re.S | re.X,
)
"""How statements, the errors and the record of a run, and the pages of a report begin."""
_OUR_FIELDS: Final = frozenset({"doc", "id", "text", "form", "confidence"})
"""Fields that statements have in every format of rows that they are exported to."""


def head_of(file: File, archives: LastArchive) -> bytes:
    """The first bytes of a file on disk or in an archive, unpacked.

    Raises:
        InputError, or one of `DAMAGE`: they cannot be read.
    """
    assert file.path is not None
    with file.path.open("rb") if file.member is None else archives.of(file.path).open(file.member) as stream:
        return _unpacked(stream, file)


def _unpacked(stream: IO[bytes], file: File) -> bytes:
    if file.compression is None:
        return stream.read(HEAD)
    with unpack(stream, file.compression, file.packed) as unpacked:
        return unpacked.read(HEAD)


def is_our_output(head: bytes) -> bool:
    """Whether a file that begins with ``head`` is what a run, or the report, wrote."""
    return _OUR_BYTES.match(head) is not None


def is_our_export(row: Mapping[str, Any]) -> bool:
    """Whether a row is a statement in an export."""
    return row.keys() >= _OUR_FIELDS


def is_our_file(path: Path) -> bool:
    """Whether a file whose ending is none of a format's is our own: the texts that a run keeps."""
    try:
        return path.name.endswith(".sqlite") and is_kept_texts(path)
    except OSError:
        return False
