"""What all commands share: their streams, and errors as one line and an exit status."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

import typer

from onrecord.errors import OnrecordError, OutputError, SettingsError


def say(line: str) -> None:
    """A line on stderr: progress, a skipped article, an error. What it quotes of files cannot steer the terminal."""
    typer.echo(printable(line), err=True)


def printable(line: str) -> str:
    """``line`` with a replacement for every character that could steer a terminal."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in line)


def standard_output() -> TextIO:
    """Standard output in UTF-8 with plain line breaks, whatever the terminal's own encoding: it may be a file.

    Raises:
        OutputError: it is closed.
    """
    if sys.stdout is None:
        raise OutputError("standard output is closed; write to a file with -o")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace", newline="\n")
    return sys.stdout


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Turns the errors that a user can mend into one line and an exit status: 2 for wrong usage, else 1."""
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
    except BrokenPipeError as error:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(1) from error
    except OSError as error:
        say(f"error: {error.filename or 'standard output'}: {error.strerror}")
        raise typer.Exit(1) from error
