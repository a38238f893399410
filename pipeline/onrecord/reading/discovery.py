"""Which articles the paths on the command line refer to."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from onrecord.errors import InputError
from onrecord.reading.archives import find_members, is_archive
from onrecord.reading.inputs import FORMATS, File, Input, ReadSettings, format_of, name_of, shown
from onrecord.reading.rows import find_rows

STANDARD_INPUT: Final = "-"

_log = logging.getLogger(__name__)


def find_inputs(paths: list[Path], settings: ReadSettings | None = None) -> list[Input]:
    """The articles that ``paths`` name, sorted by their files' paths, in a file of many in its order; each file once.

    A folder stands for the files in and below it whose ending is in ``FORMATS``, or that match ``glob``;
    hidden files are skipped and linked folders not followed. An archive is read like a folder, a file whatever its
    name; ``-`` is standard input. ``doc`` is the POSIX path relative to the folder, or the file's name, if
    one path is given; with several, it is the path as given (for a folder, followed by the path in it). A member of an
    archive is called ``archive.zip!/path`` and a row ``rows.jsonl#ID``.

    Raises:
        InputError: nothing was given, a path does not exist or cannot be listed, or a folder holds nothing to read.
            A fault of an article or an archive is in its ``Input``.
    """
    if not paths:
        raise InputError("no input: name a file, a folder with articles, or - for standard input")
    settings = settings or ReadSettings()
    found: dict[str, tuple[str, Path | None]] = {}
    for path in paths:
        alone = len(paths) == 1
        if str(path) == STANDARD_INPUT:
            found.setdefault(STANDARD_INPUT, (STANDARD_INPUT, None))
        elif path.is_dir():
            for file, real in _files_below(path, settings):
                found.setdefault(real, (name_of(file.relative_to(path) if alone else file), file))
        elif path.exists():
            found.setdefault(os.path.realpath(path), (name_of(Path(path.name) if alone else path), path))
        elif path.is_symlink():
            raise InputError(
                f"{shown(name_of(path))}: a link to a file that does not exist; repair the link or leave it out"
            )
        else:
            raise InputError(f"{shown(name_of(path))}: no such file or folder; check the path")
    inputs: list[Input] = []
    for doc, file_path in sorted(found.values(), key=lambda named: named[0]):
        inputs += _inputs_of(doc, file_path, settings)
    return inputs


def _inputs_of(doc: str, path: Path | None, settings: ReadSettings) -> Iterator[Input]:
    if path is None:
        yield Input(doc, File(None))
    elif not is_archive(path.name):
        yield from _articles_of(
            doc, File(path, format_of(path.name) or "text", text_field=settings.text_field), settings
        )
    else:
        empty = True
        for name, member, fault in find_members(path, shown(name_of(path))):
            if name and not _is_wanted_in_archive(name, settings):
                continue
            empty = False
            inner = f"{doc}!/{name}" if name else doc
            if member is None:
                yield Input(inner, File(path), fault=fault)
            else:
                file = File(path, format_of(name) or "text", member, settings.text_field)
                yield from _articles_of(inner, file, settings)
        if empty:
            yield Input(doc, File(path), fault=f"{shown(name_of(path))}: no article in this archive; leave it out")


def _articles_of(doc: str, file: File, settings: ReadSettings) -> Iterator[Input]:
    if file.format in {"jsonl", "parquet"}:
        yield from find_rows(doc, file, settings.id_field)
    else:
        yield Input(doc, file)


def _is_wanted_in_archive(name: str, settings: ReadSettings) -> bool:
    parts = name.split("/")
    if any(part.startswith(".") and part != ".." for part in parts):
        return False
    folders = ("/".join(parts[:depth]) for depth in range(1, len(parts)))
    return not any(_matches(folder, settings.exclude) for folder in folders) and _is_wanted(name, settings)


def _is_wanted(name: str, settings: ReadSettings) -> bool:
    """Whether a file of this path in a folder or archive is to be read."""
    if _matches(name, settings.exclude):
        return False
    if is_archive(name):  # its members are chosen, not the archive itself
        return True
    return _matches(name, settings.glob) if settings.glob else format_of(name) is not None


def _matches(name: str, patterns: Sequence[str]) -> bool:
    last = name.rpartition("/")[2]
    return any(
        fnmatchcase(name if "/" in pattern else last, pattern)
        for pattern in (pattern.removesuffix("/") for pattern in patterns)
    )


def _files_below(folder: Path, settings: ReadSettings) -> Iterator[tuple[Path, str]]:
    """The files to read under ``folder``, each with the path that tells whether two of them are the same file."""
    empty = True
    waiting = [("", os.path.realpath(folder))]
    while waiting:
        inside, real = waiting.pop()
        try:
            with os.scandir(folder / inside) as listed:
                entries = sorted(listed, key=lambda entry: entry.name)
        except OSError as error:
            raise InputError(
                f"{shown(name_of(folder / inside))}: cannot list this folder ({error.strerror}); check its permissions"
            ) from error
        for entry in entries:
            name = f"{inside}{entry.name}"
            if reason := _why_not(entry, name, settings):
                _log.info("left out: %s (%s)", shown(name_of(folder / name)), reason)
                continue
            if entry.is_dir(follow_symlinks=False):
                waiting.append((f"{name}/", f"{real}/{entry.name}"))
                continue
            linked = entry.is_symlink()
            empty = False
            yield Path(folder, name), os.path.realpath(entry.path) if linked else f"{real}/{entry.name}"
    if empty:
        names = f"match {' or '.join(settings.glob)}" if settings.glob else f"are called *{', *'.join(FORMATS)}"
        raise InputError(
            f"{shown(name_of(folder))}: no articles in this folder or below it (files that {names}); "
            "give a folder that has some, or --glob"
        )


def _why_not(entry: os.DirEntry[str], name: str, settings: ReadSettings) -> str:
    """Why a file or folder at this path is left out; empty if it is read."""
    if entry.name.startswith("."):
        return "hidden"
    if _matches(name, settings.exclude):
        return "excluded"
    if entry.is_dir(follow_symlinks=False):
        return ""
    if not _is_wanted(name, settings):
        return "does not match --glob" if settings.glob else "not a kind of file that is read"
    # A broken link is kept: reading it reports the fault, whereas skipping it would lose an article silently.
    if entry.is_symlink():
        return "" if _leads_to_no_folder(entry) else "a link to a folder"
    return "" if entry.is_file() else "not a regular file"


def _leads_to_no_folder(link: os.DirEntry[str]) -> bool:
    """Whether a link is to be read: it leads to a file, or nowhere, which reading it will report."""
    try:
        return not link.is_dir()
    except OSError:  # it leads to itself
        return True
