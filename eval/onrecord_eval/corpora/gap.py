"""GAP: ambiguous pronouns of Wikipedia, each with two names that it may stand for (Webster et al., TACL 2018).

A TSV file with a header. Nothing of the corpus belongs in this repository.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from onrecord.document import Span
from onrecord.errors import InputError
from onrecord_eval.metrics.coreference import Gender

_COLUMNS: Final = ("ID,Text,Pronoun,Pronoun-offset,A,A-offset,A-coref,B,B-offset,B-coref,URL").split(",")  # noqa: SIM905 — reads like the header
_GENDERS: Final[dict[str, Gender]] = {
    "she": "feminine",
    "her": "feminine",
    "hers": "feminine",
    "he": "masculine",
    "him": "masculine",
    "his": "masculine",
}


@dataclass(frozen=True, slots=True)
class AmbiguousPronoun:
    """A pronoun, the two names, and which of them it stands for: one or neither. Spans are into ``text``."""

    identifier: str
    text: str
    pronoun: Span
    names: tuple[Span, Span]
    refers: tuple[bool, bool]
    gender: Gender


def read_gap(path: Path) -> Iterator[AmbiguousPronoun]:
    """The examples of one file in order.

    Raises:
        InputError: the file is not a GAP file, or a line breaks the format.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as a GAP file ({error})") from error
    if lines[0].rstrip("\r").split("\t") != _COLUMNS:
        raise InputError(f"{path}: not a GAP file; expected tab-separated columns {', '.join(_COLUMNS)}")
    for number, line in enumerate(lines[1:], 2):
        if line.strip():
            try:
                yield _example(dict(zip(_COLUMNS, line.rstrip("\r").split("\t"), strict=True)))
            except (ValueError, KeyError) as error:
                raise InputError(f"{path}, line {number}: not an example of GAP ({error})") from error


def _example(row: dict[str, str]) -> AmbiguousPronoun:
    def span(name: str) -> Span:
        start = int(row[f"{name}-offset"])
        if row["Text"][start : start + len(row[name])] != row[name]:
            raise ValueError(f"{name} is not at {name}-offset")
        return Span(start, start + len(row[name]))

    return AmbiguousPronoun(
        identifier=row["ID"],
        text=row["Text"],
        pronoun=span("Pronoun"),
        names=(span("A"), span("B")),
        refers=(row["A-coref"].upper() == "TRUE", row["B-coref"].upper() == "TRUE"),
        gender=_GENDERS[row["Pronoun"].casefold()],
    )
