"""From files to articles: which files, in which encoding, and whether they are in English.

Text comes out exactly as it was stored: newlines stay untouched, and ``data.decode(meta.encoding)`` gives the same
text again. What cannot be read is refused with a message of one line, never guessed at or mangled.
"""

from __future__ import annotations

import codecs
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from onrecord.document import Article, Meta
from onrecord.errors import DecodingError, InputError, NotEnglishError

SUFFIX: Final = ".txt"
STANDARD_INPUT: Final = "-"

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SIGNATURES: Final = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document"),
    (b"{\\rtf", "an RTF document"),
    (b"\x1f\x8b", "a gzip file"),
    (b"\xfd7zXZ\x00", "an xz file"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a", "a RAR archive"),
    (b"\x7fELF", "a program"),
)
_CONTROLS: Final = frozenset(chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))) - frozenset("\t\n\r\x0b\x0c\x85")
_ENOUGH = 4096
"""How many characters or bytes are looked at where a part tells as much as the whole."""


@dataclass(frozen=True, slots=True)
class Input:
    """One article to read: what the output calls it and where it lies (None for standard input)."""

    doc: str
    path: Path | None


def find_inputs(paths: list[Path]) -> list[Input]:
    """The articles that ``paths`` name, sorted by ``doc``, each file once.

    A folder gives the ``.txt`` files in it and below, hidden ones left out and linked folders not entered; a file is
    taken whatever it is called; ``-`` is standard input. ``doc`` is the POSIX path relative to the folder, or the
    file's name, where one path is given; with several, the path as given (for a folder, followed by the path in it).

    Raises:
        InputError: nothing was given, a path does not exist or cannot be listed, or a folder holds no ``.txt`` file.
    """
    if not paths:
        raise InputError("no input: name a file, a folder with .txt files, or - for standard input")
    found: dict[str, Input] = {}
    for path in paths:
        alone = len(paths) == 1
        if str(path) == STANDARD_INPUT:
            found.setdefault(STANDARD_INPUT, Input(STANDARD_INPUT, None))
        elif path.is_dir():
            for file, real in _files_below(path):
                found.setdefault(real, Input(_doc(file.relative_to(path) if alone else file), file))
        elif path.exists():
            found.setdefault(os.path.realpath(path), Input(_doc(Path(path.name) if alone else path), path))
        elif path.is_symlink():
            raise InputError(f"{_shown(path)}: a link to a file that does not exist; mend the link or leave it out")
        else:
            raise InputError(f"{_shown(path)}: no such file or folder; check the path")
    return sorted(found.values(), key=lambda item: item.doc)


def _files_below(folder: Path) -> Iterator[tuple[Path, str]]:
    """The ``.txt`` files under ``folder``, each with the path that tells whether two of them are the same file."""

    def refuse(error: OSError) -> None:
        raise InputError(
            f"{error.filename}: cannot list this folder ({error.strerror}); check its permissions"
        ) from error

    empty = True
    root = os.path.realpath(folder)
    for parent, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        real = os.path.join(root, os.path.relpath(parent, folder))  # noqa: PTH118
        for name in sorted(names):
            file = Path(parent, name)
            if name.startswith(".") or file.suffix.lower() != SUFFIX:
                continue
            # A broken link is kept: reading it says so, where skipping it would lose an article without a word.
            linked = file.is_symlink()
            if linked or file.is_file():
                empty = False
                yield file, os.path.realpath(file) if linked else os.path.normpath(f"{real}/{name}")
    if empty:
        raise InputError(f"{_shown(folder)}: no {SUFFIX} file in this folder or below it; give a folder that has some")


def _doc(path: Path) -> str:
    """``path`` with forward slashes; bytes that are no text in a file's name are written as escapes."""
    return path.as_posix().encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _shown(path: Path) -> str:
    """``path`` for a message of one line."""
    doc = _doc(path)
    return doc if doc.isprintable() else ascii(doc)


def read_article(item: Input) -> Article:
    """Reads, decodes and checks one article.

    Raises:
        InputError: it cannot be read, is empty or is not text.
        NotEnglishError: it is in another language.
    """
    where = _shown(item.path) if item.path else "standard input"
    try:
        data = item.path.read_bytes() if item.path else sys.stdin.buffer.read()
    except OSError as error:
        raise InputError(f"{where}: cannot be read ({error.strerror or error}); check the file") from error
    text, encoding = decode(data, where)
    if (language := detect_language(text)) != "en":
        raise NotEnglishError(f"{where}: not in English (looks like '{language}'); only English can be read")
    return Article(item.doc, text, Meta(language="en", encoding=encoding))


def decode(data: bytes, where: str) -> tuple[str, str]:
    """The text of ``data`` and the name of the encoding, with ``data.decode(encoding)`` equal to the text.

    A byte order mark decides; then UTF-16 if every other byte is NUL; then UTF-8 if all of it is; else Windows-1252.

    Raises:
        DecodingError: ``data`` is empty, binary, or damaged UTF-8, or holds bytes that Windows-1252 leaves undefined.
            The message begins with ``where``.
    """
    if not data.strip():
        raise DecodingError(f"{where}: empty; remove the file or put the article's text into it")
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            raise DecodingError(f"{where}: {kind}, not a text; save the article as plain text (UTF-8)")
    encoding = _encoding_by_pattern(data)
    if encoding is None:
        text, encoding = _decode_bytes(data, where)
    else:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            raise DecodingError(
                f"{where}: begins as {encoding} but is damaged at byte {error.start}; save it again as UTF-8"
            ) from error
    controls = sum(character in _CONTROLS for character in text[:_ENOUGH])
    if "\0" in text or controls > max(1, min(len(text), _ENOUGH) // 100):
        raise DecodingError(f"{where}: binary data, not a text; save the article as plain text (UTF-8)")
    if not text.replace("\ufeff", "").replace("\u200b", "").strip():
        raise DecodingError(f"{where}: only white space; remove the file or put the article's text into it")
    return text, encoding


def _encoding_by_pattern(data: bytes) -> str | None:
    """The encoding that a byte order mark or the place of the NULs gives away."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return encoding
    # In UTF-16 the high byte of every Latin letter, space and full stop is NUL, and the low byte of none.
    sample = data[: 2 * _ENOUGH]
    half = len(sample) // 2
    if len(data) % 2 == 0:
        even, odd = sample[0::2].count(0), sample[1::2].count(0)
        if odd > 0.6 * half and even == 0:
            return "utf-16-le"
        if even > 0.6 * half and odd == 0:
            return "utf-16-be"
    return None


def _decode_bytes(data: bytes, where: str) -> tuple[str, str]:
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        fault = error
    # Windows-1252 hardly ever forms a valid UTF-8 sequence: where most are valid, it is UTF-8 with a fault, and to
    # read it as Windows-1252 would turn every quotation mark into three wrong characters.
    lenient = data.decode("utf-8", errors="replace")
    valid = sum(character > "\x7f" for character in lenient)
    broken = lenient.count("\ufffd") - data.count("\ufffd".encode())
    if b"\0" not in data and valid - broken > broken:
        raise DecodingError(
            f"{where}: UTF-8, but damaged at byte {fault.start}; repair it, e.g. iconv -f utf-8 -t utf-8 -c FILE > NEW"
        )
    try:
        return data.decode("windows-1252"), "windows-1252"
    except UnicodeDecodeError as error:
        if b"\0" in data:
            raise DecodingError(f"{where}: binary data, not a text; save the article as plain text (UTF-8)") from error
        raise DecodingError(
            f"{where}: neither UTF-8 nor Windows-1252 (byte 0x{data[error.start]:02x} at {error.start}); "
            "save it as UTF-8"
        ) from error


# Only languages in which news appears: small relatives of English (Pidgin, Scots) would take short texts from it.
_CODES: Final = (
    "af ar bg bn bs ca cs cy da de el en es et eu fa fi fr ga gl gu he hi hr hu hy id is it ja ka kk kn ko lt lv mk ml "
    "mn mr ms mt my nb ne nl nn no pa pl ps pt ro ru si sk sl so sq sr sv sw ta te th tl tr uk ur uz vi zh"
)
_LANGUAGES: Final = frozenset(_CODES.split())
_PIECE: Final = 200
_PIECES: Final = 40
_LONG_LINE: Final = 60
_FEW_WORDS: Final = 8
_SHORT: Final = 25
_SHORT_MARGIN: Final = 6.0
_MARGIN: Final = 2.0


def detect_language(text: str) -> str:
    """The ISO 639-1 code of the language most of ``text`` is in, ``en`` if there is too little to tell.

    The text is judged piece by piece, so that a foreign menu, caption or quotation does not outweigh the article;
    a few words are taken as English unless they are in another script.
    """
    import py3langid  # here, as it takes a second to load and most commands need no language

    votes: dict[str, int] = {}
    few = len(text.split()) < _FEW_WORDS
    for piece in _pieces(text):
        words = [word for word in piece if any(character.isalpha() for character in word)]
        latin = [word for word in words if _is_latin(word)]
        is_latin = 2 * sum(map(len, latin)) >= sum(map(len, words))
        judged = " ".join(latin if is_latin else words)
        ranking = [(code, float(score)) for code, score in py3langid.rank(judged) if code in _LANGUAGES]
        english = next(score for code, score in ranking if code == "en")
        code, best = next((code, score) for code, score in ranking if code != "en")
        # How far another language must be ahead, on a scale that does not grow with the length.
        margin = (_SHORT_MARGIN if len(words) < _SHORT else _MARGIN) * len(judged.encode("utf-8", "replace")) ** 0.5
        if is_latin and (few or best - english < margin):
            code = "en"
        votes[code] = votes.get(code, 0) + sum(map(len, words))
    english_share = votes.pop("en", 0)
    if english_share >= sum(votes.values()):
        return "en"
    return max(sorted(votes), key=lambda code: votes[code])


def _is_latin(word: str) -> bool:
    letter = next(character for character in word if character.isalpha())
    return letter < "\u0250" or "\u1e00" <= letter < "\u1f00"


def _pieces(text: str) -> list[list[str]]:
    """The words of stretches of some ``_PIECE`` characters from all over the text; of its longer lines, if it has any.

    A stretch ends with its line where it can, so that two languages rarely meet in one.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    pieces: list[list[str]] = [[]]
    length = 0
    for line in [line for line in lines if len(line.strip()) >= _LONG_LINE] or lines:
        if length >= _PIECE // 2:
            pieces.append([])
            length = 0
        for word in line.split():
            if length >= _PIECE:
                pieces.append([])
                length = 0
            pieces[-1].append(word[:_PIECE])
            length += len(word) + 1
    if len(pieces) > 1 and length < _PIECE // 3:  # too short to be judged alone
        rest = pieces.pop()
        pieces[-1].extend(rest)
    return pieces[:: -(-len(pieces) // _PIECES)]
