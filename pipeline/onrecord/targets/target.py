"""Targets: what stances are towards, given by name or in a file that can add other names and say where to look.

A file of targets is TOML::

    [[target]]
    name = "the port expansion"
    synonyms = ["the new harbour", "Port 2030"]
    description = "the plan to double the container port of Easton"
    files = ["easton/*", "*/harbour-*.txt"]

Only ``name`` is needed. ``files`` are shell patterns for ``doc`` in which ``*`` also matches across folders; without
them the target applies to every article.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

from onrecord.errors import InputError, SettingsError

_TEXTS: Final = ("name", "description")
_LISTS: Final = ("synonyms", "files")
_SYNONYMS: Final = 2
"""Synonyms that are asked about: as many as were measured (docs/stance.md); each takes as long as another target."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a stance is towards. ``name`` goes into the output; the rest helps the model and chooses the articles."""

    name: str
    synonyms: tuple[str, ...] = ()
    description: str | None = None
    files: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        told = (self.name, *self.synonyms, *(() if self.description is None else [self.description]))
        for text in (*told, *self.files):
            if not text.strip() or (text in told and not any(character.isalnum() for character in text)):
                raise SettingsError('a target is empty; name what the stance is towards, as in --target "the treaty"')
            if any("\ud800" <= character <= "\udfff" for character in text):
                raise SettingsError("a target is not valid UTF-8; write it again")

    def concerns(self, doc: str) -> bool:
        """Whether the article ``doc`` is one that this target applies to."""
        return not self.files or any(fnmatchcase(doc, pattern) for pattern in self.files)

    @property
    def wordings(self) -> tuple[str, ...]:
        """What a model that reads the article is asked about: the name and the first two synonyms.

        The mean of its answers counts. The description is not shown to it, as it didn't help (docs/stance.md).
        """
        return (self.name, *self.synonyms[:_SYNONYMS])

    def as_named_in(self, context: str) -> str:
        """What a classifier of text pairs reads for the target together with ``context``: a name and the description.

        That is the first of name and synonyms that appears in the context, ignoring case, else the name.
        """
        lowered = context.casefold()
        named = next((name for name in (self.name, *self.synonyms) if name.casefold() in lowered), self.name)
        return f"{named}: {self.description}" if self.description else named


def read_targets(path: Path) -> tuple[Target, ...]:
    """The targets of a TOML file, in its order.

    Raises:
        InputError: the file cannot be read, is not TOML, or holds something other than targets.
    """
    try:
        record = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8; save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: not TOML ({error})") from error
    entries = record.pop("target", None)
    if record or not isinstance(entries, list) or not entries:
        other = f"; it has {next(iter(record))!r}" if record else ""
        raise InputError(f"{path}: expected [[target]] tables with a name, and nothing else{other}")
    targets = tuple(target_of(path, number, entry) for number, entry in enumerate(entries, 1))
    names = [target.name for target in targets]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise InputError(f"{path}: two targets are named {twice!r}; give one of them another name")
    return targets


def target_of(path: Path, number: int, entry: Any) -> Target:
    """The target that a table of a file describes; raises `InputError` with its number if it does not."""
    where = f"{path}: target {number}"
    if not isinstance(entry, dict):
        raise InputError(f"{where} is not a table; write [[target]] and name = … below it")
    known = (*_TEXTS, *_LISTS)
    if unknown := next((key for key in entry if key not in known), None):
        raise InputError(f"{where}: unknown key {unknown!r}; there are {', '.join(known)}")
    if "name" not in entry:
        raise InputError(f"{where} has no name; add name = …")
    for key in _TEXTS:
        if not isinstance(entry.get(key, ""), str):
            raise InputError(f"{where}: {key} is not a text; put it in quotation marks")
    for key in _LISTS:
        value = entry.get(key, [])
        if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
            raise InputError(f'{where}: {key} is not a list of texts; write {key} = ["…", "…"]')
    try:
        return Target(
            entry["name"], tuple(entry.get("synonyms", ())), entry.get("description"), tuple(entry.get("files", ()))
        )
    except SettingsError as error:
        raise InputError(f"{where}: {error}") from error
