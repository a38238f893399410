"""What there is to read: an ``Input`` for each article, which says where the article is without reading it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

Format = Literal["text", "html", "jsonl", "parquet"]

FORMATS: Final[dict[str, Format]] = {
    ".txt": "text",
    ".html": "html",
    ".htm": "html",
    ".jsonl": "jsonl",
    ".jsonl.gz": "jsonl",
    ".parquet": "parquet",
}


@dataclass(frozen=True, slots=True)
class ReadSettings:
    """Which files of folders and archives are read, and which fields of rows.

    A file must match one of ``glob``, if there are any, and none of ``exclude``: a pattern without a slash is for
    names (``exclude``'s also for those of folders), one with a slash for paths in the folder; ``*`` stands for
    anything. Rows are named by their number if ``id_field`` is None.
    """

    glob: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    text_field: str = "text"
    id_field: str | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive: its name there, where it starts (a ZIP's header, a tar's data), and its size in bytes."""

    name: str
    start: int
    size: int


@dataclass(frozen=True, slots=True)
class File:
    """A file, or a member of an archive, that holds one article or a row for each; no path is standard input."""

    path: Path | None
    format: Format = "text"
    member: Member | None = None
    text_field: str = "text"

    @property
    def is_compressed(self) -> bool:
        """Whether the rows are in a gzip stream."""
        name = self.member.name if self.member else self.path.name if self.path else ""
        return name.lower().endswith(".gz")


@dataclass(frozen=True, slots=True)
class Input:
    """One article to read.

    ``doc`` is its name in the output; ``position`` is a row's place in its file, in bytes of JSON lines or in rows
    of Parquet. ``fault`` says why it cannot be read, if that is already known.
    """

    doc: str
    file: File
    position: int | None = None
    fault: str | None = None

    @property
    def path(self) -> Path | None:
        """The file on disk that holds the article, None for standard input."""
        return self.file.path

    @property
    def where(self) -> str:
        """Its name in messages."""
        if self.path is None:
            return "standard input"
        is_whole_file = self.position is None and self.file.member is None
        return shown(name_of(self.path) if is_whole_file else self.doc)


def format_of(name: str) -> Format | None:
    """The format that a file's name shows; None if it shows none."""
    lowered = name.lower()
    return next((kind for suffix, kind in FORMATS.items() if lowered.endswith(suffix)), None)


def name_of(path: Path) -> str:
    """``path`` with forward slashes; bytes of a file's name that are not text are written as escapes."""
    return path.as_posix().encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def shown(name: str) -> str:
    """``name`` as a one-line message may show it."""
    return name if name.isprintable() else ascii(name)
