"""NewsMTSC: sentiment of news sentences towards a target marked in them (Hamborg and Donnay, EACL 2021).

JSON lines. Its polarity is the sentence's, not a speaker's: a stand-in for stance, measured apart from it.
Nothing of the corpus belongs in this repository.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from onrecord.document import Span, StanceLabel
from onrecord.errors import InputError

_LABELS: Final[dict[float, StanceLabel]] = {6.0: "support", 2.0: "oppose", 4.0: "neutral"}


@dataclass(frozen=True, slots=True)
class TargetedSentence:
    """A sentence and one target in it; sentences with several targets come once for each."""

    sentence: str
    target: Span
    label: StanceLabel

    @property
    def mention(self) -> str:
        return self.sentence[self.target.start : self.target.end]


def read_newsmtsc(path: Path) -> Iterator[TargetedSentence]:
    """The targets of one file in order.

    Raises:
        InputError: the file cannot be read, or a line is not of NewsMTSC.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as NewsMTSC's JSON lines ({error})") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            sentence = row["sentence_normalized"]
            for target in row["targets"]:
                yield TargetedSentence(
                    sentence, Span(int(target["from"]), int(target["to"])), _LABELS[float(target["polarity"])]
                )
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(
                f"{path}, line {number}: not a line of NewsMTSC; expected sentence_normalized and targets with from, "
                f"to and a polarity of 2, 4 or 6 ({type(error).__name__}: {error})"
            ) from error
