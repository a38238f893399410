"""The differences between two wordings of a statement, word by word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal, NamedTuple

from onrecord.text.normalization import plain_words

_MOST: Final = 1000
"""Longer wordings are not compared: the time grows with the product of their lengths."""

_SHOWN: Final = 12
"""Of a longer cut, only the first and last words are shown."""

_ENDS: Final = 4


@dataclass(frozen=True, slots=True)
class Run:
    """Words that a wording shares with the longest one (``same``), adds (``added``) or leaves out (``cut``).

    In a long cut, ``hidden`` words are left out between ``text`` and ``tail``.
    """

    kind: Literal["same", "added", "cut"]
    text: str
    hidden: int = 0
    tail: str = ""


class Changes(NamedTuple):
    """How many words of the longest wording another one cuts and changes, and how many it adds."""

    cut: int
    changed: int
    added: int


def differences(longest: str, wording: str) -> list[Run]:
    """The words of ``wording`` in order, and at their places the words of ``longest`` that it cuts.

    Case, accents and punctuation are ignored in the comparison but shown. Wordings of more than 1,000 words are not
    compared.

    >>> [(run.kind, run.text) for run in differences("The port will never close, she said", "the port will close")]
    [('same', 'the port will'), ('cut', 'never'), ('same', 'close'), ('cut', 'she said')]
    """
    return compare(longest, wording)[0]


def changes(longest: str, wording: str) -> Changes:
    """Counts the words that differ between two wordings."""
    return compare(longest, wording)[1]


def compare(longest: str, wording: str) -> tuple[list[Run], Changes]:
    """The `differences` and the `changes`."""
    old, new = longest.split(), wording.split()
    runs: list[Run] = []
    cut = changed = added = 0
    for kind, old_start, old_end, new_start, new_end in _opcodes(old, new):
        if kind == "equal":
            runs.append(Run("same", " ".join(new[new_start:new_end])))
            continue
        if old_start < old_end:
            runs.append(_cut(old[old_start:old_end]))
        if new_start < new_end:
            runs.append(Run("added", " ".join(new[new_start:new_end])))
        before, after = old_end - old_start, new_end - new_start
        changed += min(before, after)
        cut += max(0, before - after)
        added += max(0, after - before)
    return runs, Changes(cut, changed, added)


def _opcodes(old: list[str], new: list[str]) -> Sequence[tuple[str, int, int, int, int]]:
    if max(len(old), len(new)) > _MOST:
        return [("equal", 0, len(old), 0, len(new))]
    matcher = SequenceMatcher(None, [_key(word) for word in old], [_key(word) for word in new], autojunk=False)
    return matcher.get_opcodes()


def _key(word: str) -> str:
    return " ".join(plain_words(word)) or word


def _cut(words: list[str]) -> Run:
    if len(words) <= _SHOWN:
        return Run("cut", " ".join(words))
    return Run("cut", " ".join(words[:_ENDS]), len(words) - 2 * _ENDS, " ".join(words[-_ENDS:]))


def words_of(text: str) -> Iterator[str]:
    """The words of a text as they are compared."""
    return map(_key, text.split())
