"""Directed sentiment: what one party in a news sentence thinks of the other (Park, Pan and Joo, ACL 2021).

Lines of sentence, party, other party and class, apart by tabs; brackets mark both parties in the sentence. Nothing of
the corpus belongs in this repository.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from onrecord.document import Span, StanceLabel
from onrecord.errors import InputError
from onrecord.text.segmentation import whole_words

_MARKED: Final = re.compile(r"\[([^\[\]]*)\]")
_CLASSES: Final[dict[str, tuple[bool, StanceLabel]]] = {
    "0": (False, "neutral"),
    "1": (False, "support"),
    "2": (True, "support"),
    "3": (False, "oppose"),
    "4": (True, "oppose"),
}
"""Whether it is the second party that judges the first, and how."""


@dataclass(frozen=True, slots=True)
class DirectedSentence:
    """A sentence in which the party at ``holder`` has this attitude towards the party at ``target``."""

    sentence: str
    holder: Span
    target: Span
    label: StanceLabel


def read_directed_sentiment(path: Path) -> Iterator[DirectedSentence]:
    """The sentences of one file in order, without the few in which the brackets do not mark two parties.

    Raises:
        InputError: the file cannot be read, or a line is not of this corpus.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as directed sentiment ({error})") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        fields = line.split("\t")
        if len(fields) != 4 or fields[3].strip() not in _CLASSES:
            raise InputError(f"{path}, line {number}: not a line of directed sentiment; expected sentence, two parties")
        if (found := _read(fields[0], fields[1], fields[2], fields[3].strip())) is not None:
            yield found


def _read(marked: str, first: str, second: str, kind: str) -> DirectedSentence | None:
    spans: list[Span] = []
    words: list[str] = []
    shift = 0
    for match in _MARKED.finditer(marked):
        spans.append(Span(match.start(1) - 1 - shift, match.end(1) - 1 - shift))
        words.append(match[1])
        shift += 2
    sentence = _MARKED.sub(r"\1", marked)
    spans = [whole_words(sentence, span) for span in spans]  # some brackets cut words
    if words not in ([first, second], [second, first]):
        return None
    holder, target = spans if words[0] == first else spans[::-1]
    swapped, label = _CLASSES[kind]
    return DirectedSentence(sentence, *((target, holder) if swapped else (holder, target)), label)
