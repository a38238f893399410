"""Perspectrum: claims, and perspectives that support or undermine them (Chen et al., NAACL 2019).

JSON lines. Nothing of the corpus belongs in this repository.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from onrecord.document import StanceLabel
from onrecord.errors import InputError

_LABELS: Final[dict[str, StanceLabel]] = {"support": "support", "undermine": "oppose"}


@dataclass(frozen=True, slots=True)
class Perspective:
    """A perspective and whether it supports or opposes its claim."""

    claim_id: str
    claim: str
    perspective: str
    label: StanceLabel


def read_perspectrum(path: Path) -> Iterator[Perspective]:
    """The perspectives of one file in order.

    Raises:
        InputError: the file cannot be read, or a line is not of Perspectrum.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as Perspectrum's JSON lines ({error})") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            yield Perspective(
                str(row["claim_id"]), row["claim"].strip(), row["perspective"].strip(), _LABELS[row["stance"]]
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputError(
                f"{path}, line {number}: not a line of Perspectrum; expected claim_id, claim, perspective and a stance "
                f"of support or undermine ({type(error).__name__}: {error})"
            ) from error
