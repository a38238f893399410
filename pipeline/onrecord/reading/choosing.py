"""From a file to its articles: its format, the fields of its rows, and why it is left out, if it is."""

from __future__ import annotations

import logging
import os
import stat
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from onrecord.errors import InputError
from onrecord.reading import compression
from onrecord.reading.archives import DAMAGE, LastArchive, is_archive, reason_of
from onrecord.reading.fields import Fields, lookup
from onrecord.reading.fields.known import KnownMeta
from onrecord.reading.formats import BY_NAME, Format, candidates, choose, needs_extra
from onrecord.reading.inputs import File, Input, Member, ReadSettings, shown
from onrecord.reading.rows import find_rows, first_row
from onrecord.reading.rows.arrow import BOOKKEEPING, is_bookkeeping
from onrecord.reading.rows.database_export import documents
from onrecord.reading.sniffing import OUR_OUTPUT, head_of, is_our_export, is_our_file, is_our_output

_log = logging.getLogger(__name__)

_TABLES: Final = frozenset({"csv", "xlsx"})
"""Formats whose rows all have the same fields."""
_SHOWN: Final = 200


class Chooser:
    """A context manager that gives the articles of files, and keeps account of what is left out and was guessed.

    ``left_out`` counts files by kind, as `listing.left_out_line` prints them.
    """

    def __init__(self, settings: ReadSettings) -> None:
        self._settings = settings
        self._stack = ExitStack()
        self._archives = LastArchive()
        self._stack.callback(self._archives.close)
        self._known = KnownMeta(settings.meta, settings.path_meta)
        self._guesses: dict[str, list[str]] = {}
        self.left_out: Counter[str] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def articles(
        self,
        doc: str,
        path: Path,
        inside: str,
        member: Member | None = None,
        *,
        is_named: bool = False,
        any_ending: bool = False,
    ) -> Iterator[Input]:
        """The articles in a file; none if it is left out, which is counted.

        Args:
            doc: its name in the output.
            path: the file, or the archive that it is in.
            inside: its path in the folder or archive.
            member: where it is in the archive.
            is_named: the user named it, so that it is not left out: what is wrong with it is a fault.
            any_ending: it is read if it is text, whatever its ending.
        """
        name = member.name if member is not None else path.name
        inner, packing = compression.split(name)
        file = File(path, "text", member, packing)
        where = file.where
        fault = not_a_file(path) if member is None else None
        if not any_ending and not candidates(inner) and not (fault is not None and is_archive(name)):
            is_kept = member is None and fault is None and is_our_file(path)
            self._leave_out(where, OUR_OUTPUT if is_kept else ending_of(name))
            return
        if fault is not None:
            yield Input(doc, file, fault=f"{where}: {fault}")
            return
        head, unreadable = b"", ""
        try:
            head = head_of(file, self._archives)
        except (*DAMAGE, InputError) as error:
            unreadable = f"{where}: cannot be read ({reason_of(error)}); check the file"
        if is_bookkeeping(name, head):
            fault = f"{where}: a {BOOKKEEPING}, not articles; name the data set's folder"
            yield from self._refused(Input(doc, file, fault=fault), where, BOOKKEEPING, is_named)
            return
        is_ours = is_our_output(head)
        kind = None if is_ours else choose(inner, head)
        row = None
        if kind is not None and kind.name in documents.FORMATS and documents.holds_export(file, self._archives):
            kind = BY_NAME["document export"]
        if kind is not None and kind.missing is None and kind.many:
            file = replace(file, format=kind.name, fields=self._settings.fields)
            row = first_row(file, self._archives) if kind.has_columns else {}
        if is_ours or (row is not None and is_our_export(row)):
            fault = f"{where}: {OUR_OUTPUT}, not articles; name the articles that it was made from"
            yield from self._refused(Input(doc, file, fault=fault), where, OUR_OUTPUT, is_named)
        elif kind is None and unreadable:
            yield Input(doc, file, fault=unreadable)
        elif kind is None or kind.missing is not None:
            wanted = next(
                (other.wanted for other in candidates(inner) if other.wanted), "not a kind of file that is read"
            )
            fault = wanted if kind is None else needs_extra(kind)
            label = ending_of(name) + ("" if kind is None else f" (pip install 'onrecord[{kind.missing}]')")
            yield from self._refused(Input(doc, file, fault=f"{where}: {fault}"), where, label, is_named)
        elif row is None:
            file = replace(file, format=kind.name)
            yield Input(doc, file, known=self._known.of(doc, inside))
        else:
            yield from self._rows(doc, file, inside, kind, row)

    def _refused(self, item: Input, where: str, kind: str, is_named: bool) -> Iterator[Input]:
        if is_named:
            yield item
        else:
            self._leave_out(where, kind)

    def _leave_out(self, where: str, kind: str) -> None:
        _log.info("left out: %s (%s)", where, "not a kind of file that is read" if kind.startswith(".") else kind)
        self.left_out[kind] += 1

    def _rows(self, doc: str, file: File, inside: str, kind: Format, row: object) -> Iterator[Input]:
        given = self._settings.fields
        if kind.has_columns and isinstance(row, dict) and row:
            fields = given.guessed(row)
            file = replace(file, fields=fields)
            if (told := fields.told(given)) is not None:
                self._guesses.setdefault(told, []).append(doc)
            if fault := _missing(fields, given, row, kind):
                yield Input(doc, file, fault=f"{shown(doc)}: {fault} ({shown(', '.join(row))[:_SHOWN]})")
                return
        for item in find_rows(doc, file, self._settings.id_field, self._archives):
            known = self._known.of(item.doc, inside, doc)
            yield item if known is None else replace(item, known=known)

    def notes(self) -> list[str]:
        """What was guessed, and what the user said of articles that are not there; a line each."""
        lines = []
        for told, docs in self._guesses.items():
            more = (
                f" and {len(docs) - 1:,} more files" if len(docs) > 2 else f" and {shown(docs[1])}" if docs[1:] else ""
            )
            lines.append(f"{shown(docs[0])}{more}: {told}; choose others with --text-field, --title-field and the like")
        return lines + self._known.notes()


def _missing(fields: Fields, given: Fields, row: dict[str, object], kind: Format) -> str | None:
    """What a table lacks: one fault for all of its rows."""
    if kind.name not in _TABLES:
        return None
    if fields.text is None:
        return "no column 'text' or with a similar name; name one with --text-field"
    for what, name in zip(Fields._fields, given, strict=True):
        if name is not None and name not in row and lookup(row, name) is None:
            return f"no column {name!r}; name one with --{what}-field"
    return None


def not_a_file(path: Path) -> str | None:
    """Why a path must not be opened: it is a pipe or a device, which may never end; None for files and gaps."""
    try:
        mode = path.stat().st_mode
    except OSError:  # opening it reports the error
        return None
    if stat.S_ISREG(mode):
        return None
    kinds = (
        (stat.S_ISFIFO, "a pipe"), (stat.S_ISCHR, "a device"), (stat.S_ISBLK, "a device"), (stat.S_ISSOCK, "a socket"),
        (stat.S_ISDIR, "a folder"),
    )  # fmt: skip
    what = next((what for check, what in kinds if check(mode)), "something else")
    linked = "a link to " if path.is_symlink() else ""
    return (
        f"{linked}{what}, not a file; it was not opened (to read from a pipe, give - and its output as standard input)"
    )


def ending_of(name: str) -> str:
    """How a file that is left out is counted: by its ending, in lower case."""
    inner, packing = compression.split(name)
    ending = os.path.splitext(inner)[1].lower() + (name[len(inner) :].lower() if packing else "")  # noqa: PTH122
    return shown(ending) if 1 < len(ending) <= 20 else "without an ending"
