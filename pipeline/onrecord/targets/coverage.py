"""In how many articles statements are about a target: a target that the articles don't speak of is often misworded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from onrecord.document import Statement

_ABOUT: Final = 0.5
"""The probability from which on a statement counts as about its target."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of the ``articles`` whose statements were judged towards a target, how many have one that is ``about`` it."""

    articles: int
    about: int


class TargetCoverage:
    """Counts the articles of statements that come article by article."""

    def __init__(self) -> None:
        self._doc: str | None = None
        self._asked: set[str] = set()
        self._spoken_of: set[str] = set()
        self._articles: dict[str, int] = {}
        self._about: dict[str, int] = {}

    def add(self, statement: Statement) -> None:
        """Takes in the next statement. A stance that doesn't say whether it is about its target is not counted."""
        if statement.doc != self._doc:
            self._doc = statement.doc
            self._asked.clear()
            self._spoken_of.clear()
        for stance in statement.stance:
            if stance.about is None:
                continue
            if stance.target not in self._asked:
                self._asked.add(stance.target)
                self._articles[stance.target] = self._articles.get(stance.target, 0) + 1
            if stance.about >= _ABOUT and stance.target not in self._spoken_of:
                self._spoken_of.add(stance.target)
                self._about[stance.target] = self._about.get(stance.target, 0) + 1

    def counted(self) -> dict[str, Coverage]:
        """By the name of the target, in order of appearance."""
        return {name: Coverage(count, self._about.get(name, 0)) for name, count in self._articles.items()}
