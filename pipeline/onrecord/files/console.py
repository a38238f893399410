"""What all commands share: their streams, the log, and errors as one line with an exit status."""

from __future__ import annotations

import io
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, TextIO

import typer

from onrecord.errors import OnrecordError, OutputError, SettingsError

_PACKAGES: Final = ("onrecord", "onrecord_models", "onrecord_eval", "onrecord_training")


def say(line: str) -> None:
    """Prints a line to stderr. What it quotes from files cannot steer the terminal."""
    typer.echo(printable(line), err=True)


def printable(line: str) -> str:
    """``line`` with a replacement for every character that could steer a terminal."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in line)


def counted(number: int, noun: str) -> str:
    """``1 article``, ``2 articles``, ``1,000 articles``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


class _Log(logging.Handler):
    """Prints each record to stderr with time, level and module."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s", "%H:%M:%S"))

    def emit(self, record: logging.LogRecord) -> None:
        for line in self.format(record).splitlines():
            print(printable(line), file=sys.stderr)  # not a constant: a progress bar replaces it while it is shown


def log_to_stderr(verbosity: int) -> None:
    """Shows onrecord's log: nothing at 0, information at 1; from 2, details, and what other libraries log, too."""
    root, loggers = logging.getLogger(), [logging.getLogger(name) for name in _PACKAGES]
    for logger in (root, *loggers):
        for handler in [handler for handler in logger.handlers if isinstance(handler, _Log)]:
            logger.removeHandler(handler)
    for logger in loggers:
        logger.setLevel((logging.NOTSET, logging.INFO, logging.DEBUG)[min(verbosity, 2)])
    root.setLevel(logging.INFO if verbosity > 1 else logging.WARNING)
    log = _Log()
    for logger in [root] if verbosity > 1 else loggers if verbosity == 1 else []:
        logger.addHandler(log)


def is_logged() -> bool:
    """Whether the log shows what the library does."""
    return logging.getLogger(_PACKAGES[0]).isEnabledFor(logging.INFO)


def standard_output() -> TextIO:
    """Standard output in UTF-8 with plain line breaks, whatever the terminal's own encoding: it may be a file.

    Raises:
        OutputError: it is closed.
    """
    if sys.stdout is None:
        raise OutputError("standard output is closed; name an output file with -o")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace", newline="\n")
    return sys.stdout


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Turns errors that a user can fix into one line and an exit status: 2 for wrong usage, otherwise 1."""
    try:
        yield
        if sys.stdout is not None:
            sys.stdout.flush()
    except SettingsError as error:
        say(f"error: {error}")
        raise typer.Exit(2) from error
    except OnrecordError as error:
        say(f"error: {error}")
        raise typer.Exit(1) from error
    except BrokenPipeError as error:  # the program that read our output has stopped
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(1) from error
    except OSError as error:
        say(f"error: {error.filename or 'standard output'}: {error.strerror}")
        raise typer.Exit(1) from error
