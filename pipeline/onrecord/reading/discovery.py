"""Which articles the paths on the command line refer to."""

from __future__ import annotations

import logging
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from onrecord.errors import InputError
from onrecord.reading.archives import find_members, is_archive
from onrecord.reading.choosing import Chooser, not_a_file
from onrecord.reading.formats import suffixes
from onrecord.reading.inputs import File, Input, ReadSettings, name_of, shown
from onrecord.reading.listing import left_out_line
from onrecord.reading.sniffing import OUR_OUTPUT

STANDARD_INPUT: Final = "-"
_SPOOL: Final = (".spool", "run.sqlite")
"""The ending of a folder in which a run keeps what is finished, and the file in it."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """What there is to read.

    Args:
        inputs: the articles, sorted by their files' paths, in a file of many in its order.
        left_out: files of folders and archives that are not read, counted by kind.
        notes: what the user may want to know, such as which field was taken for the text; a line each.
    """

    inputs: tuple[Input, ...]
    left_out: Counter[str]
    notes: tuple[str, ...]


def find_inputs(paths: list[Path], settings: ReadSettings | None = None) -> list[Input]:
    """The articles that ``paths`` name; see `discover`."""
    return list(discover(paths, settings).inputs)


def discover(paths: list[Path], settings: ReadSettings | None = None) -> Found:
    """The articles that ``paths`` name, each file once, and what is left out.

    A folder stands for the files in and below it whose ending is that of a format, or that match ``glob``;
    hidden files are skipped and linked folders not followed. An archive is read like a folder, a file whatever its
    name; ``-`` is standard input. ``doc`` is the POSIX path relative to the folder, or the file's name, if
    one path is given; with several, it is the path as given (for a folder, followed by the path in it). A member of an
    archive is called ``archive.zip!/path`` and a row ``rows.jsonl#ID``. Pipes and devices are never opened.

    Raises:
        InputError: nothing was given, a path does not exist or cannot be listed, or a folder holds nothing to read.
            A fault of an article or an archive is in its ``Input``.
    """
    if not paths:
        raise InputError("no input: name a file, a folder with articles, or - for standard input")
    settings = settings or ReadSettings()
    with Chooser(settings) as chooser:
        files: dict[str, _File] = {}
        filled: set[Path | None] = set()
        for path in paths:
            for real, file in _files_of(path, len(paths) == 1, settings, chooser.left_out):
                if real in files:
                    filled.add(file.folder)
                files.setdefault(real, file)
        inputs: list[Input] = []
        for file in sorted(files.values(), key=lambda file: file.doc):
            before = len(inputs)
            inputs += _inputs_of(file, settings, chooser)
            if len(inputs) > before:
                filled.add(file.folder)
        for path in paths:
            if str(path) != STANDARD_INPUT and path.is_dir() and path not in filled:
                raise InputError(_nothing_in(path, settings, chooser.left_out))
        return Found(tuple(_distinct(inputs)), chooser.left_out, tuple(chooser.notes()))


@dataclass(frozen=True, slots=True)
class _File:
    """A file to read: its name in the output, its path, None for standard input, and the folder it was found in."""

    doc: str
    path: Path | None
    folder: Path | None = None

    @property
    def inside(self) -> str:
        """Its path in its folder; its name if it was named itself."""
        if self.path is None:
            return ""
        return name_of(self.path.relative_to(self.folder) if self.folder is not None else Path(self.path.name))


def _files_of(
    path: Path, is_alone: bool, settings: ReadSettings, left_out: Counter[str]
) -> Iterator[tuple[str, _File]]:
    """The files at a path, each with what tells whether two of them are the same file."""
    if str(path) == STANDARD_INPUT:
        yield STANDARD_INPUT, _File(STANDARD_INPUT, None)
    elif path.is_dir():
        for file, real in _files_below(path, settings, left_out):
            yield real, _File(name_of(file.relative_to(path) if is_alone else file), file, path)
    elif path.exists():
        yield os.path.realpath(path), _File(name_of(Path(path.name) if is_alone else path), path)
    elif path.is_symlink():
        raise InputError(
            f"{shown(name_of(path))}: a link to a file that does not exist; repair the link or leave it out"
        )
    else:
        raise InputError(f"{shown(name_of(path))}: no such file or folder; check the path")


def _inputs_of(file: _File, settings: ReadSettings, chooser: Chooser) -> Iterator[Input]:
    path, doc = file.path, file.doc
    if path is None:
        yield Input(doc, File(None))
    elif not is_archive(path.name) or not_a_file(path) is not None:
        is_named = file.folder is None
        yield from chooser.articles(
            doc, path, file.inside, is_named=is_named, any_ending=is_named or bool(settings.glob)
        )
    else:
        empty = True
        for name, member, fault in find_members(path, shown(name_of(path)), chooser.left_out):
            if name and not _is_wanted_in_archive(name, settings):
                _log.info("left out: %s!/%s", shown(name_of(path)), shown(name))
                continue
            inner = f"{doc}!/{name}" if name else doc
            if member is None:
                empty = False
                yield Input(inner, File(path), fault=fault)
                continue
            for item in chooser.articles(inner, path, name, member, any_ending=bool(settings.glob)):
                empty = False
                yield item
        if empty:
            yield Input(doc, File(path), fault=f"{shown(name_of(path))}: no article in this archive; leave it out")


def _distinct(inputs: Sequence[Input]) -> Iterator[Input]:
    """The inputs; one that has the name of another before it is a fault, as nothing could tell the two apart."""
    seen: set[str] = set()
    for item in inputs:
        if item.fault is None and item.doc in seen:
            yield replace(item, fault=f"{item.where}: another article is called {shown(item.doc)}, too; rename one")
        else:
            if item.fault is None:
                seen.add(item.doc)
            yield item


def _is_wanted_in_archive(name: str, settings: ReadSettings) -> bool:
    parts = name.split("/")
    if any(part.startswith(".") and part != ".." for part in parts) or parts[0] == "__MACOSX":
        return False
    folders = ("/".join(parts[:depth]) for depth in range(1, len(parts)))
    return not any(_matches(folder, settings.exclude) for folder in folders) and _is_wanted(name, settings)


def _is_wanted(name: str, settings: ReadSettings) -> bool:
    """Whether the user's patterns let a file of this path in a folder or archive be read."""
    if _matches(name, settings.exclude):
        return False
    if is_archive(name):  # its members are chosen, not the archive itself
        return True
    return not settings.glob or _matches(name, settings.glob)


def _matches(name: str, patterns: Sequence[str]) -> bool:
    last = name.rpartition("/")[2]
    return any(
        fnmatchcase(name if "/" in pattern else last, pattern)
        for pattern in (pattern.removesuffix("/") for pattern in patterns)
    )


def _files_below(folder: Path, settings: ReadSettings, left_out: Counter[str]) -> Iterator[tuple[Path, str]]:
    """The files under ``folder`` that may be read, each with the path that tells whether two are the same file."""
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
            if (reason := _why_not(entry, name, settings)) is not None:
                _log.info("left out: %s (%s)", shown(name_of(folder / name)), reason)
                if reason in _COUNTED:
                    left_out[reason] += 1
                continue
            if entry.is_dir(follow_symlinks=False):
                waiting.append((f"{name}/", f"{real}/{entry.name}"))
                continue
            linked = entry.is_symlink()
            yield Path(folder, name), os.path.realpath(entry.path) if linked else f"{real}/{entry.name}"


def _nothing_in(folder: Path, settings: ReadSettings, left_out: Counter[str]) -> str:
    """The message about a folder in which there is nothing to read."""
    if settings.glob:
        names = f"files that match {' or '.join(settings.glob)}"
    else:
        names = left_out_line(left_out) or f"files that are called *{', *'.join(suffixes())}"
    return (
        f"{shown(name_of(folder))}: no articles in this folder or below it ({names}); give a folder that has some, "
        "or --glob"
    )


_LINKED_FOLDER: Final = "link to a folder"
_COUNTED: Final = frozenset({OUR_OUTPUT, _LINKED_FOLDER})


def _why_not(entry: os.DirEntry[str], name: str, settings: ReadSettings) -> str | None:
    """Why a file or folder at this path is left out; None if it may be read."""
    if entry.name.startswith("."):
        return "hidden"
    if _matches(name, settings.exclude):
        return "excluded"
    if entry.is_dir(follow_symlinks=False):
        is_spool = entry.name.endswith(_SPOOL[0]) and os.path.exists(os.path.join(entry.path, _SPOOL[1]))  # noqa: PTH110, PTH118
        return OUR_OUTPUT if is_spool else None
    if not _is_wanted(name, settings):
        return "does not match --glob"
    # A broken link is kept: reading it reports the fault, whereas skipping it would lose an article silently.
    return _LINKED_FOLDER if entry.is_symlink() and not _leads_to_no_folder(entry) else None


def _leads_to_no_folder(link: os.DirEntry[str]) -> bool:
    """Whether a link is to be read: it leads to a file, or nowhere, which reading it will report."""
    try:
        return not link.is_dir()
    except OSError:  # it leads to itself
        return True
