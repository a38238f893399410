"""Where the words of a text stand, so that a name is found without reading the text again for each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Final

_RUN: Final = re.compile(r"\w+")
_LOWER: Final = frozenset("abcdefghijklmnopqrstuvwxyz,")


def is_word_character(character: str) -> bool:
    r"""Whether ``character`` is one of those that ``\w`` matches."""
    return character.isalnum() or character == "_"


class Occurrences:
    """An index of one text by its words: what is looked up takes as long as its rarest word is frequent."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found: dict[str, int | None] = {}
        self._inside: dict[str, bool] = {}

    @cached_property
    def _starts(self) -> dict[str, list[int]]:
        starts: dict[str, list[int]] = {}
        for run in _RUN.finditer(self._text):
            starts.setdefault(run.group(), []).append(run.start())
        return starts

    def of(self, form: str) -> Iterator[int]:
        """Where ``form`` stands as whole words, in order; nowhere if it has no letters and digits.

        >>> list(Occurrences("Ada, Adam and Ada Lund").of("Ada"))
        [0, 14]
        """
        runs = list(_RUN.finditer(form))
        if not runs:
            return
        rarest = min(runs, key=lambda run: len(self._starts.get(run.group(), ())))
        for start in self._starts.get(rarest.group(), ()):
            at = start - rarest.start()
            if at >= 0 and self._text.startswith(form, at) and self._is_whole(at, at + len(form)):
                yield at

    def first(self, form: str) -> int | None:
        """Where ``form`` first stands as whole words, None if nowhere."""
        if form not in self._found:
            self._found[form] = next(self.of(form), None)
        return self._found[form]

    def is_inside_sentence(self, form: str) -> bool:
        """Whether ``form`` stands somewhere behind a word in small letters or a comma."""
        if form not in self._inside:
            self._inside[form] = any(
                at > 1 and self._text[at - 1] == " " and self._text[at - 2] in _LOWER for at in self.of(form)
            )
        return self._inside[form]

    def _is_whole(self, start: int, end: int) -> bool:
        text = self._text
        cuts_before = start > 0 and is_word_character(text[start]) and is_word_character(text[start - 1])
        cuts_behind = end < len(text) and is_word_character(text[end - 1]) and is_word_character(text[end])
        return not cuts_before and not cuts_behind
