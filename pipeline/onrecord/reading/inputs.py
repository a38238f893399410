"""What there is to read: an ``Input`` for each article, which says where the article is without reading it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from onrecord.document import Meta
from onrecord.reading.fields import NO_FIELDS, Fields


@dataclass(frozen=True, slots=True)
class ReadSettings:
    """Which files of folders and archives are read, and where their articles' titles, dates and so on come from.

    A file must match one of ``glob``, if there are any, and none of ``exclude``: a pattern without a slash is for
    names (``exclude``'s also for those of folders), one with a slash for paths in the folder; ``*`` stands for
    anything. Rows are named by their number if ``id_field`` is None; the other fields are guessed from common names
    where they are None. ``meta`` is a CSV file with the columns ``doc``, ``title``, ``date``, ``outlet`` and ``url``;
    ``path_meta`` is a pattern such as ``{outlet}/{date}/*`` for paths in the folder or archive. The file comes before
    the path, and both before what an article says of itself.
    """

    glob: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    text_field: str | None = None
    id_field: str | None = None
    title_field: str | None = None
    date_field: str | None = None
    outlet_field: str | None = None
    url_field: str | None = None
    meta: Path | None = None
    path_meta: str | None = None

    @property
    def fields(self) -> Fields:
        """The fields that were named."""
        return Fields(self.text_field, self.title_field, self.date_field, self.outlet_field, self.url_field)


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive: its name there, where it starts (a ZIP's header, a tar's data), and its size in bytes."""

    name: str
    start: int
    size: int


@dataclass(frozen=True, slots=True)
class File:
    """A file, or a member of an archive, that holds one article or a row for each; no path is standard input.

    ``format`` is a name in `formats.BY_NAME`; ``compression`` is what the file is compressed with by itself.
    """

    path: Path | None
    format: str = "text"
    member: Member | None = None
    compression: str | None = None
    fields: Fields = NO_FIELDS

    @property
    def packed(self) -> int:
        """Its size in bytes as it is stored, compressed or not; 0 for standard input."""
        if self.member is not None:
            return self.member.size
        return self.path.stat().st_size if self.path is not None else 0

    @property
    def where(self) -> str:
        """Its name in messages."""
        if self.path is None:
            return "standard input"
        name = shown(name_of(self.path))
        return name if self.member is None else f"{name}!/{shown(self.member.name)}"


@dataclass(frozen=True, slots=True)
class Input:
    """One article to read.

    ``doc`` is its name in the output; ``position`` is a row's place in its file: in bytes of JSON lines, else the
    row's index. ``fault`` says why it cannot be read, if that is already known. ``known`` is what the user says of the
    article, which comes before what it says of itself.
    """

    doc: str
    file: File
    position: int | None = None
    fault: str | None = None
    known: Meta | None = None

    @property
    def path(self) -> Path | None:
        """The file on disk that holds the article, None for standard input."""
        return self.file.path

    @property
    def where(self) -> str:
        """Its name in messages."""
        is_whole_file = self.path is None or (self.position is None and self.file.member is None)
        return self.file.where if is_whole_file else shown(self.doc)


def name_of(path: Path) -> str:
    """``path`` with forward slashes; bytes of a file's name that are not text are written as escapes."""
    return path.as_posix().encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def shown(name: str) -> str:
    """``name`` as a one-line message may show it."""
    return name if name.isprintable() else ascii(name)
