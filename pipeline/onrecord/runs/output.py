"""Where a run writes: checked before any work is done, so that no article is overwritten and no work is lost."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Final

from onrecord.errors import OutputError, SettingsError
from onrecord.files.article_texts import saved_path
from onrecord.reading import Input

_LONGEST_NAME: Final = 200
"""Bytes of an output's name: the spool's and the new file's names are a little longer, and 255 is the common limit."""


def companion(output: Path, kind: str) -> Path:
    """A file that a run writes beside its output: ``out.errors.jsonl`` and ``out.run.json`` for ``out.jsonl``."""
    return output.with_name(f"{output.name.removesuffix('.jsonl')}.{kind}")


def check_output(output: Path, inputs: Sequence[Input]) -> None:
    """Checks an output file before the run starts. Its folder need not exist.

    Raises:
        OutputError: it cannot be written.
        SettingsError: it must not be written.
    """
    try:
        if output.is_dir():
            raise SettingsError(f"{output} is a folder; name a file with -o, such as {output / 'statements.jsonl'}")
        if output.exists() and not output.is_file():
            raise SettingsError(f"{output} is not a regular file; leave -o out to write to standard output")
        if len(os.fsencode(output.name)) > _LONGEST_NAME:
            raise OutputError(f"{output}: this name is too long; choose a shorter one with -o")
        existing = next(parent for parent in output.absolute().parents if parent.exists())
        if not existing.is_dir():
            raise OutputError(f"{output}: {existing} is a file, not a folder; choose another place with -o")
    except OSError as error:
        raise OutputError(f"{output}: cannot be written ({error.strerror}); choose another place with -o") from error
    if output.exists() and any(path.exists() and path.samefile(output) for path in _files(inputs)):
        raise SettingsError(f"{output} is one of the articles to read; choose another output with -o")


def make_folder_of(output: Path) -> None:
    """Makes the folder that an output file belongs in.

    Raises:
        OutputError: it cannot be made.
    """
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"{output}: the folder {output.parent} cannot be made ({error.strerror}); choose another place with -o"
        ) from error


def check_save_text(folder: Path, inputs: Sequence[Input]) -> Path:
    """The real path of a folder for the articles' texts.

    Raises:
        SettingsError: it holds articles, or two articles would share a file in it.
    """
    real = Path(os.path.realpath(folder))
    if real.exists() and not real.is_dir():
        raise SettingsError(f"{folder} is not a folder; choose another one with --save-text")
    for path in _files(inputs):
        if Path(os.path.realpath(path)).is_relative_to(real):
            raise SettingsError(f"{folder} holds articles to read ({path.name}); choose another with --save-text")
    places: dict[Path, str] = {}
    for item in inputs:
        if item.fault is None and (other := places.setdefault(saved_path(real, item.doc), item.doc)) != item.doc:
            raise SettingsError(
                f"--save-text: {other} and {item.doc} would have the same name there; leave one of them out"
            )
    return real


def _files(inputs: Sequence[Input]) -> Iterator[Path]:
    """The files that hold the inputs; a file is given once for inputs in it that follow each other."""
    return (path for path, _ in groupby(item.path for item in inputs) if path is not None)


@contextmanager
def output_errors(output: Path | None) -> Iterator[None]:
    """Turns an OSError into an OutputError that says how to continue."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        where = error.filename or output or "standard output"
        again = "" if output is None else "; fix that and run the same command again: it continues where it stopped"
        raise OutputError(f"{where}: cannot be written ({error.strerror}){again}") from error
