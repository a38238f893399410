"""The folder of a report: filled completely or not at all, without touching other files."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from onrecord.errors import OutputError

ASSETS: Final = ("report.css", "report.js")
SIGN: Final = '<meta name="generator" content="onrecord'
"""What identifies a page of a report, within its first `_HEAD` bytes."""

_PARTS: Final = ("index.html", "articles", "speakers", "stances", "words", "assets")
_FRESH: Final = ".onrecord-report"
_HEAD: Final = 1000


@contextmanager
def filling(folder: Path, force: bool) -> Iterator[Path]:
    """A folder to write the parts of a report into; they move to ``folder`` at the end, if nothing failed.

    Raises:
        OutputError: it cannot be written, or ``folder`` is not empty; with ``force`` it may hold an earlier report.
    """
    made = not folder.exists()
    earlier = _earlier_parts(folder, force)
    fresh = folder / _FRESH
    try:
        _drop(fresh)
        fresh.mkdir(parents=True)
        yield fresh
        for part in earlier:
            _drop(part)
        for name in _PARTS:
            if (fresh / name).exists():
                (fresh / name).rename(folder / name)
    except OSError as error:
        raise OutputError(
            f"{error.filename or folder}: cannot be written ({error.strerror}); choose another folder with -o"
        ) from error
    finally:
        with suppress(OSError):
            _drop(fresh)
            if made:
                folder.rmdir()


def _earlier_parts(folder: Path, force: bool) -> list[Path]:
    if not folder.exists():
        return []
    if not folder.is_dir():
        raise OutputError(f"{folder}: a file, not a folder; name a folder for the report")
    try:
        parts = [part for part in sorted(folder.iterdir()) if part.name != _FRESH]
        for part in parts:
            for file in [part, *sorted(part.rglob("*"))]:
                if part.name not in _PARTS or not _is_ours(file):
                    other = file.relative_to(folder)
                    raise OutputError(f"{folder}: holds {other}, which is not part of a report; name another folder")
    except OSError as error:
        raise OutputError(f"{folder}: cannot be read ({error.strerror}); choose another folder with -o") from error
    if parts and not force:
        raise OutputError(f"{folder}: already holds a report; name another folder, or replace the report with --force")
    return parts


def _is_ours(path: Path) -> bool:
    if path.is_symlink() or not path.is_file():
        return path.is_dir() and not path.is_symlink()
    if path.parent.name == "assets":
        return path.name in ASSETS
    with path.open("rb") as file:
        return SIGN.encode() in file.read(_HEAD)


def _drop(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    elif path.exists():
        path.unlink()
