"""Files and folders that are complete or absent, even after a kill, a full disk or a power cut as they are written."""

from __future__ import annotations

import ctypes
import hashlib
import io
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final, TextIO

_LONGEST_NAME: Final = 240
"""Bytes of a name that leave room for what is put around it; 255 is the usual limit."""
_SWAP: Final = 2
"""``RENAME_EXCHANGE`` of Linux and ``RENAME_SWAP`` of macOS."""
_HERE: Final = -100
"""``AT_FDCWD`` of Linux: paths count from the current folder."""


@contextmanager
def replacing(path: Path, *, encoding: str = "utf-8", newline: str = "\n", durable: bool = True) -> Iterator[TextIO]:
    """A text file that replaces ``path`` once all of it is on the disk.

    If anything fails before that, ``path`` stays as it was and no other file is left behind. What is no regular file,
    such as ``/dev/stdout``, is written as it is. ``durable`` waits for the disk, without which a power cut may leave an
    empty file.

    Raises:
        OSError: it cannot be written; its ``filename`` is set.
    """
    with replacing_bytes(path, durable=durable) as raw:
        file = io.TextIOWrapper(raw, encoding=encoding, newline=newline)
        yield file
        file.flush()
        file.detach()


@contextmanager
def replacing_bytes(path: Path, *, durable: bool = True) -> Iterator[BinaryIO]:
    """The same for bytes."""
    with naming(path):
        if path.exists() and not path.is_file():
            with path.open("wb") as file:
                yield file
            return
        fresh = fresh_path(path)
        try:
            with fresh.open("wb") as file:
                yield file
            put_in_place(fresh, path, durable=durable)
        except BaseException:
            with suppress(OSError):
                fresh.unlink(missing_ok=True)
            raise


def fresh_path(path: Path) -> Path:
    """Where the file that will replace ``path`` is written: beside it, so that it only has to be renamed.

    If ``path`` is a link, that is beside the file that it leads to.
    """
    path = Path(os.path.realpath(path))
    name = path.name
    if len(os.fsencode(name)) > _LONGEST_NAME:
        name = hashlib.sha256(os.fsencode(name)).hexdigest()[:16]
    return path.with_name(f".{name}.new")


def put_in_place(fresh: Path, path: Path, *, durable: bool = True) -> None:
    """Renames the finished file ``fresh`` to ``path``, with the permissions of the file that it replaces.

    A link stays one: the file that it leads to is replaced. ``durable`` waits until all of it is on the disk.
    """
    if durable:
        with naming(path), fresh.open("r+b") as file:
            os.fsync(file.fileno())
    path = Path(os.path.realpath(path))
    with suppress(OSError):
        shutil.copymode(path, fresh)
    fresh.replace(path)
    if durable:
        _sync_folder(path.parent)


def begins_with(path: Path, start: bytes) -> bool:
    """Whether ``path`` is a file that begins with these bytes, as one that may be replaced does."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(start)) == start


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Gives the path to an OSError that names no file: writing to a full disk raises such ones."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = str(path)
        raise


def _sync_folder(folder: Path) -> None:
    """Writes the names in a folder to the disk, if the system can: a power cut may undo a rename."""
    with suppress(OSError):  # Windows and some file systems cannot open folders
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def replacing_folder(path: Path) -> Iterator[Path]:
    """A new folder that takes the place of ``path``, and of all that is in it, once nothing has failed.

    A kill leaves the old folder or the new one, whole. Where a folder cannot be renamed (a mounted disk, the current
    folder), its contents are exchanged instead, and a kill in that moment may leave some of both.

    Raises:
        OSError: it cannot be written.
    """
    path = Path(os.path.realpath(path))
    in_place = path.exists() and not _can_be_renamed(path)
    fresh = path / ".onrecord-new" if in_place else path.with_name(f".{path.name}.onrecord-new")
    with naming(path):
        try:
            if not path.exists() and _aside(fresh).exists():  # a kill between two renames
                _aside(fresh).rename(path)
            drop(fresh)
            fresh.mkdir(parents=True)
            yield fresh
            if in_place:
                for old in [old for old in path.iterdir() if old != fresh]:
                    drop(old)
                for new in list(fresh.iterdir()):
                    new.rename(path / new.name)
            elif path.exists():
                shutil.copymode(path, fresh)
                _exchange(fresh, path)
            else:
                fresh.rename(path)
        finally:
            with suppress(OSError):
                drop(fresh)


def _can_be_renamed(folder: Path) -> bool:
    return os.access(folder.parent, os.W_OK | os.X_OK) and not folder.is_mount() and not folder.samefile(Path.cwd())


def _exchange(first: Path, second: Path) -> None:
    """Exchanges two folders, in one step where the system has such a step."""
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        paths = os.fsencode(first), os.fsencode(second)
        if sys.platform == "darwin":
            failed = library.renamex_np(*paths, _SWAP)
        else:
            failed = library.renameat2(_HERE, paths[0], _HERE, paths[1], _SWAP)
        if not failed:
            return
    aside = _aside(first)
    drop(aside)
    second.rename(aside)
    try:
        first.rename(second)
    except OSError:
        aside.rename(second)
        raise
    aside.rename(first)


def _aside(fresh: Path) -> Path:
    """Where an old folder waits while the new one takes its place."""
    return fresh.with_name(f"{fresh.name}.old")


def drop(path: Path) -> None:
    """Deletes a file or a folder with all that is in it, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
