"""Two wordings of a statement, word by word."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from onrecord.verify.words import Word, is_light, words_in

PartKind = Literal["same", "old", "new"]


class Part(NamedTuple):
    """Words that both versions have, or only the ``old`` or the ``new`` one; as printed."""

    kind: PartKind
    text: str


def keys_of(text: str) -> list[str]:
    """The words of a text as they are compared."""
    return [word.key for word in words_in(text)]


def likeness(old: Sequence[str], new: Sequence[str]) -> float:
    """How much two wordings share, 0 to 1: of both, or nearly all of the shorter one where the other was cut to it.

    >>> likeness("we will fight it".split(), "we will fight it to the end".split()) > 0.8
    True
    """
    if not old or not new:
        return 0.0
    heavy = [{key for key in keys if not is_light(key)} or set(keys) for keys in (old, new)]
    if len(heavy[0] & heavy[1]) < 0.3 * min(map(len, heavy)):
        return 0.0
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    shared = sum(block.size for block in matcher.get_matching_blocks())
    shorter = min(len(old), len(new))
    contained = 0.9 * shared / shorter if shorter >= 4 and shared >= 0.8 * shorter else 0.0
    return max(matcher.ratio(), contained)


def parts_of(old: str, new: str) -> list[Part]:
    """The words of both wordings in order, those only in the old one first."""
    before, after = list(words_in(old)), list(words_in(new))
    matcher = SequenceMatcher(None, [w.key for w in before], [w.key for w in after], autojunk=False)
    parts: list[Part] = []
    for kind, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if kind == "equal":
            parts.append(Part("same", _printed(new, after[new_start:new_end])))
            continue
        if old_start < old_end:
            parts.append(Part("old", _printed(old, before[old_start:old_end])))
        if new_start < new_end:
            parts.append(Part("new", _printed(new, after[new_start:new_end])))
    return parts


def _printed(text: str, words: Sequence[Word]) -> str:
    return text[words[0].span.start : words[-1].span.end]
