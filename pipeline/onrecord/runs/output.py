"""Where a run writes: checked before any work is done, so that no article is overwritten and no work is lost."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Final

from onrecord.errors import OutputError, SettingsError
from onrecord.files.article_texts import MARKER
from onrecord.files.atomic import fresh_path
from onrecord.files.companions import companion, twin
from onrecord.files.kept_texts import is_kept_texts, texts_path
from onrecord.reading import Input

_LONGEST_NAME: Final = 200
"""Bytes of an output's name: the spool's and the new file's names are a little longer, and 255 is the common limit."""

_LONGEST_LINE: Final = 10_000_000
"""Bytes of a file that are read to see whether it is ours."""


def places(output: Path) -> dict[Path, Callable[[Path], bool]]:
    """What a run writes beside its output, each with a test of whether a file there is of an earlier run."""
    return {
        companion(output, "errors.jsonl"): _is_error_file,
        companion(output, "run.json"): _is_record,
        texts_path(output): is_kept_texts,
    }


def check_output(output: Path, inputs: Sequence[Input], given: Mapping[str, Sequence[Path]]) -> None:
    """Checks an output file, and what is written beside it, before the run starts. Its folder need not exist.

    Args:
        output: the file to write.
        inputs: the articles.
        given: other files that the run reads, by what a message calls them, such as "the file given with --people".

    Raises:
        OutputError: it cannot be written.
        SettingsError: it must not be written: a file that the run reads, or one of somebody else, is there.
    """
    try:
        if output.is_dir():
            raise SettingsError(f"{output} is a folder; name a file with -o, such as {output / 'statements.jsonl'}")
        if output.exists() and not output.is_file():
            raise SettingsError(f"{output} is not a regular file; leave -o out to write to standard output")
        if len(os.fsencode(output.name)) > _LONGEST_NAME:
            raise OutputError(f"{output}: this name is too long; choose a shorter one with -o")
        if twin(output).is_file() and any(place.exists() for place in places(output)):
            raise SettingsError(
                f"{twin(output)} is there, whose errors, record and texts have the same names as those of {output}; "
                "choose another name with -o"
            )
        existing = next(parent for parent in output.absolute().parents if parent.exists())
        if not existing.is_dir():
            raise OutputError(f"{output}: {existing} is a file, not a folder; choose another place with -o")
        refuse_overwriting(output, {"one of the articles to read": _files(inputs), **given})
        for place, is_ours in places(output).items():
            if (place.exists() or place.is_symlink()) and not (place.is_file() and is_ours(place)):
                raise SettingsError(
                    f"{place} is not of an earlier run, and this run would write there; move it, or choose another "
                    "output with -o"
                )
    except OSError as error:
        raise OutputError(f"{output}: cannot be written ({error.strerror}); choose another place with -o") from error


def refuse_overwriting(output: Path, given: Mapping[str, Iterable[Path]]) -> None:
    """Checks that neither an output nor what is written beside it is a file that the run reads.

    Raises:
        SettingsError: it is; the message calls it by its name in ``given``.
    """
    if output.is_dir():  # which `check_output` says
        return
    written = [output, *places(output)]
    written += [fresh_path(place) for place in written]
    there = {_identity(place): place for place in written if place.exists()}
    if not there:
        return
    for name, paths in given.items():
        for path in paths:
            place = there.get(_identity(path))
            if place == output:
                raise SettingsError(f"{output} is {name}; choose another output with -o")
            if place is not None:
                raise SettingsError(
                    f"{place} is {name}, and the run would write there beside its output; choose another with -o"
                )


def _identity(path: Path) -> tuple[int, int] | None:
    """The same for two paths to one file; None if there is none."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino


def _is_error_file(path: Path) -> bool:
    with path.open("rb") as file:
        line = file.readline(_LONGEST_LINE)
    return not line.strip() or _keys(line) == {"path", "stage", "message"}


def _is_record(path: Path) -> bool:
    if path.stat().st_size > _LONGEST_LINE:
        return False
    data = path.read_bytes()
    return not data.strip() or {"versions", "settings", "weights", "statements"} <= _keys(data)


def _keys(data: bytes) -> set[str]:
    try:
        record = json.loads(data)
    except (ValueError, RecursionError):
        return set()
    return set(record) if isinstance(record, dict) else set()


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
        SettingsError: it holds articles, or files that no run saved there.
    """
    real = Path(os.path.realpath(folder))
    if real.exists() and not real.is_dir():
        raise SettingsError(f"{folder} is not a folder; choose another one with --save-text")
    for path in _files(inputs):
        if Path(os.path.realpath(path)).is_relative_to(real):
            raise SettingsError(f"{folder} holds articles to read ({path.name}); choose another with --save-text")
    try:
        if real.exists() and not (real / MARKER).is_file() and any(real.iterdir()):
            raise SettingsError(f"{folder} holds files that no run saved there; name a new folder with --save-text")
    except OSError as error:
        raise OutputError(f"{folder}: cannot be read ({error.strerror}); choose another with --save-text") from error
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
        where = error.filename or output or "standard output"  # `naming` names all other files
        again = "" if output is None else "; fix that and run the same command again: it continues where it stopped"
        raise OutputError(f"{where}: cannot be written ({error.strerror}){again}") from error
