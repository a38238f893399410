"""The folder of a report: filled completely or not at all, without touching other files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from onrecord.errors import OutputError
from onrecord.files.atomic import replacing_folder

ASSETS: Final = (
    "report.css",
    "saving.js",
    "dates.js",
    "report.js",
    "lists.js",
    "collection.js",
    "search.js",
    "compare.js",
)
SIGN: Final = '<meta name="generator" content="onrecord'
"""What identifies a page of a report, within its first `_HEAD` bytes."""

_PARTS: Final = ("index.html", "articles", "speakers", "stances", "words", "search", "assets")
_FRESH: Final = (".onrecord-new", ".onrecord-report")
"""What a report that was killed may have left."""
_HEAD: Final = 1000


@contextmanager
def filling(folder: Path, force: bool) -> Iterator[Path]:
    """A folder to write the parts of a report into; it takes the place of ``folder`` at the end, if nothing failed.

    Raises:
        OutputError: it cannot be written, or ``folder`` is not empty; with ``force`` it may hold an earlier report.
    """
    _check(folder, force)
    try:
        with replacing_folder(folder) as fresh:
            yield fresh
            _check(folder, force)  # somebody may have put a file there meanwhile
    except OSError as error:
        raise OutputError(
            f"{error.filename or folder}: cannot be written ({error.strerror or error}); choose another folder with -o"
        ) from error


def _check(folder: Path, force: bool) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise OutputError(f"{folder}: a file, not a folder; name a folder for the report")
    try:
        parts = [part for part in sorted(folder.iterdir()) if part.name not in _FRESH]
        for part in parts:
            for file in [part, *sorted(part.rglob("*"))]:
                if part.name not in _PARTS or not _is_ours(file):
                    other = file.relative_to(folder)
                    raise OutputError(f"{folder}: holds {other}, which is not part of a report; name another folder")
    except OSError as error:
        raise OutputError(f"{folder}: cannot be read ({error.strerror}); choose another folder with -o") from error
    if parts and not force:
        raise OutputError(f"{folder}: already holds a report; name another folder, or replace the report with --force")


def _is_ours(path: Path) -> bool:
    if path.is_symlink() or not path.is_file():
        return path.is_dir() and not path.is_symlink()
    if path.parent.name == "assets":
        return path.name in ASSETS
    with path.open("rb") as file:
        return SIGN.encode() in file.read(_HEAD)
