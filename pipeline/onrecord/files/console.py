"""What all commands share: their streams, the log, and errors as one line with an exit status."""

from __future__ import annotations

import io
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, TextIO

import typer

from onrecord.errors import OnrecordError, OutputError, SettingsError, Stopped

_LONGEST_LINE: Final = 2000
_PACKAGES: Final = ("onrecord", "onrecord_models", "onrecord_eval", "onrecord_training")


def say(line: str) -> None:
    """Prints a line to stderr. What it quotes from files can neither steer the terminal nor fill it."""
    if len(line) > _LONGEST_LINE:
        line = f"{line[: _LONGEST_LINE // 2]} … {line[-_LONGEST_LINE // 2 :]}"
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
        if (stream := sys.stderr) is not None:  # not a constant: a progress bar replaces it while it is shown
            for line in self.format(record).splitlines():
                print(printable(line), file=stream)


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
    """Turns errors that a user can fix into one line and an exit status: 2 for wrong usage, otherwise 1.

    Ctrl-C and the signals that ask to stop are one line, too; the status is 128 and the signal's number. What is
    temporary is deleted meanwhile.
    """
    try:
        with _stopped_by_signals():
            yield
            if sys.stdout is not None:
                sys.stdout.flush()
    except KeyboardInterrupt as error:
        said = str(error) if isinstance(error, Stopped) else "stopped"
        say(said)
        raise typer.Exit(128 + (error.signal if isinstance(error, Stopped) else signal.SIGINT)) from error
    except SettingsError as error:
        say(f"error: {error}")
        raise typer.Exit(2) from error
    except OnrecordError as error:
        say(f"error: {error}")
        raise typer.Exit(1) from error
    except BrokenPipeError as error:  # the program that read our output has stopped
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(1) from error
    except RecursionError as error:
        say("error: a file that was read is nested too deeply; check the files that were given")
        raise typer.Exit(1) from error
    except MemoryError as error:
        say("error: there is not enough memory; give the command fewer or smaller files")
        raise typer.Exit(1) from error
    except OSError as error:
        say(f"error: {error.filename or 'standard output'}: {error.strerror or error}")
        raise typer.Exit(1) from error


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """Makes the signals that ask a process to stop raise `Stopped`, as Ctrl-C raises KeyboardInterrupt."""

    def stop(number: int, frame: object) -> None:
        raise Stopped("stopped", number)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    # None is a handler that no Python code put in, such as Ray's; an `ignore`, as under nohup, stays.
    asked = [number for number in numbers if signal.getsignal(number) in (signal.SIG_DFL, None)]
    for number in asked:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number in asked:
            signal.signal(number, signal.SIG_DFL)
