"""Where the text of an article is found: kept beside its statements, or in the folder given to ``--articles``.

In a folder it is the original file, or what ``--save-text`` wrote: UTF-8, with the name of the article and ``.txt`` at
the end. What a statements file says is an article's name never leads out of the folder.
"""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from onrecord.document import Meta, Statement
from onrecord.errors import InputError
from onrecord.files.atomic import replacing
from onrecord.files.kept_texts import KeptTexts, is_kept_texts, texts_path

_UNSAFE: Final = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"\\|?*%\ud800-\udfff]')
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
"""What Windows takes for devices."""
_LONGEST_NAME: Final = 200
"""Bytes of a part of a path. 255 is the usual limit, and the name is a little longer while the file is written."""
_LONGEST_PATH: Final = 1000
"""Bytes of all parts together; 4096 with the folder is the usual limit."""
MARKER: Final = ".onrecord-texts"
"""A file in a folder of saved texts, which says that they may be replaced."""
_LARGEST: Final = 32_000_000
"""Bytes of a file that is read, at most."""
_PAGES: Final = frozenset({".html", ".htm", ".xhtml", ".mhtml", ".mht"})


class ArticleTexts:
    """The texts of a statements file's articles, from what was kept beside it and from the folder of articles."""

    def __init__(self, statements: Path | None = None, articles: Path | None = None) -> None:
        """Either may be None; ``articles`` may also be a file of kept texts.

        Raises:
            InputError: ``articles`` is neither, or a file of kept texts cannot be read.
        """
        self.places = statements, articles
        self.folder = articles
        kept = None if statements is None else texts_path(statements)
        if articles is not None and is_kept_texts(articles):
            kept, self.folder = articles, None
        elif articles is not None and not articles.is_dir():
            raise InputError(f"{articles}: not a folder; name the folder that holds the articles")
        self._kept = KeptTexts(kept if kept is not None and _is_ours(kept) else None)

    def __bool__(self) -> bool:
        """Whether there is any place to look in."""
        return self.folder is not None or bool(self._kept)

    def find(self, statement: Statement) -> str | None:
        """The text of a statement's article; None if it was not kept and no folder was given.

        Raises:
            InputError: it is not in the folder, or cannot be read or decoded.
        """
        text = self._kept.find(statement.doc)
        if text is not None or self.folder is None:
            return text
        try:
            return find_text(self.folder, statement.doc, statement.meta)
        except (OSError, ValueError, LookupError) as error:
            reason = getattr(error, "strerror", None) or error
            raise InputError(
                f"{statement.doc}: cannot read the article of statement {statement.id} in {self.folder} ({reason}); "
                "name the folder that `onrecord extract` was given. The texts of pages, rows and archives are in the "
                "file .texts.sqlite beside the statements: leave it there, or extract them again"
            ) from error

    def get(self, statement: Statement) -> str:
        """The text of a statement's article.

        Raises:
            InputError: as `find` raises it; also if the text was not kept and no folder was given.
        """
        text = self.find(statement)
        if text is None:
            raise InputError(
                f"{statement.doc or 'an article without a name'}: its text is not kept beside the statements; "
                "add --articles DIR, the folder that `onrecord extract` was given"
            )
        return text


def _is_ours(path: Path) -> bool:
    try:
        return is_kept_texts(path)
    except OSError:
        return False


def find_text(folder: Path, doc: str, meta: Meta) -> str:
    """The text of ``doc`` in a folder: the saved one if there is one, else the file of that name, decoded as meta says.

    Raises:
        OSError, ValueError, LookupError: it is missing, outside the folder, or cannot be decoded.
    """
    root = Path(os.path.realpath(folder))
    for saved in (saved_path(folder, doc, unique=True), saved_path(folder, doc)):
        if saved.is_file() and (text := _as_saved(_read(saved, root))) is not None:
            return text
    if not doc:
        raise ValueError("it has no name")
    path = folder / doc
    if path.suffix.lower() in _PAGES and path.is_file():
        raise ValueError("a web page, and its text was not saved there")
    return _read(path, root).decode(meta.encoding or "utf-8")


def _read(path: Path, root: Path) -> bytes:
    real = Path(os.path.realpath(path))
    if not real.is_relative_to(root):
        raise ValueError("it is outside that folder")
    if real.exists() and not real.is_file():
        raise ValueError("not a file")
    with real.open("rb") as file:
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise ValueError("longer than any article")
    return data


def _as_saved(data: bytes) -> str | None:
    """``data`` as UTF-8; None if it is an original file in another encoding: invalid as UTF-8, or with NULs."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def saved_path(folder: Path, doc: str, *, unique: bool = False) -> Path:
    """The path of the saved text of ``doc``, which is inside ``folder`` whatever the article's name.

    ``unique`` gives it a part that no other name has: for names that are the same on some systems.
    """
    *folders, name = doc.split("/")
    parts = [_folder(part) for part in folders]
    parts.append(_safe(name if not name.lower().endswith(".txt") else name[:-4]))
    digest = hashlib.sha256(doc.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    if sum(len(part.encode()) + 1 for part in parts) > _LONGEST_PATH:
        parts, unique = [parts[-1]], True
    parts[-1] += f"~{digest}.txt" if unique else ".txt"
    return folder.joinpath(*parts)


def _folder(part: str) -> str:
    """A folder's name that is never that of a text."""
    safe = _safe(part)
    return f"{safe}%" if safe.lower().endswith(".txt") else safe


def _safe(part: str) -> str:
    if not part.strip("."):
        return "%2E" * len(part) or "%"
    name = _UNSAFE.sub(lambda match: f"%{ord(match[0]):02X}", part)
    if name[-1] in ". ":
        name = f"{name[:-1]}%{ord(name[-1]):02X}"
    if _RESERVED.match(name):
        name = f"%{name}"
    encoded = name.encode("utf-8")
    if len(encoded) <= _LONGEST_NAME:
        return name
    digest = hashlib.sha256(part.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{encoded[: _LONGEST_NAME // 2].decode('utf-8', 'ignore')}~{digest}"


def save_texts(folder: Path, texts: Callable[[], Iterable[tuple[str, str]]]) -> None:
    """Writes articles' names and texts, each to a file of its own, and `MARKER` first.

    ``texts`` gives them, and is called twice.

    Raises:
        OSError: one cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with replacing(folder / MARKER, durable=False) as file:
        file.write("onrecord extract --save-text wrote the texts in this folder, and may replace them.\n")
    seen: dict[int, int] = {}
    for doc, _ in texts():
        key = hash(path_key(saved_path(folder, doc).as_posix()))
        seen[key] = seen.get(key, 0) + 1
    for doc, text in texts():
        path = saved_path(folder, doc)
        if seen[hash(path_key(path.as_posix()))] > 1:
            path = saved_path(folder, doc, unique=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path, durable=False) as file:
            file.write(text.encode("utf-8", "replace").decode())


def path_key(path: str) -> str:
    """Equal for paths that some system takes for one."""
    return unicodedata.normalize("NFC", path.casefold())


def file_holds(path: Path, name: str, text: str, encoding: str | None) -> bool:
    """Whether an article's text is simply what its file, called ``name``, holds in UTF-8: it need not be kept."""
    if encoding is None or not encoding.lower().replace("_", "-").startswith("utf-8"):
        return False
    if path.suffix.lower() in _PAGES:  # `find_text` takes it for a page, even if it was plain text
        return False
    try:
        if path.is_symlink() or path.name != name or path.stat().st_size > 4 * len(text) + 4:
            return False
        return path.read_bytes().decode(encoding) == text
    except (OSError, ValueError, LookupError):
        return False


def texts_of(texts: ArticleTexts, statements: Iterable[Statement]) -> Iterator[tuple[str, str]]:
    """The name and text of every article that ``statements`` come from.

    Raises:
        InputError: an article is not there or cannot be decoded.
    """
    seen: set[str] = set()
    for statement in statements:
        if statement.doc not in seen:
            seen.add(statement.doc)
            yield statement.doc, texts.get(statement)
