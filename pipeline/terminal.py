"""What all commands share: lines on stderr, and errors as one line and an exit status."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from onrecord.errors import OnrecordError, SettingsError


def say(line: str) -> None:
    """A line on stderr: progress, a skipped article, an error."""
    typer.echo(line, err=True)


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Turns the errors that a user can mend into one line and an exit status: 2 for wrong usage, else 1."""
    try:
        yield
    except SettingsError as error:
        say(f"error: {error}")
        raise typer.Exit(2) from error
    except OnrecordError as error:
        say(f"error: {error}")
        raise typer.Exit(1) from error
    except BrokenPipeError as error:
        raise typer.Exit(1) from error
