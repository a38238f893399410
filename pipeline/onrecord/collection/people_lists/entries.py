"""What a list says of somebody, whatever its format, and what of it cannot be used."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from onrecord.document import Gender, Kind
from onrecord.names.forms import fold

LONGEST_NAME: Final = 200
"""Characters of a name; what is longer is none."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry of a list. ``where`` is its place in the file, for messages.

    ``roles``, ``parties`` and ``places`` (of office, or of citizenship) tell namesakes apart. ``role`` is the one that
    the output gets; None leaves the article's.
    """

    where: str
    name: str
    id: str | None = None
    kind: Kind | None = None
    role: str | None = None
    aliases: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    gender: Gender | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """An entry, or a line, that cannot be used. ``reason`` is one line; ``fatal`` if the file is not what it seems."""

    where: str
    reason: str
    fatal: bool = False


Entries = Iterable[Listed | Fault]


def name_fault(name: str) -> str | None:
    """Why ``name`` cannot be a name; None if it can."""
    if not name.isprintable():
        return f"{printed(name)} has control characters"
    if len(name) > LONGEST_NAME:
        return f"{printed(name)} is longer than {LONGEST_NAME} characters"
    if not fold(name):
        return f"{printed(name)} has no letters"
    return None


def printed(text: str) -> str:
    """The beginning of ``text`` in quotation marks, with nothing that could steer a terminal."""
    return ascii(text[:40]) if not text[:40].isprintable() else repr(text[:40])


def texts(value: Any) -> list[str]:
    """The texts in a value that should be a text or a list of texts; everything else in it is left out."""
    values = value if isinstance(value, list) else [value]
    return [text.strip() for text in values if isinstance(text, str) and text.strip()]


def text_of(value: Any) -> str | None:
    """The first text of a value; None if there is none."""
    return next(iter(texts(value)), None)


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects in a value that should be a list of them; everything else in it is left out."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


_GENDERS: Final[dict[str, Gender]] = {
    **dict.fromkeys(("feminine", "female", "f", "woman", "women", "trans woman", "cisgender woman"), "feminine"),
    **dict.fromkeys(("masculine", "male", "m", "man", "men", "trans man", "cisgender man"), "masculine"),
}


def gender_of(value: Any) -> Gender | None:
    """The gender that a value names; None if it names none, another, or several.

    >>> gender_of("Female"), gender_of(["male"]), gender_of("non-binary")
    ('feminine', 'masculine', None)
    """
    named = {_GENDERS.get(text.casefold()) for text in texts(value)}
    return named.pop() if len(named) == 1 else None


def usable(names: Iterable[str]) -> tuple[str, ...]:
    """The names that can be names, each once."""
    return tuple(dict.fromkeys(name for name in names if name_fault(name) is None))


def unique(values: Iterable[str]) -> tuple[str, ...]:
    """The different values, in order."""
    return tuple(dict.fromkeys(values))


def listed_or_fault(entry: Listed) -> Listed | Fault:
    """The entry, if its name is one."""
    if not entry.name:
        return Fault(entry.where, "no name")
    if (fault := name_fault(entry.name)) is not None:
        return Fault(entry.where, f"name {fault}")
    return entry
